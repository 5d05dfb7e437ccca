"""Points and secrets of secp256k1, in libsecp256k1 as coincurve carries it: bytes in, bytes out.

The one module that speaks to coincurve's C binding. coincurve's own classes compute a public key for every
secret and take lengths on trust; here every length is checked before a pointer leaves Python, and
secrets are added in constant time. What is not a key or a signature is a `ValueError`, which callers turn
into the rule at hand.
"""

from __future__ import annotations

from collections.abc import Callable
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
_EVEN = b"\x02"
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
    point = _new("secp256k1_pubkey *")
    if not lib.secp256k1_ec_pubkey_parse(_CONTEXT, point, public_key, PUBLIC_KEY_SIZE):
        raise ValueError("not a point of the curve")
    return point


@lru_cache(maxsize=_POINTS_KEPT)
def is_point(public_key: bytes) -> bool:
    """Whether 32 (x-only), 33 or 65 bytes with a lawful first byte name a point of the curve."""
    if len(public_key) == X_ONLY_SIZE:
        public_key = _EVEN + public_key
    point = _new("secp256k1_pubkey *")
    return bool(lib.secp256k1_ec_pubkey_parse(_CONTEXT, point, public_key, len(public_key)))


def render_point(point: Point) -> bytes:
    """The 33-byte compressed form of `point`."""
    serialized, size = _new("unsigned char[33]"), _new("size_t *", PUBLIC_KEY_SIZE)
    lib.secp256k1_ec_pubkey_serialize(_CONTEXT, serialized, size, point, _COMPRESSED)
    return bytes(_buffer(serialized))


def add_to_point(point: Point, tweak: bytes) -> bytes:
    """The compressed public key `point + tweak * G`; `point` stays as it is."""
    check_size(tweak, SECRET_SIZE, "a tweak")
    total = _new("secp256k1_pubkey *", point[0])
    if not lib.secp256k1_ec_pubkey_tweak_add(_CONTEXT, total, tweak):
        raise ValueError("the tweak is out of range or gives no point")
    return render_point(total)


def add_to_secret(secret: bytes, tweak: bytes) -> bytes:
    """The secret `secret + tweak` modulo the group order, in constant time."""
    check_size(secret, SECRET_SIZE, "a secret key")
    check_size(tweak, SECRET_SIZE, "a tweak")
    total = _new("unsigned char[32]", secret)
    if not lib.secp256k1_ec_seckey_tweak_add(_CONTEXT, total, tweak):
        raise ValueError("the tweak is out of range or gives no secret key")
    return _take(total)


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
    check_size(tweak, SECRET_SIZE, "a tweak")
    total, parity = _new("secp256k1_pubkey *"), _new("int *")
    x_only = _parse_x_only(public_key)
    if not lib.secp256k1_xonly_pubkey_tweak_add(_CONTEXT, total, x_only, tweak):
        raise ValueError("the tweak is out of range or gives no point")
    lib.secp256k1_xonly_pubkey_from_pubkey(_CONTEXT, x_only, parity, total)
    return _render_x_only(x_only), parity[0]


def tweak_x_only_secret(secret: bytes, tweak_of: Callable[[bytes], bytes]) -> bytes:
    """The secret of `P + tweak_of(x(P)) * G`, P the even point of `secret`, in constant time (BIP-341)."""
    pair, x_only = _keypair(secret), _new("secp256k1_xonly_pubkey *")
    lib.secp256k1_keypair_xonly_pub(_CONTEXT, x_only, _NULL, pair)
    tweak = tweak_of(_render_x_only(x_only))
    check_size(tweak, SECRET_SIZE, "a tweak")
    if not lib.secp256k1_keypair_xonly_tweak_add(_CONTEXT, pair, tweak):
        raise ValueError("the tweak is out of range or gives no secret key")
    total = _new("unsigned char[32]")
    lib.secp256k1_keypair_sec(_CONTEXT, total, pair)
    _wipe(pair)
    return _take(total)


def ecdsa_sign(secret: bytes, digest: bytes, entropy: bytes | None) -> tuple[bytes, bytes]:
    """An RFC 6979 signature, low-S, as 64 bytes R and S and as DER; `entropy` is 32 extra bytes."""
    check_size(secret, SECRET_SIZE, "a secret key")
    check_size(digest, DIGEST_SIZE, "a digest")
    check_size(entropy or bytes(32), 32, "extra entropy")
    signature, compact = _new("secp256k1_ecdsa_signature *"), _new("unsigned char[64]")
    if not lib.secp256k1_ecdsa_sign(_CONTEXT, signature, digest, secret, _NULL, entropy or _NULL):
        raise ValueError("a secret key is out of range")
    lib.secp256k1_ecdsa_signature_serialize_compact(_CONTEXT, compact, signature)
    return bytes(_buffer(compact)), _render_der(signature)


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
    """`der` is strict DER, low-S (BIP-146), and signs `digest` with `public_key`."""
    check_size(digest, DIGEST_SIZE, "a digest")
    point, signature = parse_point(public_key), _new("secp256k1_ecdsa_signature *")
    # The C parser lets numbers above the group order through as zero; written again, they differ.
    if (
        not lib.secp256k1_ecdsa_signature_parse_der(_CONTEXT, signature, der, len(der))
        or _render_der(signature) != der
    ):
        raise ValueError("not in strict DER form")
    if lib.secp256k1_ecdsa_signature_normalize(_CONTEXT, _NULL, signature):
        raise ValueError("its S is in the upper half of the group order")
    if not lib.secp256k1_ecdsa_verify(_CONTEXT, signature, digest, point):
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


def _render_x_only(x_only: Any) -> bytes:  # noqa: ANN401 - cffi gives no type for it
    serialized = _new("unsigned char[32]")
    lib.secp256k1_xonly_pubkey_serialize(_CONTEXT, serialized, x_only)
    return bytes(_buffer(serialized))


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
