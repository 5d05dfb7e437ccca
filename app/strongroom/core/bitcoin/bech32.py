"""Writing Bech32 and Bech32m (BIP-173, BIP-350), for the thousands of addresses of one batch.

embit's encoder takes each bit of the checksum by itself and twenty times as long. Reading stays embit's: one
address at a time, from whoever typed it.
"""

from __future__ import annotations

from base64 import b32encode
from functools import cache

_CHARACTERS = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CONSTANT, _CONSTANT_M = 1, 0x2BC830A3
_CHECKSUM_SHIFTS = (25, 20, 15, 10, 5, 0)
_GROUPS = bytes(range(32))
_FROM_BASE32 = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", _GROUPS)
_TO_CHARACTERS = bytes.maketrans(_GROUPS, _CHARACTERS)


def _carried(top: int) -> int:
    """What the five bits that leave the checksum's front are replaced by."""
    total = 0
    for bit, generator in enumerate(_GENERATOR):
        total ^= generator * (top >> bit & 1)
    return total


_CARRIED = tuple(map(_carried, _GROUPS))


def render_bech32(hrp: str, version: int, program: bytes) -> str:
    """The address of a witness program, its checksum that of its version."""
    data = bytes((version,)) + b32encode(program).rstrip(b"=").translate(_FROM_BASE32)
    checksum = _checksum(data + bytes(len(_CHECKSUM_SHIFTS)), _start(hrp))
    checksum ^= _CONSTANT_M if version else _CONSTANT
    data += bytes(checksum >> shift & 31 for shift in _CHECKSUM_SHIFTS)
    return f"{hrp}1{data.translate(_TO_CHARACTERS).decode()}"


@cache
def _start(hrp: str) -> int:
    """The checksum so far behind the human-readable part."""
    letters = hrp.encode()
    return _checksum(bytes((*(c >> 5 for c in letters), 0, *(c & 31 for c in letters))), 1)


def _checksum(groups: bytes, state: int) -> int:
    for group in groups:
        state = (state & 0x1FF_FFFF) << 5 ^ group ^ _CARRIED[state >> 25]
    return state
