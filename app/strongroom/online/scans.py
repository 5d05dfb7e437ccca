"""What a scanner read, taken in place of a file: the lines of a BBQr series, in a file or on standard input."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from strongroom.core.errors import Violation
from strongroom.core.optical.bbqr import is_part, is_whole, join_file
from strongroom.online.files import read_file

if TYPE_CHECKING:
    from collections.abc import Iterable

STANDARD_INPUT = Path("-")
_MAGIC = b"B$"
_LINE_CAP = 8192


def read_document(path: Path, *, cap: int) -> bytes:
    """The bytes of a file, or of the one that the scanned lines in it carry; `-` reads lines as they come.

    Raises SCAN for lines that are not one whole series, MEDIA-SIZE above `cap`, MEDIA-READ.
    """
    if path == STANDARD_INPUT:
        data = join_file(_until_whole(sys.stdin))[1]
    else:
        data = read_file(path, cap=cap)
        if data.lstrip()[:2].upper() != _MAGIC:
            return data
        data = join_file(data.decode("ascii", errors="replace").splitlines())[1]
    if len(data) > cap:
        raise Violation("MEDIA-SIZE", f"what was scanned is larger than {cap} bytes")
    return data


def _until_whole(stream: Iterable[str]) -> tuple[str, ...]:
    """Lines until the series is whole, so that a scanner need not be stopped; each once, and only parts."""
    lines: dict[str, None] = {}
    for line in stream:
        if is_part(line) and line.strip() not in lines:
            lines[line.strip()[:_LINE_CAP]] = None
            if is_whole(lines):
                break
    return tuple(lines)
