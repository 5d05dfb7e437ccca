"""Files in an exFAT image, without a driver: put into a fresh one, read out of any.

Neither mtools nor the exFAT programs can do it, and mounting takes root and a kernel that knows
exFAT. What mkfs.exfat made stays as it is; a file becomes one unbroken run of clusters marked in
the allocation bitmap, and an entry set at the end of the root directory. Source: Microsoft, "exFAT
file system specification", sections 3 to 7.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENTRY = 32
_FIRST_CLUSTER = 2
_END_OF_CHAIN = 0xFFFFFFF7
_UNBROKEN = 0x02  # NoFatChain: the clusters follow one another and the FAT says nothing of them

_TYPE_BITMAP, _TYPE_FILE, _TYPE_STREAM, _TYPE_NAME = 0x81, 0x85, 0xC0, 0xC1
_ATTRIBUTE_DIRECTORY, _ATTRIBUTE_ARCHIVE = 0x10, 0x20
_STAMP = (2026 - 1980) << 25 | 1 << 21 | 1 << 16  # 2026-01-01 00:00
_NAME_CHARACTERS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stream:
    """Where the bytes of a file or directory lie; what is past `valid` reads as zeros."""

    first_cluster: int
    length: int
    valid: int
    unbroken: bool


class ExfatImage:
    """The bytes of an exFAT file system, changed in place."""

    def __init__(self, image: bytearray) -> None:
        if image[3:11] != b"EXFAT   ":
            raise ValueError("not an exFAT file system")
        self.image = image
        self._root = self._number(96)
        self._sector_size = 1 << image[108]
        self.cluster_count = self._number(92)
        self.cluster_size = self._sector_size << image[109]
        self._fat = self._number(80) * self._sector_size
        self._heap = self._number(88) * self._sector_size

    def read_files(self) -> dict[str, bytes]:
        """Return every file by its path."""
        root = self._directory_stream(self._root)
        return dict(self._walk(root, ""))

    def add_file(self, name: str, content: bytes) -> None:
        """Add a file to the root directory; raises OSError when it does not fit."""
        needed = -(-len(content) // self.cluster_size)
        first = self._allocate(needed) if needed else 0
        if needed:
            start = self._cluster_offset(first)
            self.image[start : start + len(content)] = content
        self._append(_entry_set(name, first, len(content)))

    def free_bytes(self) -> int:
        """Return how many bytes the free clusters hold."""
        used = sum(byte.bit_count() for byte in self._bitmap())
        return (self.cluster_count - used) * self.cluster_size

    def _cluster_offset(self, cluster: int) -> int:
        return self._heap + (cluster - _FIRST_CLUSTER) * self.cluster_size

    def _clusters(self, stream: _Stream) -> Iterator[int]:
        cluster = stream.first_cluster
        for _ in range(-(-stream.length // self.cluster_size)):
            yield cluster
            cluster = cluster + 1 if stream.unbroken else self._next(cluster)

    def _next(self, cluster: int) -> int:
        return self._number(self._fat + 4 * cluster)

    def _number(self, offset: int) -> int:
        return int.from_bytes(self.image[offset : offset + 4], "little")

    def _read(self, stream: _Stream) -> bytes:
        offsets = [self._cluster_offset(cluster) for cluster in self._clusters(stream)]
        data = b"".join([bytes(self.image[at : at + self.cluster_size]) for at in offsets])
        return data[: stream.valid] + bytes(stream.length - stream.valid)

    def _directory_stream(self, first: int) -> _Stream:
        length, cluster = 0, first
        while cluster < _END_OF_CHAIN:
            length += self.cluster_size
            cluster = self._next(cluster)
        return _Stream(first_cluster=first, length=length, valid=length, unbroken=False)

    def _walk(self, directory: _Stream, prefix: str) -> Iterator[tuple[str, bytes]]:
        entries = self._read(directory)
        for at in range(0, len(entries), _ENTRY):
            if entries[at] != _TYPE_FILE:
                continue
            count = entries[at + 1]
            (attributes,) = struct.unpack_from("<H", entries, at + 4)
            name, stream = _parse_set(entries[at + _ENTRY : at + _ENTRY * (count + 1)])
            if attributes & _ATTRIBUTE_DIRECTORY:
                yield from self._walk(stream, f"{prefix}{name}/")
            else:
                yield prefix + name, self._read(stream)

    def _bitmap_start(self) -> int:
        root = self._cluster_offset(self._root)
        for at in range(root, root + self.cluster_size, _ENTRY):
            if self.image[at] == _TYPE_BITMAP:
                return self._cluster_offset(self._number(at + 20))
        raise ValueError("the root directory names no allocation bitmap")

    def _bitmap(self) -> bytes:
        start = self._bitmap_start()
        return bytes(self.image[start : start + -(-self.cluster_count // 8)])

    def _allocate(self, count: int) -> int:
        """Mark the first free run of that many clusters as used and return where it starts."""
        bits = "".join(f"{byte:08b}"[::-1] for byte in self._bitmap())[: self.cluster_count]
        index = bits.find("0" * count)
        if index < 0:
            raise OSError(f"no run of {count} free clusters")
        start = self._bitmap_start()
        for bit in range(index, index + count):
            self.image[start + bit // 8] |= 1 << bit % 8
        return index + _FIRST_CLUSTER

    def _append(self, entry_set: bytes) -> None:
        root = self._cluster_offset(self._root)
        at = root
        while self.image[at]:
            at += _ENTRY
        if at + len(entry_set) >= root + self.cluster_size:
            raise OSError("the first cluster of the root directory is full")
        self.image[at : at + len(entry_set)] = entry_set


def _parse_set(secondary: bytes) -> tuple[str, _Stream]:
    flags, name_length = secondary[1], secondary[3]
    valid, first, length = struct.unpack_from("<Q4xIQ", secondary, 8)
    pieces = [secondary[at + 2 : at + _ENTRY] for at in range(_ENTRY, len(secondary), _ENTRY)]
    name = b"".join(pieces)[: 2 * name_length].decode("utf-16-le")
    unbroken = bool(flags & _UNBROKEN)
    return name, _Stream(first_cluster=first, length=length, valid=valid, unbroken=unbroken)


def _entry_set(name: str, first_cluster: int, length: int) -> bytes:
    if not name.isascii() or "/" in name:
        raise ValueError(f"only plain ASCII names in the root directory are written, not {name!r}")
    encoded = name.encode("utf-16-le")
    step = 2 * _NAME_CHARACTERS
    pieces = [encoded[at : at + step] for at in range(0, len(encoded), step)]
    head = struct.pack(
        "<BBHHH3I12x", _TYPE_FILE, 1 + len(pieces), 0, _ATTRIBUTE_ARCHIVE, 0, *[_STAMP] * 3
    )
    flags = 0x01 | (_UNBROKEN if length else 0)
    name_hash = _rotating_sum(name.upper().encode("utf-16-le"))
    stream = struct.pack(
        "<BBxBHHQ4xIQ", _TYPE_STREAM, flags, len(name), name_hash, 0, length, first_cluster, length
    )
    names = b"".join(struct.pack("<BB30s", _TYPE_NAME, 0, piece) for piece in pieces)
    whole = bytearray(head + stream + names)
    checksum = _rotating_sum(bytes(whole[:2] + whole[4:]))
    struct.pack_into("<H", whole, 2, checksum)
    return bytes(whole)


def _rotating_sum(data: bytes) -> int:
    total = 0
    for byte in data:
        total = ((total << 15 | total >> 1) + byte) & 0xFFFF
    return total
