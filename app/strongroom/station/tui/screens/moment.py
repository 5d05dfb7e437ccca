"""Declaring the time: people enter it, the machine's clock is only shown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from strongroom.core.moment import render_moment
from strongroom.core.session.wording import wording_of
from strongroom.station.tui.kit import Field, Form, Screen
from strongroom.station.tui.text import joined, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from strongroom.core.session.requests import DeclareTime

_FORM = "%Y-%m-%d %H:%M"


class DeclareTimeScreen(Screen):
    """A field for the time in UTC."""

    leave = ""
    help = """This machine has no clock that anyone should trust. It comes from people's own
    clocks, in UTC; where several people are in the room, two of them enter it, each for oneself.

    Expiry dates of requests and keys are checked against this time. It may not lie before a time that
    is known to have been."""

    def __init__(
        self, request: DeclareTime, reply: Callable[[datetime], None], machine: datetime
    ) -> None:
        self._request = request
        self._reply = reply
        said = wording_of(request)
        self.title = said.title
        self._field = Field(said.fields[0], cap=16)
        lines = joined(
            *map(wrapped, said.lines),
            (
                f"This machine's clock    {machine.astimezone(UTC).strftime(_FORM)}  (not trusted)",
                f"Not before              {request.not_before.astimezone(UTC).strftime(_FORM)}",
                *wrapped(f"({request.reason})", indent=24, first=" " * 24),
            ),
            ("The form is YYYY-MM-DD HH:MM, for example 2027-03-31 14:05", ""),
        )
        self._form = Form(lines, (self._field,), self._submit)
        super().__init__(self._form)

    def _submit(self) -> None:
        typed = self._field.edit_text.strip()
        try:
            declared = datetime.strptime(typed, _FORM).replace(tzinfo=UTC)
        except ValueError:
            self._form.complain("This is not of the form YYYY-MM-DD HH:MM. Nothing was declared.")
            return
        # The field has minutes; the moment to compare with has seconds.
        if declared < self._request.not_before.replace(second=0):
            earliest = render_moment(self._request.not_before)
            self._form.complain(f"This is before {earliest}. Look at the clocks again.")
            return
        self._reply(max(declared, self._request.not_before))
