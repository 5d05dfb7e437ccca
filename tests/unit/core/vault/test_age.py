"""The age format: round trips, strictness, and one named rule for every damaged byte."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from strongroom.core.errors import Fault, Stop, Violation
from strongroom.core.secret import Secret
from strongroom.core.vault.age import (
    MAX_WORK_FACTOR,
    WORK_FACTOR,
    decrypt_with_passphrase,
    encrypt_with_passphrase,
    memory_needed,
)
from strongroom.core.vault.age_armor import decode_armor
from strongroom.core.vault.age_header import parse_header

PASSPHRASE = Secret(b"seven dry oars under glass")
CHUNK = 64 * 1024


def counting() -> Callable[[int], bytes]:
    numbers = count(1)
    return lambda size: bytes([next(numbers)]) * size


def seal(plaintext: bytes, work_factor: int = 2) -> bytes:
    return encrypt_with_passphrase(
        plaintext, PASSPHRASE, work_factor=work_factor, random=counting()
    )


def refusal(data: bytes) -> str:
    with pytest.raises(Stop) as stop:
        decrypt_with_passphrase(data, PASSPHRASE)
    return stop.value.rule


SMALL = seal(b"a small vault")


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_every_size_reads_back(size: int) -> None:
    plaintext = bytes(range(251)) * (size // 251 + 1)
    assert decrypt_with_passphrase(seal(plaintext[:size]), PASSPHRASE) == plaintext[:size]


def test_the_header_has_the_published_form() -> None:
    lines = SMALL.split(b"\n")
    assert lines[0] == b"age-encryption.org/v1"
    assert lines[1] == b"-> scrypt AgICAgICAgICAgICAgICAg 2"
    assert len(lines[2]) == 43
    assert lines[3].startswith(b"--- ")


def test_another_passphrase_is_refused() -> None:
    with pytest.raises(Violation) as stop:
        decrypt_with_passphrase(SMALL, Secret(b"seven dry oars under grass"))
    assert stop.value.rule == "VAULT-PASSPHRASE"


def test_every_truncation_is_refused() -> None:
    rules = {refusal(SMALL[:size]) for size in range(len(SMALL))}
    assert rules == {"VAULT-FORMAT"}


def test_every_flipped_bit_is_refused() -> None:
    rules = set()
    for place in range(len(SMALL)):
        for bit in range(8):
            changed = bytearray(SMALL)
            changed[place] ^= 1 << bit
            rules.add(refusal(bytes(changed)))
    assert rules == {"VAULT-FORMAT", "VAULT-PASSPHRASE"}


def test_a_byte_after_the_end_is_refused() -> None:
    assert refusal(SMALL + b"\n") == "VAULT-FORMAT"


def test_chunks_can_not_be_dropped_doubled_swapped_or_left_empty() -> None:
    data = seal(bytes(3 * CHUNK))
    start = parse_header(data).size + 16
    head, body = data[:start], data[start:]
    sealed = CHUNK + 16
    first, second, third = body[:sealed], body[sealed : 2 * sealed], body[2 * sealed :]
    for chunks in (
        (first, second),
        (first, third),
        (second, first, third),
        (first, first, second, third),
        (first, second, third, third),
    ):
        assert refusal(head + b"".join(chunks)) == "VAULT-FORMAT"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b" 2\n", b" 0\n"),
        (b" 2\n", b" 02\n"),
        (b" 2\n", b" +2\n"),
        (b" 2\n", b" 21\n"),
        (b" 2\n", b" 99999999999999999999\n"),
        (b" 2\n", b"\n"),
        (b" 2\n", b" 2 2\n"),
        (b" 2\n", b" 2 \n"),
        (b" 2\n", b" 2\r\n"),
        (b"AgICAgICAgICAgICAgICAg", b"AgICAgICAgICAgICAgICAh"),  # bits that decode to nothing
        (b"AgICAgICAgICAgICAgICAg", b"AgICAgICAgICAgICAgICAg=="),
        (b"AgICAgICAgICAgICAgICAg", b"AgICAgICAgICAgICAgIC"),
        (b"-> scrypt", b"-> X25519"),
        (b"-> scrypt", b"->  scrypt"),
        (b"--- ", b"---"),
        (b"org/v1", b"org/v2"),
    ],
)
def test_a_second_spelling_of_the_header_is_refused(old: bytes, new: bytes) -> None:
    assert SMALL.count(old) == 1
    assert refusal(SMALL.replace(old, new)) == "VAULT-FORMAT"


def test_scrypt_must_be_the_only_stanza() -> None:
    start, end = SMALL.index(b"-> "), SMALL.index(b"--- ")
    stanza = SMALL[start:end]
    grease = b"-> joint\n\n"
    for doubled in (stanza + stanza, stanza + grease, grease + stanza):
        with pytest.raises(Violation, match="2 stanzas"):
            decrypt_with_passphrase(SMALL[:start] + doubled + SMALL[end:], PASSPHRASE)


def test_a_body_of_another_size_is_refused_before_it_is_opened() -> None:
    body = SMALL.split(b"\n")[2]
    assert refusal(SMALL.replace(body, body + b"AAAA")) == "VAULT-FORMAT"


def test_work_that_the_machine_has_no_memory_for_is_refused_with_the_numbers() -> None:
    assert memory_needed(WORK_FACTOR) >= 128 * 2**20
    data = SMALL.replace(b" 2\n", f" {MAX_WORK_FACTOR}\n".encode())
    with pytest.raises(Fault) as stop:
        decrypt_with_passphrase(data, PASSPHRASE, available=400 * 2**20)
    assert stop.value.rule == "VAULT-MEMORY"
    assert "1024 MiB" in stop.value.message
    assert "400 MiB" in stop.value.message


def test_available_memory_is_enough_when_it_is() -> None:
    enough = memory_needed(2)
    assert decrypt_with_passphrase(SMALL, PASSPHRASE, available=enough) == b"a small vault"


def test_random_numbers_that_run_dry_stop_the_writer() -> None:
    with pytest.raises(Fault, match="16 random bytes"):
        encrypt_with_passphrase(b"", PASSPHRASE, work_factor=2, random=lambda _size: b"short")


def test_armor_has_one_spelling() -> None:
    rows = b"QUJD" * 16 + b"\nQUI=\n"
    armored = b"-----BEGIN AGE ENCRYPTED FILE-----\n" + rows + b"-----END AGE ENCRYPTED FILE-----"
    assert decode_armor(armored) == decode_armor(b"\n" + armored.replace(b"\n", b"\r\n") + b"\n ")
    assert decode_armor(armored) == b"ABC" * 16 + b"AB"
    for old, new in ((b"QUI=", b"QUJ="), (b"QUI=", b"QUI"), (b"\nQUI=", b"QUI="), (b"END", b"FIN")):
        with pytest.raises(Violation, match="armor"):
            decode_armor(armored.replace(old, new))
    with pytest.raises(Violation, match="armor"):
        decode_armor(armored + b"x")


def test_long_stanza_bodies_wrap_at_64_columns() -> None:
    head = b"age-encryption.org/v1\n-> kind\n" + b"A" * 64 + b"\n%b--- " + b"A" * 43 + b"\n"
    assert parse_header(head % b"\n").stanzas[0].body == bytes(48)
    with pytest.raises(Violation):
        parse_header(head % b"")
