"""A list with a search: many entries on the screen, `/` narrows them down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import urwid

from strongroom.station.tui.kit import Field, Menu, Size, above

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from strongroom.station.tui.kit import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A choice: its lines, the text that the search looks through (lower case), and its value."""

    lines: tuple[str, ...]
    searched: str
    value: Any


class SearchedMenu(urwid.WidgetWrap):
    """Entries under some lines that say how many are shown; Enter chooses, `/` searches."""

    def __init__(
        self,
        entries: Sequence[Entry],
        head: Callable[[int], Sequence[Line]],
        chosen: Callable[[Any], None],
    ) -> None:
        self._entries = entries
        self._head = head
        self._chosen = chosen
        self._search = Field("Search", cap=70)
        self._searching = False
        super().__init__(urwid.SolidFill())
        self._draw()

    @property
    def is_searching(self) -> bool:
        """Whether keys go to the search."""
        return self._searching

    def _draw(self) -> None:
        wanted = self._search.edit_text.casefold()
        found = [entry for entry in self._entries if wanted in entry.searched]
        menu = Menu([(entry.lines, entry.value) for entry in found], self._chosen)
        box = above((*self._head(len(found)), ""), menu if found else urwid.SolidFill())
        if self._searching or wanted:
            focus = "footer" if self._searching else "body"
            box = urwid.Frame(box, footer=self._search.boxed(), focus_part=focus)
        self._w = box

    def selectable(self) -> bool:
        """Takes keys even while nothing is found."""
        return True

    def keypress(self, size: Size, key: str) -> str | None:
        """Typing changes the search only; the list follows at Enter, since it may be long."""
        if self._searching and key in {"enter", "esc"}:
            if key == "esc":
                self._search.set_edit_text("")
            self._searching = False
            self._draw()
            return None
        if not self._searching and key == "/":
            self._searching = True
            self._draw()
            return None
        if not self._w.selectable():
            return key
        unhandled: str | None = super().keypress(size, key)
        return None if self._searching else unhandled
