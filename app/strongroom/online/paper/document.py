"""A document for paper as plain values: what is on it, and nothing of how HTML or PDF draw it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from strongroom.online.paper.dry_run import Step

WORDS = 32
WORDS_PER_ROW = 4


class Paper(Enum):
    """Sizes of paper."""

    A4 = "a4"
    LETTER = "letter"


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a part."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Prose; `strong` for what must not be overlooked."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels, each with its value, or with a line to write on where that is empty."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Numbered words, or numbered boxes for as many to be written by hand, in rows of `per_row`."""

    words: tuple[str, ...]
    per_row: int = WORDS_PER_ROW


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with a heading; empty cells are boxes to write in. `widths` are shares of the page's width."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Steps:
    """Steps with a number, each with boxes for initials and the time; `boxes` name them."""

    steps: tuple[Step, ...]
    boxes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """Blocks that stay together on one page, in a frame, to be cut out."""

    title: str
    blocks: tuple[Paragraph | Facts | Words, ...]


Block: TypeAlias = Heading | Paragraph | Facts | Words | Grid | Steps | Card


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A title, its blocks in order, and a mark for every page, such as REHEARSAL; empty for none."""

    title: str
    blocks: tuple[Block, ...]
    mark: str = ""


def blank_words(count: int = WORDS, per_row: int = WORDS_PER_ROW) -> Words:
    """Numbered boxes for `count` words."""
    return Words(("",) * count, per_row)


def sentences(step: Step) -> tuple[str, ...]:
    """What stands under a step's title: who acts, its lines, and what is chosen and typed."""
    lines = [f"Acts: {step.by}"] if step.by else []
    lines += [line for line in step.lines if line.strip()]
    if step.chosen:
        lines.append(f"Choose: {step.chosen}")
    if step.word:
        lines.append(f'Type "{step.word}"')
    return tuple(lines)
