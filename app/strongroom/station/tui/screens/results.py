"""How a step ended: done, or stopped by a rule; and what runs meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import urwid

from strongroom.core.errors import Fault
from strongroom.core.session.wording import wording_of
from strongroom.station.tui.kit import Line, Lines, Screen, Size
from strongroom.station.tui.text import grouped, joined, visible, word_rows, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from strongroom.core.errors import Stop
    from strongroom.core.session.requests import ShowResult, ShowStop

_BAR = 50


class ResultScreen(Lines):
    """What was done, and a digest to be read aloud."""

    leave = ""
    help = """The words are read aloud by one person and compared by the others with what they have
    on paper: all 32. Say "matches" or "differs"."""

    def __init__(self, request: ShowResult, reply: Callable[[None], None]) -> None:
        said = wording_of(request)
        title, *texts = said.lines
        self.title = said.title
        head: Line = ("strong", visible(title))
        lines = [line for text in texts for line in wrapped(text, indent=2, first="  ")]
        digest: tuple[str, ...] = ()
        self.codes = request.codes
        if request.digest is not None:
            digest = joined(
                grouped(request.digest.hex(), indent=2), word_rows(request.digest, indent=2)
            )
        super().__init__(
            (head, "", *joined(*(block for block in (lines, digest) if block))),
            lambda: reply(None),
        )


class StopScreen(Lines):
    """The rule that stopped a step."""

    leave = ""
    help = """A stop is a result like any other: it is recorded, and nothing was signed by this step.
    The rule's name is the same in the documents and in the record of the session."""

    def __init__(self, request: ShowStop, reply: Callable[[None], None]) -> None:
        self.title = wording_of(request).title
        super().__init__(stop_lines(request.stop), lambda: reply(None))


def stop_lines(stop: Stop) -> tuple[Line, ...]:
    """The rule, what happened with its values, and what to do next."""
    blame = (
        "The machine, a medium or the program failed; what was brought here may be fine."
        if isinstance(stop, Fault)
        else "What was brought here, or typed, breaks this rule; the machine is fine."
    )
    head: Line = ("stop", f"STOP  {stop.rule}")
    rest = joined(
        wrapped(f"{stop.message}."),
        *((wrapped(f"What to do: {stop.hint}."),) if stop.hint else ()),
        wrapped(blame),
    )
    return (head, "", *rest)


class ProgressScreen(Screen):
    """Something runs; it can not be left."""

    keys = ""
    leave = ""

    def __init__(self, title: str) -> None:
        self.title = title
        self._seconds = 0.0
        self._progress = (0, 0)
        self._text = urwid.Text("")
        super().__init__(urwid.Filler(self._text, valign="top"))
        self._draw()

    def advance(self, done: int, total: int) -> None:
        """Take note; called from the working thread, drawn at the next tick."""
        self._progress = (done, total)

    def tick(self) -> None:
        """Draw how far it is and how long it took so far."""
        self._seconds += TICK_SECONDS
        self._draw()

    def _draw(self) -> None:
        done, total = self._progress
        lines = [f"{visible(self.title)} ...", ""]
        if total:
            filled = _BAR * done // total
            lines += [f"[{'#' * filled}{'.' * (_BAR - filled)}]  {done} of {total}", ""]
        lines.append(f"{int(self._seconds)} s so far. Leave the sticks as they are.")
        self._text.set_text("\n".join(lines))

    def keypress(self, _size: Size, _key: str) -> None:
        """Keys do nothing, and are not kept for the next screen."""


TICK_SECONDS = 0.25
