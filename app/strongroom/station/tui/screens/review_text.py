"""The words of a review, page by page; every fact is the review's own."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from strongroom.core.moment import render_moment
from strongroom.core.money import render_btc, render_sats
from strongroom.core.review.model import Severity
from strongroom.core.rules import SENTENCES
from strongroom.station.tui.text import (
    broken,
    counted,
    grouped,
    joined,
    labelled,
    wrapped,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from strongroom.core.review.model import Change, Finding, Recipient, Review, ReviewedInput
    from strongroom.station.tui.kit import Line

_MILLI = 1000
TIMING = frozenset(("LOCKTIME", "RBF"))


def money(amount: int) -> str:
    """An amount both ways, in columns: the longest is 21 million bitcoin."""
    return f"{render_btc(amount):>21}   {render_sats(amount):>26}"


def both(amount: int) -> str:
    """An amount both ways, in running text."""
    return f"{render_btc(amount)} ({render_sats(amount)})"


def warning_lines(finding: Finding, place: int, total: int) -> tuple[Line, ...]:
    """One warning."""
    return (
        ("warn", f"WARNING {place} of {total}   {finding.rule}"),
        "",
        *wrapped(f"{finding.message}."),
        "",
        *labelled("What is usual", f"{SENTENCES[finding.rule]}."),
        "",
        *wrapped("Nothing is refused because of it: the people in the room decide."),
    )


def summary_lines(review: Review) -> tuple[Line, ...]:
    """What leaves, what it costs, what comes back, from which wallet, and who asked."""
    manifest = review.request.manifest
    leaving = [r for r in review.recipients if not r.is_self]
    sent = sum(r.amount for r in leaving)
    kept = sum(r.amount for r in review.recipients if r.is_self)
    base = "of what is sent" if sent else "of the inputs"
    share = f"{review.fee_share_permille // 10}.{review.fee_share_permille % 10} %"
    if review.fee and not review.fee_share_permille:
        share = "under 0.1 %"
    rate = f"{review.fee_rate_millisats // _MILLI}.{review.fee_rate_millisats % _MILLI:03d} sat/vB"
    shown = [f for f in review.findings if f.severity is Severity.SHOW]
    return (
        *labelled(
            "Warnings", f"{len(review.warnings)}, each was seen" if review.warnings else "none"
        ),
        *labelled("Wallet", f"{review.wallet_name}, on {manifest.anchor.network.value}"),
        "",
        ("strong", f"Leaves          {money(sent)}"),
        f"                {counted(len(leaving), 'recipient')}",
        f"Fee             {money(review.fee)}",
        f"                {rate}, {share} {base}",
        *((f"To ourselves    {money(kept)}",) if kept else ()),
        f"Change          {money(sum(c.amount for c in review.change))}",
        f"                {counted(len(review.change), 'output')}, proven to be this wallet's",
        "",
        *labelled("Request", f"{manifest.request_id}, number {manifest.sequence}"),
        *labelled("Approved by", ", ".join(review.request.signers)),
        *labelled("Asked by", f'"{manifest.requester}" (claimed by the request)'),
        *labelled("For", f'"{manifest.purpose}" (claimed by the request)'),
        *labelled("Expires", render_moment(manifest.expires)),
        *(("Replaces", *broken(manifest.replaces, indent=2)) if manifest.replaces else ()),
        *labelled("To be noted", f"{len(shown)}, under details (d)" if shown else "nothing"),
    )


def recipient_lines(recipient: Recipient, place: int, total: int) -> tuple[Line, ...]:
    """One recipient, whole."""
    if recipient.address is None:
        return _data_lines(recipient, place, total)
    first: Line = f"Recipient {place} of {total}, output {recipient.index}"
    amount: Line = ("strong", f"Amount   {money(recipient.amount)}")
    address = [("strong", line) for line in grouped(recipient.address, indent=9)]
    return (
        first,
        "",
        amount,
        "",
        "Address",
        *address,
        "",
        *wrapped(known_as(recipient)),
        "",
        "Claimed by the request, not checked by anything here:",
        *labelled("  Payee", f'"{recipient.payee}"'),
        *labelled("  Reference", f'"{recipient.reference}"'),
    )


def known_as(recipient: Recipient) -> str:
    """What the vault itself knows of the address: nothing here is a claim."""
    if recipient.is_self:
        return "This address is our own: money that stays in the wallet."
    if recipient.other_wallet:
        return (
            f"This address is of wallet {recipient.other_wallet}, which this vault holds: proven."
        )
    if recipient.book_name:
        return f'In the vault\'s address book as "{recipient.book_name}".'
    if recipient.is_known:
        return "Known: this vault has paid to this address before."
    return "First use: this vault has never paid to this address."


def _data_lines(recipient: Recipient, place: int, total: int) -> tuple[Line, ...]:
    data = recipient.data or b""
    readable = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data)  # noqa: PLR2004
    return (
        f"Recipient {place} of {total}, output {recipient.index}",
        "",
        ("strong", f"Data of {len(data)} bytes, written into the block chain (OP_RETURN)"),
        "",
        "As text, with a dot for what is no letter:",
        *broken(readable, indent=2),
        "",
        "As hex digits:",
        *broken(data.hex(), indent=2, width=66),
    )


def change_lines(changes: tuple[Change, ...]) -> tuple[Line, ...]:
    """Every change output."""
    if not changes:
        return ("There is no change: everything leaves, but the fee.",)
    return joined(
        wrapped("Derived again from the registered wallet and found equal:"),
        *(
            (
                f"Output {change.index}   {money(change.amount)}",
                f"           branch {change.branch}, index {change.position}",
                *grouped(change.address, indent=11),
            )
            for change in changes
        ),
    )


def detail_lines(review: Review) -> tuple[Line, ...]:
    """Who can spend, locks, what is to be noted, inputs, and who signed.

    The request's digest is not here nor on any other page: people are asked for its words from paper.
    """
    transaction = review.psbt.transaction
    listed = review.request.manifest.payment_list
    sequences = ", ".join(sorted({f"{i.sequence:#010x}" for i in review.inputs}))
    signed = Counter(name for item in review.inputs for name in item.signed_by)
    facts = (
        *labelled("Spent by", review.conditions),
        "Transaction id",
        *broken(review.txid, indent=2),
        *labelled("Size", f"{review.virtual_size} vB, version {transaction.version}"),
        *labelled("Locktime", str(transaction.locktime)),
        *labelled("Sequences", sequences),
        *labelled("Inputs", f"{len(review.inputs)}, {both(review.total_in)}"),
        *labelled("Outputs", f"{len(transaction.outputs)}, {both(review.total_out)}"),
        *(labelled("Payment list", f"SHA-256 {listed} (claimed)") if listed else ()),
        *labelled(
            "Signed already",
            ", ".join(f"{name} in {n} of {len(review.inputs)}" for name, n in signed.items())
            or "by nobody",
        ),
    )
    locks = [f for f in review.findings if f.rule in TIMING]
    rest = [f for f in review.findings if f.rule not in TIMING]
    return joined(
        facts,
        ("Locks and replacement", *_notes(locks)),
        ("Other findings", *_notes(rest)),
        *(_input_lines(item) for item in review.inputs),
    )


def _notes(findings: list[Finding]) -> tuple[str, ...]:
    lines = (
        line
        for finding in findings
        for line in wrapped(f"{finding.rule}: {finding.message}", indent=2, first="  ")
    )
    return tuple(lines) or ("  none",)


def _input_lines(item: ReviewedInput) -> Iterable[str]:
    signed = ", ".join(item.signed_by) or "nobody yet"
    return (
        f"Input {item.index}   {money(item.amount)}",
        *broken(str(item.outpoint), indent=1),
        f"  branch {item.branch}, index {item.position}, sequence {item.sequence:#010x}",
        f"  signed by {signed}",
    )


def raw_lines(review: Review) -> tuple[Line, ...]:
    """The unsigned transaction, byte for byte."""
    from strongroom.core.bitcoin.transaction import render_transaction  # noqa: PLC0415

    raw = render_transaction(review.psbt.transaction, witness=False)
    return ("The unsigned transaction", *broken(raw.hex()))
