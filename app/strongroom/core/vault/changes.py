"""What a change of policy and trust list does, line by line, for the read-back before it is saved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256

from strongroom.core.errors import Violation
from strongroom.core.moment import render_moment
from strongroom.core.vault.limits import LIMITS, NONE, RULE, lowers, render_value, value_of
from strongroom.core.vault.model import Approver, Policy, TrustList


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a vault signs under: its limits, and who may ask."""

    policy: Policy
    trust: TrustList


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsChange:
    """One difference; `lowers` says that it protects less than before."""

    label: str
    old: str
    new: str
    lowers: bool


def changes_of(old: Terms, new: Terms) -> tuple[TermsChange, ...]:
    """Every difference, those that protect less first."""
    found = (*_limits(old.policy, new.policy), *_book(old.policy, new.policy), *_trust(old, new))
    return tuple(sorted(found, key=lambda change: not change.lowers))


def check_terms(old: TrustList, new: TrustList) -> None:
    """POLICY-VALUE: a role is needed, and no role by more people than have it, unless that was so before."""
    if not new.quorum:
        raise Violation(RULE, "no role would be needed to ask for a signature")
    for role, needed in new.quorum:
        there = sum(role in person.roles for person in new.approvers)
        if needed > there and (role, needed) not in old.quorum:
            raise Violation(
                RULE,
                f"{needed} of role {role} would be needed, and {there} have it",
                hint="give the role to more approvers first",
            )


def needs_several(trust: TrustList) -> bool:
    """Whether it takes more than one person of this list to ask, and there are as many.

    Dates do not count: a declared time that is far off would else undo it.
    """
    able = all(
        sum(role in person.roles for person in trust.approvers) >= needed
        for role, needed in trust.quorum
    )
    return able and sum(needed for _, needed in trust.quorum) > 1


def check_alone(old: Terms, new: Terms) -> None:
    """TRUST-QUORUM: where several people are needed to ask, the station alone changes the address book only."""
    same_book = replace(new.policy, address_book=old.policy.address_book)
    if needs_several(old.trust) and (old.trust, old.policy) != (new.trust, same_book):
        raise Violation("TRUST-QUORUM", ALONE, hint=TOGETHER)


ALONE = (
    "several people ask together in this vault, and have to sign what changes that or its limits"
)
BOOK_ONLY = "several people ask together in this vault; here only the address book can be changed"
TOGETHER = "Ceremonies, Change of trust: write the list, have the change signed online, and take it"


def _limits(old: Policy, new: Policy) -> Iterator[TermsChange]:
    for limit in LIMITS:
        before, after = value_of(old, limit), value_of(new, limit)
        if before != after:
            yield TermsChange(
                label=limit.label,
                old=render_value(limit, before),
                new=render_value(limit, after),
                lowers=lowers(limit, before, after),
            )


def _book(old: Policy, new: Policy) -> Iterator[TermsChange]:
    before, after = dict(old.address_book), dict(new.address_book)
    for address, name in after.items():
        if before.get(address) != name:
            was = before.get(address, NONE)
            yield TermsChange(label=f"Address {address}", old=was, new=name, lowers=was == NONE)
    for address, name in before.items():
        if address not in after:
            yield TermsChange(label=f"Address {address}", old=name, new=NONE, lowers=False)


def _trust(old: Terms, new: Terms) -> Iterator[TermsChange]:
    before, after = dict(old.trust.quorum), dict(new.trust.quorum)
    for role in sorted({*before, *after}):
        was, now = before.get(role, 0), after.get(role, 0)
        if was != now:
            label = f"Approvers needed of role {role}"
            yield TermsChange(label=label, old=str(was), new=str(now), lowers=now < was)
    yield from _people(old.trust, new.trust)


def _people(old: TrustList, new: TrustList) -> Iterator[TermsChange]:
    """Who comes, who goes, and what is different of those who stay."""
    before = {person.fingerprint: person for person in old.approvers}
    after = {person.fingerprint: person for person in new.approvers}
    for person in new.approvers:
        had = before.get(person.fingerprint)
        if had is None:
            label, now = f"Approver {person.name}", _described(person)
            yield TermsChange(label=label, old=NONE, new=now, lowers=True)
        else:
            yield from _person(had, person)
    for fingerprint, person in before.items():
        if fingerprint not in after:
            label, was = f"Approver {person.name}", _described(person)
            yield TermsChange(label=label, old=was, new=NONE, lowers=False)


def _described(person: Approver) -> str:
    roles = ", ".join(sorted(person.roles)) or "no role"
    return f"{roles}; {person.fingerprint}; {_window(person)}"


def _window(person: Approver) -> str:
    until = render_moment(person.valid_until) if person.valid_until else "no end"
    revoked = f", revoked from {render_moment(person.revoked_from)}" if person.revoked_from else ""
    return f"{render_moment(person.valid_from)} to {until}{revoked}"


def _person(old: Approver, new: Approver) -> Iterator[TermsChange]:
    what = (
        ("Name", old.name, new.name, False),
        (
            "Roles",
            ", ".join(sorted(old.roles)) or NONE,
            ", ".join(sorted(new.roles)) or NONE,
            bool(new.roles - old.roles),
        ),
        ("Validity", _window(old), _window(new), _is_longer(old, new)),
        ("Certificate", _digest(old), _digest(new), True),
    )
    for name, was, now, less in what:
        if was != now:
            yield TermsChange(label=f"{name} of {old.name}", old=was, new=now, lowers=less)


def _is_longer(old: Approver, new: Approver) -> bool:
    ends = [
        min((end for end in (p.valid_until, p.revoked_from) if end), default=None)
        for p in (old, new)
    ]
    later = ends[0] is not None and (ends[1] is None or ends[1] > ends[0])
    return later or new.valid_from < old.valid_from


def _digest(person: Approver) -> str:
    return sha256(person.certificate).hexdigest()
