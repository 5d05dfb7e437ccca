"""Pages: text, a blank between custodians, a choice, lines to fill in, and sheets of paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import urwid

from strongroom.core.secret import Secret
from strongroom.core.session.pages import PaperForm
from strongroom.station.tui.kit import Field, Form, Lines, Menu, Screen, Size, Typed, above
from strongroom.station.tui.screens.word_entry import SHARE_LENGTHS, rows_for, word_columns
from strongroom.station.tui.text import broken, grouped, joined, visible, word_rows, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from strongroom.core.session.pages import (
        Choose,
        EnterPaper,
        Fill,
        HandOver,
        ShowPaper,
        Tell,
    )

_CAP = 128
_TITLE = 40
_OPTION = 70
_LETTERS_CAP = 132
_ROWS = 4


def page_lines(lines: Iterable[str]) -> tuple[str, ...]:
    """Lines as a page shows them: each whole, broken where it is too long, its indent kept."""
    return tuple(
        part
        for line in lines
        for part in (
            wrapped(line.lstrip(), indent=len(line) - len(line.lstrip())) if line else ("",)
        )
    )


def _told(request: Tell) -> tuple[str, ...]:
    lines = page_lines(request.lines)
    if request.digest is None:
        return lines
    return joined(
        lines, grouped(request.digest.hex(), indent=2), word_rows(request.digest, indent=2)
    )


class TellScreen(Lines):
    """A page that Enter ends."""

    help = """Read it to the end. Words of a digest are read aloud by one person and compared by the
    others with what they have on paper: all 32. Say "matches" or "differs"."""

    def __init__(self, request: Tell, reply: Callable[[None], None]) -> None:
        self.title = visible(request.title)[:_TITLE]
        self.codes = request.codes
        super().__init__(_told(request), lambda: reply(None))


class TellTypedScreen(Typed):
    """A page that ends when its word is typed."""

    help = TellScreen.help

    def __init__(self, request: Tell, reply: Callable[[None], None]) -> None:
        self.title = visible(request.title)[:_TITLE]
        super().__init__(_told(request), request.word, lambda: reply(None))


class HandOverScreen(Lines):
    """Nothing but who comes next."""

    keys = "Enter when ready"
    help = """The screen is blank of secrets. The custodian who comes next sits down, and only then
    presses Enter."""

    def __init__(self, request: HandOver, reply: Callable[[None], None]) -> None:
        self.title = "Change of seats"
        head = (("strong", visible(request.title)), "")
        super().__init__((*head, *page_lines(request.lines)), lambda: reply(None))


class ChooseScreen(Screen):
    """A few choices under some lines."""

    keys = "Up/Down move   Enter or digit choose"
    help = (
        """Choose with the arrow keys and Enter, or press the digit. Esc goes back to the menu."""
    )

    def __init__(self, request: Choose, reply: Callable[[int], None]) -> None:
        self.title = visible(request.title)[:_TITLE]
        width = max(22, *(len(label) + 2 for label, _ in request.options))
        choices = [
            (_option(label, note, width), place)
            for place, (label, note) in enumerate(request.options)
        ]
        super().__init__(above((*page_lines(request.lines), ""), Menu(choices, reply)))


def _option(label: str, note: str, width: int) -> tuple[str, ...]:
    """One line where it fits; else the note below, whole."""
    line = f"{visible(label):<{width}}{visible(note)}"
    return (line,) if len(line) <= _OPTION else (visible(label), *wrapped(note, width=_OPTION))


class FillScreen(Screen):
    """One field for each label."""

    keys = "Tab next field   Enter next, and done at the last"
    help = """What is typed here is shown and recorded: no secret belongs into these lines."""

    def __init__(self, request: Fill, reply: Callable[[tuple[str, ...]], None]) -> None:
        self.title = visible(request.title)[:_TITLE]
        self._reply = reply
        given = request.given or ("",) * len(request.labels)
        self._fields = tuple(
            Field(label, cap=_CAP, value=visible(value))
            for label, value in zip(request.labels, given, strict=True)
        )
        problem = "\n".join(wrapped(request.problem)) if request.problem else ""
        lines = (*page_lines(request.lines), "")
        super().__init__(Form(lines, self._fields, self._submit, problem=problem))

    def _submit(self) -> None:
        self._reply(tuple(field.edit_text.strip() for field in self._fields))


class ShowPaperScreen(Typed):
    """A sheet, shown once to its owner."""

    help = """Write it on paper, clearly, with its number, and read the paper against the screen. Where
    it can be, it is asked for again from paper right after this.

    It is never written to a stick in clear, and shown only here."""

    def __init__(self, request: ShowPaper, reply: Callable[[None], None]) -> None:
        self.title = visible(request.title)[:_TITLE]
        text = request.secret.reveal().decode()
        lines = joined(page_lines(request.lines), sheet_lines(text, request.form))
        super().__init__(lines, "written", lambda: reply(None))


def sheet_lines(text: str, form: PaperForm) -> tuple[str, ...]:
    """A sheet's words in numbered columns, letters in groups of four, other text as it is."""
    match form:
        case PaperForm.WORDS:
            return word_columns(text.split())
        case PaperForm.SLIP39:
            return word_columns(text.split(), rows=rows_for(SHARE_LENGTHS))
        case PaperForm.CODEX32:
            return letter_rows(text.upper())
        case PaperForm.TEXT:
            return broken(text, indent=2)


def letter_rows(text: str) -> tuple[str, ...]:
    """Letters in groups of four, eight groups to a row, with the place of the first of each row."""
    rows = grouped(text)
    return tuple(f"{1 + 32 * place:>4}  {row}" for place, row in enumerate(rows))


class LetterEntry(Screen):
    """A codex32 string, letter by letter; Left and Right move, Backspace takes one away."""

    keys = "letters   Left/Right move   Backspace   Enter done"
    help = """Capitals and small letters are the same; spaces are not needed. Left and Right move, what is
    typed goes in where the mark is, and Backspace takes the letter before it away.

    Nothing is corrected: where the checksum is wrong you are told, and which letter alone would explain
    it, if there is only one."""

    def __init__(self, request: EnterPaper, reply: Callable[[Secret], None]) -> None:
        self.title = visible(request.title)[:_TITLE]
        self._reply = reply
        self._problem = request.problem
        self._letters = "".join(request.typed.reveal().decode(errors="replace").split()).upper()
        self._at = len(self._letters)
        self._text = urwid.Text("")
        super().__init__(urwid.Filler(self._text, valign="top"))
        self._draw()

    def keypress(self, _size: Size, key: str) -> str | None:
        """A letter or digit, and the keys that move."""
        if len(key) == 1 and key.isascii() and key.isalnum():
            if len(self._letters) < _LETTERS_CAP:
                before, after = self._letters[: self._at], self._letters[self._at :]
                self._letters = before + key.upper() + after
                self._at += 1
        elif key == "backspace" and self._at:
            self._letters = self._letters[: self._at - 1] + self._letters[self._at :]
            self._at -= 1
        elif key in {"left", "right", "home", "end"}:
            steps = {"left": self._at - 1, "right": self._at + 1, "home": 0}
            self._at = max(0, min(len(self._letters), steps.get(key, len(self._letters))))
        elif key == "enter":
            if self._letters:
                self._reply(Secret(self._letters.encode()))
                return None
        elif key not in {"backspace", " "}:
            return key
        self._draw()
        return None

    def _draw(self) -> None:
        markup: list[str | tuple[str, str]] = []
        if self._problem:
            markup += [("warn", "\n".join(wrapped(self._problem)[:3])), "\n\n"]
        shown = f"{self._letters[: self._at]}_{self._letters[self._at :]}"
        rows = letter_rows(shown)
        markup += ["\n".join((*rows, *("",) * (_ROWS + 1 - len(rows)))), "\n\n"]
        markup.append(f"{len(self._letters)} letters, the mark _ before letter {self._at + 1}")
        self._text.set_text(markup)
