"""A document as one HTML page that needs nothing else; every text in it is escaped."""

from __future__ import annotations

from html import escape
from typing import assert_never

from strongroom.online.paper.document import (
    Block,
    Card,
    Document,
    Facts,
    Grid,
    Heading,
    Paper,
    Paragraph,
    Steps,
    Words,
    blank_words,
    sentences,
)
from strongroom.online.paper.dry_run import Step

_STYLE = """
@page { size: %s; margin: 16mm 15mm }
body { font: 10pt/1.35 sans-serif; color: #000; background: #fff }
body { max-width: 180mm; margin: auto; padding-right: 0.5mm }
h1 { font-size: 16pt; margin: 0 0 2mm }
h2 { font-size: 11.5pt; margin: 6mm 0 1.5mm; break-after: avoid }
p { margin: 1mm 0 2mm }
table { border-collapse: collapse; width: 100%% }
td, th { text-align: left; padding: 1mm 2mm; vertical-align: top; font-weight: normal }
tr, .card { break-inside: avoid }
.facts { margin-bottom: 3mm }
.facts th, .facts td { vertical-align: bottom; overflow-wrap: anywhere }
.facts th { width: 45mm; color: #333 }
.facts .line { border-bottom: 0.2mm solid #000; height: 7mm }
.words td { border: 0.25mm solid #000; font: 11pt monospace; height: 6mm }
.words b { color: #555; font-weight: normal; font-size: 8pt }
.grid td, .grid th { border: 0.25mm solid #000; overflow-wrap: anywhere }
.grid th { font-size: 8.5pt; background: #eee }
.grid .box { height: 10mm }
.steps > tbody > tr > td, .steps > thead > tr > th { border-bottom: 0.2mm solid #888 }
.steps thead th { font-size: 8.5pt }
.steps .number { width: 7mm }
.steps b { display: block }
.steps .words b { display: inline }
.steps .initials { width: 16mm; border: 0.25mm solid #000 !important }
.steps pre { font: inherit; margin: 0; white-space: pre-wrap }
.steps .field { padding-top: 2.5mm }
.steps .fill { display: inline-block; min-width: 45mm; border-bottom: 0.2mm solid #000; margin-left: 2mm }
.card { border: 0.4mm dashed #000; padding: 4mm; margin: 0 0 6mm }
.card h2 { margin-top: 0 }
.mark { border: 0.5mm solid #000; padding: 1mm 3mm; margin-bottom: 3mm }
.mark { font-weight: bold; text-align: center }
"""


def render_html(document: Document, paper: Paper) -> bytes:
    """The page; the same document gives the same bytes."""
    mark = f"<div class='mark'>{escape(document.mark)}</div>" if document.mark else ""
    title = escape(document.title)
    page = (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{title}</title><style>{_STYLE % paper.value}</style></head><body>"
        f"{mark}<h1>{title}</h1>{''.join(map(_block, document.blocks))}</body></html>\n"
    )
    return page.encode()


def _block(block: Block) -> str:
    match block:
        case Heading(text=text):
            drawn = f"<h2>{escape(text)}</h2>"
        case Paragraph(text=text, strong=strong):
            drawn = (
                f"<p><strong>{escape(text)}</strong></p>" if strong else f"<p>{escape(text)}</p>"
            )
        case Facts():
            drawn = _facts(block)
        case Words():
            drawn = _words(block)
        case Grid():
            drawn = _grid(block)
        case Steps():
            drawn = _steps(block)
        case Card(title=title, blocks=blocks):
            inside = "".join(map(_block, blocks))
            drawn = f"<div class='card'><h2>{escape(title)}</h2>{inside}</div>"
        case _:
            assert_never(block)
    return drawn


def _facts(block: Facts) -> str:
    rows = "".join(
        f"<tr><th>{escape(label)}</th><td{'' if value else ' class=line'}>{escape(value)}</td></tr>"
        for label, value in block.rows
    )
    return f"<table class='facts'>{rows}</table>"


def _words(block: Words) -> str:
    numbered = list(enumerate(block.words, 1))
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td style='width: {100 // block.per_row}%'><b>{n}</b> {escape(word)}</td>"
            for n, word in numbered[start : start + block.per_row]
        )
        + "</tr>"
        for start in range(0, len(numbered), block.per_row)
    )
    return f"<table class='words'>{rows}</table>"


def _grid(block: Grid) -> str:
    total = sum(block.widths)
    head = "".join(
        f"<th style='width: {100 * width // total}%'>{escape(label)}</th>"
        for label, width in zip(block.head, block.widths, strict=True)
    )
    rows = "".join(
        "<tr>"
        + "".join(f"<td{'' if cell else ' class=box'}>{escape(cell)}</td>" for cell in row)
        + "</tr>"
        for row in block.rows
    )
    return f"<table class='grid'><tr>{head}</tr>{rows}</table>"


def _steps(block: Steps) -> str:
    head = "".join(f"<th>{escape(box)}</th>" for box in block.boxes)
    count = len(block.boxes)
    rows = "".join(_step(number, step, count) for number, step in enumerate(block.steps, 1))
    return (
        f"<table class='steps'><thead><tr><th></th><th>Step</th>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _step(number: int, step: Step, boxes: int) -> str:
    said = "".join(f"<pre>{escape(line)}</pre>" for line in sentences(step))
    fills = "".join(
        f"<div class='field'>{escape(label)}<span class='fill'>&nbsp;</span></div>"
        for label in step.fields
    )
    words = _words(blank_words()) if step.has_digest else ""
    return (
        f"<tr><td class='number'>{number}</td><td><b>{escape(step.title)}</b>{said}{fills}{words}</td>"
        + "<td class='initials'></td>" * boxes
        + "</tr>"
    )
