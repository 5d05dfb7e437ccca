"""Payments as people write them: `ADDRESS,AMOUNT[,PAYEE[,REFERENCE]]`, on a line or in a CSV file.

An amount always has a unit, since 1 may mean a satoshi or a fortune. No float touches it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from strongroom.core.bundle.model import Payment
from strongroom.core.csv_rows import parse_rows
from strongroom.core.money import parse_amount

_FLAGS = re.ASCII | re.IGNORECASE
_RATE = re.compile(r"(\d{1,6})(?:\.(\d{1,3}))?", _FLAGS)
_UNITS = {"amount": "", "amount_btc": "btc", "amount_sat": "sat"}
_TEXTS = ("payee", "reference")
_PARTS = 2 + len(_TEXTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFile:
    """The payments of a CSV file, in its order, and the SHA-256 of the whole file (64 hex digits)."""

    payments: tuple[Payment, ...]
    sha256: str


def parse_fee_rate(text: str) -> int:
    """Thousandths of sat/vB from `text` such as `12.5`; raises `ValueError`."""
    found = _RATE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not a feerate in sat/vB, such as 12 or 1.5")
    rate = int(found[1]) * 1000 + int((found[2] or "").ljust(3, "0"))
    if rate == 0:
        raise ValueError("a feerate of 0 sat/vB is never mined")
    return rate


def parse_payment(text: str) -> Payment:
    """`ADDRESS,AMOUNT[,PAYEE[,REFERENCE]]`; the reference may have commas. Raises `ValueError`."""
    parts = [part.strip() for part in text.split(",", _PARTS - 1)]
    return _payment(parts, repr(text))


def parse_payment_file(data: bytes) -> PaymentFile:
    """The payments of a CSV file whose first line names the columns. Raises `ValueError`.

    The second column says the unit for all lines, `amount_btc` or `amount_sat`; below a plain `amount`
    each cell has its own.
    """
    rows = parse_rows(data)
    head = tuple(name.lower() for name in rows[0][1]) if rows else ()
    if len(head) != _PARTS or head[0] != "address" or head[1] not in _UNITS or head[2:] != _TEXTS:
        raise ValueError(
            "the first line is not address,AMOUNT,payee,reference where AMOUNT is one of "
            f"{', '.join(_UNITS)}"
        )
    unit = _UNITS[head[1]]
    payments = tuple(_payment(list(row), f"line {n}", unit) for n, row in rows[1:])
    if not payments:
        raise ValueError("the file has no payment")
    return PaymentFile(payments=payments, sha256=hashlib.sha256(data).hexdigest())


def _payment(parts: list[str], where: str, unit: str = "") -> Payment:
    if not 2 <= len(parts) <= _PARTS or not parts[0]:  # noqa: PLR2004 - address and amount at least
        raise ValueError(f"{where} is not ADDRESS,AMOUNT[,PAYEE[,REFERENCE]]")
    try:
        amount = parse_amount(f"{parts[1]}{unit}" if parts[1] else "")
    except ValueError as error:
        said = f"{parts[1]!r} is not an amount in {unit}, as the first line says" if unit else error
        raise ValueError(f"{where}: {said}") from error
    payee, reference = ([*parts[2:], "", ""])[:2]
    return Payment(address=parts[0], amount=amount, payee=payee, reference=reference)
