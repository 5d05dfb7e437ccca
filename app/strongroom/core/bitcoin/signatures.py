"""Signing twice, by two independent builds of libsecp256k1, and verifying.

Rules kept here: the C library or nothing (embit falls back to Python in silence when it finds none); no
bit of a signature is left to choice, so that no library can hide a key in one: RFC 6979 nonces with
Bitcoin Core's low-R grinding, BIP-340 nonces without randomness, each grinding done by both libraries on
its own, results byte-identical. Verification is coincurve's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from embit.util import secp256k1 as embit_chosen

from strongroom.core.bitcoin import curve, embit_curve
from strongroom.core.bitcoin.codec import tagged_hash
from strongroom.core.errors import Fault, Violation

try:
    from embit.util import ctypes_secp256k1 as embit_c
except (RuntimeError, OSError, AttributeError):  # not found, not loadable, or a symbol is missing
    embit_c = None

_NO_RANDOMNESS = bytes(32)
_R_SIZE = 3  # where a DER signature says how long its R is
_LOW = 32  # bytes of R at most, when its first bit is not set

# Known answers, asked of both libraries at start: a much-used RFC 6979 one and BIP-340's first.
_ECDSA_SECRET = bytes.fromhex("f8b8af8ce3c7cca5e300d33939540c10d45ce001b8f252bfbc57ba0342904181")
_ECDSA_DIGEST = hashlib.sha256(b"Alan Turing").digest()
_ECDSA_ANSWER = (
    "304402207063ae83e7f62bbb171798131b4a0564b956930092b33b07b395615d9ec7e15c"
    "022058dfcc1e00a35e1572f366ffe34ba0fc47db1e7189759b9fb233c5b05ab388ea"
)
_SCHNORR_SECRET = bytes(31) + b"\x03"
_SCHNORR_ANSWER = (
    "e907831f80848d1069a5371b402410364bdf1c5f8307b0084c55f1ce2dca8215"
    "25f66a4a85ea8b71e482a74f382d2ce5ebeee8fdb2172f477df4900d310536c0"
)


def check_backend() -> None:
    """Both libraries are C, are two, and give known answers; else `Fault` SIGN-BACKEND.

    Two loaded copies of one file at one place would be one library: told by where a function lies in memory.
    """
    name = embit_chosen.ecdsa_sign.__module__
    if embit_c is None or name != embit_c.__name__:
        raise Fault(
            "SIGN-BACKEND",
            f"embit signs with {name} and not with the C library",
            hint="install libsecp256k1, version 0.2 to 0.6",
        )
    library = _embit()
    if embit_curve.library_address(library) == curve.library_address():
        raise Fault(
            "SIGN-BACKEND",
            f"embit and coincurve both sign with {library._name}",  # noqa: SLF001 - as above
            hint="two independent builds are needed; install coincurve with its own library",
        )
    answers = (
        sign_ecdsa(_ECDSA_SECRET, _ECDSA_DIGEST).hex(),
        sign_schnorr(_SCHNORR_SECRET, bytes(32)).hex(),
    )
    if answers != (_ECDSA_ANSWER, _SCHNORR_ANSWER):
        raise Fault(
            "SIGN-BACKEND",
            f"{library._name} and coincurve give wrong signatures",  # noqa: SLF001 - as above
            hint="do not use this machine or this image",
        )


def sign_ecdsa(secret: bytes, digest: bytes) -> bytes:
    """A DER signature, low-S and low-R, that both libraries give: Bitcoin Core's bytes.

    Raises `Fault` SIGN-NONCE when the two differ, SIGN-BACKEND without the C library. RFC 6979; the extra
    entropy of attempt n > 0 is n as 32 bytes, little endian (`CKey::Sign`).
    """
    return _agreed(_embit_ecdsa(secret, digest), _coincurve_ecdsa(secret, digest), "ECDSA")


def sign_schnorr(secret: bytes, digest: bytes) -> bytes:
    """A BIP-340 signature of 64 bytes with 32 zero bytes of auxiliary randomness.

    Raises `Fault` SIGN-NONCE when the two libraries differ, SIGN-BACKEND without the C library.
    """
    second = curve.schnorr_sign(secret, digest, _NO_RANDOMNESS)
    first = embit_curve.schnorr_sign(_embit(), secret, digest)
    return _agreed(first, second, "Schnorr")


def verify_ecdsa(public_key: bytes, digest: bytes, der: bytes, *, rule: str) -> None:
    """`der` is strict DER, low-S, and signs `digest` with the compressed `public_key`; else `rule`."""
    try:
        curve.ecdsa_verify(public_key, digest, der)
    except ValueError as error:
        raise _bad(rule, public_key, error) from None


def verify_schnorr(public_key: bytes, digest: bytes, signature: bytes, *, rule: str) -> None:
    """`signature` (64 bytes) signs `digest` with the x-only `public_key` (BIP-340); else `rule`."""
    try:
        curve.schnorr_verify(public_key, digest, signature)
    except ValueError as error:
        raise _bad(rule, public_key, error) from None


def taproot_output_key(
    internal_key: bytes, merkle_root: bytes | None, *, rule: str = "DESCRIPTOR"
) -> tuple[bytes, int]:
    """The x-only output key of `internal_key` (x-only) and its parity (BIP-341); else `rule`."""
    try:
        return curve.add_to_x_only(internal_key, _tap_tweak(internal_key, merkle_root))
    except ValueError as error:
        raise Violation(rule, f"internal key {internal_key.hex()} is unusable: {error}") from None


def taproot_tweak_secret(secret: bytes, public_key: bytes, merkle_root: bytes | None) -> bytes:
    """The secret of the taproot output key of `secret`, whose compressed key is `public_key`.

    BIP-341, `taproot_tweak_seckey`.
    """
    even = secret if public_key[:1] == curve.EVEN else curve.negate_secret(secret)
    return curve.add_to_secret(even, _tap_tweak(public_key[1:], merkle_root))


def _tap_tweak(internal_key: bytes, merkle_root: bytes | None) -> bytes:
    return tagged_hash("TapTweak", internal_key + (merkle_root or b""))


def _embit_ecdsa(secret: bytes, digest: bytes) -> bytes:
    library = _embit()
    return _ground(lambda entropy: embit_curve.ecdsa_sign(library, secret, digest, entropy))


def _coincurve_ecdsa(secret: bytes, digest: bytes) -> bytes:
    return _ground(lambda entropy: curve.ecdsa_sign(secret, digest, entropy))


def _ground(sign: Callable[[bytes | None], bytes]) -> bytes:
    """The first signature with a low R."""
    der, attempt = sign(None), 0
    while der[_R_SIZE] > _LOW:
        attempt += 1
        der = sign(attempt.to_bytes(32, "little"))
    return der


def _embit() -> Any:  # noqa: ANN401 - ctypes gives no type for a library's functions
    if embit_c is None:
        check_backend()
    return embit_c._secp  # noqa: SLF001 - embit keeps it nowhere else


def _agreed(first: bytes, second: bytes, kind: str) -> bytes:
    if first != second:
        raise Fault(
            "SIGN-NONCE",
            f"the two libraries gave different {kind} signatures",
            hint="do not use this machine or this image: one of the two may leak the key",
        )
    return first


def _bad(rule: str, public_key: bytes, error: ValueError) -> Violation:
    return Violation(rule, f"a signature of key {public_key.hex()} is bad: {error}")
