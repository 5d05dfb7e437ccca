"""Amounts of money are whole satoshis; nothing in the core uses a float or a Decimal for one."""

from __future__ import annotations

import re
from typing import NewType

Sats = NewType("Sats", int)

COIN = 100_000_000
MAX_MONEY = Sats(21_000_000 * COIN)

_FLAGS = re.ASCII | re.IGNORECASE
_SATS = re.compile(r"(\d{1,16}) ?sats?", _FLAGS)
_BTC = re.compile(r"(\d{1,8})(?:\.(\d{1,8}))? ?btc", _FLAGS)


def render_btc(amount: int) -> str:
    """`amount` satoshis as bitcoin with all eight decimals, for example `0.00012345 BTC`."""
    sign = "-" if amount < 0 else ""
    whole, rest = divmod(abs(amount), COIN)
    return f"{sign}{whole}.{rest:08d} BTC"


def render_sats(amount: int) -> str:
    """`amount` satoshis with digits in groups of three, for example `12 345 sat`."""
    return f"{amount:,} sat".replace(",", " ")


def parse_amount(text: str) -> Sats:
    """`text` such as `0.5btc` or `50000sat`; raises `ValueError` saying what is wrong."""
    sats, btc = _SATS.fullmatch(text.strip()), _BTC.fullmatch(text.strip())
    if sats is not None:
        amount = int(sats[1])
    elif btc is not None:
        amount = int(btc[1]) * COIN + int((btc[2] or "").ljust(8, "0"))
    else:
        raise ValueError(f"{text!r} is not an amount with a unit, such as 0.5btc or 50000sat")
    if not 0 < amount <= MAX_MONEY:
        raise ValueError(f"{text!r} is not between 1 sat and 21 million BTC")
    return Sats(amount)
