"""What covers a screen while it waits, whole: noting an exception, and a pause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strongroom.core.session.notes import Note
from strongroom.station.tui.kit import Field, Form, Pick, Screen, Typed
from strongroom.station.tui.text import joined, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable

_CAP = 200
_DECISIONS = (("go on", False), ("stop this step", True))


class ExceptionForm(Screen):
    """Something that the script does not foresee: what was expected, what happened, who decides what."""

    title = "Exception"
    keys = "Tab next field   Enter next, and note at the last"
    leave = "Esc back without a note"

    def __init__(self, screen: str, noted: Callable[[Note, bool], None]) -> None:
        self._screen = screen
        self._noted = noted
        labels = ("What was expected", "What happened", "Decided by")
        self._fields = tuple(Field(label, cap=_CAP) for label in labels)
        self._decision = Pick("Decision", _DECISIONS)
        lines = joined(
            (f"At the screen: {screen}",),
            wrapped(
                "The step is frozen, and its screen is covered. The administrator decides, never "
                "the operator. The note goes into the record; no secret belongs into it."
            ),
            ("",),
        )
        self._form = Form(lines, (*self._fields, self._decision), self._submit)
        super().__init__(self._form)

    def _submit(self) -> None:
        expected, happened, by = (field.edit_text.strip() for field in self._fields)
        if not (happened and by):
            self._form.complain("What happened, and who decides, are needed.", place=1)
            return
        stop = bool(self._decision.value)
        note = Note(
            kind="exception",
            screen=self._screen,
            expected=expected,
            happened=happened,
            decision=_DECISIONS[stop][0],
            by=by,
        )
        self._noted(note, stop)


class Pause(Typed):
    """A blank screen until people go on."""

    title = "Pause"
    leave = ""

    def __init__(self, go_on: Callable[[], None]) -> None:
        lines = wrapped("Nothing is lost. The screen comes back as it was when you type the word.")
        super().__init__(lines, "go on", go_on)
