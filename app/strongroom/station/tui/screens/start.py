"""Before the session: who holds it, what the machine is, and the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strongroom.core.moment import render_moment
from strongroom.core.session.wording import wording_of
from strongroom.station.tui.kit import Line, Lines, Screen, Size, text
from strongroom.station.tui.text import grouped, joined, visible, word_rows, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from strongroom.core.session.requests import PowerOff, ShowIdentity
    from strongroom.core.session.values import Release

import urwid


class StartScreen(Screen):
    """Waits for a person at this console, and says when the session is held at another."""

    title = "Ready"
    leave = ""
    help = """One session runs at a time. It belongs to the console at which Enter was pressed, and
    ends when it is ended or the machine is switched off there.

    Nothing is kept in this machine: every secret lives in memory only, until its session ends."""

    def __init__(self, console: str, holder: Callable[[], str], reply: Callable[[], None]) -> None:
        self._console = console
        self._holder = holder
        self._reply = reply
        self._text = text("")
        super().__init__(urwid.Filler(self._text, valign="top"))
        self.refresh()

    def refresh(self) -> None:
        """Say whether the session can begin here."""
        holder = self._holder()
        lines = (
            wrapped(f"A session is in use at {visible(holder)}.")
            + wrapped("This console can begin one when that one has ended.")
            if holder
            else wrapped("Press Enter to begin at this console.")
        )
        self.keys = "" if holder else "Enter begin"
        where = wrapped(f"This console is {visible(self._console)}.")
        what = wrapped(
            "An air-gapped Bitcoin signing station. It checks what was approved elsewhere, shows "
            "it, and signs only what the people in this room confirm."
        )
        self._text.set_text("\n".join(joined(what, lines, where)))

    def keypress(self, _size: Size, key: str) -> str | None:
        """Enter begins, unless another console was first."""
        if key == "enter" and not self._holder():
            self._reply()
            return None
        return key


class IdentityScreen(Lines):
    """What the image says of itself, and what that can not prove."""

    leave = ""
    help = """The digest belongs to the image that this machine booted, as the image tells it. A
    forged image could show the same text. What proves the image is the check of the boot stick that
    the witnesses made on their own machines before it was plugged in here.

    The whole system is in memory: the boot stick is not needed any more."""

    def __init__(self, request: ShowIdentity, reply: Callable[[None], None]) -> None:
        said = wording_of(request)
        self.title = said.title
        super().__init__(identity_lines(request.release, *said.lines), lambda: reply(None))


def identity_lines(release: Release, caution: str, pull: str) -> tuple[Line, ...]:
    """The release as it is read aloud, what it can not prove, and what to do."""
    facts = (
        f"Release   {visible(release.version)}, built {render_moment(release.built)}",
        f"Commit    {visible(release.commit)}",
    )
    digest: tuple[str, ...] = ("Image     digest not known to the image itself",)
    if release.image_digest is not None:
        raw = bytes.fromhex(release.image_digest)
        first, second = grouped(raw.hex())
        digest = (f"Image     {first}", f"          {second}", *word_rows(raw, indent=2))
    return (*joined(facts, digest, wrapped(caution)), "", ("strong", pull))


class PowerOffScreen(Lines):
    """The last screen."""

    keys = "Enter switch off"
    leave = ""
    help = "Memory loses its contents within minutes. Leave the machine without power until then."

    def __init__(self, request: PowerOff, reply: Callable[[None], None]) -> None:
        said = wording_of(request)
        self.title = said.title
        super().__init__(joined(*map(wrapped, said.lines)), lambda: reply(None))
