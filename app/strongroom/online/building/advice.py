"""What a careful person thinks of before a request goes out: privacy, dust, and addresses that look alike.

Nothing here stops a request. The rules are warnings of the online side alone; the station has its own.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from strongroom.core.money import render_sats
from strongroom.core.review.model import Finding, Severity
from strongroom.online.address_book import looks_alike

if TYPE_CHECKING:
    from collections.abc import Iterator

    from strongroom.core.review.model import Review
    from strongroom.online.address_book import AddressBook
    from strongroom.online.labels import Labels
    from strongroom.online.wallets.port import Coin

_DUST_COIN = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What is known beside the request. `paid` are addresses that earlier requests paid."""

    coins: tuple[Coin, ...]
    labels: Labels
    book: AddressBook
    paid: frozenset[str]


def advise(review: Review, background: Background) -> tuple[Finding, ...]:
    """Warnings on what `review` gives away or may confuse."""
    spent = {item.outpoint for item in review.inputs}
    used = tuple(coin for coin in background.coins if coin.outpoint in spent)
    return (
        *_alike(review, background),
        *_paid_again(review, background),
        *_received_again(used, background),
        *_mixed(used, background),
        *_dust(used),
    )


def _warn(rule: str, message: str) -> Finding:
    return Finding(rule=rule, severity=Severity.WARN, message=message)


def _alike(review: Review, background: Background) -> Iterator[Finding]:
    known = {entry.address for entry in background.book.entries} | background.paid
    for recipient in review.recipients:
        for other in sorted(known - {recipient.address}):
            if recipient.address is not None and looks_alike(recipient.address, other):
                yield _warn(
                    "ADDRESS-ALIKE",
                    f"{recipient.address} begins and ends like {other}, which is known, and is another",
                )


def _paid_again(review: Review, background: Background) -> Iterator[Finding]:
    booked = {entry.address for entry in background.book.entries}
    for recipient in review.recipients:
        address = recipient.address
        if address in background.paid - booked and not recipient.is_self:
            yield _warn("PRIVACY-REUSE", f"{address} was paid before: everyone can link the two")


def _received_again(used: tuple[Coin, ...], background: Background) -> Iterator[Finding]:
    counts = Counter(coin.address for coin in background.coins)
    spent = Counter(coin.address for coin in used)
    for address, count in spent.items():
        left = counts[address] - count
        if left:
            yield _warn(
                "PRIVACY-REUSE",
                f"{address} received more than once; coins of it that stay behind are linked: {left}",
            )


def _mixed(used: tuple[Coin, ...], background: Background) -> Iterator[Finding]:
    names = {background.labels.of_coin(coin.outpoint, coin.address) for coin in used} - {""}
    if len(names) > 1:
        listed = ", ".join(repr(name) for name in sorted(names))
        yield _warn("PRIVACY-LABELS", f"coins of {len(names)} labels are spent together: {listed}")


def _dust(used: tuple[Coin, ...]) -> Iterator[Finding]:
    for coin in used:
        if coin.amount < _DUST_COIN and len(used) > 1:
            yield _warn(
                "PRIVACY-DUST",
                f"{coin.outpoint} is worth {render_sats(coin.amount)}: dust that may have been sent "
                "to link your coins",
            )
