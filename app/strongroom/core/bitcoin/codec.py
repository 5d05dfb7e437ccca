"""Bytes as Bitcoin writes them: little-endian numbers, compact sizes and the hashes over them.

Everything that is read here has exactly one spelling. A size in more bytes than it needs, a field that
ends early and a byte left over are refused, since two programs that read such bytes differently are
two programs that see different transactions.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING

from strongroom.core.errors import Violation

if TYPE_CHECKING:
    from hashlib import _Hash

LONG_SIZE = 0xFD  # from this first byte on, a compact size goes on behind it
_LONG_SIZES = {0xFD: (2, 0xFD), 0xFE: (4, 0x1_0000), 0xFF: (8, 0x1_0000_0000)}


class Reader:
    """Takes bytes from the front to the end, once; every refusal carries the caller's rule."""

    __slots__ = ("_data", "_rule", "offset")

    def __init__(self, data: bytes, *, rule: str) -> None:
        self._data = data
        self._rule = rule
        self.offset = 0

    def take(self, count: int) -> bytes:
        """The next `count` bytes, all of them."""
        start = self.offset
        end = start + count
        if end > len(self._data):
            raise self._short(count, start)
        self.offset = end
        return self._data[start:end]

    def u8(self) -> int:
        """One byte as a number."""
        return self.take(1)[0]

    def u16(self) -> int:
        """Two bytes as an unsigned number."""
        return int.from_bytes(self.take(2), "little")

    def u32(self) -> int:
        """Four bytes as an unsigned number."""
        return int.from_bytes(self.take(4), "little")

    def u64(self) -> int:
        """Eight bytes as an unsigned number."""
        return int.from_bytes(self.take(8), "little")

    def i32(self) -> int:
        """Four bytes as a signed number, which is how a transaction's version is written."""
        return int.from_bytes(self.take(4), "little", signed=True)

    def i64(self) -> int:
        """Eight bytes as a signed number, which is how amounts are written."""
        return int.from_bytes(self.take(8), "little", signed=True)

    def compact_size(self) -> int:
        """A compact size in its shortest form."""
        start = self.offset
        first = self.take(1)[0]
        if first < LONG_SIZE:
            return first
        width, least = _LONG_SIZES[first]
        number = int.from_bytes(self.take(width), "little")
        if number < least:
            raise Violation(
                self._rule, f"the size {number} at byte {start} is written in {width + 1} bytes"
            )
        return number

    def var_bytes(self) -> bytes:
        """As many bytes as the compact size in front of them says."""
        data, start = self._data, self.offset
        # Most sizes are one byte, and this is the innermost of all reading.
        if start < len(data) and (size := data[start]) < LONG_SIZE:
            start += 1
        else:
            size = self.compact_size()
            start = self.offset
        end = start + size
        if end > len(data):
            raise self._short(size, start)
        self.offset = end
        return data[start:end]

    def at_end(self) -> bool:
        """Whether every byte has been taken."""
        return self.offset == len(self._data)

    def check_end(self) -> None:
        """Every byte has been taken, or the caller's rule is broken."""
        left = len(self._data) - self.offset
        if left:
            raise Violation(self._rule, f"{left} bytes are left over at byte {self.offset}")

    def _short(self, count: int, start: int) -> Violation:
        left = len(self._data) - start
        return Violation(
            self._rule, f"{count} bytes are announced at byte {start} where {left} are left"
        )


def render_compact_size(number: int) -> bytes:
    """`number` as a compact size in its shortest form."""
    if number < LONG_SIZE:
        return bytes((number,))
    first = max(first for first, (_, least) in _LONG_SIZES.items() if number >= least)
    return bytes((first,)) + number.to_bytes(_LONG_SIZES[first][0], "little")


def render_var_bytes(data: bytes) -> bytes:
    """`data` behind its compact size."""
    return render_compact_size(len(data)) + data


def sha256d(data: bytes) -> bytes:
    """SHA-256 of SHA-256: 32 bytes in internal order."""
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def sha256(data: bytes) -> bytes:
    """SHA-256: 32 bytes."""
    return hashlib.sha256(data).digest()


def ripemd160(data: bytes) -> bytes:
    """RIPEMD-160: 20 bytes."""
    return hashlib.new("ripemd160", data).digest()


def hash160(data: bytes) -> bytes:
    """RIPEMD-160 of SHA-256: 20 bytes."""
    return ripemd160(hashlib.sha256(data).digest())


def tagged_hash(tag: str, data: bytes) -> bytes:
    """The 32 bytes of BIP-340's tagged hash."""
    state = _tag_state(tag).copy()
    state.update(data)
    return state.digest()


@cache
def _tag_state(tag: str) -> _Hash:
    name = hashlib.sha256(tag.encode()).digest()
    return hashlib.sha256(name + name)
