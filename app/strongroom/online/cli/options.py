"""Options that several commands have, and values as people type them."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from strongroom.core.moment import parse_moment
from strongroom.core.money import parse_amount
from strongroom.core.vault.model import FEE_CAP, Policy
from strongroom.online.building.coins import parse_outpoint
from strongroom.online.building.proposal import DATA_CAP
from strongroom.online.cli.desk import F
from strongroom.online.files import read_file
from strongroom.online.payments import (
    PaymentFile,
    parse_fee_rate,
    parse_payment,
    parse_payment_file,
)
from strongroom.online.requests import Terms

if TYPE_CHECKING:
    from collections.abc import Callable

    from strongroom.core.bitcoin.model import OutPoint
    from strongroom.core.bundle.model import Payment

CSV_CAP = 8 * 1024 * 1024
_LAST_HEIGHT = 499_999_999


def now() -> datetime:
    """The time, to the second."""
    return datetime.now(tz=UTC).replace(microsecond=0)


def _typed(parse: Callable[[str], object]) -> Callable[..., object]:
    """A click callback that reads a text, or each of several, and turns `ValueError` into usage."""

    def callback(_context: click.Context, _option: click.Parameter, value: object) -> object:
        try:
            if isinstance(value, tuple):
                return tuple(parse(str(item)) for item in value)
            return None if value is None else parse(str(value))
        except ValueError as error:
            raise click.BadParameter(str(error)) from error

    return callback


parse_to = _typed(parse_payment)
parse_rate = _typed(parse_fee_rate)
parse_coin = _typed(parse_outpoint)
parse_limit = _typed(parse_amount)


def parse_list(
    _context: click.Context, _option: click.Parameter, path: Path | None
) -> PaymentFile | None:
    """The payments in a CSV file."""
    if path is None:
        return None
    try:
        return parse_payment_file(read_file(path, cap=CSV_CAP))
    except ValueError as error:
        raise click.BadParameter(f"{path}: {error}") from error


def _locktime(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= _LAST_HEIGHT:
        return int(text)
    try:
        return int(parse_moment(text).timestamp())
    except ValueError:
        raise ValueError(
            f"{text!r} is neither a block height nor a time such as 2026-11-24T03:00:00Z"
        ) from None


def _drain(text: str) -> Payment:
    address, comma, rest = text.partition(",")
    return parse_payment(f"{address},1sat{comma}{rest}")


def _hex(text: str) -> bytes:
    data = bytes.fromhex(text)
    if not 0 < len(data) <= DATA_CAP:
        raise ValueError(f"{len(data)} bytes of data; 1 to {DATA_CAP} are possible")
    return data


parse_locktime = _typed(_locktime)
parse_drain = _typed(_drain)
parse_hex = _typed(_hex)


def rate_option(command: F) -> F:
    """Add `--fee-rate`, which has to be given."""
    return click.option(
        "--fee-rate",
        "rate",
        required=True,
        callback=parse_rate,
        metavar="SAT/VB",
        help="The feerate, such as 12 or 1.5.",
    )(command)


def coin_argument(command: F) -> F:
    """Add the argument TXID:VOUT."""
    return click.argument("coin", metavar="TXID:VOUT", callback=parse_coin)(command)


def terms_options(command: F) -> F:
    """Add what every new request may say of itself: purpose, requester, expiry, caps on the fee."""
    for option in reversed(
        (
            click.option(
                "--purpose", default="", help="What it is for; people read it at the station."
            ),
            click.option("--requester", default="", help="Who asks. [default: your user name]"),
            click.option(
                "--expires-hours",
                type=click.IntRange(1, 24 * 365),
                default=72,
                show_default=True,
                help="How long the station may sign it, by time.",
            ),
            click.option(
                "--expires-blocks",
                type=click.IntRange(1, 52560),
                default=432,
                show_default=True,
                help="How long the station may sign it and its coins are on lease, in blocks.",
            ),
            click.option(
                "--max-fee",
                callback=parse_limit,
                metavar="AMOUNT",
                help="Stop if the fee is higher, such as 5000sat. [default: what the review refuses, "
                f"{FEE_CAP}sat]",
            ),
            click.option(
                "--max-fee-rate",
                callback=parse_rate,
                metavar="SAT/VB",
                help="Stop if the feerate is higher. [default: what the review refuses, "
                f"{Policy().fee_rate} sat/vB]",
            ),
        )
    ):
        command = option(command)
    return command


def terms_of(
    *,
    purpose: str,
    requester: str,
    expires_hours: int,
    expires_blocks: int,
    max_fee: int | None,
    max_fee_rate: int | None,
) -> Terms:
    """The terms out of those options."""
    return Terms(
        purpose=purpose,
        requester=requester or getpass.getuser(),
        lifetime_hours=expires_hours,
        lifetime_blocks=expires_blocks,
        highest_fee=max_fee,
        highest_rate=max_fee_rate,
    )


def payments_of(
    to: tuple[Payment, ...], listed: PaymentFile | None
) -> tuple[tuple[Payment, ...], str | None]:
    """The payments, and the digest of the file if they came from one: from one source, never both."""
    if to and listed is not None:
        raise click.UsageError(
            "--to and --payments together: the request's payment list is the file and nothing else"
        )
    return (to, None) if listed is None else (listed.payments, listed.sha256)


def outpoints(values: tuple[OutPoint, ...]) -> tuple[OutPoint, ...]:
    """`values`, each once."""
    if len(set(values)) != len(values):
        raise click.UsageError("a coin is named twice")
    return values
