"""Changing what a vault signs under: limits, address book, roles and how many of each are needed.

Nothing is changed before every difference was read back and as many people as the old policy asks for have
agreed, by name and by a word that says whether the change protects less. The transcript keeps the digests of
the old and the new terms; a new generation of the vault is written, which remembers that transcript, and then
the transcript itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from strongroom.core.errors import Fault, Violation
from strongroom.core.network import Network
from strongroom.core.session.desk import (
    Desk,
    OpenVault,
    problem_of,
    record,
    save_vault,
    write_until_done,
)
from strongroom.core.session.policy_rows import book_rows, limit_rows, role_rows, threshold_rows
from strongroom.core.session.requests import (
    Cancelled,
    ChooseFile,
    ConfirmPolicy,
    EditBook,
    EditPolicy,
    EditRoles,
    ShowResult,
    ShowStop,
    Steps,
    WriteFiles,
    ask,
)
from strongroom.core.session.values import FileKind, OutFile, TermsEdit, TermsStep
from strongroom.core.text import check_text
from strongroom.core.transcript.chain import render_events
from strongroom.core.transcript.text import render_text
from strongroom.core.vault.address_book import RULE as BOOK_RULE
from strongroom.core.vault.address_book import Entry, parse_address_book, parse_entry
from strongroom.core.vault.changes import Terms, TermsChange, changes_of, check_terms
from strongroom.core.vault.contents_policy import BOOK_CAP, policy_digest, trust_digest
from strongroom.core.vault.history import record_session
from strongroom.core.vault.limits import RULE, limit_of, parse_value
from strongroom.core.vault.model import TrustList, VaultContents

LOWER, SAVE = "lower", "save"
ROLE_CAP, LISTED, TEXT_CAP = 32, 100, 1000


@dataclass(slots=True, kw_only=True)
class _Draft:
    """The terms as they are and as they would be, and the digests of what was imported."""

    old: Terms
    new: Terms
    networks: frozenset[Network]
    imported: dict[str, str] = field(default_factory=dict)


def change_policy(desk: Desk) -> Steps[None]:
    """Edit, read back, agree, save; leaving before that changes nothing."""
    vault = desk.opened()
    terms = Terms(policy=vault.contents.policy, trust=vault.contents.trust)
    draft = _Draft(old=terms, new=terms, networks=_networks(vault.contents))
    while True:
        yield from _edit(draft)
        changes = changes_of(draft.old, draft.new)
        try:
            people = yield from _agree(changes, draft.old.policy.witnesses)
            break
        except Cancelled:
            continue
    yield from record(
        desk,
        "policy",
        "policy-changed",
        {
            "generation": vault.contents.generation + 1,
            "changes": tuple(map(_sentence, changes[:LISTED])),
            "change_count": len(changes),
        },
        actors=people,
        inputs={**_digests(draft.old), **draft.imported},
        outputs=_digests(draft.new),
    )
    contents = record_session(
        replace(vault.contents, policy=draft.new.policy, trust=draft.new.trust),
        transcript_head=desk.transcript.head.hex(),
        declared=desk.declared,
    )
    yield from _save(desk, replace(vault, contents=contents))
    yield from ask(
        ShowResult(
            title="The policy is changed",
            lines=(
                f"changes      {len(changes)}",
                f"generation   {contents.generation} of the vault",
                "Digest of the new policy, to be written on paper:",
            ),
            digest=policy_digest(contents.policy),
        )
    )


def _save(desk: Desk, vault: OpenVault) -> Steps[None]:
    """The vault first; then the record of the change, for those who were not in the room."""
    yield from save_vault(desk, vault, "the vault with the new policy")
    stem = f"policy-{vault.contents.generation}"
    files = (
        OutFile(name=f"{stem}.transcript.jsonl", data=render_events(desk.transcript)),
        OutFile(name=f"{stem}.transcript.txt", data=render_text(desk.transcript).encode()),
    )
    yield from write_until_done(WriteFiles(files, "the record of this change"))
    desk.mirrored = len(desk.transcript.events)


def _networks(contents: VaultContents) -> frozenset[Network]:
    """Those of the vault's wallets; every network while there is none."""
    return frozenset(wallet.network for wallet in contents.wallets) or frozenset(Network)


def _digests(terms: Terms) -> dict[str, str]:
    return {"policy": policy_digest(terms.policy).hex(), "trust": trust_digest(terms.trust).hex()}


def _sentence(change: TermsChange) -> str:
    less = " (protects less)" if change.lowers else ""
    return f"{change.label}: {change.old} -> {change.new}{less}"[:TEXT_CAP]


def _edit(draft: _Draft) -> Steps[None]:
    """Until people are done and the terms can be kept."""
    problem = at = ""
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


def _check_done(draft: _Draft) -> None:
    check_terms(draft.old.trust, draft.new.trust)
    if not changes_of(draft.old, draft.new):
        raise Violation(RULE, "nothing is changed yet")


def _set_limit(draft: _Draft, edit: TermsEdit) -> None:
    limit = limit_of(edit.key)
    value = parse_value(limit, edit.typed)
    policy = replace(draft.new.policy, **{limit.field: value})  # type: ignore[arg-type]  # by name
    draft.new = replace(draft.new, policy=policy)


_Show = Callable[[_Draft, str], EditBook | EditRoles]
_Apply = Callable[[_Draft, TermsEdit], Steps[None]]


def _edit_list(draft: _Draft, show: _Show, apply: _Apply) -> Steps[None]:
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


def _show_book(draft: _Draft, problem: str) -> EditBook:
    return EditBook(book_rows(draft.old, draft.new), problem)


def _show_roles(draft: _Draft, problem: str) -> EditRoles:
    old, new = draft.old.trust, draft.new.trust
    return EditRoles(role_rows(new), threshold_rows(old, new), problem)


def _edit_book(draft: _Draft, edit: TermsEdit) -> Steps[None]:
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


def _put(draft: _Draft, entries: tuple[Entry, ...]) -> None:
    """Keep these entries in one order; of two with one address the later name counts."""
    book = tuple(sorted(dict(entries).items()))
    if len(book) > BOOK_CAP:
        raise Violation(BOOK_RULE, f"{len(book)} entries, {BOOK_CAP} are kept")
    draft.new = replace(draft.new, policy=replace(draft.new.policy, address_book=book))


def _edit_roles(draft: _Draft, edit: TermsEdit) -> Steps[None]:
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


def _agree(changes: tuple[TermsChange, ...], total: int) -> Steps[tuple[str, ...]]:
    """The names of as many distinct people as the old policy asks for, who read the changes and agree."""
    word = LOWER if any(change.lowers for change in changes) else SAVE
    people: list[str] = []
    problem = ""
    while len(people) < total:
        reply = yield from ask(ConfirmPolicy(changes, len(people) + 1, total, word, problem))
        name = reply.name.strip()
        problem = ""
        if reply.typed != (word,):
            problem = f'Type "{word}" to agree.'
        elif not name or name.casefold() in {known.casefold() for known in people}:
            problem = f"POLICY-WITNESSES: {name or 'nobody'} can not confirm again."
        else:
            people.append(name)
    return tuple(people)
