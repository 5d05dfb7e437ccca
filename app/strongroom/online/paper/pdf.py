"""A document as PDF, by fpdf2 and the fonts that every reader has; the same document gives the same bytes.

Those fonts draw Western European letters. A document with any other letter is refused rather than printed with
another one; a character that is never drawn is written as the station's screen writes it, by its number.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, assert_never

from strongroom import __version__
from strongroom.core.errors import Fault
from strongroom.online.paper.document import (
    Block,
    Card,
    Document,
    Facts,
    Grid,
    Heading,
    Paragraph,
    Steps,
    Words,
    blank_words,
    sentences,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fpdf import FPDF

    from strongroom.online.paper.document import Paper
    from strongroom.online.paper.dry_run import Step

# millimetres and points
_MARGIN, _FOOT = 15.0, 14.0
_TITLE, _HEAD, _TEXT, _SMALL = 16, 11.5, 9.5, 8
_LINE = 4.4
_LABEL = 48.0
_ROOM = 8.0
_BOX, _NUMBER = 17.0, 8.0
_WORD = 7.5
_CELL = 10.0
_GRID_HEAD = 18.0
_THIN, _THICK = 0.15, 0.3
_LATIN_1 = 0xFF


def render_pdf(document: Document, paper: Paper) -> bytes:
    """The pages, numbered; raises `Fault` PAPER without fpdf2, or for a letter that the fonts lack."""
    writer = _Writer(_new(document, paper))
    writer.title(document)
    for block, following in zip_longest(document.blocks, document.blocks[1:]):
        if isinstance(block, Heading) and isinstance(following, Grid):
            writer.keep_together(following)
        writer.block(block)
    return bytes(writer.pdf.output())


def plain(text: str) -> str:
    r"""`text`, and what is never drawn as `\u{...}`; raises `Fault` PAPER for a letter that the fonts lack."""
    for letter in text:
        if letter.isprintable() and ord(letter) > _LATIN_1:
            raise Fault(
                "PAPER",
                f"the PDF's fonts have no {letter} (U+{ord(letter):04X}), which stands in {text[:60]!r}",
                hint="write HTML, which has every letter, and print it from a browser",
            )
    return "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in text)


def _new(document: Document, paper: Paper) -> FPDF:
    try:
        import fpdf  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise Fault(
            "PAPER",
            "a PDF needs fpdf2, which is not installed",
            hint="pip install 'strongroom[paper]', or write HTML and print it from a browser",
        ) from error

    class Pages(fpdf.FPDF):
        """Pages with a line at the foot of each."""

        def footer(self) -> None:
            """What it is, and which page of how many."""
            self.set_y(-_FOOT + 3)
            self.set_font("helvetica", size=_SMALL)
            self.cell(0, 4, plain(f"{document.title}   (strongroom {__version__})"))
            self.set_x(self.l_margin)
            self.cell(0, 4, f"page {self.page_no()} of {{nb}}", align="R")
            if document.mark:
                self.set_xy(self.l_margin, 6)
                self.set_font("helvetica", "B", _TEXT)
                self.cell(0, 5, plain(document.mark), align="C")

    pdf: FPDF = Pages(format=paper.value)
    pdf.set_creation_date(datetime(2000, 1, 1, tzinfo=UTC))
    pdf.set_title(plain(document.title))
    pdf.set_producer("strongroom")
    pdf.set_margins(_MARGIN, _MARGIN)
    pdf.set_auto_page_break(auto=True, margin=_FOOT)
    pdf.c_margin = 0
    pdf.add_page()
    return pdf


class _Writer:
    """Draws blocks one below the other."""

    def __init__(self, pdf: FPDF) -> None:
        self.pdf = pdf
        self._left, self._width = _MARGIN, pdf.w - 2 * _MARGIN

    def title(self, document: Document) -> None:
        """The title of the whole."""
        self._text(document.title, size=_TITLE, style="B", line=8)
        self.pdf.ln(1)

    def block(self, block: Block) -> None:
        """One block."""
        match block:
            case Heading(text=text):
                self._need(25)
                self.pdf.ln(4)
                self._text(text, size=_HEAD, style="B", line=6)
                self.pdf.ln(0.5)
            case Paragraph(text=text, strong=strong):
                self._text(text, style="B" if strong else "")
                self.pdf.ln(1.5)
            case Facts():
                self._facts(block)
            case Words():
                self._words(block, self._left, self._width)
            case Grid():
                self._grid(block)
            case Steps():
                self._steps(block)
            case Card():
                self._card(block)
            case _:
                assert_never(block)

    def keep_together(self, grid: Grid) -> None:
        """A table that is filled in by hand is not torn from its heading, nor a row from the others."""
        if not any(any(row) for row in grid.rows):
            self._need(min(_GRID_HEAD + len(grid.rows) * _CELL, self.pdf.h / 2))

    def _text(
        self,
        text: str,
        *,
        size: float = _TEXT,
        style: str = "",
        line: float = _LINE,
        left: float | None = None,
        width: float | None = None,
    ) -> None:
        self.pdf.set_font("helvetica", style, size)
        self.pdf.set_x(self._left if left is None else left)
        self.pdf.multi_cell(
            width or self._width, line, plain(text), align="L", new_x="LMARGIN", new_y="NEXT"
        )

    def _height(self, text: str, width: float, *, style: str = "", size: float = _TEXT) -> float:
        self.pdf.set_font("helvetica", style, size)
        height = self.pdf.multi_cell(width, _LINE, plain(text), dry_run=True, output="HEIGHT")
        return max(_LINE, float(str(height)))

    def _need(self, height: float) -> None:
        """Begin a new page unless so much is left of this one."""
        if self.pdf.get_y() + height > self.pdf.h - _FOOT and self.pdf.get_y() > _MARGIN:
            self.pdf.add_page()

    def _facts(self, block: Facts) -> None:
        for label, value in block.rows:
            self._need(_ROOM)
            top = self.pdf.get_y()
            if value:
                self._text(label, width=_LABEL)
                self.pdf.set_y(top)
                self._text(value, left=self._left + _LABEL, width=self._width - _LABEL)
                self.pdf.ln(1)
                continue
            self.pdf.set_y(top + _ROOM - _LINE - 0.8)
            self._text(label, width=_LABEL)
            self._rule(self._left + _LABEL, top + _ROOM - 1, self._width - _LABEL)
            self.pdf.set_y(top + _ROOM)
        self.pdf.ln(2)

    def _rule(self, left: float, top: float, width: float, *, thickness: float = _THIN) -> None:
        self.pdf.set_line_width(thickness)
        self.pdf.line(left, top, left + width, top)

    def _words(self, block: Words, left: float, width: float) -> None:
        each = width / block.per_row
        self.pdf.set_line_width(_THIN)
        for start in range(0, len(block.words), block.per_row):
            self._need(_WORD)
            top = self.pdf.get_y()
            for place, word in enumerate(block.words[start : start + block.per_row]):
                at = left + place * each
                self.pdf.rect(at, top, each, _WORD)
                self.pdf.set_font("helvetica", size=6.5)
                self.pdf.text(at + 1, top + 3, str(start + place + 1))
                self.pdf.set_font("courier", size=11)
                self.pdf.text(at + 6, top + 5.2, plain(word))
            self.pdf.set_y(top + _WORD)
        self.pdf.ln(2)

    def _grid(self, block: Grid) -> None:
        widths = [self._width * width / sum(block.widths) for width in block.widths]
        rows = (
            (block.head, "B", 6.0),
            *((row, "", 6.0 if all(row) else _CELL) for row in block.rows),
        )
        for cells, style, least in rows:
            heights = [
                self._height(c, w - 3, style=style) for c, w in zip(cells, widths, strict=True)
            ]
            height = max(least, max(heights) + 2)
            self._need(height)
            top, at = self.pdf.get_y(), self._left
            for cell, width in zip(cells, widths, strict=True):
                self.pdf.set_line_width(_THIN)
                self.pdf.rect(at, top, width, height)
                self.pdf.set_y(top + 1)
                self._text(cell, style=style, left=at + 1.5, width=width - 3)
                at += width
            self.pdf.set_y(top + height)
        self.pdf.ln(2)

    def _steps(self, block: Steps) -> None:
        self._boxes_head(block.boxes)
        for number, step in enumerate(block.steps, 1):
            page = self.pdf.page
            self._need(self._step_height(step, block.boxes))
            if self.pdf.page != page:
                self._boxes_head(block.boxes)
            self._step(number, step, len(block.boxes))

    def _boxes_head(self, boxes: Sequence[str]) -> None:
        top = self.pdf.get_y()
        self.pdf.set_font("helvetica", "B", _SMALL)
        self.pdf.text(self._left, top + 3, "Step")
        for place, box in enumerate(boxes):
            self.pdf.text(self._boxes_at(len(boxes)) + place * _BOX + 0.5, top + 3, plain(box))
        self.pdf.set_y(top + 4.5)
        self._rule(self._left, top + 4.5, self._width, thickness=_THICK)

    def _boxes_at(self, boxes: int) -> float:
        return self._left + self._width - boxes * _BOX

    def _step_width(self, boxes: int) -> float:
        return self._width - _NUMBER - boxes * _BOX - 3

    def _step_height(self, step: Step, boxes: Sequence[str]) -> float:
        width = self._step_width(len(boxes))
        height = 3 + self._height(step.title, width, style="B")
        height += sum(self._height(line, width) for line in sentences(step))
        height += _ROOM * len(step.fields)
        return height + (_WORD * 8 + 3 if step.has_digest else 0)

    def _step(self, number: int, step: Step, boxes: int) -> None:
        top = self.pdf.get_y()
        left, width = self._left + _NUMBER, self._step_width(boxes)
        self.pdf.set_font("helvetica", "B", _TEXT)
        self.pdf.text(self._left, top + 4.8, str(number))
        self.pdf.set_y(top + 1.5)
        self._text(step.title, style="B", left=left, width=width)
        for line in sentences(step):
            indent = 1.5 * (len(line) - len(line.lstrip()))
            self._text(line.lstrip(), left=left + indent, width=width - indent)
        for label in step.fields:
            line_at = self.pdf.get_y() + _ROOM - 1.5
            self.pdf.set_font("helvetica", size=_TEXT)
            self.pdf.text(left, line_at - 0.7, plain(label))
            after = left + self.pdf.get_string_width(plain(label)) + 3
            self._rule(after, line_at, left + width - after)
            self.pdf.set_y(self.pdf.get_y() + _ROOM)
        if step.has_digest:
            self.pdf.ln(1)
            self._words(blank_words(), left, width)
        bottom = max(self.pdf.get_y() + 1.5, top + 9)
        self.pdf.set_line_width(_THIN)
        for place in range(boxes):
            self.pdf.rect(self._boxes_at(boxes) + place * _BOX, top, _BOX, bottom - top)
        self._rule(self._left, bottom, self._width)
        self.pdf.set_y(bottom)

    def _card(self, block: Card) -> None:
        inner = 4.0
        rows = sum(-(-len(b.words) // b.per_row) for b in block.blocks if isinstance(b, Words))
        facts = sum(len(b.rows) for b in block.blocks if isinstance(b, Facts))
        height = 2 * inner + 26 + rows * _WORD + facts * _ROOM
        self._need(height)
        top = self.pdf.get_y()
        self._left, self._width = self._left + inner, self._width - 2 * inner
        self.pdf.set_y(top + inner)
        self._text(block.title, size=_HEAD, style="B", line=6)
        for part in block.blocks:
            self.block(part)
        self._left, self._width = self._left - inner, self._width + 2 * inner
        self.pdf.set_line_width(_THICK)
        self.pdf.set_dash_pattern(dash=2, gap=1.5)
        self.pdf.rect(self._left, top, self._width, self.pdf.get_y() + 2 - top)
        self.pdf.set_dash_pattern()
        self.pdf.set_y(self.pdf.get_y() + 8)
