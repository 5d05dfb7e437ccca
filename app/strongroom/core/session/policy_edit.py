"""Editing the terms of a vault, one step at a time, until people are done and the terms can be kept.

What can not be taken is said beside what was typed; nothing that was typed before is lost by it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from strongroom.core.errors import Fault, Violation
from strongroom.core.network import Network
from strongroom.core.session.desk import problem_of
from strongroom.core.session.policy_rows import book_rows, limit_rows, role_rows, threshold_rows
from strongroom.core.session.requests import (
    Cancelled,
    ChooseFile,
    EditBook,
    EditPolicy,
    EditRoles,
    ShowStop,
    Steps,
    ask,
)
from strongroom.core.session.values import FileKind, TermsEdit, TermsStep
from strongroom.core.text import check_text
from strongroom.core.vault.address_book import RULE as BOOK_RULE
from strongroom.core.vault.address_book import Entry, parse_address_book, parse_entry
from strongroom.core.vault.changes import (
    BOOK_ONLY,
    Terms,
    changes_of,
    check_alone,
    check_terms,
    needs_several,
)
from strongroom.core.vault.contents_policy import BOOK_CAP
from strongroom.core.vault.limits import RULE, limit_of, parse_value
from strongroom.core.vault.model import TrustList

ROLE_CAP = 32


@dataclass(slots=True, kw_only=True)
class TermsDraft:
    """The terms as they are and as they would be, and the digests of what was imported."""

    old: Terms
    new: Terms
    networks: frozenset[Network]
    imported: dict[str, str] = field(default_factory=dict)


def edit_terms(draft: TermsDraft) -> Steps[None]:
    """Until people are done and the terms can be kept."""
    at = ""
    problem = f"TRUST-QUORUM: {BOOK_ONLY}" if needs_several(draft.old.trust) else ""
    while True:
        book, people = draft.new.policy.address_book, draft.new.trust.approvers
        needed = ", ".join(f"{count} {role}" for role, count in draft.new.trust.quorum)
        edit = yield from ask(
            EditPolicy(
                limits=limit_rows(draft.old, draft.new),
                book=f"{len(book)} {'entry' if len(book) == 1 else 'entries'}",
                approvers=f"{len(people)}; a request needs {needed or 'nobody'}",
                changes=len(changes_of(draft.old, draft.new)),
                problem=problem,
                at=at,
            )
        )
        problem, at = "", edit.key
        try:
            match edit.step:
                case TermsStep.OPEN_BOOK:
                    yield from _edit_list(draft, _show_book, _edit_book)
                case TermsStep.OPEN_APPROVERS:
                    yield from _edit_list(draft, _show_roles, _edit_roles)
                case TermsStep.DONE:
                    _check_done(draft)
                    return
                case _:
                    _set_limit(draft, edit)
        except Violation as stop:
            problem = problem_of(stop)


def _check_done(draft: TermsDraft) -> None:
    check_alone(draft.old, draft.new)
    check_terms(draft.old.trust, draft.new.trust)
    if not changes_of(draft.old, draft.new):
        raise Violation(RULE, "nothing is changed yet")


def _set_limit(draft: TermsDraft, edit: TermsEdit) -> None:
    limit = limit_of(edit.key)
    value = parse_value(limit, edit.typed)
    policy = replace(draft.new.policy, **{limit.field: value})  # type: ignore[arg-type]  # by name
    draft.new = replace(draft.new, policy=policy)


_Show = Callable[[TermsDraft, str], EditBook | EditRoles]
_Apply = Callable[[TermsDraft, TermsEdit], Steps[None]]


def _edit_list(draft: TermsDraft, show: _Show, apply: _Apply) -> Steps[None]:
    """Show a list and do what is asked, until it is left."""
    problem = ""
    while True:
        try:
            edit: TermsEdit = yield from ask(show(draft, problem))
        except Cancelled:
            return
        problem = ""
        try:
            yield from apply(draft, edit)
        except Cancelled:
            continue
        except Violation as stop:
            problem = problem_of(stop)
        except Fault as stop:
            yield from ask(ShowStop(stop))


def _show_book(draft: TermsDraft, problem: str) -> EditBook:
    return EditBook(book_rows(draft.old, draft.new), problem)


def _show_roles(draft: TermsDraft, problem: str) -> EditRoles:
    old, new = draft.old.trust, draft.new.trust
    return EditRoles(role_rows(new), threshold_rows(old, new), problem)


def _edit_book(draft: TermsDraft, edit: TermsEdit) -> Steps[None]:
    book = dict(draft.new.policy.address_book)
    match edit.step:
        case TermsStep.ADD_ENTRY:
            _put(draft, (*book.items(), parse_entry(edit.key, edit.typed, draft.networks)))
        case TermsStep.IMPORT_BOOK:
            file = yield from ask(ChooseFile(FileKind.ADDRESS_BOOK))
            _put(draft, (*book.items(), *parse_address_book(file.data, draft.networks)))
            name = f"addresses_{len(draft.imported) + 1}"
            draft.imported[name] = hashlib.sha256(file.data).hexdigest()
        case _:
            old = dict(draft.old.policy.address_book)
            if edit.key in book:
                del book[edit.key]
            else:
                book[edit.key] = old[edit.key]
            _put(draft, tuple(book.items()))


def _put(draft: TermsDraft, entries: tuple[Entry, ...]) -> None:
    """Keep these entries in one order; of two with one address the later name counts."""
    book = tuple(sorted(dict(entries).items()))
    if len(book) > BOOK_CAP:
        raise Violation(BOOK_RULE, f"{len(book)} entries, {BOOK_CAP} are kept")
    draft.new = replace(draft.new, policy=replace(draft.new.policy, address_book=book))


def _edit_roles(draft: TermsDraft, edit: TermsEdit) -> Steps[None]:
    trust = draft.new.trust
    if edit.step is TermsStep.SET_ROLES:
        roles = _parse_roles(edit.typed)
        people = tuple(
            replace(person, roles=roles) if person.fingerprint == edit.key else person
            for person in trust.approvers
        )
        trust = replace(trust, approvers=people)
    else:
        trust = TrustList(
            approvers=trust.approvers, quorum=_parse_threshold(dict(trust.quorum), edit)
        )
    draft.new = replace(draft.new, trust=trust)
    yield from ()


def _parse_roles(typed: str) -> frozenset[str]:
    roles = [role.strip().lower() for role in typed.split(",")]
    return frozenset(
        check_text(role, where="a role", cap=ROLE_CAP, rule=RULE) for role in roles if role
    )


def _parse_threshold(quorum: dict[str, int], edit: TermsEdit) -> tuple[tuple[str, int], ...]:
    typed = edit.typed.strip()
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= 2):  # noqa: PLR2004 - up to 99 people
        raise Violation(RULE, f"{typed!r} is not a number of people")
    quorum[edit.key] = int(typed)
    return tuple((role, count) for role, count in quorum.items() if count)
