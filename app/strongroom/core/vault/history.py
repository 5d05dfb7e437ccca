"""Questions that the review asks of what was signed before, and the one way to add to it.

A wallet's requests are numbered by its coordinator. The highest number counts, not the latest,
since an old request may be signed again, byte for byte, after newer ones.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from strongroom.core.bitcoin.model import OutPoint
from strongroom.core.vault.model import History, HistoryEntry, VaultContents


def find_request(history: History, request_digest: str) -> HistoryEntry | None:
    """The entry of the request with this digest (64 hex digits), None if it was never signed."""
    return next((e for e in history.entries if e.request_digest == request_digest), None)


def last_sequence(history: History, wallet: str) -> int:
    """The highest number among this wallet's signed requests, 0 if there are none."""
    last = _last(history, wallet)
    return 0 if last is None else last.sequence


def last_request_digest(history: History, wallet: str) -> str | None:
    """The digest of this wallet's signed request with the highest number, None if there is none."""
    last = _last(history, wallet)
    return None if last is None else last.request_digest


def highest_tip(history: History, wallet: str) -> int:
    """The highest block that a signed request of this wallet named, 0 if there are none."""
    return max((e.tip_height for e in history.entries if e.wallet == wallet), default=0)


def sent_beside(history: History, since: int, points: frozenset[OutPoint]) -> int:
    """What left in requests that named a block above `since`, beside a transaction that spends `points`.

    Of transactions that spend the same coin only one can be mined, so that the largest of them counts: taking a
    payment back frees nothing, since the payment may be mined all the same.
    """
    groups: list[tuple[frozenset[OutPoint], int]] = [(points, 0)]
    for entry in history.entries:
        if entry.tip_height <= since:
            continue
        coins = frozenset(point for point, _ in entry.spent)
        amount: int = sum(paid.amount for paid in entry.payments)
        apart = []
        for other, most in groups:
            if coins.isdisjoint(other):
                apart.append((other, most))
            else:
                coins, amount = coins | other, max(amount, most)
        groups = [*apart, (coins, amount)]
    return sum(amount for coins, amount in groups if coins.isdisjoint(points))


def record_session(
    contents: VaultContents, *, transcript_head: str, declared: datetime
) -> VaultContents:
    """The next generation of the vault, which remembers this session's transcript.

    Declared time never goes back.
    """
    history = contents.history
    return replace(
        contents,
        generation=contents.generation + 1,
        history=replace(
            history,
            transcript_head=transcript_head,
            last_declared=max(declared, history.last_declared or declared),
        ),
    )


def record_signed(
    contents: VaultContents, entry: HistoryEntry, *, transcript_head: str, declared: datetime
) -> VaultContents:
    """The same, with `entry`; a request that was signed before is remembered as it was then."""
    after = record_session(contents, transcript_head=transcript_head, declared=declared)
    if find_request(after.history, entry.request_digest) is not None:
        return after
    entries = (*after.history.entries, entry)
    return replace(after, history=replace(after.history, entries=entries))


def _last(history: History, wallet: str) -> HistoryEntry | None:
    ours = (entry for entry in history.entries if entry.wallet == wallet)
    return max(ours, key=lambda entry: entry.sequence, default=None)
