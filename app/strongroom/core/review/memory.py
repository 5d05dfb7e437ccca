"""What this vault signed before, and what its policy allows: HISTORY-*, POLICY-* and replacements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from strongroom.core.bundle.model import RequestManifest
from strongroom.core.errors import Violation
from strongroom.core.money import render_sats
from strongroom.core.review.findings import warn_of
from strongroom.core.review.model import Finding, Recipient, Review, ReviewedInput, Severity
from strongroom.core.vault.history import sent_beside
from strongroom.core.vault.model import History, HistoryEntry, Policy, SignedPayment


def review_history(
    txid: str,
    manifest: RequestManifest,
    inputs: tuple[ReviewedInput, ...],
    recipients: tuple[Recipient, ...],
    history: History,
) -> tuple[Finding, ...]:
    """What the history says of these coins and payments.

    Raises HISTORY-CONFLICT for a coin that was signed away in another transaction, unless that is the
    declared replacement, and HISTORY-AMOUNT for a coin that had another amount.
    """
    _check_spent(txid, manifest, inputs, history)
    if any(entry.txid == txid for entry in history.entries):
        return (
            Finding(
                rule="HISTORY-REISSUE",
                severity=Severity.SHOW,
                message="this very transaction was signed before; signing it again changes nothing",
            ),
        )
    return _paid_before(manifest, recipients, history)


def check_replacement(
    manifest: RequestManifest,
    inputs: tuple[ReviewedInput, ...],
    recipients: tuple[Recipient, ...],
    fee: int,
    history: History,
) -> tuple[Finding, ...]:
    """RBF: a declared replacement pays the same or takes all back, spends a coin again, raises the fee."""
    if manifest.replaces is None:
        return ()
    old = next((e for e in history.entries if e.txid == manifest.replaces), None)
    if old is None:
        raise Violation(
            "RBF",
            f"the request replaces {manifest.replaces}, which this vault has not signed",
        )
    before = Counter((p.address, p.amount) for p in old.payments)
    now = Counter((r.address, r.amount) for r in recipients if leaves(r))
    takes_back = not now and not any(r.data for r in recipients)
    if dict(before) != dict(now) and not takes_back:
        raise Violation("RBF", f"the replacement of {old.txid} does not pay the same recipients")
    if fee <= old.fee:
        raise Violation(
            "RBF", f"the replacement pays {fee} sat of fee, {old.txid} paid {old.fee} sat already"
        )
    left_out = {point for point, _ in old.spent} - {item.outpoint for item in inputs}
    if left_out:
        raise Violation(
            "RBF",
            f"the replacement of {old.txid} leaves out {len(left_out)} of its coins, among them "
            f"{min(map(str, left_out))}",
            hint="a replacement spends every coin again, or both could be paid",
        )
    if takes_back and before:
        count = sum(before.values())
        payments = "payment is" if count == 1 else f"{count} payments are"
        message = f"it takes back {old.txid}: its {payments} not made"
        return (Finding(rule="RBF", severity=Severity.WARN, message=message),)
    _check_kept(
        old, sum(item.amount for item in inputs) - fee, sum(r[1] * n for r, n in now.items())
    )
    return (
        Finding(
            rule="RBF",
            severity=Severity.SHOW,
            message=f"it replaces {old.txid} and raises the fee from {old.fee} to {fee} sat",
        ),
    )


def _check_kept(old: HistoryEntry, total_out: int, sent: int) -> None:
    kept = sum(amount for _, amount in old.spent) - old.fee - sum(p.amount for p in old.payments)
    if total_out - sent > kept:
        raise Violation(
            "RBF",
            f"the replacement of {old.txid} keeps {total_out - sent} sat, over the {kept} sat of before: "
            "it may only lower change",
            hint="replace it without adding coins that are larger than the fee needs",
        )


def leaves(recipient: Recipient) -> bool:
    """Whether the recipient is a payment to others: an address, and not this wallet's own."""
    return recipient.address is not None and not recipient.is_self


def review_policy(
    manifest: RequestManifest,
    inputs: tuple[ReviewedInput, ...],
    recipients: tuple[Recipient, ...],
    history: History,
    policy: Policy,
) -> tuple[Finding, ...]:
    """The sums within the policy's limits, and who is paid for the first time.

    Raises POLICY-AMOUNT, POLICY-WINDOW or POLICY-RECIPIENT.
    """
    sent = sum(r.amount for r in recipients if not r.is_self)
    if policy.amount_per_transaction is not None and sent > policy.amount_per_transaction:
        raise Violation(
            "POLICY-AMOUNT",
            f"{render_sats(sent)} leave, the limit is {render_sats(policy.amount_per_transaction)} "
            "per transaction",
        )
    _check_window(sent, manifest, inputs, history, policy)
    return tuple(_first_use(recipients, policy))


def history_entry(review: Review) -> HistoryEntry:
    """What a vault remembers of a review once it is signed, for the reviews that follow."""
    manifest = review.request.manifest
    return HistoryEntry(
        wallet=review.wallet_name,
        request_id=manifest.request_id,
        request_digest=review.request.digest.hex(),
        sequence=manifest.sequence,
        txid=review.txid,
        spent=tuple((item.outpoint, item.amount) for item in review.inputs),
        payments=tuple(
            SignedPayment(address=str(r.address), amount=r.amount, reference=r.reference)
            for r in review.recipients
            if leaves(r)
        ),
        fee=review.fee,
        tip_height=manifest.anchor.tip_height,
        tip_time=manifest.anchor.tip_time,
        declared=review.request.declared,
    )


def paid_addresses(history: History) -> frozenset[str]:
    """The addresses that were paid before."""
    return frozenset(p.address for entry in history.entries for p in entry.payments)


def of_wallets(history: History, names: frozenset[str]) -> History:
    """The history of these wallets: those of one chain, whose block heights can be compared."""
    return replace(history, entries=tuple(e for e in history.entries if e.wallet in names))


def _check_spent(
    txid: str,
    manifest: RequestManifest,
    inputs: tuple[ReviewedInput, ...],
    history: History,
) -> None:
    spends = {point: (entry, amount) for entry in history.entries for point, amount in entry.spent}
    for item in inputs:
        if item.outpoint not in spends:
            continue
        entry, amount = spends[item.outpoint]
        if amount != item.amount:
            raise Violation(
                "HISTORY-AMOUNT",
                f"{item.outpoint} is said to be worth {item.amount} sat, and was {amount} sat before",
                hint="two answers about one coin: someone lies about amounts",
            )
        if entry.txid not in {txid, manifest.replaces}:
            raise Violation(
                "HISTORY-CONFLICT",
                f"{item.outpoint} was spent in {entry.txid} (request {entry.request_id}), "
                "which this request does not replace",
                hint="declare the replacement, or spend other coins",
            )


def _paid_before(
    manifest: RequestManifest, recipients: tuple[Recipient, ...], history: History
) -> tuple[Finding, ...]:
    """HISTORY-DUPLICATE: a payment to others whose reference, or recipient and amount, was signed before."""
    signed: dict[tuple[str, object], str] = {}
    for entry in history.entries:
        if entry.txid != manifest.replaces:
            for paid in entry.payments:
                signed[paid.address, paid.amount] = entry.request_id
                signed["reference", paid.reference.casefold()] = entry.request_id
    messages = []
    for recipient in filter(leaves, recipients):
        before = signed.get((str(recipient.address), recipient.amount))
        if before is None and recipient.reference:
            before = signed.get(("reference", recipient.reference.casefold()))
        if before is not None:
            reference = f" for {recipient.reference}" if recipient.reference else ""
            messages.append(
                f"{render_sats(recipient.amount)} to {recipient.address}{reference} may have been paid "
                f"before, in request {before}"
            )
    return warn_of("HISTORY-DUPLICATE", messages)


def _check_window(
    sent: int,
    manifest: RequestManifest,
    inputs: tuple[ReviewedInput, ...],
    history: History,
    policy: Policy,
) -> None:
    if policy.amount_per_window is None:
        return
    since = manifest.anchor.tip_height - policy.window_blocks
    before = sent_beside(history, since, frozenset(item.outpoint for item in inputs))
    if before + sent > policy.amount_per_window:
        raise Violation(
            "POLICY-WINDOW",
            f"{render_sats(sent)} after {render_sats(before)} in the last {policy.window_blocks} blocks "
            f"is over the limit of {render_sats(policy.amount_per_window)}",
            hint="wait, or change the policy in the vault",
        )


def _first_use(recipients: tuple[Recipient, ...], policy: Policy) -> Iterable[Finding]:
    book = {address for address, _ in policy.address_book}
    leaving = tuple(filter(leaves, recipients))
    outside = sorted({str(r.address) for r in leaving} - book) if policy.address_book_only else []
    if outside:
        raise Violation(
            "POLICY-RECIPIENT",
            f"{len(outside)} of {len(leaving)} recipients are not in the vault's address book: "
            f"{', '.join(outside)}",
        )
    new = [r for r in leaving if not r.is_known and not r.other_wallet]
    if len(new) == 1:
        text = f"{new[0].address} is paid for the first time"
    else:
        text = f"{len(new)} of {len(leaving)} recipients are paid for the first time"
    if new:
        yield Finding(rule="POLICY-RECIPIENT", severity=Severity.WARN, message=text)
