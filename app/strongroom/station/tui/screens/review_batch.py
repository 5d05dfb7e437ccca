"""The words of a review of many recipients: totals, comparison, exceptions, and the lines of the list."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from strongroom.core.money import render_btc, render_sats
from strongroom.station.tui.screens.review_text import money
from strongroom.station.tui.text import grouped, wrapped

if TYPE_CHECKING:
    from strongroom.core.review.model import Recipient, Review
    from strongroom.station.tui.kit import Line

_Sets: TypeAlias = "Counter[tuple[str, int]]"
"""Addresses with amounts, and how often each stands there."""


def totals_lines(review: Review) -> tuple[Line, ...]:
    """Many recipients at a glance, and the payment list against the transaction, as sets."""
    paid: _Sets = Counter((r.address or "", r.amount) for r in review.recipients if r.address)
    listed: _Sets = Counter((p.address, p.amount) for p in review.request.manifest.payments)
    largest = max(review.recipients, key=lambda r: r.amount)
    total = sum(r.amount for r in review.recipients)
    return (
        ("strong", f"{len(review.recipients)} recipients  {money(total)}"),
        "",
        "The request's payment list against the transaction (BUNDLE-EQUAL)",
        _set_line("In the list", listed),
        _set_line("In the transaction", paid),
        *_difference("Only in the list", listed - paid),
        *_difference("Only in the transaction", paid - listed),
        "",
        f"Largest    {money(largest.amount)}",
        *grouped(largest.address or "data", indent=11),
        "",
        *wrapped(
            "The exceptions come next, then the list, the largest first; / searches it by address, "
            "payee, reference or amount."
        ),
    )


def _set_line(label: str, counts: _Sets) -> str:
    total = sum(amount * count for (_, amount), count in counts.items())
    return f"  {label:<24}{counts.total():>6}  {render_btc(total):>21}"


def _difference(label: str, counts: _Sets) -> tuple[str, ...]:
    if not counts:
        return (f"  {label:<24}{'none':>6}",)
    entries = (
        line
        for address, amount in sorted(counts.elements())
        for line in (f"    {money(amount)}", f"    {address}")
    )
    return (f"  {label:<24}{counts.total():>6}, declared as change", *entries)


def exception_lines(review: Review) -> tuple[Line, ...]:
    """The recipients of a large batch that are not as the others are, each whole."""
    leaving = [r for r in review.recipients if r.address and not r.is_self and not r.other_wallet]
    first = [r for r in leaving if not r.is_known]
    counts = Counter(r.address for r in leaving)
    groups = (
        ("Paid for the first time", first),
        ("Paid more than once in this transaction", [r for r in leaving if counts[r.address] > 1]),
        ("To ourselves", [r for r in review.recipients if r.is_self or r.other_wallet]),
        ("Data, in the block chain", [r for r in review.recipients if r.address is None]),
    )
    lines: list[Line] = [("strong", "Exceptions")]
    for title, group in groups:
        lines += ["", f"{title}: {len(group) or 'none'}"]
        if len(group) == len(review.recipients):
            lines += wrapped("That is everyone, so that they are not listed here.", indent=4)
            continue
        for recipient in group:
            first_line, where = list_entry(recipient)
            lines += [f"    {first_line}", f"    {where}"]
    return tuple(lines)


def list_entry(recipient: Recipient) -> tuple[str, ...]:
    """A recipient in the list: two lines, the address whole."""
    where = recipient.address or f"data of {len(recipient.data or b'')} bytes"
    return (f"{money(recipient.amount)}   {_mark(recipient)}", where)


def _mark(recipient: Recipient) -> str:
    if recipient.address is None:
        return "data"
    if recipient.is_self:
        return "own"
    if recipient.other_wallet:
        return "other wallet"
    return "known" if recipient.is_known else "first use"


def searched(recipient: Recipient) -> str:
    """What the search looks through, in lower case."""
    amounts = f"{render_btc(recipient.amount)} {render_sats(recipient.amount)} {recipient.amount}"
    named = (
        f"{recipient.payee} {recipient.reference} {recipient.book_name} {recipient.other_wallet}"
    )
    return f"{recipient.address} {named} {amounts} {_mark(recipient)}".casefold()
