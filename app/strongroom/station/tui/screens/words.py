"""New seed words, and dice: the screens that custodians sit at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import urwid

from strongroom.core.secret import Secret
from strongroom.core.session.wording import wording_of
from strongroom.station.tui.kit import Lines, Screen, Size, Typed
from strongroom.station.tui.screens.word_entry import word_columns
from strongroom.station.tui.text import grouped, joined, visible, word_rows, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from strongroom.core.session.dice import EnterDice, ShowCommitment
    from strongroom.core.session.requests import ShowWords


class ShowWordsScreen(Typed):
    """New words, shown once, to be written on paper."""

    help = """Write each word with its number, clearly, and let a second person read the paper against
    the screen. They are asked for again from paper right after this.

    Whoever has these words has the money. They are never written to any stick in clear."""

    def __init__(self, request: ShowWords, reply: Callable[[None], None]) -> None:
        words = request.words.reveal().decode().split()
        said = wording_of(request)
        self.title, (once, fingerprint) = said.title, said.lines
        lines = joined(wrapped(once), word_columns(words), (fingerprint,))
        super().__init__(lines, said.word, lambda: reply(None))


class CommitmentScreen(Lines):
    """The machine's commitment, before any die is rolled."""

    help = """The machine has drawn its random bits already. This digest binds it to them: it can not
    choose others after it has seen the dice. Write the words down; the opening of the commitment lets
    anyone check it later."""

    def __init__(self, request: ShowCommitment, reply: Callable[[None], None]) -> None:
        said = wording_of(request)
        self.title, (drawn, write) = said.title, said.lines
        lines = joined(
            wrapped(drawn),
            grouped(request.digest.hex(), indent=2),
            word_rows(request.digest, indent=2),
            wrapped(write),
        )
        super().__init__(lines, lambda: reply(None))


class EnterDiceScreen(Screen):
    """Rolls by digit; only their number is shown."""

    keys = "1 to 6 a roll   Backspace take back   Enter done"
    help = """Roll real six-sided dice and type each roll as it falls, in the order in which it fell.
    Only the number of rolls is shown. Backspace takes the last roll back.

    Do not choose or improve rolls: a pattern makes the seed weaker."""

    def __init__(self, request: EnterDice, reply: Callable[[Secret], None]) -> None:
        said = wording_of(request)
        self.title, (self._rule,) = said.title, said.lines
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
            f"{self._rule}\n\n",
            "Rolls so far   ",
            ("strong", str(len(self._rolls))),
            "\n\n",
            ("warn", note),
        ]
        if len(self._rolls) >= self._minimum and not note:
            markup.append("These are enough. Enter when all that were rolled are typed.")
        self._text.set_text(markup)
