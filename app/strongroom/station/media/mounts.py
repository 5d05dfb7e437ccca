"""Mounting for as long as one reading or writing takes, by mount(2) itself.

Always nosuid, nodev, noexec and, but for writing, read-only. Whatever happens inside, nothing stays mounted.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from strongroom.core.errors import Fault
from strongroom.station.media.files import fault_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_NOSYMFOLLOW, _MS_NOATIME = 1, 2, 4, 8, 256, 1024
_MNT_DETACH, _UMOUNT_NOFOLLOW = 2, 8
_BLKFLSBUF = 0x1261

OPTIONS = {
    "vfat": "utf8=1,flush,errors=remount-ro,umask=077",
    "exfat": "errors=remount-ro,umask=077",
    "ext4": "errors=remount-ro",
}
"""The file systems that are mounted at all, with their options."""

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _mount(device: Path, target: Path, filesystem: str, *, writable: bool) -> None:
    flags = _MS_NOSUID | _MS_NODEV | _MS_NOEXEC | _MS_NOSYMFOLLOW | _MS_NOATIME
    names = (os.fsencode(device), os.fsencode(target), filesystem.encode())
    _check(
        _libc.mount(
            *names,
            ctypes.c_ulong(flags if writable else flags | _MS_RDONLY),
            OPTIONS[filesystem].encode(),
        )
    )


def _unmount(target: Path) -> None:
    try:
        _check(_libc.umount2(os.fsencode(target), _UMOUNT_NOFOLLOW))
    except OSError:
        _libc.umount2(os.fsencode(target), _UMOUNT_NOFOLLOW | _MNT_DETACH)
        raise


def drop_cache(device: Path) -> None:
    """Have the next read come from the device itself, not from memory."""
    descriptor = os.open(device, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.ioctl(descriptor, _BLKFLSBUF)
    finally:
        os.close(descriptor)


@contextmanager
def mounted(
    device: Path, filesystem: str, target: Path, *, writable: bool = False
) -> Iterator[int]:
    """Give the descriptor of the mounted root directory; unmounted afterwards in every case.

    Raises `Fault` MEDIA-FILESYSTEM if it can not be mounted, MEDIA-GONE if the device is not there,
    `OSError` if unmounting (which writes what is left) fails.
    """
    try:
        _mount(device, target, filesystem, writable=writable)
    except OSError as error:
        doing = f"mounting its {filesystem} file system"
        if error.errno in {errno.ENOENT, errno.ENXIO, errno.ENODEV, errno.ENOMEDIUM}:
            raise fault_of(OSError(errno.ENODEV, ""), "MEDIA-GONE", doing) from error
        if error.errno in {errno.EACCES, errno.EROFS} and writable:
            raise fault_of(OSError(errno.EROFS, ""), "MEDIA-WRITE", doing) from error
        raise fault_of(error, "MEDIA-FILESYSTEM", doing) from error
    try:
        root = os.open(target, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            yield root
        finally:
            os.close(root)
    finally:
        _unmount(target)


def check_target(target: Path) -> None:
    """Make the private directory; raises `Fault` MEDIA-FILESYSTEM if it is no directory of ours."""
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    if target.is_symlink() or target.stat().st_uid != os.geteuid():
        raise Fault("MEDIA-FILESYSTEM", f"{target} is not a private directory")
