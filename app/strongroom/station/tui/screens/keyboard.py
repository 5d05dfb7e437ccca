"""A keyboard that came after boot: it is used only if people type what the screen shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strongroom.core.machine.consent import TRIES, is_consent
from strongroom.station.tui.kit import Field, Form, Screen, Size
from strongroom.station.tui.text import joined, labelled, visible, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from strongroom.core.machine.model import UsbDevice


class KeyboardScreen(Screen):
    """Replies whether people consent; takes every key until it is taken off the stage."""

    title = "A keyboard was plugged in"
    keys = "type the letters, Enter use it"
    leave = "Esc refuse it"

    def __init__(self, device: UsbDevice, letters: str, reply: Callable[[bool], None]) -> None:
        self._letters = letters
        self._reply = reply
        self._wrong = 0
        self._is_answered = False
        # masked: what was being typed when this screen came may have been a passphrase
        self._field = Field("Letters", cap=24, mask="*")
        lines = joined(
            (
                *labelled("Port", device.place),
                *labelled("Ids", device.ids),
                *labelled("Calls itself", visible(device.name) or "nothing"),
            ),
            wrapped(
                "If nobody here plugged a keyboard in, press Esc: something that looks like a "
                "stick or a cable may be typing in a person's place."
            ),
            wrapped(
                "To use it, type these letters on it, or on any other keyboard. Until then its keys "
                "reach this screen alone, and one keyboard at most is added in a sitting."
            ),
            (f"    {' '.join(letters)}",),
            ("",),
        )
        self._form = Form(lines, (self._field,), self._submit)
        super().__init__(self._form)

    def keypress(self, size: Size, key: str) -> str | None:
        """Nothing passes through; once answered, nothing is taken either."""
        if self._is_answered:
            return None
        if key == "esc":
            self._answer(is_wanted=False)
        elif key != "f1":
            super().keypress(size, key)
        return None

    def _submit(self) -> None:
        typed = self._field.edit_text
        self._field.set_edit_text("")
        if is_consent(self._letters, typed):
            self._answer(is_wanted=True)
            return
        self._wrong += 1
        if self._wrong == TRIES:
            self._answer(is_wanted=False)
            return
        left = TRIES - self._wrong
        self._form.complain(f"Those are other letters. {left} more before it is refused.")

    def _answer(self, *, is_wanted: bool) -> None:
        self._is_answered = True
        self._form.complain("It is used from now on." if is_wanted else "It is refused.")
        self._reply(is_wanted)
