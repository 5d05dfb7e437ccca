"""While a session goes on, and when it has ended, no file holds a secret that was used in it.

The station's program runs with /tmp, /run and /dev/shm of its own, in memory, and a folder as stick. At each
screen worth a picture all files there are kept, and searched later for every form of seed, dice, shares,
passphrase and the vault's own signing key. The same search finds each of them where it has to be: in what was
typed, and in the opened vault. What processes keep in memory is another test's: `tests.e2e.test_memory`.
"""

from __future__ import annotations

import base64
import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from strongroom.core.backup.slip39_share import parse_share
from strongroom.core.bitcoin.mnemonic import mnemonic_from_entropy
from strongroom.core.secret import Secret
from strongroom.core.session.rehearsal import PREFIX
from strongroom.core.vault.age import decrypt_with_passphrase
from strongroom.core.vault.contents import parse_vault
from strongroom.core.vault.model import SeedKind
from tests.e2e.custody import Custody, dice
from tests.e2e.memory import Trace, found_in, traces_of_bytes, traces_of_text, traces_of_vault
from tests.e2e.prepared import PASSPHRASE, REQUEST, VAULT, now, prepared
from tests.integration.rehearsal import Rehearsal
from tests.vectors.factory import REHEARSED, seed

pytestmark = pytest.mark.integration
IN_MEMORY = ("/tmp", "/run", "/dev/shm")  # noqa: S108 - where programs leave what they should not
OWN_MOUNTS = f'for at in {" ".join(IN_MEMORY)}; do mount -t tmpfs none "$at"; done; exec "$@"'
APART = ("unshare", "--mount", "--", "sh", "-e", "-c", OWN_MOUNTS, "sh")
CONTROL = "control"


class Typed(Rehearsal):
    """A rehearsal that remembers what was typed."""

    def __init__(self, stick: Path) -> None:
        self.typed = ""
        super().__init__(stick, prefix=APART)

    def press(self, keys: str) -> None:
        """Press and remember."""
        self.typed += keys
        super().press(keys)


@dataclass
class Search:
    """Every file that was there at any time, once."""

    console: Typed
    stick: Path
    kept: set[bytes] = field(default_factory=set)
    looks: int = 0

    def look(self, _name: str = "") -> None:
        """Keep what is there now."""
        self.looks += 1
        root = Path(f"/proc/{self.console.process}/root")
        for folder in (self.stick, *(root / place.lstrip("/") for place in IN_MEMORY)):
            self.kept |= {data for path in folder.rglob("*") if (data := content(path))}

    def found(self, traces: tuple[Trace, ...]) -> set[str]:
        """The kinds of secrets in any of them."""
        return {kind for kind, _ in found_in(b"\0".join(self.kept), traces)}


def content(path: Path) -> bytes:
    """What a file holds, or used to a moment ago."""
    try:
        return path.read_bytes() if path.is_file() else b""
    except FileNotFoundError:
        return b""


@contextmanager
def searched(files: dict[str, bytes]) -> Iterator[tuple[Custody, Search]]:
    """A session with these files on its stick."""
    with tempfile.TemporaryDirectory(prefix="sr-", dir="/var/tmp") as folder:
        for name, data in files.items():
            (Path(folder) / name).write_bytes(data)
        console = Typed(Path(folder))
        try:
            search = Search(console, Path(folder))
            custody = Custody(console, search.look)
            custody.begin(now())
            yield custody, search
            search.look()
        finally:
            console.end()


def signing_key(vault: bytes) -> bytes:
    """The secret number of the vault's own OpenPGP key, but for its ends: RFC 9580 section 5.5.3."""
    opened = parse_vault(decrypt_with_passphrase(vault, Secret(PASSPHRASE.encode())))
    armored = opened.signing_key.reveal().decode().split("\n\n", 1)[1]
    packets = base64.b64decode(armored.split("\n=")[0])
    return packets[2 : 2 + packets[1]][-28:-4]


def test_creation_and_backup_leave_nothing_in_any_file() -> None:
    with searched({}) as (custody, search):
        words = custody.create_with_dice("treasury", 0, PASSPHRASE, seed=1)
        sheets = custody.back_up("2 of 3", 3)
        custody.write_record()
        search.look()
        vault = (search.stick / f"{PREFIX}{VAULT}").read_bytes()
        control = Path(f"/proc/{search.console.process}/root/dev/shm/{CONTROL}")
        assert search.looks > 20
        traces = (
            *traces_of_vault(" ".join(words), PASSPHRASE, SeedKind.REHEARSED_BIP39),
            *traces_of_text("dice", dice(1)[:20]),
            *(trace for sheet in sheets for trace in traces_of_sheet(sheet)),
            *traces_of_bytes("vault's key", signing_key(vault)),
        )
        assert search.found(traces) == set()
        typed = {kind for kind, _ in found_in(search.console.typed.encode(), traces)}
        assert typed == {"passphrase", "words", "dice", "share"}
        plain = decrypt_with_passphrase(vault, Secret(PASSPHRASE.encode()))
        assert {kind for kind, _ in found_in(plain, traces)} == {"entropy"}
        control.write_text(search.console.typed)
        search.look()
        assert search.found(traces) == typed
        control.unlink()


def traces_of_sheet(words: list[str]) -> Iterator[Trace]:
    """A share on its sheet, from where it differs from the others, and its value."""
    for at in range(4, len(words) - 2):
        yield from traces_of_text("share", " ".join(words[at : at + 3]))
    yield from traces_of_bytes(
        "share", parse_share(Secret(" ".join(words).encode())).value.reveal()
    )


def test_signing_leaves_nothing_in_any_file() -> None:
    with prepared(REHEARSED) as people:
        request = people.bundle()
        files = {VAULT: people.vault(), REQUEST: request.render()}
        with searched(files) as (custody, search):
            custody.open_vault(PASSPHRASE)
            custody.read_request()
            custody.sign("Olga", hashlib.sha256(request.manifest).digest())
            custody.leave_session()
            search.look()
            words = " ".join(mnemonic_from_entropy(seed(REHEARSED).entropy))
            traces = (
                *traces_of_vault(words, PASSPHRASE, SeedKind.REHEARSED_BIP39),
                *traces_of_bytes("vault's key", signing_key(files[VAULT])),
            )
            assert search.found(traces) == set()
            names = {path.name for path in search.stick.iterdir()}
    assert {f"{PREFIX}october.{kind}" for kind in ("response", "transcript.jsonl")} <= names
