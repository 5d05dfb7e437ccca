"""The few widgets that all screens are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import urwid

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from strongroom.core.network import Network
    from strongroom.core.optical.codes import Code

Size: TypeAlias = tuple[int, ...]
Line: TypeAlias = str | tuple[str, str]
"""A line of text, or (palette name, text)."""


class Screen(urwid.WidgetWrap):
    """One screen: shows a request and replies once. `leave` names what Esc does; empty if nothing.

    `codes` may be scanned, by the key q. A screen that `is_whole` has the rows of the footer too.
    """

    _w: urwid.Widget
    title: str = ""
    keys: str = "Enter continue"
    leave: str = "Esc cancel"
    help: str = ""
    network: Network | None = None
    codes: tuple[Code, ...] = ()
    is_whole = False

    def selectable(self) -> bool:
        """Always takes the keys, whatever it is made of."""
        return True

    def keypress(self, size: Size, key: str) -> str | None:
        """The body's own keys; the rest is passed on."""
        if not self._w.selectable():
            return key
        unhandled: str | None = super().keypress(size, key)
        return unhandled

    def refresh(self) -> None:
        """Sticks, or who holds the session, have changed."""

    def tick(self) -> None:
        """A fraction of a second has passed."""


def text(line: Line) -> urwid.Text:
    """One or more lines, clipped by nothing since they were wrapped before."""
    return urwid.Text(line, wrap="clip")


def above(lines: Sequence[Line], body: urwid.Widget) -> urwid.Pile:
    """Fixed lines over a box that takes the rest and has the focus."""
    top = [("pack", text(line)) for line in lines]
    return urwid.Pile([*top, ("weight", 1, body)], focus_item=len(top))


def _canvas(lines: Sequence[Line], columns: int) -> urwid.TextCanvas:
    """Many lines, at once: a `text` for each would cost most of the time from a key to its paint.

    Each character takes one column, as all that the console can draw do.
    """
    pairs = [(None, line) if isinstance(line, str) else line for line in lines]
    rows = [line[:columns].ljust(columns).encode() for _, line in pairs]
    attributes = [[(name, len(line[:columns].encode()))] for name, line in pairs]
    return urwid.TextCanvas(rows, attributes, maxcol=columns, check_width=False)


class Page(urwid.Widget):
    """Lines that scroll. Enter turns pages until the end was seen, and only then is passed on."""

    _sizing = frozenset(["box"])
    _selectable = True
    ignore_focus = True

    def __init__(self, lines: Sequence[Line]) -> None:
        super().__init__()
        self._lines = lines
        self._top = 0

    def _room(self, rows: int) -> int:
        return rows if len(self._lines) <= rows else rows - 2

    def render(self, size: Size, focus: bool = False) -> urwid.Canvas:  # noqa: ARG002, FBT001, FBT002 - urwid's
        """The visible lines, and where they stand if there are more."""
        columns, rows = size[0], size[1]
        room = self._room(rows)
        shown: list[Line] = [*self._lines[self._top : self._top + room]]
        shown += [""] * (room - len(shown))
        if room < rows:
            last = min(self._top + room, len(self._lines))
            where = f"lines {self._top + 1} to {last} of {len(self._lines)}"
            more = ", Down or Enter for more" if last < len(self._lines) else ", the end"
            shown += ["", ("strong", f"-- {where}{more} --")]
        return _canvas(shown, columns)

    def keypress(self, size: Size, key: str) -> str | None:
        """Scroll; keys that do not scroll are passed on."""
        room = self._room(size[1])
        last = max(0, len(self._lines) - room)
        steps = {
            "up": -1,
            "down": 1,
            "page up": -room,
            "page down": room,
            "home": -last,
            "end": last,
        }
        if key == "enter" and self._top < last:
            key = "page down"
        if key not in steps:
            return key
        self._top = max(0, min(last, self._top + steps[key]))
        self._invalidate()
        return None


class Row(urwid.Widget):
    """One choice of a menu, on one or more lines; `>` marks the one that Enter takes."""

    _sizing = frozenset(["flow"])
    _selectable = True

    def __init__(self, lines: tuple[str, ...]) -> None:
        super().__init__()
        self._lines = lines

    def rows(self, _size: Size, focus: bool = False) -> int:  # noqa: ARG002, FBT001, FBT002 - urwid's
        """One for each line."""
        return len(self._lines)

    def render(self, size: Size, focus: bool = False) -> urwid.Canvas:  # noqa: FBT001, FBT002 - urwid's
        """The lines, marked if this is the one in focus."""
        attribute = "focus" if focus else "body"
        marks = [">" if focus and not place else " " for place in range(len(self._lines))]
        rows = zip(marks, self._lines, strict=True)
        return _canvas(
            [(attribute, f"{mark} {line}".ljust(size[0])) for mark, line in rows], size[0]
        )

    def keypress(self, _size: Size, key: str) -> str:
        """Nothing; the menu takes the keys."""
        return key


class Menu(urwid.WidgetWrap):
    """Choices by arrows and Enter, the first nine by digit too."""

    def __init__(
        self,
        choices: Sequence[tuple[tuple[str, ...], Any]],
        chosen: Callable[[Any], None],
        *,
        focus: int = 0,
    ) -> None:
        self._values = [value for _, value in choices]
        self._chosen = chosen
        rows = []
        for place, (lines, _) in enumerate(choices, 1):
            digit = str(place) if place < 10 else " "  # noqa: PLR2004 - digits have one place
            rows.append(Row((f"{digit}  {lines[0]}", *(f"   {line}" for line in lines[1:]))))
        self._list = urwid.ListBox(urwid.SimpleFocusListWalker(rows))
        if focus:
            self._list.focus_position = focus
        super().__init__(self._list)

    def keypress(self, size: Size, key: str) -> str | None:
        """Enter or a digit chooses; arrows move."""
        if key == "enter" and self._values:
            self._chosen(self._values[self._list.focus_position])
            return None
        if key.isdecimal() and 1 <= int(key) <= len(self._values):
            self._chosen(self._values[int(key) - 1])
            return None
        unhandled: str | None = super().keypress(size, key)
        return unhandled


class Field(urwid.Edit):
    """A labelled line to type in; `mask` hides what is typed."""

    def __init__(
        self, label: str, *, cap: int = 64, mask: str | None = None, value: str = ""
    ) -> None:
        super().__init__(("body", f"{label:<24}"), value, mask=mask, wrap="any")
        self._cap = cap

    def boxed(self) -> urwid.AttrMap:
        """The field with its place to type in marked."""
        return urwid.AttrMap(self, {None: "field"})

    def valid_char(self, character: str) -> bool:
        """Printable characters up to the cap, and nothing that moves the screen."""
        return len(character) == 1 and character.isprintable() and len(self.edit_text) < self._cap


class Pick(urwid.Widget):
    """A labelled choice among a few, by Left and Right."""

    _sizing = frozenset(["flow"])
    _selectable = True

    def __init__(self, label: str, options: Sequence[tuple[str, Any]]) -> None:
        super().__init__()
        self._label = label
        self._options = options
        self._place = 0

    @property
    def value(self) -> Any:  # noqa: ANN401 - whatever the options carry
        """The value of the option that is shown."""
        return self._options[self._place][1]

    def rows(self, _size: Size, focus: bool = False) -> int:  # noqa: ARG002, FBT001, FBT002 - urwid's
        """One."""
        return 1

    def render(self, size: Size, focus: bool = False) -> urwid.Canvas:  # noqa: FBT001, FBT002 - urwid's
        """The label and the option between angle brackets."""
        shown = f"< {self._options[self._place][0]} >"
        markup = [("body", f"{self._label:<24}"), ("focus" if focus else "field", shown)]
        return urwid.CompositeCanvas(urwid.Text(markup, wrap="clip").render(size))

    def keypress(self, _size: Size, key: str) -> str | None:
        """Left and Right change the option."""
        if key not in {"left", "right", " "}:
            return key
        self._place = (self._place + (-1 if key == "left" else 1)) % len(self._options)
        self._invalidate()
        return None


class Form(urwid.WidgetWrap):
    """Fields under some lines. Enter goes on to the next field and submits at the last."""

    _NEXT: ClassVar = {"enter", "tab", "down"}

    def __init__(
        self,
        lines: Sequence[Line],
        fields: Sequence[Field | Pick],
        submit: Callable[[], None],
        *,
        problem: str = "",
        after: Sequence[Line] = (),
    ) -> None:
        self._submit = submit
        self._count = len(fields)
        self._first = len(lines)
        self._problem = urwid.Text(("warn", problem))
        shown = [field if isinstance(field, Pick) else field.boxed() for field in fields]
        self._pile = urwid.Pile(
            [*map(text, lines), *shown, urwid.Divider(), self._problem, *map(text, after)],
            focus_item=self._first,
        )
        super().__init__(urwid.Filler(self._pile, valign="top"))

    def complain(self, problem: str, *, place: int = 0) -> None:
        """Say what is wrong, and go back to the field at `place`."""
        self._problem.set_text(("warn", problem))
        self._pile.focus_position = self._first + place

    def keypress(self, size: Size, key: str) -> str | None:
        """Move between fields, submit, or type."""
        place = self._pile.focus_position - self._first
        if key in self._NEXT and place < self._count - 1:
            self._pile.focus_position += 1
            return None
        if key in {"shift tab", "up"} and place > 0:
            self._pile.focus_position -= 1
            return None
        if key == "enter":
            self._submit()
            return None
        unhandled: str | None = super().keypress(size, key)
        return unhandled


class Lines(Screen):
    """A screen of text that Enter ends."""

    def __init__(self, lines: Sequence[Line], done: Callable[[], None]) -> None:
        self._done = done
        super().__init__(Page(lines))

    def keypress(self, size: Size, key: str) -> str | None:
        """Scroll; Enter at the end is the reply."""
        unhandled: str | None = super().keypress(size, key)
        if unhandled == "enter":
            self._done()
            return None
        return unhandled


class Typed(Screen):
    """A screen of text that ends when a given word is typed, so that no repeated key passes it."""

    keys = "type the word, Enter   Up/Down scroll"

    def __init__(self, lines: Sequence[Line], word: str, done: Callable[[], None]) -> None:
        self._done = done
        self._word = word
        self._field = Field(f'Type "{word}", Enter', cap=12)
        self._page = Page(lines)
        super().__init__(
            urwid.Frame(
                self._page,
                footer=urwid.Pile([urwid.Divider(), self._field.boxed()]),
                focus_part="footer",
            )
        )

    def keypress(self, size: Size, key: str) -> str | None:
        """Type in the field, scroll with the rest."""
        if key == "enter":
            # The page takes Enter itself until its end was seen, and then passes it on.
            is_seen = self._page.keypress((size[0], size[1] - 2), key) == "enter"
            if self._field.edit_text.strip().lower() != self._word:
                self._field.set_edit_text("")
            elif is_seen:
                self._done()
            return None
        if key in {"up", "down", "page up", "page down"}:
            return self._page.keypress((size[0], size[1] - 2), key)
        unhandled: str | None = super().keypress(size, key)
        return unhandled
