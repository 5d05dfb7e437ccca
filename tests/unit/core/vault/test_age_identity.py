"""age files for a key: opened by it alone, and refused when a bit of them was changed."""

from __future__ import annotations

import random

import pytest

from strongroom.core.errors import Violation
from strongroom.core.secret import Secret
from strongroom.core.vault.age import encrypt_with_passphrase
from strongroom.core.vault.age_identity import (
    decrypt_with_identity,
    encrypt_to_recipient,
    is_for_custodians,
    recipient_of,
    render_identity,
)

IDENTITY = Secret(bytes(range(1, 33)))
PLAINTEXT = b"{}" * 100


def sealed() -> bytes:
    draw = random.Random(3).randbytes  # noqa: S311 - the same in every run
    return encrypt_to_recipient(PLAINTEXT, recipient_of(IDENTITY), random=draw)


def test_its_key_opens_it_and_another_does_not() -> None:
    assert is_for_custodians(sealed())
    assert decrypt_with_identity(sealed(), IDENTITY) == PLAINTEXT
    with pytest.raises(Violation, match="VAULT-SHARES"):
        decrypt_with_identity(sealed(), Secret(bytes(32)))


@pytest.mark.parametrize("place", range(0, 250, 7))
def test_a_changed_bit_is_found(place: int) -> None:
    changed = bytearray(sealed())
    changed[place] ^= 1
    with pytest.raises(Violation) as stop:
        decrypt_with_identity(bytes(changed), IDENTITY)
    assert stop.value.rule in {"VAULT-SHARES", "VAULT-FORMAT"}


def test_a_file_for_a_passphrase_is_none_for_custodians() -> None:
    draw = random.Random(3).randbytes  # noqa: S311 - the same in every run
    data = encrypt_with_passphrase(PLAINTEXT, Secret(b"words"), work_factor=2, random=draw)
    assert not is_for_custodians(data)
    with pytest.raises(Violation, match="VAULT-FORMAT"):
        decrypt_with_identity(data, IDENTITY)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"-> X25519 ", b"-> X25519 more "),
        (b"-> X25519 ", b"-> X25519 AA"),
        (b"-> X25519 ", b"-> P256 "),
    ],
)
def test_another_header_is_refused(old: bytes, new: bytes) -> None:
    with pytest.raises(Violation, match="VAULT-FORMAT"):
        decrypt_with_identity(sealed().replace(old, new), IDENTITY)


def test_the_identity_is_written_as_age_writes_it() -> None:
    text = render_identity(Secret(bytes(32))).reveal()
    assert text.startswith(b"AGE-SECRET-KEY-1QQQQ")
    assert len(text) == 74
