"""The terms of a vault as the rows that screens show: what is, and what would be."""

from __future__ import annotations

from strongroom.core.session.values import BookRow, LimitRow, RoleRow, ThresholdRow
from strongroom.core.vault.changes import Terms
from strongroom.core.vault.limits import LIMITS, form_of, lowers, render_value, value_of
from strongroom.core.vault.model import TrustList


def limit_rows(old: Terms, new: Terms) -> tuple[LimitRow, ...]:
    """Every limit in the order of the table."""
    rows = []
    for limit in LIMITS:
        before, after = value_of(old.policy, limit), value_of(new.policy, limit)
        rows.append(
            LimitRow(
                field=limit.field,
                label=limit.label,
                meaning=limit.meaning,
                form=form_of(limit),
                now=render_value(limit, before),
                new="" if before == after else render_value(limit, after),
                lowers=lowers(limit, before, after),
            )
        )
    return tuple(rows)


def book_rows(old: Terms, new: Terms) -> tuple[BookRow, ...]:
    """Every entry that there is or would be, by name."""
    before, after = dict(old.policy.address_book), dict(new.policy.address_book)
    rows = []
    for address, name in {**before, **after}.items():
        mark = "removed" if address not in after else "" if before.get(address) == name else "new"
        rows.append(BookRow(address=address, name=name, mark=mark))
    return tuple(sorted(rows, key=lambda row: (row.name.casefold(), row.address)))


def role_rows(trust: TrustList) -> tuple[RoleRow, ...]:
    """Every approver with the own roles."""
    return tuple(
        RoleRow(fingerprint=p.fingerprint, name=p.name, roles=tuple(sorted(p.roles)))
        for p in trust.approvers
    )


def threshold_rows(old: TrustList, new: TrustList) -> tuple[ThresholdRow, ...]:
    """Every role that somebody has or that is needed."""
    before, after = dict(old.quorum), dict(new.quorum)
    held = {role for person in new.approvers for role in person.roles}
    return tuple(
        ThresholdRow(
            role=role,
            now=before.get(role, 0),
            new=after.get(role, 0),
            there=sum(role in person.roles for person in new.approvers),
        )
        for role in sorted({*before, *after, *held})
    )
