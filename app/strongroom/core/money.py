"""Amounts of money are whole satoshis; nothing in the core uses a float or a Decimal for one."""

from __future__ import annotations

from typing import NewType

Sats = NewType("Sats", int)

COIN = 100_000_000
MAX_MONEY = Sats(21_000_000 * COIN)


def render_btc(amount: int) -> str:
    """`amount` satoshis as bitcoin with all eight decimals, for example `0.00012345 BTC`."""
    sign = "-" if amount < 0 else ""
    whole, rest = divmod(abs(amount), COIN)
    return f"{sign}{whole}.{rest:08d} BTC"


def render_sats(amount: int) -> str:
    """`amount` satoshis with digits in groups of three, for example `12 345 sat`."""
    return f"{amount:,} sat".replace(",", " ")
