"""What commands that print have in common: HTML and PDF files, sizes of paper, text when there is no file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import click

from strongroom.online.files import write_file
from strongroom.online.paper.document import Document, Paper
from strongroom.online.paper.html import render_html
from strongroom.online.paper.pdf import render_pdf
from strongroom.online.paper.text import render_text

if TYPE_CHECKING:
    from strongroom.online.cli.desk import Desk

F = TypeVar("F", bound=Callable[..., None])
_FILE = click.Path(dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """Where a document goes, and on which paper; to the terminal where no file is named."""

    html: Path | None
    pdf: Path | None
    paper: Paper


def paper_options(command: F) -> F:
    """Add `--html`, `--pdf` and `--paper` to a command, which gets them as `printed`."""

    @wraps(command)
    def with_paper(
        *given: object, html: Path | None, pdf: Path | None, paper: str, **named: object
    ) -> None:
        command(*given, printed=Printed(html=html, pdf=pdf, paper=Paper(paper)), **named)

    for option in (
        click.option(
            "--paper",
            type=click.Choice([paper.value for paper in Paper]),
            default=Paper.A4.value,
            show_default=True,
            help="The size of the paper.",
        ),
        click.option("--pdf", type=_FILE, help="Write it as PDF (needs strongroom[paper])."),
        click.option("--html", type=_FILE, help="Write it as a page to be printed by a browser."),
    ):
        with_paper = option(with_paper)
    return cast("F", with_paper)


def print_document(
    desk: Desk, what: str, document: Document, printed: Printed, *, as_json: bool
) -> None:
    """Write the files and say so, or print the document as text."""
    if printed.html is not None:
        write_file(printed.html, render_html(document, printed.paper))
    if printed.pdf is not None:
        write_file(printed.pdf, render_pdf(document, printed.paper))
    names = {
        name: str(path) if path else None
        for name, path in (("html", printed.html), ("pdf", printed.pdf))
    }
    if as_json:
        desk.print_json({what: render_text(document), **names})
        return
    for name in filter(None, names.values()):
        desk.say(f"Written: {name}")
    if not any(names.values()):
        desk.say(render_text(document).rstrip())
