"""Requests that are pages: their text is written by the ceremony that asks, so that paper can say the same.

A page holds plain text and no decisions. Secrets on a page are words or letters for their owner's eyes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from strongroom.core.optical.codes import Code
from strongroom.core.secret import Secret
from strongroom.core.session.asks import Asks


class PaperForm(Enum):
    """What is written on a sheet of paper, by its name in the vault's inventory."""

    WORDS = "bip39"
    SLIP39 = "slip39"
    CODEX32 = "codex32"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Tell(Asks[None]):
    """Show lines of text, and a digest in words if there is one.

    With `word` people go on by typing it, else by Enter. `codes` are what may be scanned from the screen.
    """

    title: str
    lines: tuple[str, ...]
    word: str = ""
    digest: bytes | None = None
    codes: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True)
class HandOver(Asks[None]):
    """A blank screen between two custodians: nothing of the last one is left, the next is called by `lines`."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choose(Asks[int]):
    """Have one of `options` (label, note) chosen; the reply is its place from 0."""

    title: str
    lines: tuple[str, ...]
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Fill(Asks[tuple[str, ...]]):
    """Have one line filled in for each of `labels`; `problem` says what was wrong last time.

    `given` is what stands in the lines already; empty: nothing.
    """

    title: str
    lines: tuple[str, ...]
    labels: tuple[str, ...]
    problem: str = ""
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class ShowPaper(Asks[None]):
    """Show a secret once, to be written on paper; people go on by typing `written`."""

    title: str
    lines: tuple[str, ...]
    secret: Secret
    form: PaperForm


@dataclass(frozen=True, slots=True, repr=False)
class EnterPaper(Asks[Secret]):
    """Have a sheet of paper typed in full; `typed` is what was typed last time and `problem` what is wrong."""

    title: str
    lines: tuple[str, ...]
    form: PaperForm
    problem: str = ""
    typed: Secret = field(default_factory=lambda: Secret(b""))
