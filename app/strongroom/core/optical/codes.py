"""What a screen offers as QR codes: one code where that is enough, else a BBQr series.

The smallest screen, 80x24, has room for codes of 37 modules with four around them: version 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from strongroom.core.optical.bbqr import FileType, split_file

# Characters of the alphanumeric mode and bytes of the byte mode, at the lowest error correction (ISO 18004).
_LETTERS = (0, 25, 47, 77, 114, 154, 195, 224, 279, 335, 395)
_BYTES = (0, 17, 32, 53, 78, 106, 134, 154, 192, 230, 271)
SMALLEST_SCREEN = 5
LARGEST = len(_LETTERS) - 1
_ALPHABET = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
_KINDS = {
    ".json": FileType.JSON,
    ".psbt": FileType.PSBT,
    ".txt": FileType.TEXT,
    ".bsms": FileType.TEXT,
}
_SIZE_CAP = 64 * 1024
_SERIES_CAP = 160
"""Parts that people are asked to wait for: forty seconds at four a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Something public that may leave by the screen: `label` says what it is."""

    label: str
    data: bytes
    kind: FileType = FileType.TEXT


def text_code(label: str, text: str) -> Code:
    """A code of a short text."""
    return Code(label=label, data=text.encode())


def file_code(name: str, data: bytes) -> Code:
    """A code of a public file, of the kind that the ending of its name says."""
    return Code(label=name, data=data, kind=_KINDS.get(PurePath(name).suffix, FileType.BINARY))


def short_codes(*codes: Code) -> tuple[Code, ...]:
    """Those of `codes` that the smallest screen shows in a time that people wait for."""
    return tuple(code for code in codes if code.data and _is_short(code))


def code_texts(code: Code, version: int) -> tuple[str, ...]:
    """The text of each QR code of at most `version` that carries `code`.

    A text that fits one code is that code, as any scanner reads it; everything else is a BBQr series.
    """
    if code.kind is FileType.TEXT:
        text = code.data.decode()
        room = _LETTERS if _ALPHABET.issuperset(text) else _BYTES
        if len(code.data) <= room[version]:
            return (text,)
    return split_file(code.data, code.kind, capacity=_LETTERS[version])


def _is_short(code: Code) -> bool:
    return len(code.data) <= _SIZE_CAP and len(code_texts(code, SMALLEST_SCREEN)) <= _SERIES_CAP
