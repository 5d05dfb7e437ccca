"""Passphrases, masked; a new one is typed twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strongroom.core.secret import Secret
from strongroom.core.session.wording import wording_of
from strongroom.station.tui.kit import Field, Form, Screen
from strongroom.station.tui.text import joined, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from strongroom.core.session.requests import EnterPassphrase, EnterSeedPassphrase, NewPassphrase

_CAP = 256


class _Twice(Screen):
    """Two masked fields that must be equal."""

    def __init__(
        self, lines: tuple[str, ...], problem: str, reply: Callable[[Secret], None]
    ) -> None:
        self._reply = reply
        self._fields = tuple(Field(label, cap=_CAP, mask="*") for label in ("Passphrase", "Again"))
        shown = wrapped(problem)[:4] if problem else ()
        self._form = Form((*lines, ""), self._fields, self._submit, problem="\n".join(shown))
        super().__init__(self._form)

    def _submit(self) -> None:
        first, second = (field.edit_text for field in self._fields)
        if first != second:
            for field in self._fields:
                field.set_edit_text("")
            self._form.complain("The two differ. Type both again.")
            return
        self._reply(Secret(first.encode()))


class NewPassphraseScreen(_Twice):
    """The passphrase that will open the vault."""

    help = """Whoever has the vault file and this passphrase has the keys. Six or more random words
    make a good one. Write it down and keep it apart from the vault's stick: nobody can reset it."""

    def __init__(
        self, request: NewPassphrase, reply: Callable[[Secret], None], keyboard: str
    ) -> None:
        said = wording_of(request)
        self.title = said.title
        super().__init__(joined(*map(wrapped, (*said.lines, keyboard))), request.problem, reply)


class SeedPassphraseScreen(_Twice):
    """The optional BIP-39 passphrase."""

    help = """Some seeds come with a passphrase besides their words (BIP-39, also called the 25th
    word). Another passphrase, or none, gives other keys, and none of them is ever refused."""

    def __init__(
        self, request: EnterSeedPassphrase, reply: Callable[[Secret], None], keyboard: str
    ) -> None:
        said = wording_of(request)
        self.title = said.title
        super().__init__(joined(*map(wrapped, (*said.lines, keyboard))), "", reply)


class PassphraseScreen(Screen):
    """The passphrase of a vault that exists."""

    help = """Opening takes a few seconds on purpose: that is what makes guessing expensive."""

    def __init__(
        self, request: EnterPassphrase, reply: Callable[[Secret], None], keyboard: str
    ) -> None:
        self._reply = reply
        self._field = Field("Passphrase", cap=_CAP, mask="*")
        said = wording_of(request)
        self.title = said.title
        lines = joined(*map(wrapped, (*said.lines, keyboard)), ("",))
        problem = "\n".join(wrapped(request.problem)) if request.problem else ""
        super().__init__(Form(lines, (self._field,), self._submit, problem=problem))

    def _submit(self) -> None:
        if self._field.edit_text:
            self._reply(Secret(self._field.edit_text.encode()))
