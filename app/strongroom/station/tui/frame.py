"""What stands around every screen: where one is, on which network, which keys work, which sticks are in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import urwid

from strongroom.core.machine.model import Use
from strongroom.core.network import Network
from strongroom.core.session.notes import Note
from strongroom.station.media.protocol import IMAGE
from strongroom.station.tui.aside import ExceptionForm, Pause
from strongroom.station.tui.codes import CodesScreen
from strongroom.station.tui.kit import Page, Screen, Size
from strongroom.station.tui.text import render_size, visible, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from strongroom.core.machine.model import UsbDevice
    from strongroom.station.media.protocol import Stick

COLUMNS, ROWS = 80, 24
_WIDEST = 100
_ALWAYS = (
    "F9   note an exception, at any screen",
    "F10  pause: the screen is blank until you go on",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What the frame shows beside the screen."""

    sticks: tuple[Stick, ...] = ()
    usb: tuple[UsbDevice, ...] = ()
    network: Network | None = None
    mark: str = ""


def render_sticks(sticks: tuple[Stick, ...], width: int) -> str:
    """The sticks on one line, with as much detail as fits."""
    if not sticks:
        return "sticks: none"
    full = ", ".join(
        f"{visible(stick.name)} ({_kind(stick)}, {render_size(stick.size)})" for stick in sticks
    )
    short = ", ".join(visible(stick.name) for stick in sticks)
    lines = (f"sticks: {full}", f"{len(sticks)} sticks: {short}")
    return next((line for line in lines if len(line) <= width), f"sticks: {len(sticks)}")


def render_refused(devices: tuple[UsbDevice, ...], width: int) -> str:
    """The USB devices that are not used, with as much detail as fits; empty if there are none."""
    refused = [device for device in devices if device.use is Use.REFUSED]
    if not refused:
        return ""
    full = ", ".join(f"{device.sort} ({device.place})" for device in refused)
    lines = (f"refused: {full}", f"refused: {len(refused)} USB devices")
    return next((line for line in lines if len(line) <= width), "refused: USB")


def _kind(stick: Stick) -> str:
    if stick.filesystem == IMAGE:
        return "boot stick, pull it out"
    return "not readable" if stick.problem else stick.filesystem


def ignore_note(_note: Note) -> None:
    """Where nobody keeps a record."""


class StationFrame(urwid.WidgetWrap):
    """A screen with its header and footer; F1 and Esc are answered here."""

    def __init__(
        self,
        screen: Screen,
        status: Status,
        leave: Callable[[], None],
        note: Callable[[Note], None] = ignore_note,
    ) -> None:
        self.screen = screen
        self._status = status
        self._leave = leave
        self._note = note
        self._help: Page | None = None
        self._aside: Screen | None = None
        super().__init__(urwid.SolidFill())
        self.draw(status)

    def draw(self, status: Status) -> None:
        """Build the frame anew around the same screen."""
        self._status = status
        body = self._help or self._aside or self.screen
        if self._aside and self._aside.is_whole and not self._help:
            self._w = urwid.AttrMap(urwid.Frame(body, header=self._header()), "body")
            return
        inner = urwid.Pile([("pack", urwid.Divider()), urwid.Padding(body, left=2, right=2)])
        inner.focus_position = 1
        framed = urwid.Frame(inner, header=self._header(), footer=self._footer())
        self._w = urwid.AttrMap(framed, "body")

    def tick(self) -> None:
        """A fraction of a second has passed, for what is shown and for what it covers."""
        self.screen.tick()
        if self._aside:
            self._aside.tick()

    def render(self, size: Size, focus: bool = False) -> urwid.Canvas:  # noqa: FBT001, FBT002 - urwid's
        """The frame, centred, or a sentence where it does not fit."""
        columns, rows = size[0], size[1]
        if columns < COLUMNS or rows < ROWS:
            needed = (
                f"Strongroom needs a terminal of {COLUMNS}x{ROWS}; this one is {columns}x{rows}."
            )
            return urwid.Filler(urwid.Text(needed)).render(size)
        margin = max(0, columns - _WIDEST)
        left = margin // 2
        padded = urwid.Padding(self._w, left=left, right=margin - left)
        canvas: urwid.Canvas = urwid.AttrMap(padded, "body").render(size, focus)
        return canvas

    def keypress(self, size: Size, key: str) -> str | None:
        """F1 shows and hides help; Esc leaves the help, then what the screen has open, then the screen."""
        width = min(size[0], _WIDEST)
        if self._aside:
            self._aside_key((width, size[1]), key)
            return None
        if key in {"f9", "f10"} and not self._help:
            screen = visible(self.screen.title)
            self._aside = ExceptionForm(screen, self._noted) if key == "f9" else Pause(self._go_on)
            self.draw(self._status)
            return None
        if self._help:
            if key in {"f1", "esc"} or self._w.keypress((width, size[1]), key) == "enter":
                self._help = None
                self.draw(self._status)
            return None
        if key == "f1" and self.screen.help:
            self._help = _help_page(self.screen.help)
            self.draw(self._status)
            return None
        unhandled: str | None = self._w.keypress((width, size[1]), key)
        if unhandled == "esc" and self.screen.leave:
            self._leave()
            return None
        if unhandled == "q" and self.screen.codes:
            self._aside = CodesScreen(self.screen.codes)
        self.draw(self._status)
        return unhandled

    def _aside_key(self, size: Size, key: str) -> None:
        """Everything goes to what covers the screen; Esc takes it away, but no pause."""
        unhandled = self._w.keypress(size, key)
        if unhandled == "esc" and self._aside is not None and self._aside.leave:
            self._aside = None
        self.draw(self._status)

    def _noted(self, note: Note, stop: bool) -> None:  # noqa: FBT001 - the form's answer
        self._aside = None
        self._note(note)
        if stop and self.screen.leave:
            self._leave()

    def _go_on(self) -> None:
        self._note(Note(kind="pause", screen=visible(self.screen.title)))
        self._aside = None

    def _header(self) -> urwid.Widget:
        marks = [("mark", f" {self._status.mark} ")] if self._status.mark else []
        title = "Help" if self._help else (self._aside or self.screen).title
        left = urwid.Text(
            [("header", " STRONGROOM "), *marks, ("header", f" {title}")], wrap="clip"
        )
        network = self.screen.network or self._status.network
        name = network.value if network else ""
        is_test = network not in {None, Network.MAINNET}
        shown = f" {name.upper()} - not real money " if is_test else f" {name} "
        right = urwid.Text(("mark" if is_test else "header", shown), wrap="clip")
        return urwid.AttrMap(urwid.Columns([left, (len(shown), right)]), "header")

    def _footer(self) -> urwid.Widget:
        shown = self._aside or self.screen
        scan = "q QR codes" if shown.codes else ""
        parts = [shown.keys, scan, shown.leave, "F1 help" if shown.help else ""]
        keys = "   ".join(part for part in parts if part)
        if self._help:
            keys = "Enter or Esc back"
        refused = render_refused(self._status.usb, COLUMNS // 2)
        room = COLUMNS - 2 - (len(refused) + 3 if refused else 0)
        sticks = render_sticks(self._status.sticks, room)
        plugged = [("sticks", f"  {sticks}"), ("warn", f"   {refused}" if refused else "")]
        return urwid.Pile(
            [
                urwid.Text(("keys", f"  {keys}"), wrap="clip"),
                urwid.Text(plugged, wrap="clip"),
            ]
        )


def _help_page(text: str) -> Page:
    lines: list[str] = []
    for paragraph in text.split("\n\n"):
        lines.extend((*wrapped(" ".join(paragraph.split())), ""))
    return Page((*lines, *_ALWAYS))
