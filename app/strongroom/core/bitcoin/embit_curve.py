"""Signing by libsecp256k1 as embit loads it: bytes in, bytes out.

embit's own wrappers are passed by: they let one thread in at a time, and they write the result into a `bytes`
object that Python takes for unchangeable. Contexts are only read by the functions here, which libsecp256k1
allows to any number of threads. Lengths are checked before a pointer leaves Python; a secret that is out of
range is a `ValueError`.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

from strongroom.core.bitcoin.curve import DIGEST_SIZE, SECRET_SIZE, SIGNATURE_SIZE, check_size

_NO_RANDOMNESS = bytes(32)
_DER_SIZE = 72
_Signature = ctypes.c_char * SIGNATURE_SIZE
_Der = ctypes.c_char * _DER_SIZE
_Keypair = ctypes.c_char * 96


def ecdsa_sign(library: ctypes.CDLL, secret: bytes, digest: bytes, entropy: bytes | None) -> bytes:
    """An RFC 6979 signature, low-S, as DER; `entropy` is 32 extra bytes."""
    _check_sizes(secret, digest)
    check_size(entropy or bytes(32), 32, "extra entropy")
    signature = _Signature()
    context = library.ctx
    if not library.secp256k1_ecdsa_sign(context, signature, digest, secret, None, entropy):
        raise ValueError("a secret key is out of range")
    der, size = _Der(), ctypes.c_size_t(_DER_SIZE)
    _serialize_der(library)(context, der, ctypes.byref(size), signature)
    return der.raw[: size.value]


def schnorr_sign(library: ctypes.CDLL, secret: bytes, digest: bytes) -> bytes:
    """A BIP-340 signature of 64 bytes with 32 zero bytes of auxiliary randomness."""
    _check_sizes(secret, digest)
    pair, signature = _Keypair(), _Signature()
    # In this order: libraries before 0.2 take a nonce function and its data here, later ones only the
    # auxiliary bytes, in the function's place. Both read it as "no randomness"; swapped, the old ones jump
    # to address zero.
    randomness = (None, _NO_RANDOMNESS)
    signed = library.secp256k1_keypair_create(
        library.ctx, pair, secret
    ) and library.secp256k1_schnorrsig_sign(library.ctx, signature, digest, pair, *randomness)
    ctypes.memset(pair, 0, len(pair))
    if not signed:
        raise ValueError("a secret key is out of range")
    return signature.raw


@cache
def _serialize_der(library: ctypes.CDLL) -> Any:  # noqa: ANN401 - ctypes gives functions no type
    """The function as one that keeps the interpreter's lock: handing that over takes longer than the work."""
    path = library._name  # noqa: SLF001 - ctypes keeps it nowhere else
    function = ctypes.PyDLL(path).secp256k1_ecdsa_signature_serialize_der
    function.argtypes = library.secp256k1_ecdsa_signature_serialize_der.argtypes
    return function


def library_address(library: ctypes.CDLL) -> int | None:
    """Where the library's RFC 6979 function lies in memory: no two loaded libraries share it."""
    return ctypes.c_void_p.in_dll(library, "secp256k1_nonce_function_rfc6979").value


def _check_sizes(secret: bytes, digest: bytes) -> None:
    check_size(secret, SECRET_SIZE, "a secret key")
    check_size(digest, DIGEST_SIZE, "a digest")
