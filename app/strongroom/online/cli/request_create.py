"""`strongroom request create` and `bump`: the two ways to a new request."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from strongroom.core.errors import Violation
from strongroom.online.cli.desk import examples, json_option
from strongroom.online.cli.show import facts, print_request
from strongroom.online.files import read_file
from strongroom.online.payments import parse_fee_rate, parse_payment, parse_payment_file
from strongroom.online.records import Stage
from strongroom.online.requests import Asked, bump_request, create_request

if TYPE_CHECKING:
    from strongroom.core.bundle.model import Payment
    from strongroom.online.cli.desk import Desk
    from strongroom.online.requests import Bundle

_CSV_CAP = 8 * 1024 * 1024


def _parse_to(
    _context: click.Context, _option: click.Parameter, values: tuple[str, ...]
) -> tuple[Payment, ...]:
    try:
        return tuple(parse_payment(value) for value in values)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _parse_csv(
    _context: click.Context, _option: click.Parameter, path: Path | None
) -> tuple[Payment, ...]:
    if path is None:
        return ()
    try:
        return parse_payment_file(read_file(path, cap=_CSV_CAP))
    except ValueError as error:
        raise click.BadParameter(f"{path}: {error}") from error


def _parse_rate(_context: click.Context, _option: click.Parameter, value: str | None) -> int | None:
    try:
        return None if value is None else parse_fee_rate(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command(
    "create",
    epilog=examples(
        "strongroom request create treasury --to 'bc1q...,0.5btc,Alice Ltd,INV-1'",
        "strongroom request create treasury --payments july.csv --fee-rate 8 --purpose 'July wages'",
    ),
)
@click.argument("wallet")
@click.option(
    "--to",
    "to",
    multiple=True,
    callback=_parse_to,
    metavar="ADDRESS,AMOUNT[,PAYEE[,REFERENCE]]",
    help="A payment; the amount has a unit: 0.5btc or 50000sat. May be repeated.",
)
@click.option(
    "--payments",
    "listed",
    callback=_parse_csv,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV file of payments, its first line: address,amount,payee,reference.",
)
@click.option(
    "--fee-rate",
    callback=_parse_rate,
    metavar="SAT/VB",
    help="The feerate, such as 12 or 1.5. [default: the node's estimate]",
)
@click.option(
    "--within",
    "target_blocks",
    type=click.IntRange(1, 1008),
    default=6,
    show_default=True,
    help="Without --fee-rate: be confirmed within that many blocks.",
)
@click.option("--purpose", default="", help="What it is for; people read it at the station.")
@click.option("--requester", default="", help="Who asks. [default: your user name]")
@click.option(
    "--expires-hours",
    type=click.IntRange(1, 24 * 365),
    default=72,
    show_default=True,
    help="How long the station may sign it, by time.",
)
@click.option(
    "--expires-blocks",
    type=click.IntRange(1, 52560),
    default=432,
    show_default=True,
    help="How long the station may sign it, in blocks.",
)
@click.option("--no-replace", is_flag=True, help="Do not signal that the fee may be raised later.")
@json_option
@click.pass_obj
def request_create(
    desk: Desk,
    *,
    wallet: str,
    to: tuple[Payment, ...],
    listed: tuple[Payment, ...],
    fee_rate: int | None,
    target_blocks: int,
    purpose: str,
    requester: str,
    expires_hours: int,
    expires_blocks: int,
    no_replace: bool,
    as_json: bool,
) -> None:
    """Build a request that pays from WALLET, and show what the station will show."""
    payments = (*to, *listed)
    if not payments:
        raise click.UsageError("nothing to pay: give --to or --payments")
    watched = desk.store.wallet(wallet)
    asked = Asked(
        payments=payments,
        purpose=purpose,
        requester=requester or getpass.getuser(),
        lifetime_hours=expires_hours,
        lifetime_blocks=expires_blocks,
        fee_rate_millisats=fee_rate,
        target_blocks=target_blocks,
        is_replaceable=not no_replace,
    )
    with desk.store.locked():
        made = create_request(desk.store, desk.source(watched), watched, asked, _now())
    _print_made(desk, made, as_json=as_json)


def _now() -> datetime:
    return datetime.now(tz=UTC).replace(microsecond=0)


def _print_made(desk: Desk, made: Bundle, *, as_json: bool) -> None:
    stage = made.record.stage.value
    if as_json:
        desk.print_json(facts(made.review, made.archive, stage))
        return
    print_request(desk, made.review, made.archive, stage)
    desk.note(f"\nNext: strongroom request approve {made.record.request_id} --key FINGERPRINT")


@click.command("bump", epilog=examples("strongroom request bump 20261124-1a2b3c4d --fee-rate 25"))
@click.argument("name", metavar="ID")
@click.option(
    "--fee-rate", required=True, callback=_parse_rate, metavar="SAT/VB", help="The new feerate."
)
@json_option
@click.pass_obj
def request_bump(desk: Desk, name: str, fee_rate: int, *, as_json: bool) -> None:
    """Build a request that replaces a sent one at a higher feerate and pays the same."""
    with desk.store.locked():
        old = desk.store.request(name)
        if old.stage is not Stage.BROADCAST:
            raise Violation(
                "REQUEST-STATE",
                f"request {old.request_id} is {old.stage.value}; only a sent one can be replaced",
            )
        watched = desk.store.wallet(old.wallet)
        made = bump_request(
            desk.store, desk.source(watched), watched, old, rate=fee_rate, now=_now()
        )
    _print_made(desk, made, as_json=as_json)
