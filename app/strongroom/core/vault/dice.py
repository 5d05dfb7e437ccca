"""Entropy for a new seed from two sources, of which either is enough: the machine and dice.

The machine draws first and shows a commitment, people roll afterwards, and a published formula
mixes the two, so that the machine can not choose its part to fit the dice. With || for joining:

    commitment = HMAC-SHA-256(key = salt, message = "strongroom/commitment/v1" || machine)
    entropy    = HKDF-SHA-256(salt = "strongroom/entropy/v1", input = machine || rolls,
                              info = "BIP-39 entropy", length = bits / 8)        (RFC 5869)

`machine` and `salt` are 32 bytes each of the kernel's random numbers, `rolls` the digits 1 to 6 in
ASCII as they were rolled. Nothing of this is ever logged, nor is any digest of it but the
commitment, whose salt stays secret.
"""

from __future__ import annotations

import hmac
from collections import Counter
from math import comb

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from strongroom.core.errors import Fault, Violation
from strongroom.core.secret import Secret

MINIMUM_ROLLS = {128: 50, 256: 99}
"""Rolls for that many bits of entropy, at log2(6) = 2.585 bits each."""
MAXIMUM_ROLLS = 1000
MACHINE_SIZE = 32
"""Bytes that the machine draws, and as many for the salt of the commitment."""

_FACES = "123456"
_ODDS = 24_000_000
_AGAIN = 16


def check_dice(rolls: str, bits: int) -> Secret:
    """The rolls, enough of them for `bits` (128 or 256) and not such as a fair die never gives.

    Raises SEED-DICE. Refused are (1) a face that comes so often or so rarely that a fair die does
    it less than once in 24 million times, twelve ways in all; (2) any 16 rolls in a row that come
    again, of which the chance is at most comb(1000, 2) / 6**16. So fair dice are refused less than
    once in a million times (0.5e-6 + 0.18e-6). Messages tell positions and counts, never a face.
    """
    minimum = MINIMUM_ROLLS[bits]
    for position, roll in enumerate(rolls, start=1):
        if roll not in _FACES:
            raise Violation("SEED-DICE", f"roll {position} is not a digit from 1 to 6")
    if not minimum <= len(rolls) <= MAXIMUM_ROLLS:
        raise Violation(
            "SEED-DICE",
            f"{len(rolls)} rolls were entered, {bits} bits need {minimum} to {MAXIMUM_ROLLS}",
        )
    counts = Counter(rolls)
    if any(_is_unfair(counts[face], len(rolls)) for face in _FACES):
        raise Violation(
            "SEED-DICE",
            f"in {len(rolls)} rolls a fair die does not favour or avoid one face as these do",
            hint="roll again, with other dice",
        )
    windows = [rolls[start : start + _AGAIN] for start in range(len(rolls) - _AGAIN + 1)]
    if len(set(windows)) < len(windows):
        raise Violation(
            "SEED-DICE",
            f"{_AGAIN} rolls in a row come a second time",
            hint="roll real dice, and enter every roll once",
        )
    return Secret(rolls.encode("ascii"))


def commitment(machine_entropy: Secret, salt: Secret) -> bytes:
    """The 32 bytes that bind the machine to what it drew and tell nothing of it."""
    _check_size(machine_entropy)
    _check_size(salt)
    message = b"strongroom/commitment/v1" + machine_entropy.reveal()
    return hmac.digest(salt.reveal(), message, "sha256")


def mix_entropy(machine: Secret, dice: Secret, *, bits: int) -> Secret:
    """BIP-39 entropy of `bits` that nobody can predict who misses either `machine` or `dice`."""
    _check_size(machine)
    kdf = HKDF(
        algorithm=SHA256(),
        length=bits // 8,
        salt=b"strongroom/entropy/v1",
        info=b"BIP-39 entropy",
    )
    return Secret(kdf.derive(machine.reveal() + dice.reveal()))


def _is_unfair(count: int, rolls: int) -> bool:
    """Whether a fair die gives one face `count` times or further off less than once in 24 million.

    Binomial tails in whole numbers: comb(n, k) 5**(n - k) of the 6**n outcomes have k of one face.
    """
    tail = range(count + 1) if count * 6 < rolls else range(count, rolls + 1)
    outcomes: int = sum(comb(rolls, k) * 5 ** (rolls - k) for k in tail)
    all_outcomes: int = 6**rolls
    return outcomes * _ODDS < all_outcomes


def _check_size(drawn: Secret) -> None:
    if len(drawn) != MACHINE_SIZE:
        raise Fault("PROGRAM", f"the machine drew {len(drawn)} bytes instead of {MACHINE_SIZE}")
