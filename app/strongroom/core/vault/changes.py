"""What a change of policy and trust list does, line by line, for the read-back before it is saved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from strongroom.core.errors import Violation
from strongroom.core.vault.limits import LIMITS, NONE, RULE, lowers, render_value, value_of
from strongroom.core.vault.model import Policy, TrustList


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
    roles = {person.fingerprint: person.roles for person in old.trust.approvers}
    for person in new.trust.approvers:
        had = roles[person.fingerprint]
        if had != person.roles:
            yield TermsChange(
                label=f"Roles of {person.name}",
                old=", ".join(sorted(had)) or NONE,
                new=", ".join(sorted(person.roles)) or NONE,
                lowers=bool(person.roles - had),
            )
