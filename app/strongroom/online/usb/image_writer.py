"""Writing the boot stick: a whole removable disk, which nothing uses, and which is read back in full.

Rules kept here: the disk is a stick by `disks`, named as a whole and not by a partition; nothing on it is
mounted; the kernel grants exclusive use; the image is an ISO file system and fits. Nothing is formatted, and a
fixed disk is never opened.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from strongroom.core.errors import Fault, Violation
from strongroom.online.usb.disks import list_disks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from strongroom.online.usb.disks import Disk

CHUNK = 4 * 1024 * 1024
RULE = "MEDIA-FIXED"
_DESCRIPTOR_AT, _ISO_MAGIC = 0x8001, b"CD001"
_BLKFLSBUF = 0x1261


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An ISO file: its size and SHA-256 (64 hex digits)."""

    path: Path
    size: int
    sha256: str


def read_image(path: Path, progress: Callable[[int], None]) -> Image:
    """The image at `path`, hashed; raises MEDIA-READ for a file that is no ISO image."""
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            file.seek(_DESCRIPTOR_AT)
            if file.read(len(_ISO_MAGIC)) != _ISO_MAGIC:
                raise Violation("MEDIA-READ", f"{path} is not an ISO image")
            file.seek(0)
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                progress(size)
    except OSError as error:
        raise Fault("MEDIA-READ", f"cannot read {path}: {error.strerror}") from error
    return Image(path=path, size=size, sha256=digest.hexdigest())


def find_stick(device: Path, disks: tuple[Disk, ...]) -> Disk:
    """The stick that is `device`, free to be overwritten as a whole; raises MEDIA-FIXED."""
    target = device.resolve()
    disk = next((disk for disk in disks if disk.device == target), None)
    if disk is None:
        owner = next((d for d in disks if any(v.device == target for v in d.volumes)), None)
        what = f"a part of {owner.device}" if owner else "no disk of this computer"
        raise Violation(
            RULE, f"{device} is {what}", hint="name the whole stick, such as /dev/sdb; see lsblk"
        )
    if disk.why_fixed:
        raise Violation(RULE, f"{device} is not a stick: {disk.why_fixed}")
    if disk.is_read_only:
        raise Violation(RULE, f"{device} is write-protected")
    if disk.mounts:
        raise Violation(
            RULE,
            f"{device} is in use: mounted at {', '.join(disk.mounts)}",
            hint=f"unmount it first: umount {' '.join(disk.mounts)}",
        )
    return disk


def check_fits(image: Image, disk: Disk) -> None:
    """MEDIA-FULL: the image is not larger than the stick."""
    if image.size > disk.size:
        raise Violation(
            "MEDIA-FULL", f"the image has {image.size} bytes, {disk.device} has {disk.size}"
        )


def write_image(image: Image, disk: Disk, progress: Callable[[int], None]) -> None:
    """`disk` begins with the bytes of `image`, synced and read back from the medium.

    `progress` takes bytes done, of twice the image's size. Raises MEDIA-FIXED if the disk is another one than
    when it was chosen or in use by now, MEDIA-READ if the image changed, and MEDIA-WRITE.
    """
    if find_stick(disk.device, list_disks()) != disk:
        raise Violation(RULE, f"{disk.device} is another disk than a moment ago")
    with _exclusively(disk.device) as handle:
        try:
            _copy(image, handle, progress)
            os.fsync(handle)
            fcntl.ioctl(handle, _BLKFLSBUF)
            found = _hash(handle, image.size, progress)
        except OSError as error:
            raise Fault("MEDIA-WRITE", f"cannot write {disk.device}: {error.strerror}") from error
    if found != image.sha256:
        raise Fault(
            "MEDIA-WRITE",
            f"{disk.device} reads back as {found}, the image is {image.sha256}",
            hint="use another stick",
        )


@contextlib.contextmanager
def _exclusively(device: Path) -> Iterator[int]:
    try:
        handle = os.open(device, os.O_RDWR | os.O_EXCL)
    except OSError as error:
        hint = "run it as root, or let your user write to it" if error.errno == 13 else ""  # noqa: PLR2004 - EACCES
        raise Fault("MEDIA-WRITE", f"cannot open {device}: {error.strerror}", hint=hint) from error
    try:
        yield handle
    finally:
        os.close(handle)


def _copy(image: Image, handle: int, progress: Callable[[int], None]) -> None:
    digest, done = hashlib.sha256(), 0
    with image.path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            view = memoryview(chunk)
            while view:
                view = view[os.write(handle, view) :]
            done += len(chunk)
            os.fsync(handle)
            progress(done)
    if digest.hexdigest() != image.sha256:
        raise Fault("MEDIA-READ", f"{image.path} changed while it was written")


def _hash(handle: int, size: int, progress: Callable[[int], None]) -> str:
    os.lseek(handle, 0, os.SEEK_SET)
    digest, left = hashlib.sha256(), size
    while left:
        chunk = os.read(handle, min(CHUNK, left))
        if not chunk:
            break
        digest.update(chunk)
        left -= len(chunk)
        progress(2 * size - left)
    return digest.hexdigest()
