"""The scripts of the forms that a registered wallet may have, byte by byte."""

from __future__ import annotations

import hashlib

from strongroom.core.bitcoin.codec import hash160
from strongroom.core.bitcoin.signatures import taproot_output_key

_OP_1_MINUS_ONE = 0x50
_OP_CHECKMULTISIG = b"\xae"
_LAST_SMALL = 16


def pkh_script(public_key: bytes) -> bytes:
    """Pay to the HASH160 of `public_key`; also the script code of witness version 0 keys (BIP-143)."""
    return b"\x76\xa9\x14" + hash160(public_key) + b"\x88\xac"


def wpkh_script(public_key: bytes) -> bytes:
    """Witness version 0 of the HASH160 of `public_key` (BIP-141)."""
    return b"\x00\x14" + hash160(public_key)


def sh_script(redeem_script: bytes) -> bytes:
    """Pay to the HASH160 of `redeem_script` (BIP-16)."""
    return b"\xa9\x14" + hash160(redeem_script) + b"\x87"


def wsh_script(witness_script: bytes) -> bytes:
    """Witness version 0 of the SHA-256 of `witness_script` (BIP-141)."""
    return b"\x00\x20" + hashlib.sha256(witness_script).digest()


def tr_script(internal_key: bytes, merkle_root: bytes | None = None) -> bytes:
    """Witness version 1 of the x-only `internal_key`, tweaked by its script tree if any (BIP-86, BIP-341)."""
    return b"\x51\x20" + taproot_output_key(internal_key, merkle_root)[0]


def multi_script(threshold: int, public_keys: tuple[bytes, ...]) -> bytes:
    """`threshold` of `public_keys` (33 bytes each) by OP_CHECKMULTISIG, in the given order."""
    pushes = b"".join(b"\x21" + key for key in public_keys)
    return _number(threshold) + pushes + _number(len(public_keys)) + _OP_CHECKMULTISIG


def _number(value: int) -> bytes:
    if value <= _LAST_SMALL:
        return bytes((_OP_1_MINUS_ONE + value,))
    return bytes((1, value))
