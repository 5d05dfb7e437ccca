"""Choosing a file to read, a stick to write to, and the receipt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import urwid

from strongroom.core.session.wording import WRITTEN, wording_of
from strongroom.station.tui.kit import Lines, Menu, Screen, above
from strongroom.station.tui.text import counted, joined, render_size, visible, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from strongroom.core.session.requests import ChooseFile, WriteFiles
    from strongroom.core.session.values import Receipt
    from strongroom.station.media.protocol import FileEntry, Listing, Stick

_NAME = 68


@dataclass(frozen=True, slots=True)
class Shelf:
    """A stick and what was found on it; `listing` is None where `problem` says why."""

    stick: Stick
    listing: Listing | None
    problem: str = ""


Look: TypeAlias = "Callable[[str, Callable[[tuple[Shelf, ...]], None]], None]"
"""Look for files by suffix on every stick, off the screen's thread, and hand over the shelves."""


class _Shelves(Screen):
    """Lists what the sticks hold, again whenever one comes or goes."""

    def __init__(self, lines: Sequence[str], suffix: str, look: Look) -> None:
        self._lines = (*lines, "")
        self._suffix = suffix
        self._look = look
        super().__init__(self._body(wrapped("Looking at the sticks ...")))
        self.refresh()

    def refresh(self) -> None:
        """Look again."""
        self._look(self._suffix, self.show)

    def show(self, shelves: tuple[Shelf, ...]) -> None:
        """Draw what was found."""
        raise NotImplementedError

    def _body(self, lines: Sequence[str]) -> urwid.Widget:
        return urwid.Filler(urwid.Text("\n".join((*self._lines, *lines))), valign="top")


class ChooseFileScreen(_Shelves):
    """Files of one kind on all sticks; replies with a stick and a name."""

    keys = "Up/Down move   Enter read"
    help = """The list follows the sticks: plug one in and its files appear.

    A file is read whole into memory, once, and the stick is unmounted at once after. From then on the
    stick can be pulled out."""

    def __init__(
        self, request: ChooseFile, reply: Callable[[tuple[Stick, str]], None], look: Look
    ) -> None:
        self._kind = request.kind
        self._reply = reply
        said = wording_of(request)
        self.title = said.title
        super().__init__(joined(*map(wrapped, said.lines)), request.kind.suffix, look)

    def show(self, shelves: tuple[Shelf, ...]) -> None:
        """The files; or what to do if there are none."""
        choices = [
            ((*wrapped(file.name, width=_NAME), self._note(file, shelf.stick)), pick)
            for shelf in shelves
            if shelf.listing is not None
            for file in shelf.listing.files
            for pick in ((shelf.stick, file.name),)
        ]
        notes = [*_problems(shelves), *_skipped(shelves)]
        if choices:
            self._w = above((*self._lines, *notes), Menu(choices, self._reply))
            return
        ending = self._kind.suffix
        told = f"Plug in the stick with a file ending in {ending}."
        self._w = self._body((*notes, *wrapped(told)))

    def _note(self, file: FileEntry, stick: Stick) -> str:
        shown = f"{render_size(file.size)}, on {visible(stick.name)}"
        if file.size <= self._kind.cap:
            return shown
        return f"{shown} (more than the {render_size(self._kind.cap)} that is read)"


def _problems(shelves: tuple[Shelf, ...]) -> list[str]:
    return [
        line
        for shelf in shelves
        if shelf.problem
        for line in (*wrapped(f"{shelf.stick.name}: {shelf.problem}", indent=2), "")
    ]


def _skipped(shelves: tuple[Shelf, ...]) -> list[str]:
    return [
        line
        for shelf in shelves
        if shelf.listing is not None and shelf.listing.skipped
        for line in (
            *wrapped(
                f"{shelf.stick.name}: {counted(shelf.listing.skipped, 'file')} not listed, for an "
                "odd name or for their number",
                indent=2,
            ),
            "",
        )
    ]


class WriteScreen(_Shelves):
    """Which stick the files go to, with the room that it has; replies with the stick."""

    keys = "Up/Down move   Enter write"
    help = """Each file is written under another name first, then renamed, so that a power cut leaves
    the old file or the new one, never half of one.

    Then the stick is unmounted, mounted again, and everything is read back and compared."""

    def __init__(self, request: WriteFiles, reply: Callable[[Stick], None], look: Look) -> None:
        self._reply = reply
        names = [
            line
            for file in request.files
            for line in wrapped(
                f"{file.name} ({render_size(len(file.data))})", indent=4, first="  "
            )
        ]
        said = wording_of(request)
        self.title, (purpose, *kept) = said.title, said.lines
        lines = joined((*wrapped(purpose), *names), *((line,) for line in kept), ("Which stick?",))
        super().__init__(lines, "", look)

    def show(self, shelves: tuple[Shelf, ...]) -> None:
        """The sticks that can be written to."""
        choices = [
            (
                (f"{visible(shelf.stick.name):<18}{render_size(shelf.listing.free)} free",),
                shelf.stick,
            )
            for shelf in shelves
            if shelf.listing is not None
        ]
        notes = _problems(shelves)
        if choices:
            self._w = above((*self._lines, *notes), Menu(choices, self._reply))
        else:
            self._w = self._body((*notes, *wrapped("Plug in the stick to write to.")))


class WrittenScreen(Lines):
    """The receipt."""

    title = "Written"
    leave = ""
    help = """The bytes were read from the stick itself after it had been unmounted, not from memory."""

    def __init__(self, receipt: Receipt, done: Callable[[], None]) -> None:
        names = [line for name in receipt.names for line in wrapped(name, indent=4, first="  ")]
        super().__init__(
            joined(
                (f"On {visible(receipt.stick)}:", *names),
                wrapped(WRITTEN),
            ),
            done,
        )
