"""Reads the text of the Linux console back out of a picture of the screen.

The console draws 8x16 glyphs of one known font on a grid that starts at the top left, each cell in
two colours. A cell is therefore either exactly one of 256 glyphs or unreadable: nothing is guessed,
and what is not in the font comes back as U+FFFD. In VGA text mode a cell is nine pixels wide, the
ninth without information of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.picture import Picture

GLYPH_ROWS = 16
UNKNOWN = "\N{REPLACEMENT CHARACTER}"

_PIXEL = 3
_VGA_TEXT = (720, 400)
_CURSOR_ROWS = 2  # an underline cursor inverts the last two rows of its cell

# Code page 437 draws pictures where Unicode has control characters.
_CP437 = (
    " ☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼"
    + bytes(range(32, 127)).decode("cp437")
    + "⌂"
    + bytes(range(128, 256)).decode("cp437").replace("\xa0", " ")
)


class ConsoleFont:
    """The 256 glyphs of the console's 8x16 font, 16 bytes each, in code page 437 order."""

    def __init__(self, data: bytes) -> None:
        if len(data) != 256 * GLYPH_ROWS:
            raise ValueError(f"a font of 256 glyphs has {256 * GLYPH_ROWS} bytes, not {len(data)}")
        cursor = bytes(GLYPH_ROWS - _CURSOR_ROWS) + b"\xff" * _CURSOR_ROWS
        self._characters: dict[bytes, str] = {}
        glyphs = [data[start : start + GLYPH_ROWS] for start in range(0, len(data), GLYPH_ROWS)]
        # Where two codes share a glyph, ASCII names it; a glyph under the cursor ranks last.
        order = [*range(32, 127), *range(32), *range(127, 256)]
        for code in order:
            self._characters.setdefault(glyphs[code], _CP437[code])
        for code in order:
            under_cursor = bytes(a ^ b for a, b in zip(glyphs[code], cursor, strict=True))
            self._characters.setdefault(under_cursor, _CP437[code])

    @classmethod
    def read(cls, path: Path) -> ConsoleFont:
        """Return the font in the file that the image build leaves beside the ISO."""
        return cls(path.read_bytes())

    def character(self, cell: bytes) -> str:
        """Return the character drawn in one cell of RGB pixels, or U+FFFD."""
        pixels = [cell[start : start + _PIXEL] for start in range(0, len(cell), _PIXEL)]
        colours = sorted(set(pixels), key=sum)
        if len(colours) == 1:
            return " "
        if len(colours) > 2:
            return UNKNOWN
        # A selected line is drawn inverted, so either colour may be the ground; first the darker.
        for ink in reversed(colours):
            glyph = bytes(
                sum(0x80 >> column for column in range(8) if pixels[row * 8 + column] == ink)
                for row in range(GLYPH_ROWS)
            )
            if glyph in self._characters:
                return self._characters[glyph]
        return UNKNOWN


def decode_screen(picture: Picture, font: ConsoleFont) -> tuple[str, ...]:
    """Return a line of text for each row of cells, without trailing blanks."""
    cell_width = 9 if (picture.width, picture.height) == _VGA_TEXT else 8
    seen: dict[bytes, str] = {}
    lines = []
    for rows in _cell_rows(picture):
        characters = []
        for start in range(
            0, picture.width // cell_width * cell_width * _PIXEL, cell_width * _PIXEL
        ):
            end = start + 8 * _PIXEL
            cell = b"".join([row[start:end] for row in rows])
            character = seen.get(cell)
            if character is None:
                character = seen[cell] = font.character(cell)
            characters.append(character)
        lines.append("".join(characters).rstrip())
    return tuple(lines)


def _cell_rows(picture: Picture) -> Iterator[list[bytes]]:
    stride = picture.width * _PIXEL
    band = stride * GLYPH_ROWS
    for top in range(0, picture.height // GLYPH_ROWS * band, band):
        yield [picture.pixels[top + row : top + row + stride] for row in range(0, band, stride)]
