"""Vault files and Debian's `age` program open each other's work.

`age` takes a passphrase from a terminal only, so it runs on a pseudo-terminal of its own.
"""

from __future__ import annotations

import os
import pty
import secrets
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from embit import bech32

from strongroom.core.backup.slip39 import combine_shares, split_secret
from strongroom.core.errors import Violation
from strongroom.core.secret import Secret
from strongroom.core.vault.age import (
    WORK_FACTOR,
    decrypt_with_passphrase,
    encrypt_with_passphrase,
)
from strongroom.core.vault.age_identity import (
    decrypt_with_identity,
    encrypt_to_recipient,
    recipient_of,
    render_identity,
)
from strongroom.core.vault.passphrase import check_passphrase

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(shutil.which("age") is None, reason="needs the age program"),
]

TYPED = "Größe: seven dry oars"
PASSPHRASE = check_passphrase(Secret(TYPED.encode()))
PLAINTEXT = b'{"format":"strongroom-vault"}' * 5000  # three chunks


def run_age(*arguments: str, typed: tuple[str, ...]) -> int:
    """The exit status of `age` after every prompt was answered with one of `typed`."""
    child, terminal = pty.fork()
    if child == 0:
        os.execvp("age", ("age", *arguments))  # noqa: S606 - the program under test
    answers = list(typed)
    shown = b""
    while True:
        try:
            block = os.read(terminal, 1024)
        except OSError:  # the terminal's end, once the program has left it
            break
        if not block:
            break
        shown += block
        if answers and shown.rstrip().endswith(b":"):
            os.write(terminal, answers.pop(0).encode() + b"\n")
            shown = b""
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("size", [1, 65536, len(PLAINTEXT)])
def test_age_opens_our_vaults(tmp_path: Path, size: int) -> None:
    vault, opened = tmp_path / "strongroom.vault", tmp_path / "opened"
    vault.write_bytes(
        encrypt_with_passphrase(
            PLAINTEXT[:size], PASSPHRASE, work_factor=WORK_FACTOR, random=secrets.token_bytes
        )
    )
    assert run_age("--decrypt", "-o", str(opened), str(vault), typed=(TYPED,)) == 0
    assert opened.read_bytes() == PLAINTEXT[:size]


def test_age_refuses_our_vaults_with_another_passphrase(tmp_path: Path) -> None:
    vault, opened = tmp_path / "strongroom.vault", tmp_path / "opened"
    vault.write_bytes(
        encrypt_with_passphrase(PLAINTEXT, PASSPHRASE, work_factor=10, random=secrets.token_bytes)
    )
    assert run_age("--decrypt", "-o", str(opened), str(vault), typed=("another",)) != 0
    assert not opened.exists()


@pytest.mark.parametrize("form", [(), ("--armor",)])
@pytest.mark.parametrize("size", [0, len(PLAINTEXT)])
def test_we_open_what_age_wrote(tmp_path: Path, form: tuple[str, ...], size: int) -> None:
    plain, vault = tmp_path / "plain", tmp_path / "strongroom.vault"
    plain.write_bytes(PLAINTEXT[:size])
    options = ("--passphrase", *form, "-o", str(vault), str(plain))
    assert run_age(*options, typed=(TYPED, TYPED)) == 0
    data = vault.read_bytes()
    assert decrypt_with_passphrase(data, PASSPHRASE) == PLAINTEXT[:size]
    with pytest.raises(Violation) as stop:
        decrypt_with_passphrase(data, Secret(b"another"))
    assert stop.value.rule == "VAULT-PASSPHRASE"


def test_a_file_for_a_key_is_named_as_one(tmp_path: Path) -> None:
    key, vault = tmp_path / "key", tmp_path / "strongroom.vault"
    subprocess.run(("age-keygen", "-o", str(key)), check=True, capture_output=True)
    recipient = subprocess.run(
        ("age-keygen", "-y", str(key)), check=True, capture_output=True, text=True
    ).stdout.strip()
    subprocess.run(("age", "-r", recipient, "-o", str(vault)), input=PLAINTEXT, check=True)
    with pytest.raises(Violation, match="not by a passphrase") as stop:
        decrypt_with_passphrase(vault.read_bytes(), PASSPHRASE)
    assert stop.value.rule == "VAULT-FORMAT"


def test_age_opens_a_vault_with_the_key_that_two_of_three_custodians_give(tmp_path: Path) -> None:
    identity = Secret(secrets.token_bytes(32))
    shares = split_secret(identity, threshold=2, count=3, random=secrets.token_bytes)
    vault = tmp_path / "strongroom.vault"
    vault.write_bytes(
        encrypt_to_recipient(PLAINTEXT, recipient_of(identity), random=secrets.token_bytes)
    )
    key = tmp_path / "key.txt"
    key.write_bytes(render_identity(combine_shares(shares[1:])).reveal() + b"\n")
    done = subprocess.run(
        ["age", "--decrypt", "--identity", str(key), str(vault)], capture_output=True, check=True
    )
    assert done.stdout == PLAINTEXT


def test_a_vault_that_age_wrote_to_a_key_is_opened_by_its_custodians(tmp_path: Path) -> None:
    made = subprocess.run(["age-keygen"], capture_output=True, check=True, text=True)
    recipient = made.stderr.split()[-1]
    vault = tmp_path / "a.vault"
    subprocess.run(
        ["age", "--recipient", recipient, "--output", str(vault)], input=PLAINTEXT, check=True
    )
    text = made.stdout.splitlines()[-1]
    _, _, data = bech32.bech32_decode(text)
    identity = Secret(bytes(bech32.convertbits(data, 5, 8, pad=False)))
    assert render_identity(identity).reveal().decode() == text
    assert decrypt_with_identity(vault.read_bytes(), identity) == PLAINTEXT
    with pytest.raises(Violation, match="VAULT-SHARES"):
        decrypt_with_identity(vault.read_bytes(), Secret(secrets.token_bytes(32)))
