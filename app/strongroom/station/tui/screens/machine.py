"""The machine before a sitting: its parts, the self-tests, and the boot medium that has to go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import urwid

from strongroom.core.machine.model import Medium, MediumState
from strongroom.core.machine.text import device_line, hardware_facts
from strongroom.core.session.wording import wording_of
from strongroom.station.media.protocol import IMAGE
from strongroom.station.tui.kit import Field, Line, Lines, Screen, Size
from strongroom.station.tui.text import joined, labelled, visible, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from strongroom.core.session.hardware import PullMedium, ShowHardware
    from strongroom.station.media.protocol import Stick

_COLUMN = 18
_WORD = "leave"


class HardwareScreen(Lines):
    """The parts of the machine, and how the self-tests ended."""

    leave = ""
    help = """The list is what the kernel finds. It has no driver for any network device or internal
    disk: whatever is built in, nothing here can use it. The socket families are those that the kernel
    itself opens; without those of a network no program can even ask for one.

    Of USB devices, storage, hubs and keyboards are used. Everything else is refused before any
    driver sees it, and named here. What a device calls itself is its own claim.

    The self-tests compute published examples and have bad signatures refused."""

    def __init__(self, request: ShowHardware, reply: Callable[[None], None]) -> None:
        said = wording_of(request)
        self.title = said.title
        tests: tuple[Line, ...] = tuple(("strong", line) for line in said.lines)
        super().__init__((*hardware_lines(request), *tests), lambda: reply(None))


def hardware_lines(request: ShowHardware) -> tuple[Line, ...]:
    """The listing as it is read aloud."""
    hardware = request.hardware
    lines: list[Line] = []
    for what, value in hardware_facts(hardware):
        shown = labelled(what, value, column=_COLUMN)
        is_virtual = what == "Virtual machine" and hardware.hypervisor
        lines += [("warn", line) for line in shown] if is_virtual else shown
    devices = [wrapped(device_line(device), indent=4, first="  ") for device in hardware.usb]
    lines += ["", "USB devices", *(line for device in devices for line in device)]
    lines += [] if devices else ["  none"]
    return (*lines, "")


class MediumScreen(Screen):
    """Asks for the boot medium to be taken out, and sees whether it is."""

    leave = ""
    help = """The whole system is in memory, and nothing is read from the boot medium again. What is
    not plugged in can not be written to, and leaves the port to the vault's stick.

    A stick that can not be pulled out (it is built in, or out of reach) may stay if the people in the
    room decide so: type the word. The record of the session says so."""

    def __init__(
        self,
        request: PullMedium,
        reply: Callable[[MediumState], None],
        sticks: Callable[[], tuple[Stick, ...]],
    ) -> None:
        said = wording_of(request)
        self.title, (self._memory,) = said.title, said.lines
        self._medium = request.medium
        self._reply = reply
        self._sticks = sticks
        self._field = Field(f'Type "{_WORD}"', cap=12)
        super().__init__(urwid.SolidFill())
        self.refresh()

    def refresh(self) -> None:
        """Look again at what is plugged in."""
        waiting = self._waiting()
        self.keys = f"pull it out   or type {_WORD}, Enter" if waiting else "Enter continue"
        lines = [urwid.Text("\n".join(medium_lines(self._memory, self._medium, waiting)))]
        fields = [urwid.Divider(), self._field.boxed()] if waiting else []
        pile = urwid.Pile([*lines, *fields], focus_item=len(lines + fields) - 1)
        self._w = urwid.Filler(pile, valign="top")

    def _waiting(self) -> tuple[str, ...]:
        """The sticks that have to go: images, and every stick where a file on one was booted."""
        is_file = self._medium is Medium.FILE
        return tuple(s.name for s in self._sticks() if is_file or s.filesystem == IMAGE)

    def keypress(self, size: Size, key: str) -> str | None:
        """Enter goes on once nothing waits; before that the word does."""
        if key != "enter":
            unhandled: str | None = self._w.keypress(size, key) if self._waiting() else key
            return unhandled
        if not self._waiting():
            unseen = self._medium in {Medium.DISC, Medium.UNKNOWN}
            self._reply(MediumState.UNSEEN if unseen else MediumState.OUT)
        elif self._field.edit_text.strip().lower() == _WORD:
            self._reply(MediumState.LEFT)
        else:
            self._field.set_edit_text("")
        return None


def medium_lines(memory: str, medium: Medium, waiting: tuple[str, ...]) -> tuple[str, ...]:
    """What has to be done with the medium, and what is seen of it now."""
    names = ", ".join(visible(name) for name in waiting)
    stays = f'If it can not be pulled out, type "{_WORD}". The record of the session will say so.'
    if waiting and medium is Medium.FILE:
        ask = (
            f"Pull every stick out now ({names}): the image was booted from a file on one of them."
        )
    elif waiting:
        ask = f"Pull the boot stick out now ({names})."
    elif medium is Medium.DISC:
        ask = "Take the disc out of its drive. This machine can not see whether it is gone."
    else:
        ask = "No boot stick is plugged in."
    return joined(wrapped(memory), wrapped(ask), *((wrapped(stays),) if waiting else ()))
