"""Seed words, typed or shown, and dice: the screens that custodians sit at."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

import urwid

from strongroom.core.secret import Secret
from strongroom.station.tui.kit import Lines, Screen, Size, Typed
from strongroom.station.tui.text import grouped, joined, visible, word_rows, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from strongroom.core.session.requests import EnterDice, EnterWords, ShowCommitment, ShowWords

_LENGTHS = (12, 15, 18, 21, 24)
_CANDIDATES = 6


def word_columns(words: Sequence[str], *, rows: int = 8) -> tuple[str, ...]:
    """Numbered words in columns, read downwards."""
    cells = [f"{place:>4}  {word:<12}" for place, word in enumerate(words, 1)]
    return tuple("".join(cells[row::rows]).rstrip() for row in range(min(rows, len(cells))))


def _common_start(words: Sequence[str]) -> str:
    """The letters that all of `words` begin with; empty for no words."""
    letters = takewhile(lambda column: len(set(column)) == 1, zip(*words, strict=False))
    return "".join(column[0] for column in letters)


class EnterWordsScreen(Screen):
    """One word at a time, completed from the BIP-39 list; the words stay readable for their owner."""

    title = "Type the seed words"
    keys = "Tab complete   Space or Enter next   Backspace"
    help = """Four letters are enough to tell every word. Tab completes it, Space or Enter takes it.
    Backspace in an empty place goes back to the word before.

    After the last word press Enter once more in the empty place. 12, 15, 18, 21 or 24 words make a
    seed; the last of them carries a checksum."""

    def __init__(
        self, request: EnterWords, reply: Callable[[Secret], None], known: Sequence[str]
    ) -> None:
        if request.again:
            self.title = "Type the words again, from paper"
        self._problem = request.problem
        self._reply = reply
        self._known = known
        self._words: list[str] = []
        self._typed = ""
        self._text = urwid.Text("")
        super().__init__(urwid.Filler(self._text, valign="top"))
        self._draw()

    def keypress(self, _size: Size, key: str) -> str | None:
        """Letters, and the keys that complete, take and go back."""
        if len(key) == 1 and key.isascii() and key.isalpha():
            self._typed = (self._typed + key.lower())[:8]
        elif key == "backspace":
            self._back()
        elif key == "tab":
            self._typed = _common_start(self._matches()) or self._typed
        elif key in {"enter", " "}:
            self._take(key)
        else:
            return key
        self._draw()
        return None

    def _matches(self) -> list[str]:
        return [word for word in self._known if word.startswith(self._typed)]

    def _back(self) -> None:
        if self._typed:
            self._typed = self._typed[:-1]
        elif self._words:
            self._typed = self._words.pop()

    def _take(self, key: str) -> None:
        if not self._typed:
            if key == "enter" and len(self._words) in _LENGTHS:
                self._reply(Secret(" ".join(self._words).encode()))
            return
        matches = self._matches()
        exact = [word for word in matches if word == self._typed]
        taken = exact or (matches if len(matches) == 1 else [])
        if taken and len(self._words) < _LENGTHS[-1]:
            self._words.append(taken[0])
            self._typed = ""

    def _note(self) -> tuple[str, str]:
        if not self._typed:
            count = len(self._words)
            if count in _LENGTHS:
                return "strong", f"{count} words. Enter again if these are all."
            return "body", "12, 15, 18, 21 or 24 words make a seed."
        matches = self._matches()
        if not matches:
            return "warn", "No word begins like this. Look at the paper again."
        shown = " ".join(matches[:_CANDIDATES])
        more = f" and {len(matches) - _CANDIDATES} more" if len(matches) > _CANDIDATES else ""
        return "body", f"{shown}{more}"

    def _draw(self) -> None:
        markup: list[str | tuple[str, str]] = []
        if self._problem:
            markup += [("warn", "\n".join(wrapped(self._problem)[:3])), "\n\n"]
        rows = word_columns(self._words)
        markup += ["\n".join((*rows, *("",) * (8 - len(rows)))), "\n\n"]
        place = len(self._words) + 1
        if place <= _LENGTHS[-1]:
            markup += [f"Word {place:>2}  ", ("field", f"{self._typed + '_':<10}"), "\n\n"]
        markup.append(self._note())
        self._text.set_text(markup)


class ShowWordsScreen(Typed):
    """New words, shown once, to be written on paper."""

    title = "Write these words on paper"
    help = """Write each word with its number, clearly, and let a second person read the paper against
    the screen. They are asked for again from paper right after this.

    Whoever has these words has the money. They are never written to any stick in clear."""

    def __init__(self, request: ShowWords, reply: Callable[[None], None]) -> None:
        words = request.words.reveal().decode().split()
        lines = joined(
            wrapped("These words are the seed. They are shown once, here, and nowhere else."),
            word_columns(words),
            (f"Master fingerprint   {request.fingerprint}",),
        )
        super().__init__(lines, "written", lambda: reply(None))


class CommitmentScreen(Lines):
    """The machine's commitment, before any die is rolled."""

    title = "The machine's commitment"
    help = """The machine has drawn its random bits already. This digest binds it to them: it can not
    choose others after it has seen the dice. Write the words down; the opening of the commitment lets
    anyone check it later."""

    def __init__(self, request: ShowCommitment, reply: Callable[[None], None]) -> None:
        lines = joined(
            wrapped(
                "This machine drew its random bits, and commits to them before any die is rolled:"
            ),
            grouped(request.digest.hex(), indent=2),
            word_rows(request.digest, indent=2),
            wrapped("Write the words down. Then roll."),
        )
        super().__init__(lines, lambda: reply(None))


class EnterDiceScreen(Screen):
    """Rolls by digit; only their number is shown."""

    title = "Roll the dice"
    keys = "1 to 6 a roll   Backspace take back   Enter done"
    help = """Roll real six-sided dice and type each roll as it falls, in the order in which it fell.
    Only the number of rolls is shown. Backspace takes the last roll back.

    Do not choose or improve rolls: a pattern makes the seed weaker."""

    def __init__(self, request: EnterDice, reply: Callable[[Secret], None]) -> None:
        self._minimum = request.minimum
        self._reply = reply
        self._rolls = ""
        self._problem = request.problem
        self._text = urwid.Text("")
        super().__init__(urwid.Filler(self._text, valign="top"))
        self._draw("")

    def keypress(self, _size: Size, key: str) -> str | None:
        """A roll, or one back, or done."""
        note = ""
        if len(key) == 1 and key in "123456":
            self._rolls += key
        elif key == "backspace":
            self._rolls = self._rolls[:-1]
        elif key == "enter":
            if len(self._rolls) >= self._minimum:
                self._reply(Secret(self._rolls.encode()))
                return None
            note = f"{self._minimum - len(self._rolls)} rolls are missing."
        elif len(key) == 1:
            note = f"{visible(key)} is no face of a die. It was not counted."
        else:
            return key
        self._draw(note)
        return None

    def _draw(self, note: str) -> None:
        markup: list[str | tuple[str, str]] = []
        if self._problem:
            markup += [("warn", "\n".join(wrapped(self._problem))), "\n\n"]
        markup += [
            f"At least {self._minimum} rolls of six-sided dice, each typed as it falls.\n\n",
            "Rolls so far   ",
            ("strong", str(len(self._rolls))),
            "\n\n",
            ("warn", note),
        ]
        if len(self._rolls) >= self._minimum and not note:
            markup.append("These are enough. Enter when all that were rolled are typed.")
        self._text.set_text(markup)
