"""A document as plain text, for a terminal or a printer that takes nothing else."""

from __future__ import annotations

from textwrap import wrap
from typing import assert_never

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
    sentences,
)
from strongroom.online.paper.dry_run import Step

_WIDTH = 100
_LABEL = 24
_LINE = "_" * 40


def render_text(document: Document) -> str:
    """The whole as text, 100 columns wide but for what must not be broken."""
    lines = [document.title.upper(), *((document.mark,) if document.mark else ())]
    for block in document.blocks:
        lines += ["", *_block(block)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _block(block: Block) -> list[str]:
    match block:
        case Heading(text=text):
            lines = [text.upper()]
        case Paragraph(text=text):
            lines = _wrapped(text)
        case Facts(rows=facts):
            lines = [f"{label:<{_LABEL}}{value or _LINE}" for label, value in facts]
        case Words():
            lines = _words(block)
        case Grid(head=head, rows=rows):
            lines = [line for row in rows for line in _row(head, row)]
        case Steps(steps=steps, boxes=boxes):
            last = "   ".join(f"{box} ________" for box in boxes)
            numbered = enumerate(steps, 1)
            lines = [line for number, step in numbered for line in _step(number, step, last)]
        case Card(title=title, blocks=blocks):
            lines = [title, *(line for part in blocks for line in _block(part))]
        case _:
            assert_never(block)
    return lines


def _words(block: Words) -> list[str]:
    cells = [f"{n:>4} {word or '____________':<14}" for n, word in enumerate(block.words, 1)]
    return [
        "".join(cells[start : start + block.per_row])
        for start in range(0, len(cells), block.per_row)
    ]


def _row(head: tuple[str, ...], cells: tuple[str, ...]) -> list[str]:
    if not any(cells):
        return ["   ".join(f"{label} ____________" for label in head)]
    return [*(f"{label:<{_LABEL}}{cell}" for label, cell in zip(head, cells, strict=True)), ""]


def _step(number: int, step: Step, last: str) -> list[str]:
    lines = [f"{number:>3}  {step.title}"]
    lines += [part for line in sentences(step) for part in _wrapped(line, indent=5)]
    lines += [f"     {label} {_LINE}" for label in step.fields]
    if step.has_digest:
        lines.append("     Its 32 words are written on the certificate.")
    return [*lines, f"     {last}", ""]


def _wrapped(text: str, indent: int = 0) -> list[str]:
    room = " " * (indent + len(text) - len(text.lstrip()))
    return wrap(
        text.lstrip(),
        _WIDTH,
        initial_indent=room,
        subsequent_indent=room,
        break_long_words=False,
        break_on_hyphens=False,
    )
