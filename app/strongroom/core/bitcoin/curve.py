"""Points and secrets of secp256k1, in libsecp256k1 as coincurve carries it: bytes in, bytes out.

The one module that speaks to coincurve's C binding. coincurve's own classes compute a public key for every
secret and take lengths on trust; here every length is checked before a pointer leaves Python, and
secrets are added in constant time. What is not a key or a signature is a `ValueError`, which callers turn
into the rule at hand.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from coincurve._libsecp256k1 import ffi, lib  # type: ignore[import-not-found]
from coincurve.context import GLOBAL_CONTEXT

SECRET_SIZE = 32
DIGEST_SIZE = 32
PUBLIC_KEY_SIZE = 33
X_ONLY_SIZE = 32
SIGNATURE_SIZE = 64
_DER_SIZE = 72
EVEN = b"\x02"  # the first byte of a compressed key whose y coordinate is even
_POINTS_KEPT = 1 << 15  # a PSBT is read more than once in a sitting; 150 bytes each

Point = Any  # a `secp256k1_pubkey *`: cffi gives no type for it

_CONTEXT = GLOBAL_CONTEXT.ctx
_NULL = ffi.NULL
_new = ffi.new
_buffer = ffi.buffer
_COMPRESSED = lib.SECP256K1_EC_COMPRESSED


def check_size(data: bytes, size: int, what: str) -> None:
    """`data` has `size` bytes; raises `ValueError`, which names no value."""
    if len(data) != size:
        raise ValueError(f"{what} has {len(data)} bytes, {size} are needed")


def parse_point(public_key: bytes) -> Point:
    """The point of a 33-byte compressed public key; uncompressed and hybrid forms are refused."""
    check_size(public_key, PUBLIC_KEY_SIZE, "a public key")
    point = find_point(public_key)
    if point is None:
        raise ValueError("not a point of the curve")
    return point


@lru_cache(maxsize=_POINTS_KEPT)
def find_point(public_key: bytes) -> Point | None:
    """The point that 32 (x-only), 33 or 65 bytes with a lawful first byte name; None if there is none.

    Nothing changes a point, and a square root is saved where it is asked for again.
    """
    whole = EVEN + public_key if len(public_key) == X_ONLY_SIZE else public_key
    point = _new("secp256k1_pubkey *")
    return point if lib.secp256k1_ec_pubkey_parse(_CONTEXT, point, whole, len(whole)) else None


def render_point(point: Point) -> bytes:
    """The 33-byte compressed form of `point`."""
    serialized, size = _new("unsigned char[33]"), _new("size_t *", PUBLIC_KEY_SIZE)
    lib.secp256k1_ec_pubkey_serialize(_CONTEXT, serialized, size, point, _COMPRESSED)
    return bytes(_buffer(serialized))


def add_to_point(point: Point, tweak: bytes) -> bytes:
    """The compressed public key `point + tweak * G`; `point` stays as it is."""
    return render_point(_sum(point, tweak))


def add_to_secret(secret: bytes, tweak: bytes) -> bytes:
    """The secret `secret + tweak` modulo the group order, in constant time."""
    check_size(secret, SECRET_SIZE, "a secret key")
    check_size(tweak, SECRET_SIZE, "a tweak")
    total = _new("unsigned char[32]", secret)
    if not lib.secp256k1_ec_seckey_tweak_add(_CONTEXT, total, tweak):
        raise ValueError("the tweak is out of range or gives no secret key")
    return _take(total)


def negate_secret(secret: bytes) -> bytes:
    """The secret of the point with the same x coordinate and the other y, in constant time."""
    check_size(secret, SECRET_SIZE, "a secret key")
    negated = _new("unsigned char[32]", secret)
    if not lib.secp256k1_ec_seckey_negate(_CONTEXT, negated):
        raise ValueError("a secret key is out of range")
    return _take(negated)


def check_secret(secret: bytes) -> None:
    """`secret` is 32 bytes, above zero and below the group order."""
    check_size(secret, SECRET_SIZE, "a secret key")
    if not lib.secp256k1_ec_seckey_verify(_CONTEXT, secret):
        raise ValueError("a secret key is out of range")


def public_key_of(secret: bytes) -> bytes:
    """The compressed public key of `secret`."""
    check_size(secret, SECRET_SIZE, "a secret key")
    point = _new("secp256k1_pubkey *")
    if not lib.secp256k1_ec_pubkey_create(_CONTEXT, point, secret):
        raise ValueError("a secret key is out of range")
    return render_point(point)


def add_to_x_only(public_key: bytes, tweak: bytes) -> tuple[bytes, int]:
    """The x coordinate and the parity of `lift_x(public_key) + tweak * G` (BIP-341)."""
    check_size(public_key, X_ONLY_SIZE, "an x-only public key")
    total = render_point(_sum(parse_point(EVEN + public_key), tweak))
    return total[1:], total[0] & 1


def ecdsa_sign(secret: bytes, digest: bytes, entropy: bytes | None) -> bytes:
    """An RFC 6979 signature, low-S, as DER; `entropy` is 32 extra bytes."""
    check_size(secret, SECRET_SIZE, "a secret key")
    check_size(digest, DIGEST_SIZE, "a digest")
    check_size(entropy or bytes(32), 32, "extra entropy")
    signature = _new("secp256k1_ecdsa_signature *")
    if not lib.secp256k1_ecdsa_sign(_CONTEXT, signature, digest, secret, _NULL, entropy or _NULL):
        raise ValueError("a secret key is out of range")
    return _render_der(signature)


def schnorr_sign(secret: bytes, digest: bytes, auxiliary: bytes) -> bytes:
    """A BIP-340 signature of 64 bytes with 32 bytes of auxiliary randomness."""
    check_size(digest, DIGEST_SIZE, "a digest")
    check_size(auxiliary, 32, "auxiliary randomness")
    pair, signature = _keypair(secret), _new("unsigned char[64]")
    signed = lib.secp256k1_schnorrsig_sign32(_CONTEXT, signature, digest, pair, auxiliary)
    _wipe(pair)
    if not signed:
        raise ValueError("a secret key is out of range")
    return bytes(_buffer(signature))


def ecdsa_verify(public_key: bytes, digest: bytes, der: bytes) -> None:
    """`der` is strict DER, low-S (BIP-146), and signs `digest` with `public_key`.

    The library reads strict DER only, takes a number above the group order for zero, and verifies neither zero
    nor a high S; what is wrong with a signature is looked into only when one is.
    """
    check_size(digest, DIGEST_SIZE, "a digest")
    point, signature = parse_point(public_key), _new("secp256k1_ecdsa_signature *")
    parsed = lib.secp256k1_ecdsa_signature_parse_der(_CONTEXT, signature, der, len(der))
    if parsed and lib.secp256k1_ecdsa_verify(_CONTEXT, signature, digest, point):
        return
    if not parsed or _render_der(signature) != der:
        raise ValueError("not in strict DER form")
    if lib.secp256k1_ecdsa_signature_normalize(_CONTEXT, _NULL, signature):
        raise ValueError("its S is in the upper half of the group order")
    raise ValueError("it does not fit the key and what is signed")


def schnorr_verify(public_key: bytes, digest: bytes, signature: bytes) -> None:
    """`signature` (64 bytes) signs `digest` with the x-only `public_key` (BIP-340)."""
    check_size(digest, DIGEST_SIZE, "a digest")
    check_size(signature, SIGNATURE_SIZE, "a Schnorr signature")
    x_only = _parse_x_only(public_key)
    if not lib.secp256k1_schnorrsig_verify(_CONTEXT, signature, digest, DIGEST_SIZE, x_only):
        raise ValueError("it does not fit the key and what is signed")


def library_address() -> int:
    """Where this library's RFC 6979 function lies in memory: no two loaded libraries share it."""
    return int(ffi.cast("uintptr_t", lib.secp256k1_nonce_function_rfc6979))


def _parse_x_only(public_key: bytes) -> Any:  # noqa: ANN401 - cffi gives no type for it
    check_size(public_key, X_ONLY_SIZE, "an x-only public key")
    x_only = _new("secp256k1_xonly_pubkey *")
    if not lib.secp256k1_xonly_pubkey_parse(_CONTEXT, x_only, public_key):
        raise ValueError("not the x coordinate of a point of the curve")
    return x_only


def _sum(point: Point, tweak: bytes) -> Point:
    """`point + tweak * G`, a fifth faster than by the library's one call, which allows for any multiple."""
    check_size(tweak, SECRET_SIZE, "a tweak")
    product, total = _new("secp256k1_pubkey *"), _new("secp256k1_pubkey *")
    if not lib.secp256k1_ec_pubkey_create(
        _CONTEXT, product, tweak
    ) or not lib.secp256k1_ec_pubkey_combine(_CONTEXT, total, [point, product], 2):
        raise ValueError("the tweak is out of range or gives no point")
    return total


def _keypair(secret: bytes) -> Any:  # noqa: ANN401 - cffi gives no type for it
    check_size(secret, SECRET_SIZE, "a secret key")
    pair = _new("secp256k1_keypair *")
    if not lib.secp256k1_keypair_create(_CONTEXT, pair, secret):
        raise ValueError("a secret key is out of range")
    return pair


def _render_der(signature: Any) -> bytes:  # noqa: ANN401 - cffi gives no type for it
    der, size = _new("unsigned char[72]"), _new("size_t *", _DER_SIZE)
    lib.secp256k1_ecdsa_signature_serialize_der(_CONTEXT, der, size, signature)
    return bytes(_buffer(der, size[0]))


def _take(secret: Any) -> bytes:  # noqa: ANN401 - cffi gives no type for it
    taken = bytes(_buffer(secret))
    _wipe(secret)
    return taken


def _wipe(memory: Any) -> None:  # noqa: ANN401 - cffi gives no type for it
    view = _buffer(memory)
    view[:] = bytes(len(view))
