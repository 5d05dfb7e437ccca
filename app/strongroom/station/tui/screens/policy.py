"""Changing the policy: the limits, the address book, the roles, and the read-back before it is saved.

A screen shows what is and what would be, and replies with one step at a time; the session decides what the step
does and shows the screen anew. `!` marks what would protect less.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import urwid

from strongroom.core.session.values import Confirmation, TermsEdit, TermsStep
from strongroom.core.session.wording import READ_BACK, role_of, wording_of
from strongroom.station.tui.kit import Field, Form, Line, Menu, Page, Screen, Size, above
from strongroom.station.tui.search import Entry, SearchedMenu
from strongroom.station.tui.text import broken, counted, joined, labelled, visible, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from strongroom.core.session.requests import ConfirmPolicy, EditBook, EditPolicy, EditRoles
    from strongroom.core.session.values import BookRow, LimitRow, RoleRow, ThresholdRow
    from strongroom.core.vault.changes import TermsChange

_LABEL, _VALUE = 26, 21
_PERSON, _ADDRESS, _TYPED = 64, 100, 64
_KEYS = "Up/Down move   Enter change"


class _Listed(Screen):
    """A list, or a form about one line of it, which Esc leaves for the list."""

    keys = _KEYS

    def __init__(self, reply: Callable[[TermsEdit], None], listed: urwid.Widget) -> None:
        self._reply = reply
        self._listed = listed
        self._list_keys, self._list_leave = self.keys, self.leave
        super().__init__(listed)

    def _step(self, step: TermsStep, key: str = "", typed: str = "") -> None:
        self._reply(TermsEdit(step=step, key=key, typed=typed))

    def _ask(self, form: Form) -> None:
        self._w, self.keys, self.leave = form, "Enter next, and take it at the last", "Esc back"

    def keypress(self, size: Size, key: str) -> str | None:
        """Esc in a form comes back to the list."""
        unhandled: str | None = super().keypress(size, key)
        if unhandled == "esc" and self._w is not self._listed:
            self._w, self.keys, self.leave = self._listed, self._list_keys, self._list_leave
            return None
        return unhandled


def _problem(problem: str) -> tuple[Line, ...]:
    return tuple(("warn", line) for line in wrapped(problem)) if problem else ()


class EditPolicyScreen(_Listed):
    """Every limit on one screen."""

    leave = "Esc leave, change nothing"
    help = """These are the limits that this vault signs under. Choose one to type another value; nothing
    is saved before everything that changed was read back.

    ! marks what would protect less than before. It is saved only after the word lower was typed. A limit
    that is none does not exist. The window of blocks is counted from what this vault signed, not by a clock."""

    def __init__(self, request: EditPolicy, reply: Callable[[TermsEdit], None]) -> None:
        self.title = wording_of(request).title
        choices: list[tuple[tuple[str, ...], Any]] = [
            ((_limit_line(row),), row) for row in request.limits
        ]
        lists = (
            ("Address book", request.book, TermsStep.OPEN_BOOK),
            ("Approvers", request.approvers, TermsStep.OPEN_APPROVERS),
            ("Read back and save", counted(request.changes, "change"), TermsStep.DONE),
        )
        choices += [(labelled(label, text, column=_LABEL), step) for label, text, step in lists]
        head: tuple[Line, ...] = (
            *_problem(request.problem),
            f"{'':5}{'':{_LABEL}}{'now':<{_VALUE}}  new",
        )
        at = next((n for n, row in enumerate(request.limits) if row.field == request.at), 0)
        super().__init__(reply, above(head, Menu(choices, self._chosen, focus=at)))

    def _chosen(self, value: Any) -> None:  # noqa: ANN401 - a row or a step
        if isinstance(value, TermsStep):
            self._step(value)
            return
        row: LimitRow = value
        field = Field("New value", cap=_TYPED)
        lines = joined(
            (row.label,),
            wrapped(row.meaning),
            (*labelled("Now", row.now), *labelled("New", row.new or "not changed")),
            wrapped(f"Type {row.form}."),
            ("",),
        )
        self._ask(
            Form(
                lines,
                (field,),
                lambda: self._step(TermsStep.SET_LIMIT, row.field, field.edit_text),
            )
        )


def _limit_line(row: LimitRow) -> str:
    mark = "!" if row.lowers else " "
    return f"{row.label:<{_LABEL}}{row.now:<{_VALUE}}{mark} {row.new}".rstrip()


class EditBookScreen(_Listed):
    """The address book, with a search."""

    keys = "Enter choose, remove or put back   / search"
    leave = "Esc back to the limits"
    help = """Payments to an address in the book are shown with the name that it has here, and are no
    first use. With "Only to the address book" nothing else is paid.

    A file to import has lines of ADDRESS,NAME under a first line address,name, and its name ends in
    .addresses.csv. Compare each entry in the read-back with a list that reached you by another way."""

    def __init__(self, request: EditBook, reply: Callable[[TermsEdit], None]) -> None:
        self.title = wording_of(request).title
        actions = (
            ("Add an entry", TermsStep.ADD_ENTRY),
            ("Import a file from a stick", TermsStep.IMPORT_BOOK),
        )
        entries = [Entry(lines=(label,), searched="", value=step) for label, step in actions]
        entries += [_book_entry(row) for row in request.entries]
        count = len(request.entries)
        super().__init__(
            reply,
            SearchedMenu(
                entries,
                lambda _found: (*_problem(request.problem), counted(count, "entry", "entries")),
                self._chosen,
            ),
        )

    def _chosen(self, value: Any) -> None:  # noqa: ANN401 - an address or a step
        if isinstance(value, str):
            self._step(TermsStep.TOGGLE_ENTRY, value)
        elif value is TermsStep.IMPORT_BOOK:
            self._step(value)
        else:
            address, name = Field("Address", cap=_ADDRESS), Field("Name", cap=_TYPED)
            lines = (*wrapped("Read the address aloud from paper while another person types."), "")
            self._ask(
                Form(
                    lines,
                    (address, name),
                    lambda: self._step(
                        TermsStep.ADD_ENTRY, address.edit_text.strip(), name.edit_text.strip()
                    ),
                )
            )


def _book_entry(row: BookRow) -> Entry:
    name = f"[{row.mark}] {row.name}" if row.mark else row.name
    return Entry(
        lines=(*wrapped(name, width=70), *broken(row.address, width=70)),
        searched=f"{row.name} {row.address} {row.mark}".casefold(),
        value=row.address,
    )


class EditRolesScreen(_Listed):
    """Who has which role, and how many of each are needed."""

    leave = "Esc back to the limits"
    help = """A request is taken when enough approvers of each role have signed it. An approver may have
    several roles, and counts for each.

    A role is a word of your own, such as approver or treasurer. To need a new role, give it to people
    first, then say how many of them are needed; 0 needs none."""

    def __init__(self, request: EditRoles, reply: Callable[[TermsEdit], None]) -> None:
        self.title = wording_of(request).title
        choices: list[tuple[tuple[str, ...], Any]] = [
            (_threshold_lines(row), row) for row in request.thresholds
        ]
        choices += [(_role_lines(row), row) for row in request.approvers]
        head = (*_problem(request.problem), "Needed of each role, and who has which roles")
        super().__init__(reply, above((*head, ""), Menu(choices, self._chosen)))

    def _chosen(self, row: Any) -> None:  # noqa: ANN401 - a threshold or a person
        if hasattr(row, "fingerprint"):
            field = Field("Roles", cap=_TYPED, value=", ".join(row.roles))
            lines = (*labelled("Approver", row.name), "", *wrapped("Roles, with commas."), "")
            step, key = TermsStep.SET_ROLES, row.fingerprint
        else:
            field = Field("Approvers needed", cap=2)
            lines = (*labelled("Role", row.role), *labelled("Now", str(row.now)), "")
            step, key = TermsStep.SET_THRESHOLD, row.role
        self._ask(Form(lines, (field,), lambda: self._step(step, key, field.edit_text)))


def _threshold_lines(row: ThresholdRow) -> tuple[str, ...]:
    new = "" if row.new == row.now else f"{'!' if row.new < row.now else ' '} would be {row.new}"
    have = f"{row.there} {'has' if row.there == 1 else 'have'} it"
    return labelled(f"Role {visible(row.role)}", f"needed {row.now}, {have} {new}", column=_LABEL)


def _role_lines(row: RoleRow) -> tuple[str, ...]:
    roles = ", ".join(map(visible, row.roles)) or "no role"
    return (*wrapped(row.name, width=70), *wrapped(roles, width=70, indent=4, first="    "))


class ConfirmPolicyScreen(Screen):
    """Every change, then a name and a word; the word is taken when all was seen."""

    keys = "Up/Down scroll   Tab next field   Enter next, or agree"
    leave = "Esc back"
    help = f"""{READ_BACK}

    As many people agree as the policy that is still in force asks for."""

    def __init__(self, request: ConfirmPolicy, reply: Callable[[Confirmation], None]) -> None:
        self._reply = reply
        said = wording_of(request)
        self.title, (name,) = said.title, said.fields
        self._role = role_of(request.number)
        self._name = Field(name, cap=_PERSON)
        self._word = Field(f'Type "{said.word}"', cap=12)
        self._page = Page(change_lines(request.changes))
        self._problem = urwid.Text(("warn", "\n".join(wrapped(request.problem))))
        self._fields = urwid.Pile(
            [urwid.Divider(), self._name.boxed(), self._word.boxed(), self._problem], focus_item=1
        )
        super().__init__(urwid.Frame(self._page, footer=self._fields, focus_part="footer"))

    def _page_size(self, size: Size) -> Size:
        return size[0], size[1] - self._fields.rows((size[0],))

    def keypress(self, size: Size, key: str) -> str | None:
        """Type in the fields, scroll with the rest."""
        if key in {"tab", "shift tab"} or (key == "enter" and self._fields.focus_position == 1):
            self._fields.focus_position = 3 - self._fields.focus_position
            return None
        if key == "enter":
            # The page takes Enter itself until its end was seen, and then passes it on.
            if self._page.keypress(self._page_size(size), key) != "enter":
                self._problem.set_text(("warn", "Read on to the end first."))
            else:
                typed = (self._word.edit_text.strip().lower(),)
                self._reply(
                    Confirmation(name=self._name.edit_text.strip(), role=self._role, typed=typed)
                )
            return None
        if key in {"up", "down", "page up", "page down"}:
            return self._page.keypress(self._page_size(size), key)
        unhandled: str | None = super().keypress(size, key)
        return unhandled


def change_lines(changes: Sequence[TermsChange]) -> tuple[Line, ...]:
    """The changes, those that protect less first."""
    lines: list[Line] = []
    groups: tuple[tuple[Line, list[TermsChange]], ...] = (
        (("warn", "These protect less than before:"), [c for c in changes if c.lowers]),
        (("strong", "These protect more, or as much:"), [c for c in changes if not c.lowers]),
    )
    for title, group in groups:
        if not group:
            continue
        lines += ["", title] if lines else [title]
        for change in group:
            lines += [
                *wrapped(change.label, indent=2, first="  "),
                *wrapped(f"{change.old}  ->  {change.new}", indent=6, first="      "),
            ]
    return tuple(lines)
