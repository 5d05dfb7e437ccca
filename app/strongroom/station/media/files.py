"""Files in one directory, as a stranger may have filled it: nothing is followed and nothing unbounded is read.

Everything goes through a directory's descriptor; only regular files with plain names count. A file is written
under another name, synced, and renamed, so that at each instant one whole file has the final name.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from itertools import islice

from strongroom.core.errors import Fault
from strongroom.station.media.protocol import FileEntry, Listing

ENTRIES = 200
_SCAN = 20_000
_NAME = 120
_SPECIAL = frozenset('/\\:*?"<>|\u2044\u2215\u29f8\uff0f\uff3c\ufe68')
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_CHUNK = 1024 * 1024
_GONE = {errno.EIO, errno.ENODEV, errno.ENXIO, errno.ENOTCONN, errno.ESHUTDOWN, errno.ENOMEDIUM}


def is_plain_name(name: str) -> bool:
    """Whether `name` is a name on every computer: printable, no path, not hidden, at most 120 characters.

    What looks like a slash, and what Windows takes for a device or a path, is no part of such a name.
    """
    return (
        0 < len(name) <= _NAME
        and name.isprintable()
        and not _SPECIAL.intersection(name)
        and name == name.strip()
        and not name.startswith((".", "~", "$"))
        and not name.endswith(".")
        and _DEVICE.fullmatch(name) is None
    )


def fault_of(error: OSError, rule: str, doing: str) -> Fault:
    """The fault that people see for a system error met while `doing` something on a stick."""
    number = error.errno or 0
    if number in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return Fault(
            "MEDIA-FULL",
            f"no room left while {doing}",
            hint="make room on it, or use another stick",
        )
    if number in _GONE:
        return Fault(
            "MEDIA-GONE", f"the stick was lost while {doing}", hint="plug it in and try again"
        )
    if number == errno.EROFS:
        return Fault(
            "MEDIA-WRITE",
            f"the stick is write-protected, noticed while {doing}",
            hint="look for a switch on the stick, or use another one",
        )
    name = errno.errorcode.get(number, "unknown error")
    return Fault(rule, f"{name} while {doing}", hint="try again, or use another stick")


def list_files(directory: int, suffix: str) -> Listing:
    """The regular files whose names end in `suffix`, by name, and the room that is free."""
    found: list[FileEntry] = []
    skipped = 0
    ending = suffix.casefold()
    with os.scandir(directory) as entries:
        for entry in islice(entries, _SCAN):
            if not entry.name.casefold().endswith(ending):
                continue
            if not is_plain_name(entry.name):
                skipped += 1
                continue
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISREG(status.st_mode):
                found.append(FileEntry(name=entry.name, size=status.st_size))
    found.sort(key=lambda file: file.name)
    room = os.fstatvfs(directory)
    return Listing(
        files=tuple(found[:ENTRIES]),
        skipped=skipped + len(found[ENTRIES:]),
        free=room.f_bavail * room.f_frsize,
    )


def read_file(directory: int, name: str, cap: int) -> bytes:
    """The whole file, read once; raises `Fault` MEDIA-READ or MEDIA-SIZE, or `OSError`."""
    if not is_plain_name(name):
        raise Fault("MEDIA-READ", f"{name!a} is no plain file name")
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(name, flags, dir_fd=directory)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Fault("MEDIA-READ", f"{name} is not a regular file")
        chunks: list[bytes] = []
        size = status.st_size
        # The size that the directory claims is not trusted: the bytes that arrive are counted too.
        while size <= cap and (chunk := os.read(descriptor, _CHUNK)):
            chunks.append(chunk)
            size = max(size, sum(map(len, chunks)))
    finally:
        os.close(descriptor)
    if size > cap:
        raise Fault("MEDIA-SIZE", f"{name} has {size} bytes, over its cap of {cap}")
    data = b"".join(chunks)
    if len(data) != size:
        raise Fault("MEDIA-READ", f"{name} gave {len(data)} of {size} bytes")
    return data


def write_file(directory: int, name: str, data: bytes | memoryview, *, keep_previous: bool) -> None:
    """Write, sync and rename; an existing file is copied to `<name>.1` first if `keep_previous`.

    Raises `OSError`; the temporary file is gone then. At every instant the final name has the old file or the
    new one, whole: a power cut takes neither.
    """
    if not is_plain_name(name):
        raise Fault("MEDIA-WRITE", f"{name!a} is no plain file name")
    temporary = f"{name}.part"
    _remove(directory, temporary)
    try:
        _write_synced(directory, temporary, data)
        if keep_previous and _exists(directory, name):
            _copy(directory, name, f"{name}.1")
        os.rename(temporary, name, src_dir_fd=directory, dst_dir_fd=directory)
    except OSError:
        _remove(directory, temporary)
        raise
    os.fsync(directory)


def _copy(directory: int, name: str, copy: str) -> None:
    temporary = f"{copy}.part"
    _remove(directory, temporary)
    size = os.stat(name, dir_fd=directory, follow_symlinks=False).st_size
    try:
        _write_synced(directory, temporary, read_file(directory, name, size))
        os.rename(temporary, copy, src_dir_fd=directory, dst_dir_fd=directory)
    except OSError:
        _remove(directory, temporary)
        raise
    os.fsync(directory)


def _write_synced(directory: int, name: str, data: bytes | memoryview) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(name, flags, 0o644, dir_fd=directory)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest[:_CHUNK]) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _exists(directory: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _remove(directory: int, name: str) -> None:
    try:
        os.unlink(name, dir_fd=directory)
    except FileNotFoundError:
        return
    except OSError:
        # The stick may be gone or broken, which the caller is about to learn by itself.
        return
