"""USB sticks as image files: made with files on them, read back, checked by their own fsck.

Nothing is mounted and nothing needs root. A stick is either one bare file system or has a partition
table with one partition, as bought sticks have. Images are sparse.
"""

from __future__ import annotations

import struct
import subprocess
import tempfile
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from tests.e2e.exfat import ExfatImage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MEBIBYTE = 1 << 20
DEFAULT_SIZE = 64 * MEBIBYTE
BALLAST = "ballast.bin"

_SECTOR = 512
_PARTITION_START = MEBIBYTE
_PARTITION_TABLE = 446
_CHUNK = 64 * 1024


class FileSystem(StrEnum):
    """The file systems that the station reads; the value is what fsck calls it."""

    FAT32 = "vfat"
    EXFAT = "exfat"
    EXT4 = "ext4"


_PARTITION_TYPES = {FileSystem.FAT32: 0x0C, FileSystem.EXFAT: 0x07, FileSystem.EXT4: 0x83}


def write_stick(
    image: Path,
    file_system: FileSystem,
    files: Mapping[str, bytes],
    *,
    size: int = DEFAULT_SIZE,
    partitioned: bool = False,
    free: int | None = None,
) -> Path:
    """Write a stick that holds these files in its root directory, and return its path.

    `size` is in bytes and counts the file system alone. With `free`, a ballast file leaves about
    that many bytes, never more. Raises OSError when the files do not fit.
    """
    start = _PARTITION_START if partitioned else 0
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.img"
        _write_bare(bare, file_system, files, size)
        if free is not None:
            ballast = b"\xb5" * max(_free_bytes(bare, file_system) - free, 0)
            _write_bare(bare, file_system, {**files, BALLAST: ballast}, size)
        _copy(bare, image, size=size, target_offset=start)
    if partitioned:
        with image.open("r+b") as stick:
            stick.write(_partition_table(_PARTITION_TYPES[file_system], size))
    return image


def read_stick(image: Path) -> dict[str, bytes]:
    """Return every file on the stick by its path; raises ValueError if no file system is found."""
    with _bare(image) as (bare, file_system):
        if file_system is FileSystem.EXFAT:
            return ExfatImage(bytearray(bare.read_bytes())).read_files()
        files = bare.parent / "files"
        files.mkdir()
        if file_system is FileSystem.FAT32:
            _run("mcopy", "-s", "-n", "-p", "-i", bare, "::", files)
        else:
            _run("debugfs", "-R", f"rdump / {files}", bare)
        return {
            str(path.relative_to(files)): path.read_bytes()
            for path in sorted(files.rglob("*"))
            if path.is_file()
        }


def read_fat_file(image: Path, name: str) -> bytes | None:
    """One file in the root of a FAT32 stick whose other files may be damaged; None if it is not there."""
    with _bare(image) as (bare, _):
        copy = bare.parent / "copy"
        done = subprocess.run(
            ("mcopy", "-n", "-i", bare, f"::{name}", copy), check=False, capture_output=True
        )
        return copy.read_bytes() if done.returncode == 0 else None


def check_stick(image: Path) -> None:
    """Return if the file system's own checker finds nothing wrong, else raise AssertionError."""
    with _bare(image) as (bare, file_system):
        options = "-fn" if file_system is FileSystem.EXT4 else "-n"
        done = subprocess.run(
            [f"fsck.{file_system}", options, bare], check=False, capture_output=True, text=True
        )
        if done.returncode != 0:
            raise AssertionError(f"{image.name}: {done.stdout}{done.stderr}")


def _write_bare(bare: Path, file_system: FileSystem, files: Mapping[str, bytes], size: int) -> None:
    bare.unlink(missing_ok=True)
    with bare.open("wb") as new:
        new.truncate(size)
    if file_system is FileSystem.EXFAT:
        _run("mkfs.exfat", bare)
        image = ExfatImage(bytearray(bare.read_bytes()))
        for name, content in files.items():
            image.add_file(name, content)
        bare.write_bytes(image.image)
        return
    with tempfile.TemporaryDirectory() as folder:
        sources = [Path(folder) / name for name in files]
        for source, content in zip(sources, files.values(), strict=True):
            source.write_bytes(content)
        if file_system is FileSystem.EXT4:
            _run("mke2fs", "-q", "-F", "-t", "ext4", "-m", "0", "-d", folder, bare)
            return
        _run("mkfs.vfat", "-F", "32", bare)
        if sources:
            _run("mcopy", "-i", bare, *sources, "::")


def _free_bytes(bare: Path, file_system: FileSystem) -> int:
    image = bare.read_bytes()
    match file_system:
        case FileSystem.EXFAT:
            return ExfatImage(bytearray(image)).free_bytes()
        case FileSystem.FAT32:  # the FSInfo sector's count of free clusters
            clusters: int = struct.unpack_from("<I", image, _SECTOR + 488)[0]
            return clusters * image[13] * _SECTOR
        case FileSystem.EXT4:  # the superblock's count of free blocks
            blocks: int = struct.unpack_from("<I", image, 1024 + 12)[0]
            block_size: int = 1024 << image[1024 + 24]
            return blocks * block_size


def _partition_table(kind: int, size: int) -> bytes:
    """Return a master boot record whose one partition takes all that follows the first mebibyte."""
    start, sectors = _PARTITION_START // _SECTOR, size // _SECTOR
    no_geometry = b"\xfe\xff\xff"
    entry = struct.pack("<B3sB3sII", 0, no_geometry, kind, no_geometry, start, sectors)
    return bytes(_PARTITION_TABLE) + entry + bytes(3 * len(entry)) + b"\x55\xaa"


@contextmanager
def _bare(image: Path) -> Iterator[tuple[Path, FileSystem]]:
    """Give a copy of the stick's file system alone, and which one it is."""
    with image.open("rb") as stick:
        found, start, size = _recognise(stick.read(4096)), 0, image.stat().st_size
        if found is None:
            stick.seek(_PARTITION_TABLE)
            first, sectors = struct.unpack("<8xII", stick.read(16))
            start, size = first * _SECTOR, sectors * _SECTOR
            stick.seek(start)
            found = _recognise(stick.read(4096))
    if found is None:
        raise ValueError(f"{image.name} holds none of {', '.join(FileSystem)}")
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.img"
        _copy(image, bare, source_offset=start, size=size)
        yield bare, found


def _recognise(head: bytes) -> FileSystem | None:
    if head[3:11] == b"EXFAT   ":
        return FileSystem.EXFAT
    if head[82:90] == b"FAT32   ":
        return FileSystem.FAT32
    if head[1080:1082] == b"\x53\xef":
        return FileSystem.EXT4
    return None


def _copy(
    source: Path, target: Path, *, size: int, source_offset: int = 0, target_offset: int = 0
) -> None:
    """Copy `size` bytes into a new file; runs of zeros take no room in it."""
    with source.open("rb") as old, target.open("wb") as new:
        new.truncate(target_offset + size)
        old.seek(source_offset)
        for at in range(0, size, _CHUNK):
            chunk = old.read(min(_CHUNK, size - at))
            if chunk.strip(b"\0"):
                new.seek(target_offset + at)
                new.write(chunk)


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise OSError(f"{command[0]}: {done.stdout}{done.stderr}")
