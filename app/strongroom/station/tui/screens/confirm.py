"""One person's consent, by words from the request's own sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strongroom.core.session.values import Confirmation
from strongroom.core.session.wording import role_of, wording_of
from strongroom.station.tui.kit import Field, Form, Screen
from strongroom.station.tui.screens.review_text import both
from strongroom.station.tui.text import counted, joined, labelled, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from strongroom.core.session.requests import Confirm

_PERSON = 64


class ConfirmScreen(Screen):
    """A name and the words at the asked positions; nothing on the screen says what they are."""

    keys = "Tab next field   Enter next, and confirm at the last"
    leave = "Esc decline"
    help = """The words are on the request sheet that came with the request, printed or written down
    by the people who approved it. They are not shown here: typing them says that the request on the
    sheet is the one that was read on this screen.

    The first person is the operator, the others are ceremony witnesses. Each confirms by own name."""

    def __init__(self, request: Confirm, reply: Callable[[Confirmation], None]) -> None:
        self._reply = reply
        said = wording_of(request)
        self.title, (name, *words) = said.title, said.fields
        self._role = role_of(request.number)
        self.network = request.review.request.manifest.anchor.network
        self._name = Field(name, cap=_PERSON)
        self._words = tuple(Field(word, cap=16) for word in words)
        problem = "\n".join(wrapped(request.problem)) if request.problem else ""
        review = request.review
        leaving = [r for r in review.recipients if not r.is_self]
        sent = sum(r.amount for r in leaving)
        lines = joined(
            (
                *labelled("Request", review.request.manifest.request_id),
                *labelled("Wallet", review.wallet_name),
                *labelled("Sends", both(sent)),
                *labelled("", f"to {counted(len(leaving), 'recipient')}"),
                *labelled("Fee", both(review.fee)),
            ),
            *map(wrapped, said.lines),
            ("",),
        )
        self._form = Form(lines, (self._name, *self._words), self._submit, problem=problem)
        super().__init__(self._form)

    def _submit(self) -> None:
        name = self._name.edit_text.strip()
        typed = tuple(field.edit_text.strip().lower() for field in self._words)
        if not name:
            self._form.complain("A name is needed.")
        elif not all(typed):
            self._form.complain("Every word is needed.", place=typed.index("") + 1)
        else:
            self._reply(Confirmation(name=name, role=self._role, typed=typed))
