"""Typing words from paper: completed from the list, never corrected, and open to a second look."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

import urwid

from strongroom.core.secret import Secret
from strongroom.core.session.wording import wording_of
from strongroom.station.tui.kit import Screen, Size
from strongroom.station.tui.text import visible, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from strongroom.core.session.pages import EnterPaper
    from strongroom.core.session.requests import EnterWords

SEED_LENGTHS = (12, 15, 18, 21, 24)
SHARE_LENGTHS = (20, 23, 27, 30, 33)
_CANDIDATES = 6
_COLUMNS = 3
_WORD_CAP = 8


def word_columns(words: Sequence[str], *, rows: int = 8) -> tuple[str, ...]:
    """Numbered words in columns, read downwards."""
    cells = [f"{place:>4}  {word:<12}" for place, word in enumerate(words, 1)]
    return tuple("".join(cells[row::rows]).rstrip() for row in range(min(rows, len(cells))))


def rows_for(lengths: tuple[int, ...]) -> int:
    """Rows that the longest of `lengths` takes in three columns."""
    return -(-lengths[-1] // _COLUMNS)


def _common_start(words: Sequence[str]) -> str:
    """The letters that all of `words` begin with; empty for no words."""
    letters = takewhile(lambda column: len(set(column)) == 1, zip(*words, strict=False))
    return "".join(column[0] for column in letters)


class WordEntry(Screen):
    """One word at a time; Left and Right go back to a word and on again."""

    keys = "Tab complete  Space next  Left/Right words"
    help = """Four letters are enough to tell every word. Tab completes it, Space or Enter takes it.
    Backspace in an empty place takes the word before back; Left and Right move between words, to change
    one without typing the others again.

    After the last word press Enter once more in the empty place. Nothing is corrected: where a checksum
    is wrong you are told, and where it can be known, which word it is."""

    def __init__(
        self,
        reply: Callable[[Secret], None],
        known: Sequence[str],
        lengths: tuple[int, ...],
        problem: str,
        typed: Secret,
    ) -> None:
        self._reply = reply
        self._known = known
        self._lengths = lengths
        self._problem = problem
        self._words = typed.reveal().decode(errors="replace").split()[: lengths[-1]]
        self._after: list[str] = []
        self._typed = ""
        self._text = urwid.Text("")
        super().__init__(urwid.Filler(self._text, valign="top"))
        self._draw()

    def keypress(self, _size: Size, key: str) -> str | None:
        """Letters, and the keys that complete, take and move."""
        if len(key) == 1 and key.isascii() and key.isalpha():
            self._typed = (self._typed + key.lower())[:_WORD_CAP]
        elif key == "backspace":
            self._back()
        elif key == "tab":
            self._typed = _common_start(self._matches()) or self._typed
        elif key == "left":
            self._go_left()
        elif key in {"enter", " ", "right"}:
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

    def _go_left(self) -> None:
        if not self._words or (self._typed and self._typed not in self._known):
            return
        if self._typed:
            self._after.insert(0, self._typed)
        self._typed = self._words.pop()

    def _take(self, key: str) -> None:
        if not self._typed:
            if self._after:
                self._typed = self._after.pop(0)
            elif key == "enter" and len(self._words) in self._lengths:
                self._reply(Secret(" ".join(self._words).encode()))
            return
        matches = self._matches()
        exact = [word for word in matches if word == self._typed]
        taken = exact or (matches if len(matches) == 1 else [])
        if taken and len(self._words) + len(self._after) < self._lengths[-1]:
            self._words.append(taken[0])
            self._typed = self._after.pop(0) if self._after else ""

    def _note(self) -> tuple[str, str]:
        if not self._typed:
            count = len(self._words) + len(self._after)
            if count in self._lengths and not self._after:
                return "strong", f"{count} words. Enter again if these are all."
            shown = ", ".join(map(str, self._lengths[:-1]))
            return "body", f"{shown} or {self._lengths[-1]} words are a whole sheet."
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
        height = rows_for(self._lengths)
        middle = [self._typed + "_"] if self._after else []
        rows = word_columns([*self._words, *middle, *self._after], rows=height)
        markup += ["\n".join((*rows, *("",) * (height - len(rows)))), "\n\n"]
        place = len(self._words) + 1
        if place + len(self._after) <= self._lengths[-1]:
            markup += [f"Word {place:>2}  ", ("field", f"{self._typed + '_':<10}"), "\n\n"]
        markup.append(self._note())
        self._text.set_text(markup)


class EnterWordsScreen(WordEntry):
    """Seed words of BIP-39."""

    def __init__(
        self, request: EnterWords, reply: Callable[[Secret], None], known: Sequence[str]
    ) -> None:
        self.title = wording_of(request).title
        super().__init__(reply, known, SEED_LENGTHS, request.problem, request.typed)


class EnterSheetScreen(WordEntry):
    """A sheet of words: a seed or a share."""

    def __init__(
        self,
        request: EnterPaper,
        reply: Callable[[Secret], None],
        known: Sequence[str],
        lengths: tuple[int, ...],
    ) -> None:
        self.title = visible(request.title)[:40]
        super().__init__(reply, known, lengths, request.problem, request.typed)
