"""What the request says against what its PSBT does, and against this wallet's chain of requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from math import isqrt

from strongroom.core.bundle.model import RequestManifest, VerifiedRequest
from strongroom.core.errors import Violation
from strongroom.core.moment import render_moment
from strongroom.core.network import Network
from strongroom.core.review.findings import warn_of
from strongroom.core.review.model import Change, Finding, Recipient, Severity
from strongroom.core.vault.history import (
    find_request,
    highest_tip,
    last_request_digest,
    last_sequence,
)
from strongroom.core.vault.model import History

GENESIS = datetime(2009, 1, 3, 18, 15, 5, tzinfo=UTC)
BLOCK_TIME = timedelta(minutes=10)
# Blocks in the time of a hundred: some 120 in a fortnight of much new hash power, 104 over all years.
FASTEST, FASTEST_SINCE_GENESIS = 120, 108
FEW_BLOCKS = 36


def check_equal(
    manifest: RequestManifest,
    recipients: tuple[Recipient, ...],
    change: tuple[Change, ...],
    fee: int,
) -> tuple[Finding, ...]:
    """BUNDLE-EQUAL: payments, change and fee of the request are those of the PSBT.

    What the request calls change and is proven to be the vault's elsewhere than on this wallet's change branch
    is no lie: it stays a recipient, and CHANGE-PATH warns of it.
    """
    moved = _moved_change(manifest, recipients, change)
    elsewhere = {r.index for r in moved}
    _check_sets(
        "payments",
        ((p.address, p.amount) for p in manifest.payments),
        ((r.address, r.amount) for r in recipients if r.address and r.index not in elsewhere),
    )
    _check_sets(
        "change",
        ((c.address, c.amount) for c in manifest.change),
        (
            *((c.address, c.amount) for c in change),
            *((str(r.address), r.amount) for r in moved),
        ),
    )
    if manifest.fee != fee:
        raise _unequal(f"the request says a fee of {manifest.fee} sat, the PSBT pays {fee} sat")
    return warn_of("CHANGE-PATH", map(_elsewhere, moved))


def _moved_change(
    manifest: RequestManifest, recipients: tuple[Recipient, ...], change: tuple[Change, ...]
) -> tuple[Recipient, ...]:
    """The recipients that the request declares as change, and that are the vault's own."""
    missing = Counter((c.address, c.amount) for c in manifest.change)
    missing -= Counter((c.address, c.amount) for c in change)
    if not missing:
        return ()
    spare = Counter((str(r.address), r.amount) for r in recipients)
    spare -= Counter((p.address, p.amount) for p in manifest.payments)
    moved = []
    for recipient in recipients:
        place = (str(recipient.address), recipient.amount)
        if (recipient.is_self or recipient.other_wallet) and missing[place] and spare[place]:
            missing[place] -= 1
            spare[place] -= 1
            moved.append(recipient)
    return tuple(moved)


def _elsewhere(recipient: Recipient) -> str:
    where = (
        f"to wallet {recipient.other_wallet}, another account than that of the inputs"
        if recipient.other_wallet
        else "to our own wallet, but not to its change branch"
    )
    return f"output {recipient.index} is declared as change and goes {where}: {recipient.address}"


def check_continues(request: VerifiedRequest, history: History) -> tuple[Finding, ...]:
    """The request is the next in its wallet's chain, or byte for byte one that was signed before.

    Raises BUNDLE-SEQUENCE, or BUNDLE-EXPIRED when the chain is past the request's height. A gap in the
    numbers (requests that other stations signed) is a warning.
    """
    manifest, wallet = request.manifest, request.manifest.wallet
    tip = max(manifest.anchor.tip_height, highest_tip(history, wallet))
    if tip > manifest.expires_height:
        raise Violation(
            "BUNDLE-EXPIRED",
            f"the request expired at block {manifest.expires_height}, the chain is at {tip} at least",
            hint="build the request anew",
        )
    if find_request(history, request.digest.hex()) is not None:
        return ()
    last = last_sequence(history, wallet)
    if manifest.sequence <= last:
        raise Violation(
            "BUNDLE-SEQUENCE",
            f"the request has number {manifest.sequence}, and number {last} was signed already",
            hint="an old request is shown again: build a new one",
        )
    if manifest.sequence == last + 1:
        expected = last_request_digest(history, wallet)
        if manifest.previous_digest != expected:
            raise Violation(
                "BUNDLE-SEQUENCE",
                f"the request follows {manifest.previous_digest or 'none'}, the last one signed here is "
                f"{expected or 'none'}",
                hint="the coordinator's record and this vault's have parted: find out why",
            )
        return ()
    first, final = last + 1, manifest.sequence - 1
    missed = f"request {first} was" if first == final else f"requests {first} to {final} were"
    message = f"of this wallet {missed} not signed with this vault"
    return (Finding(rule="BUNDLE-SEQUENCE", severity=Severity.WARN, message=message),)


def check_height(request: VerifiedRequest, history: History) -> None:
    """BUNDLE-CLOCK: the request's tip is no higher than blocks can have been found by the declared time.

    `history` is of wallets on the request's chain. Limits per window, lock times and expiry count from the tip,
    and nobody in the room can look it up; a tip that is too high would also expire every request that follows.
    Kept for mainnet, whose blocks take work; test chains make them at will.
    """
    anchor = request.manifest.anchor
    if anchor.network is not Network.MAINNET:
        return
    known = [(entry.tip_height, entry.tip_time, FASTEST) for entry in history.entries]
    for height, moment, percent in (*known, (0, GENESIS, FASTEST_SINCE_GENESIS)):
        expected = max(0, (request.declared - moment) // BLOCK_TIME)
        most = height + expected * percent // 100 + 4 * isqrt(expected) + FEW_BLOCKS
        if anchor.tip_height > most:
            raise Violation(
                "BUNDLE-CLOCK",
                f"the request knows block {anchor.tip_height}; after block {height} of "
                f"{render_moment(moment)} there can't be more than {most} by "
                f"{render_moment(request.declared)}",
                hint="the coordinator's node, or the declared time, is wrong: compare with a block explorer",
            )


def _check_sets(
    what: str, claimed: Iterable[tuple[str, int]], found: Iterable[tuple[str, int]]
) -> None:
    ours, theirs = Counter(found), Counter(claimed)
    if ours == theirs:
        return
    parts = (
        *_listed("only in the request", theirs - ours),
        *_listed("only in the PSBT", ours - theirs),
    )
    counts = (
        f"{name} has {sets.total()} of {sum(amount * n for (_, amount), n in sets.items())} sat"
        for name, sets in (("the request", theirs), ("the PSBT", ours))
    )
    raise _unequal(f"{what} differ: {', '.join(counts)}; {'; '.join(parts)}")


def _listed(where: str, counts: Counter[tuple[str, int]]) -> Iterable[str]:
    entries = sorted(f"{amount} sat to {address}" for address, amount in counts.elements())
    if entries:
        yield f"{where}: {', '.join(entries)}"


def _unequal(message: str) -> Violation:
    return Violation(
        "BUNDLE-EQUAL",
        message,
        hint="request and PSBT tell two stories: treat the request as forged",
    )
