"""Files of the companion: read whole and capped, written whole or not at all.

A write goes to a new file in the same folder, is synced, takes its final name in one step, and is
read back. A crash at any instant leaves the old file or the new one.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from strongroom.core.errors import Fault, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator


def read_file(path: Path, *, cap: int) -> bytes:
    """The bytes of `path`; MEDIA-READ if it can not be read, MEDIA-SIZE above `cap` bytes."""
    try:
        with path.open("rb") as file:
            data = file.read(cap + 1)
    except OSError as error:
        raise Fault("MEDIA-READ", f"cannot read {path}: {error.strerror}") from error
    if len(data) > cap:
        raise Violation("MEDIA-SIZE", f"{path} is larger than {cap} bytes")
    return data


def write_file(path: Path, data: bytes) -> None:
    """`path` holds `data`, on the medium and read back; raises MEDIA-WRITE otherwise."""
    try:
        _write_and_rename(path, data)
        written = path.read_bytes()
    except OSError as error:
        raise Fault("MEDIA-WRITE", f"cannot write {path}: {error.strerror}") from error
    if written != data:
        raise Fault(
            "MEDIA-WRITE",
            f"{path} reads back differently from what was written",
            hint="use another stick",
        )


def _write_and_rename(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=".strongroom-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """No other process of the companion is between these lines; waits until that is so."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
