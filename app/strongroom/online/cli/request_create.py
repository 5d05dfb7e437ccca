"""`strongroom request create`, `bump` and `lift`: the ways to a new request."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from strongroom.online.building.coins import Order
from strongroom.online.building.proposal import DATA_CAP, Asked
from strongroom.online.cli import options
from strongroom.online.cli.desk import examples, json_option
from strongroom.online.cli.show import facts, finding_facts, print_request
from strongroom.online.requests import bump_request, create_request, lift_transaction

if TYPE_CHECKING:
    from strongroom.core.bitcoin.model import OutPoint
    from strongroom.core.bundle.model import Payment
    from strongroom.core.network import Network
    from strongroom.online.cli.desk import Desk
    from strongroom.online.payments import PaymentFile
    from strongroom.online.requests import Bundle


class TermsGiven(TypedDict):
    """What `options.terms_options` hands over."""

    purpose: str
    requester: str
    expires_hours: int
    expires_blocks: int
    max_fee: int | None
    max_fee_rate: int | None


@click.command(
    "create",
    epilog=examples(
        "strongroom request create treasury --to 'bc1q...,0.5btc,Alice Ltd,INV-1'",
        "strongroom request create treasury --payments july.csv --fee-rate 8 --purpose 'July wages'",
        "strongroom request create treasury --to '@alice,20000sat' --coins oldest --max-fee 5000sat",
        "strongroom request create treasury --drain 'bc1q...,New vault' --fee-rate 3",
    ),
)
@click.argument("wallet")
@click.option(
    "--to",
    "to",
    multiple=True,
    callback=options.parse_to,
    metavar="ADDRESS,AMOUNT[,PAYEE[,REFERENCE]]",
    help="A payment; the amount has a unit: 0.5btc or 50000sat. @NAME is an address of the book. "
    "May be repeated.",
)
@click.option(
    "--payments",
    "listed",
    callback=options.parse_list,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV file of payments, its first line: address,amount_btc,payee,reference (or "
    "amount_sat, or amount with a unit in each line). Its digest goes into the request.",
)
@click.option(
    "--drain",
    callback=options.parse_drain,
    metavar="ADDRESS[,PAYEE[,REFERENCE]]",
    help="Send there all that payments and fee leave, of all coins or of those named by --coin.",
)
@click.option(
    "--coin",
    "coins",
    multiple=True,
    callback=options.parse_coin,
    metavar="TXID:VOUT",
    help="Spend exactly this coin, and others named so. May be repeated.",
)
@click.option(
    "--coins",
    "order",
    type=click.Choice([order.value for order in Order]),
    default=Order.AUTO.value,
    show_default=True,
    help="How coins are chosen otherwise: auto leaves it to the node or BDK, the rest take them in turn.",
)
@click.option(
    "--data",
    "data",
    callback=options.parse_hex,
    metavar="HEX",
    help=f"Up to {DATA_CAP} bytes for an OP_RETURN.",
)
@click.option("--data-text", default="", help="The same, as text in UTF-8.")
@click.option(
    "--locktime",
    callback=options.parse_locktime,
    metavar="HEIGHT|TIME",
    help="Not to be mined before this block, or this time (2026-11-24T03:00:00Z).",
)
@click.option(
    "--fee-rate",
    callback=options.parse_rate,
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
@click.option("--no-replace", is_flag=True, help="Do not signal that the fee may be raised later.")
@options.terms_options
@json_option
@click.pass_obj
def request_create(
    desk: Desk,
    *,
    wallet: str,
    to: tuple[Payment, ...],
    listed: PaymentFile | None,
    drain: Payment | None,
    coins: tuple[OutPoint, ...],
    order: str,
    data: bytes | None,
    data_text: str,
    locktime: int | None,
    fee_rate: int | None,
    target_blocks: int,
    no_replace: bool,
    as_json: bool,
    **terms: Unpack[TermsGiven],
) -> None:
    """Build a request that pays from WALLET, and show what the station will show."""
    payments, payment_list = options.payments_of(to, listed)
    if not payments and drain is None and not data and not data_text:
        raise click.UsageError("nothing to pay: give --to, --payments or --drain")
    watched = desk.store.wallet(wallet)
    asked = Asked(
        payments=payments,
        drain=drain,
        coins=options.outpoints(coins),
        order=Order(order),
        data=data or data_text.encode(),
        locktime=locktime or 0,
        fee_rate_millisats=fee_rate,
        target_blocks=target_blocks,
        is_replaceable=not no_replace,
        payment_list=payment_list,
    )
    with desk.store.locked():
        made = create_request(
            desk.store,
            desk.sources(watched),
            watched,
            _resolved(desk, asked, watched.file.network),
            options.terms_of(**terms),
            now=options.now(),
        )
    print_made(desk, made, as_json=as_json)


def _resolved(desk: Desk, asked: Asked, network: Network) -> Asked:
    """`asked` with the addresses that names in the address book stand for."""
    book = desk.store.book()
    return replace(
        asked,
        payments=tuple(book.resolved(payment, network) for payment in asked.payments),
        drain=book.resolved(asked.drain, network) if asked.drain else None,
    )


def print_made(desk: Desk, made: Bundle, *, as_json: bool) -> None:
    """A new request, and what to think of before it is approved."""
    stage = made.record.stage.value
    if as_json:
        advice = [finding_facts(finding) for finding in made.advice]
        desk.print_json({**facts(made.review, made.archive, stage), "advice": advice})
        return
    print_request(desk, made.review, made.archive, stage)
    for finding in made.advice:
        desk.note(f"advice   {finding.rule}: {finding.message}")
    desk.note(f"\nNext: strongroom request approve {made.record.request_id} --key FINGERPRINT")


@click.command("bump", epilog=examples("strongroom request bump 20261124-1a2b3c4d --fee-rate 25"))
@click.argument("name", metavar="ID")
@options.rate_option
@json_option
@click.pass_obj
def request_bump(desk: Desk, name: str, rate: int, *, as_json: bool) -> None:
    """Build a request that replaces a sent one at a higher feerate and pays the same."""
    with desk.store.locked():
        old = desk.store.request(name)
        watched = desk.store.wallet(old.wallet)
        made = bump_request(
            desk.store, desk.sources(watched), watched, old, rate=rate, now=options.now()
        )
    print_made(desk, made, as_json=as_json)


@click.command(
    "lift",
    epilog=examples("strongroom request lift treasury TXID --fee-rate 30"),
)
@click.argument("wallet")
@click.argument("txid")
@options.rate_option
@options.terms_options
@json_option
@click.pass_obj
def request_lift(
    desk: Desk,
    wallet: str,
    txid: str,
    rate: int,
    *,
    as_json: bool,
    **terms: Unpack[TermsGiven],
) -> None:
    """Build a request that pays for an unconfirmed transaction TXID (child pays for parent).

    It spends what TXID pays to WALLET, and its fee lifts both to the feerate.
    """
    with desk.store.locked():
        watched = desk.store.wallet(wallet)
        made = lift_transaction(
            desk.store,
            desk.sources(watched),
            watched,
            txid,
            options.terms_of(**terms),
            rate=rate,
            now=options.now(),
        )
    print_made(desk, made, as_json=as_json)
