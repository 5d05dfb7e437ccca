"""Dice: what a fair die gives passes, what it never gives is refused, and the mix is recomputed."""

from __future__ import annotations

import hashlib
import hmac
import random

import pytest

from strongroom.core.errors import Fault, Violation
from strongroom.core.secret import Secret
from strongroom.core.vault.dice import MINIMUM_ROLLS, check_dice, commitment, mix_entropy

MACHINE = Secret(bytes(range(32)))
SALT = Secret(bytes(range(32, 64)))
# Computed with OpenSSL's `openssl kdf ... HKDF` and `openssl dgst -mac HMAC`.
VECTOR_256 = "9bab8233e2f25ce3225b4fc269d853fa7ad30e1b32911db2dc65246598545ea7"
VECTOR_COMMITMENT = "9b03334d0a0efa2e0b18ff8fbd69f0ccb64146c5175169919b9be5b823a5d9bc"


def roll(number: int, seed: int = 1, faces: str = "123456") -> str:
    return "".join(random.Random(seed).choices(faces, k=number))  # noqa: S311 - a fixed sample


@pytest.mark.parametrize(("bits", "number"), [(128, 50), (128, 99), (256, 99), (256, 1000)])
def test_fair_rolls_pass_unchanged(bits: int, number: int) -> None:
    for seed in range(20):
        rolls = roll(number, seed)
        assert check_dice(rolls, bits).reveal() == rolls.encode()


@pytest.mark.parametrize(
    ("rolls", "bits", "why"),
    [
        (roll(98), 256, "98 rolls"),
        (roll(49), 128, "49 rolls"),
        (roll(1001), 256, "1001 rolls"),
        ("", 256, "0 rolls"),
        (roll(98) + "0", 256, "roll 99 "),
        ("7" + roll(98), 256, "roll 1 "),
        (roll(50) + " " + roll(49), 256, "roll 51 "),
        (roll(98) + "\u0663", 256, "roll 99 "),
        (roll(99, faces="12345"), 256, "fair die"),
        (roll(99, faces="1234566666"), 256, "fair die"),
        ("1" * 99, 256, "fair die"),
        (("123456" * 17)[:99], 256, "second time"),
        (roll(50) + roll(50), 256, "second time"),
        (roll(40) + roll(23, 2) + roll(40), 256, "second time"),
    ],
)
def test_rolls_that_no_fair_die_gives_are_refused(rolls: str, bits: int, why: str) -> None:
    with pytest.raises(Violation, match=why) as stop:
        check_dice(rolls, bits)
    assert stop.value.rule == "SEED-DICE"


def test_the_bound_is_the_stated_one() -> None:
    others = roll(200, 3, faces="23456")
    allowed = "1" * 15
    assert check_dice(_spread("1", 39, others[:60]), 256)
    with pytest.raises(Violation, match="fair die"):
        check_dice(_spread("1", 40, others[:59]), 256)
    assert check_dice(allowed + roll(99, 5), 256)
    with pytest.raises(Violation, match="second time"):
        check_dice("1" * 17 + roll(99, 5).replace("1", "2", 3), 256)


def _spread(face: str, times: int, others: str) -> str:
    rolls = [*others, *([face] * times)]
    random.Random(7).shuffle(rolls)  # noqa: S311 - a fixed sample
    return "".join(rolls)


def test_the_rolls_carry_the_bits_that_are_asked_of_them() -> None:
    for bits, number in MINIMUM_ROLLS.items():
        assert 6**number * 2 > 2**bits


def expand(salt: bytes, secret: bytes, info: bytes, size: int) -> bytes:
    """HKDF-SHA256 by hand, after RFC 5869, for up to 32 bytes."""
    extracted = hmac.new(salt, secret, hashlib.sha256).digest()
    return hmac.new(extracted, info + b"\x01", hashlib.sha256).digest()[:size]


@pytest.mark.parametrize("bits", [128, 256])
def test_the_mix_is_the_published_formula(bits: int) -> None:
    rolls = roll(99).encode()
    by_hand = expand(
        b"strongroom/entropy/v1", MACHINE.reveal() + rolls, b"BIP-39 entropy", bits // 8
    )
    assert mix_entropy(MACHINE, Secret(rolls), bits=bits).reveal() == by_hand


def test_the_published_vectors_hold() -> None:
    rolls = Secret(("162534" * 20)[:99].encode())
    assert mix_entropy(MACHINE, rolls, bits=256).reveal().hex() == VECTOR_256
    assert mix_entropy(MACHINE, rolls, bits=128).reveal().hex() == VECTOR_256[:32]
    assert commitment(MACHINE, SALT).hex() == VECTOR_COMMITMENT


def test_the_commitment_is_the_published_formula() -> None:
    by_hand = hmac.new(
        SALT.reveal(), b"strongroom/commitment/v1" + MACHINE.reveal(), hashlib.sha256
    ).digest()
    assert commitment(MACHINE, SALT) == by_hand


def test_each_source_changes_the_mix() -> None:
    mixes = {
        mix_entropy(Secret(bytes([machine]) * 32), Secret(roll(99, seed).encode()), bits=256)
        .reveal()
        .hex()
        for machine in range(3)
        for seed in range(3)
    }
    assert len(mixes) == 9


def test_a_machine_that_drew_too_little_is_refused() -> None:
    with pytest.raises(Fault, match="31 bytes"):
        mix_entropy(Secret(bytes(31)), Secret(roll(99).encode()), bits=256)
    with pytest.raises(Fault, match="16 bytes"):
        commitment(MACHINE, Secret(bytes(16)))
