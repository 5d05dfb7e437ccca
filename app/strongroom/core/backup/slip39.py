"""SLIP-39: a secret as shares of words, M of which give it back and fewer of which tell nothing.

The core asks for no randomness, so the caller passes it in; the published reference draws its own and quotes
words in errors, which is why this is ours. Written are shares of a single group that every implementation reads
(not extendable); read is all that SLIP-39 defines. Vectors: trezor/python-shamir-mnemonic.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Callable, Sequence

from strongroom.core.backup.field import BYTES
from strongroom.core.backup.slip39_share import Share, ShareSet
from strongroom.core.errors import Fault, Violation
from strongroom.core.secret import Secret

MAXIMUM_SHARES = 16
IDENTIFIER_SIZE = 2
_EXPONENT = 1
_SIZES = (16, 20, 24, 28, 32)
_DIGEST_AT, _SECRET_AT = 254, 255
_DIGEST_SIZE = 4
_ROUNDS = (0, 1, 2, 3)
_ITERATIONS = 2500  # in each of the four rounds, times two to the exponent
_NO_PASSPHRASE = Secret(b"")


def check_quorum(threshold: int, count: int) -> None:
    """SHARE-QUORUM: 2 to 16 shares, of which at least two and at most all are needed."""
    if not 2 <= threshold <= count <= MAXIMUM_SHARES:  # noqa: PLR2004 - one share alone shares nothing
        raise Violation(
            "SHARE-QUORUM",
            f"{threshold} of {count} is no quorum: at least 2 of at most {MAXIMUM_SHARES}",
            hint="2 of 3 and 3 of 5 are usual",
        )


def split_secret(
    secret: Secret,
    *,
    threshold: int,
    count: int,
    random: Callable[[int], bytes],
    passphrase: Secret = _NO_PASSPHRASE,
) -> tuple[Share, ...]:
    """`count` shares of 16 to 32 bytes, any `threshold` of which give it back.

    `random` gives that many bytes of the kernel's generator. Raises SHARE-QUORUM.
    """
    check_quorum(threshold, count)
    if len(secret) not in _SIZES:
        raise Fault("PROGRAM", f"a secret of {len(secret)} bytes has no SLIP-39 shares")
    identifier = int.from_bytes(random(IDENTIFIER_SIZE), "big") >> 1
    common = ShareSet(
        identifier=identifier,
        extendable=False,
        exponent=_EXPONENT,
        group_threshold=1,
        group_count=1,
    )
    encrypted = _crypt(secret.reveal(), common, passphrase, _ROUNDS)
    points = {place: random(len(secret)) for place in range(threshold - 2)}
    key = random(len(secret) - _DIGEST_SIZE)
    drawn = dict(points)
    drawn[_DIGEST_AT] = _digest(key, encrypted) + key
    drawn[_SECRET_AT] = encrypted
    return tuple(
        Share(
            set=common,
            group=0,
            member=member,
            threshold=threshold,
            value=Secret(BYTES.interpolate(drawn, member)),
        )
        for member in range(count)
    )


def combine_shares(shares: Sequence[Share], passphrase: Secret = _NO_PASSPHRASE) -> Secret:
    """The secret of exactly as many shares as are needed; raises SHARE-SET for any others.

    A wrong passphrase gives another secret and no error (SLIP-39 means it so).
    """
    common = _check_set(shares)
    groups: dict[int, list[Share]] = defaultdict(list)
    for share in shares:
        groups[share.group].append(share)
    if len(groups) != common.group_threshold:
        raise _bad_set(
            f"shares of {len(groups)} groups were given, {common.group_threshold} are needed"
        )
    points = {group: _combine_group(members) for group, members in groups.items()}
    encrypted = _recover(points, common.group_threshold)
    return Secret(_crypt(encrypted, common, passphrase, tuple(reversed(_ROUNDS))))


def missing_shares(shares: Sequence[Share]) -> int:
    """How many more shares the group of the first one needs; 0 when they suffice."""
    return max(0, shares[0].threshold - len(shares)) if shares else 1


def _check_set(shares: Sequence[Share]) -> ShareSet:
    if not shares:
        raise _bad_set("no share was given")
    common = shares[0].set
    if any(share.set != common or len(share.value) != len(shares[0].value) for share in shares):
        raise _bad_set("the shares are not of one secret", "look at the set's name on each card")
    seen: set[tuple[int, int]] = set()
    for share in shares:
        if (share.group, share.member) in seen:
            raise _bad_set(f"share {share.member + 1} was given twice")
        seen.add((share.group, share.member))
    return common


def _combine_group(members: list[Share]) -> bytes:
    threshold = members[0].threshold
    if any(share.threshold != threshold for share in members):
        raise _bad_set("the shares disagree on how many are needed")
    if len(members) != threshold:
        raise _bad_set(f"{len(members)} shares were given, {threshold} are needed")
    return _recover({share.member: share.value.reveal() for share in members}, threshold)


def _recover(points: dict[int, bytes], threshold: int) -> bytes:
    if threshold == 1:
        return next(iter(points.values()))
    secret = BYTES.interpolate(points, _SECRET_AT)
    proof = BYTES.interpolate(points, _DIGEST_AT)
    expected = _digest(proof[_DIGEST_SIZE:], secret)
    if not hmac.compare_digest(proof[:_DIGEST_SIZE], expected):
        raise _bad_set("the shares do not fit each other: their digest differs")
    return secret


def _digest(key: bytes, secret: bytes) -> bytes:
    return hmac.digest(key, secret, "sha256")[:_DIGEST_SIZE]


def _crypt(data: bytes, common: ShareSet, passphrase: Secret, rounds: tuple[int, ...]) -> bytes:
    """The four-round Feistel network of SLIP-39, "Encryption of the master secret"."""
    half = len(data) // 2
    left, right = data[:half], data[half:]
    salt = b"" if common.extendable else b"shamir" + common.identifier.to_bytes(2, "big")
    for number in rounds:
        stretched = hashlib.pbkdf2_hmac(
            "sha256",
            bytes((number,)) + passphrase.reveal(),
            salt + right,
            _ITERATIONS << common.exponent,
            half,
        )
        mixed = bytes(a ^ b for a, b in zip(left, stretched, strict=True))
        left, right = right, mixed
    return right + left


def _bad_set(what: str, hint: str = "") -> Violation:
    return Violation("SHARE-SET", what, hint=hint)
