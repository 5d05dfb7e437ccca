"""Writing one file to a mounted stick: shown first, synced, and read back from the medium itself."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from strongroom.core.errors import Fault, Violation
from strongroom.core.text import render_visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from strongroom.online.usb.disks import Volume

CHUNK = 1024 * 1024
_SECONDS = 60
_LISTED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file or folder on a stick, its name made visible; `size` is None for a folder."""

    name: str
    size: int | None


def list_folder(folder: Path) -> tuple[tuple[Entry, ...], int]:
    """The first files and folders of `folder` by name, and how many there are; raises MEDIA-READ."""
    try:
        found = sorted(os.scandir(folder), key=lambda entry: entry.name)
        listed = tuple(
            Entry(
                name=render_visible(entry.name),
                size=entry.stat(follow_symlinks=False).st_size if entry.is_file() else None,
            )
            for entry in found[:_LISTED]
        )
    except OSError as error:
        raise Fault("MEDIA-READ", f"cannot list {folder}: {error.strerror}") from error
    return listed, len(found)


@contextmanager
def mounted(volume: Volume) -> Iterator[Path]:
    """Where `volume` is mounted; if it was not, udisks mounts it and takes it off again."""
    if volume.mounted_at is not None:
        yield volume.mounted_at
        return
    _udisks("mount", volume)
    try:
        yield _mount_point(volume)
    finally:
        _udisks("unmount", volume)


def _udisks(verb: str, volume: Volume) -> None:
    program = shutil.which("udisksctl")
    if program is None:
        raise Violation(
            "MEDIA-FILESYSTEM",
            f"{volume.device} is not mounted, and there is no udisksctl to do it",
            hint=f"mount it, and give its folder with --to (for example: mount {volume.device} /mnt)",
        )
    command = (program, verb, "--no-user-interaction", "--block-device", str(volume.device))
    done = subprocess.run(  # noqa: S603 - a program of fixed name
        command, capture_output=True, check=False, timeout=_SECONDS
    )
    if done.returncode != 0:
        said = render_visible(done.stderr.decode(errors="replace").strip(), cap=200)
        raise Fault("MEDIA-WRITE", f"{volume.device} can not be {verb}ed: {said}")


def _mount_point(volume: Volume) -> Path:
    from strongroom.online.usb.disks import list_disks  # noqa: PLC0415 - asked anew on purpose

    for disk in list_disks():
        for found in disk.volumes:
            if found.device == volume.device and found.mounted_at is not None:
                return found.mounted_at
    raise Fault("MEDIA-GONE", f"{volume.device} is not there any more")


def write_to_stick(path: Path, data: bytes, progress: Callable[[int], None]) -> None:
    """`path` holds `data`: written beside it, synced, renamed, and read back from the medium.

    `progress` takes how many bytes are done, of twice the size of `data`. Raises MEDIA-FULL, MEDIA-WRITE or
    MEDIA-GONE; what was at `path` before is there until the new file is whole.
    """
    free = shutil.disk_usage(path.parent).free
    if free < len(data):
        raise Violation(
            "MEDIA-FULL",
            f"{path.parent} has {free} bytes free, {len(data)} are needed",
        )
    partial = path.with_name(f".{path.name}.partial")
    try:
        _write(partial, data, progress)
        partial.replace(path)
        _sync_folder(path.parent)
        _compare(path, data, progress)
    except FileNotFoundError as error:
        raise Fault("MEDIA-GONE", f"{path.parent} is not there any more") from error
    except OSError as error:
        raise Fault("MEDIA-WRITE", f"cannot write {path}: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)


def _write(path: Path, data: bytes, progress: Callable[[int], None]) -> None:
    with path.open("wb", buffering=0) as file:
        for start in range(0, len(data), CHUNK):
            file.write(data[start : start + CHUNK])
            os.fsync(file.fileno())
            progress(min(start + CHUNK, len(data)))


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _compare(path: Path, data: bytes, progress: Callable[[int], None]) -> None:
    with path.open("rb", buffering=0) as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        for start in range(0, len(data) or 1, CHUNK):
            wanted = data[start : start + CHUNK]
            if file.read(CHUNK) != wanted:
                raise Fault(
                    "MEDIA-WRITE",
                    f"{path} reads back differently from what was written, from byte {start} on",
                    hint="use another stick",
                )
            progress(len(data) + min(start + CHUNK, len(data)))
