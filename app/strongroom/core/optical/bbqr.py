"""BBQr: a file as the texts of several QR codes, which may be scanned in any order.

Source: the BBQr specification, bbqr.org. Each text has a header of eight characters: `B$`, the encoding,
the file's type, the number of parts and the place of this part, both in two digits of base 36. There is no
checksum in it: whoever takes a file this way judges the file itself.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterable
from enum import Enum

from strongroom.core.errors import Violation

RULE = "SCAN"
HEADER = 8
PARTS_CAP = 36 * 36 - 1
SIZE_CAP = 4 * 1024 * 1024
"""Bytes of a file that are unpacked at most; 1295 of the largest codes hold 3.5 million."""

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_HEAD = re.compile(r"B\$[H2Z][PTJCUBX](?!00)[0-9A-Z]{4}")
_BLOCK = 8
_BYTES_IN_BLOCK = 5
_WINDOW = -10  # raw deflate with the small window that the specification fixes
_HINT = "scan all codes of one series, and give each as a line of its own"


class FileType(Enum):
    """What a file is, by its letter in the header."""

    PSBT = "P"
    TRANSACTION = "T"
    JSON = "J"
    CBOR = "C"
    TEXT = "U"
    BINARY = "B"
    EXECUTABLE = "X"


def split_file(data: bytes, kind: FileType, *, capacity: int) -> tuple[str, ...]:
    """The texts of the codes that carry `data`, as few and as even as `capacity` characters a code allow.

    Compressed where that is shorter. `ValueError` for more than 1295 parts or a capacity without room.
    """
    if capacity < HEADER + _BLOCK or not data:
        raise ValueError(f"no room for {len(data)} bytes in codes of {capacity} characters")
    deflate = zlib.compressobj(9, zlib.DEFLATED, _WINDOW)
    packed = deflate.compress(data) + deflate.flush()
    encoding, body = ("Z", packed) if len(packed) < len(data) else ("2", data)
    most = (capacity - HEADER) // _BLOCK
    blocks = -(-len(body) // _BYTES_IN_BLOCK)
    total = -(-blocks // most)
    if total > PARTS_CAP:
        raise ValueError(f"{len(body)} bytes take {total} codes, over {PARTS_CAP}")
    step = -(-blocks // total) * _BYTES_IN_BLOCK
    parts = [body[start : start + step] for start in range(0, len(body), step)]
    head = f"B${encoding}{kind.value}{_base36(len(parts))}"
    return tuple(f"{head}{_base36(n)}{_base32(part)}" for n, part in enumerate(parts))


def is_part(line: str) -> bool:
    """Whether a scanned line is meant as a part of a BBQr series."""
    return line.strip().upper().startswith("B$")


def is_whole(lines: Iterable[str]) -> bool:
    """Whether every part of the series is among `lines`; raises SCAN for lines that are of none."""
    series, payloads = _series(lines)
    return len(payloads) == _number(series[4:6])


def join_file(lines: Iterable[str]) -> tuple[FileType, bytes]:
    """The file that scanned `lines` carry, in any order and any of them more than once; raises SCAN."""
    series, payloads = _series(lines)
    total = _number(series[4:6])
    missing = sorted(set(range(total)) - set(payloads))
    if missing:
        raise Violation(
            RULE,
            f"{len(missing)} of {total} parts are missing, the first is part {missing[0] + 1}",
            hint=_HINT,
        )
    encoding, kind = series[2], series[3]
    body = b"".join(_decoded(encoding, payloads[place], place) for place in range(total))
    return FileType(kind), _inflated(body) if encoding == "Z" else body


def _series(lines: Iterable[str]) -> tuple[str, dict[int, str]]:
    """What all headers have in common, and the payloads by place from 0; raises SCAN."""
    series = ""
    payloads: dict[int, str] = {}
    for line in filter(None, (each.strip().upper() for each in lines)):
        head, place, payload = line[:6], line[6:HEADER], line[HEADER:]
        if not _HEAD.fullmatch(line[:HEADER]) or not payload:
            raise Violation(RULE, f"{line[:HEADER]!r} begins no part of a BBQr series", hint=_HINT)
        if series and head != series:
            raise Violation(RULE, f"parts of {series} and of {head} are mixed", hint=_HINT)
        series = head
        if _number(place) >= _number(head[4:]):
            raise Violation(RULE, f"part {_number(place) + 1} of {_number(head[4:])}", hint=_HINT)
        if payloads.setdefault(_number(place), payload) != payload:
            raise Violation(RULE, f"part {_number(place) + 1} is there in two forms", hint=_HINT)
    if not series:
        raise Violation(RULE, "there is no part of a BBQr series", hint=_HINT)
    return series, payloads


def _decoded(encoding: str, payload: str, place: int) -> bytes:
    try:
        if encoding == "H":
            return bytes.fromhex(payload)
        return base64.b32decode(payload + "=" * (-len(payload) % _BLOCK))
    except (ValueError, binascii.Error) as error:
        raise Violation(RULE, f"part {place + 1} is damaged: {error}", hint=_HINT) from error


def _inflated(body: bytes) -> bytes:
    inflate = zlib.decompressobj(_WINDOW)
    try:
        data = inflate.decompress(body, SIZE_CAP)
    except zlib.error as error:
        raise Violation(RULE, f"the parts do not unpack: {error}", hint=_HINT) from error
    if not inflate.eof or inflate.unused_data:
        raise Violation(
            RULE, f"the parts do not unpack to one file of {SIZE_CAP} bytes at most", hint=_HINT
        )
    return data


def _number(digits: str) -> int:
    return int(digits, 36)


def _base36(number: int) -> str:
    return _DIGITS[number // 36] + _DIGITS[number % 36]


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=")
