"""Which coins a request may spend, and in which order they are taken.

A coin is out of reach while an open request has it on lease, and while its label freezes it.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING

from strongroom.core.bitcoin.model import OutPoint
from strongroom.core.errors import Violation
from strongroom.core.money import render_sats

if TYPE_CHECKING:
    from collections.abc import Callable

    from strongroom.online.labels import Labels
    from strongroom.online.records import RequestRecord
    from strongroom.online.store import Store
    from strongroom.online.wallets.port import Coin

_OUTPOINT = re.compile(r"([0-9a-f]{64}):(\d{1,10})")
_VOUT_CAP = 2**32


class Order(Enum):
    """How coins are chosen. `AUTO` leaves it to the wallet's engine, the rest take them in turn."""

    AUTO = "auto"
    LARGEST = "largest"
    SMALLEST = "smallest"
    OLDEST = "oldest"


def parse_outpoint(text: str) -> OutPoint:
    """The coin that `text`, TXID:VOUT, names; raises `ValueError`."""
    found = _OUTPOINT.fullmatch(text.strip())
    if found is None or int(found[2]) >= _VOUT_CAP:
        raise ValueError(f"{text!r} is not a coin of the form TXID:VOUT")
    return OutPoint(bytes.fromhex(found[1])[::-1], int(found[2]))


def leased(store: Store, wallet: str, height: int) -> dict[OutPoint, RequestRecord]:
    """Each coin of the wallet that a request has on lease at block `height`."""
    held = (record for record in store.requests(wallet) if record.leases_at(height))
    return {point: record for record in held for point, _ in record.spent}


def check_free(
    wanted: tuple[OutPoint, ...],
    coins: tuple[Coin, ...],
    leases: dict[OutPoint, RequestRecord],
    labels: Labels,
) -> None:
    """FUNDS: each wanted coin is there, and neither leased nor frozen."""
    known = {coin.outpoint for coin in coins}
    for point in wanted:
        if point in leases:
            why = f"is on lease to request {leases[point].request_id}"
        elif labels.is_frozen(point):
            why = "is frozen"
        elif point not in known:
            why = "is not an unspent coin of the wallet"
        else:
            continue
        raise Violation(
            "FUNDS", f"the coin {point} {why}", hint="see `strongroom wallet coins NAME`"
        )


def in_order(coins: tuple[Coin, ...], order: Order) -> tuple[Coin, ...]:
    """`coins` as they are to be taken, one after the other; equal ones by their outpoint."""
    keys: dict[Order, Callable[[Coin], int]] = {
        Order.LARGEST: lambda coin: -coin.amount,
        Order.SMALLEST: lambda coin: coin.amount,
        Order.OLDEST: lambda coin: -coin.confirmations,
    }
    return tuple(sorted(coins, key=lambda coin: (keys[order](coin), str(coin.outpoint))))


def take_in_turn(
    coins: tuple[Coin, ...], needed: int, fund: Callable[[tuple[OutPoint, ...]], bytes]
) -> bytes:
    """What `fund` makes of the fewest first `coins` that pay `needed` satoshis and the fee on top.

    Raises FUNDS when all of them do not.
    """
    total = 0
    for count, coin in enumerate(coins, start=1):
        total += coin.amount
        if total <= needed:
            continue
        try:
            return fund(tuple(taken.outpoint for taken in coins[:count]))
        except Violation as stop:
            if stop.rule != "FUNDS" or count == len(coins):
                raise
    raise Violation(
        "FUNDS",
        f"{render_sats(needed)} and a fee are needed, the coins that may be spent are worth "
        f"{render_sats(total)}",
        hint="see `strongroom wallet coins NAME`",
    )
