"""QR codes on a text screen: two modules to a character, drawn light on dark ground by half blocks.

A scanner wants light modules bright and four light modules around the code. The console's font has all four
half blocks, and its cells are two squares high, so that modules are square.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING

import urwid
from qrcodegen import QrCode, QrSegment

from strongroom.core.optical.bbqr import FileType
from strongroom.core.optical.codes import LARGEST, code_texts
from strongroom.station.tui.kit import Screen, Size
from strongroom.station.tui.text import grouped, joined, visible, wrapped

if TYPE_CHECKING:
    from strongroom.core.optical.codes import Code

QUIET = 4
_NOTES = 32
_MARGIN = 2
_HALVES = {(True, True): "\N{FULL BLOCK}", (True, False): "\N{UPPER HALF BLOCK}"}
_HALVES |= {(False, True): "\N{LOWER HALF BLOCK}", (False, False): " "}


def version_for(columns: int, rows: int) -> int:
    """The largest version that fits with its light border and the notes beside it."""
    modules = min(2 * rows, columns - _NOTES - _MARGIN) - 2 * QUIET
    return max(1, min(LARGEST, (modules - 17) // 4))


@lru_cache(maxsize=256)
def draw_code(text: str, version: int) -> tuple[str, ...]:
    """A QR code of `text` of just that version, with its border, as lines of half blocks."""
    code = _encode(text, version, version)
    places = range(-QUIET, code.get_size() + QUIET)
    matrix = [[not code.get_module(column, row) for column in places] for row in places]
    light = [True] * len(places)
    pairs = zip_longest(matrix[::2], matrix[1::2], fillvalue=light)
    return tuple("".join(_HALVES[pair] for pair in zip(*rows, strict=True)) for rows in pairs)


@lru_cache(maxsize=8)
def series_of(code: Code, most: int) -> tuple[int, tuple[str, ...]]:
    """The texts of all codes of a series, and the one version that all of them have."""
    texts = code_texts(code, most)
    return _encode(max(texts, key=len), 1, LARGEST).get_version(), texts


def _encode(text: str, least: int, most: int) -> QrCode:
    segments = QrSegment.make_segments(text)
    return QrCode.encode_segments(
        segments, QrCode.Ecc.LOW, minversion=least, maxversion=most, boostecl=False
    )


class _View(urwid.Widget):
    """A code at the left, what it is at the right; fills whatever it is given."""

    _sizing = frozenset(["box"])
    _selectable = True

    def __init__(self, codes: tuple[Code, ...]) -> None:
        super().__init__()
        self._codes = codes
        self._at = 0
        self._part = 0
        self._parts = 1
        self._is_held = False

    def render(self, size: Size, focus: bool = False) -> urwid.Canvas:  # noqa: ARG002, FBT001, FBT002 - urwid's
        """The code of this moment."""
        columns, rows = size[0], size[1]
        code = self._codes[self._at]
        version, texts = series_of(code, version_for(columns, rows))
        self._parts = len(texts)
        self._part %= self._parts
        drawn = draw_code(texts[self._part], version)
        width = len(drawn[0])
        notes = self._notes(code, texts[0], columns - width - _MARGIN)
        keys = self._keys()
        between = [""] * (rows - len(notes) - len(keys))
        lines = zip_longest(drawn[:rows], [*notes, *between, *keys][:rows], fillvalue="")
        markups = [
            [("code", left.ljust(width)), ("body", f"{'':{_MARGIN}}{right}")]
            for left, right in lines
        ]
        canvases = [
            (urwid.Text(markup, wrap="clip").render((columns,)), None, False) for markup in markups
        ]
        return urwid.CanvasCombine(canvases)

    def keypress(self, _size: Size, key: str) -> str | None:
        """Other codes, other parts, and holding still."""
        if key in {"up", "down"} and len(self._codes) > 1:
            self._at = (self._at + (1 if key == "down" else -1)) % len(self._codes)
            self._part = 0
        elif key in {"left", "right"} and self._parts > 1:
            self._is_held = True
            self._part += 1 if key == "right" else -1
        elif key == " ":
            self._is_held = not self._is_held
        else:
            return key
        self._invalidate()
        return None

    def tick(self) -> None:
        """Show the next part."""
        if self._parts > 1 and not self._is_held:
            self._part += 1
            self._invalidate()

    def _notes(self, code: Code, first: str, width: int) -> list[str]:
        count = (f"Code {self._at + 1} of {len(self._codes)}",) if len(self._codes) > 1 else ()
        what = wrapped(code.label, width=width)
        if self._parts > 1:
            part = (f"Part {self._part + 1} of {self._parts}, in turn (BBQr)",)
            hold = wrapped("Keep the scanner on it until it has every part.", width=width)
            return ["", *joined((*count, *what), part, hold)]
        if code.kind is not FileType.TEXT:
            return ["", *joined((*count, *what), ("One code (BBQr)",))]
        return ["", *joined((*count, *what), grouped(visible(first), per_row=6))]

    def _keys(self) -> list[str]:
        moves = [("Up/Down", "another code")] if len(self._codes) > 1 else []
        if self._parts > 1:
            moves += [("Left/Right", "part by part")]
            moves += [("Space", "go on" if self._is_held else "hold")]
        return [*(f"{key:<12}{what}" for key, what in (*moves, ("Esc", "back"))), ""]


class CodesScreen(Screen):
    """Codes to be scanned from the screen; it covers the screen that offers them."""

    title = "Scan"
    leave = "Esc back"
    is_whole = True

    def __init__(self, codes: tuple[Code, ...]) -> None:
        self._view = _View(codes)
        super().__init__(self._view)

    def tick(self) -> None:
        """Turn to the next part of a series."""
        self._view.tick()
