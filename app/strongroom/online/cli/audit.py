"""`strongroom audit`: what a wallet held at a block, and whether the record of requests holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.errors import Violation
from strongroom.core.money import render_btc
from strongroom.online.audit import audit_requests, coins_at
from strongroom.online.cli.desk import examples, json_option, plural
from strongroom.online.receive import node_wallet

if TYPE_CHECKING:
    from strongroom.online.cli.desk import Desk, Printable


@click.group()
def audit() -> None:
    """Look back: balances at a block, and the record of requests."""


@audit.command("balance", epilog=examples("strongroom audit balance treasury --at-height 870000"))
@click.argument("name", metavar="WALLET")
@click.option(
    "--at-height", "height", type=click.IntRange(0), help="After which block. [default: the tip]"
)
@json_option
@click.pass_obj
def audit_balance(desk: Desk, name: str, height: int | None, *, as_json: bool) -> None:
    """Show what WALLET held after a block, coin by coin.

    Computed here from the wallet's whole transactions; the node says only which block each is in.
    """
    watched = desk.store.wallet(name)
    source = desk.source(watched)
    tip = source.check_chain(watched.file.network).tip_height
    at = tip if height is None else height
    if at > tip:
        raise Violation("REQUEST-STATE", f"the chain is at block {tip}, {at} is still to come")
    descriptor = parse_descriptor(watched.file.descriptor, watched.file.network)
    coins = coins_at(descriptor, node_wallet(source, watched).history(), at)
    total = sum(coin.amount for coin in coins)
    block = source.block_hash(at)
    if as_json:
        listed: list[Printable] = [
            {
                "outpoint": str(coin.outpoint),
                "amount_sat": coin.amount,
                "address": coin.address,
                "branch": coin.place.branch,
                "index": coin.place.index,
                "height": coin.height,
            }
            for coin in coins
        ]
        desk.print_json(
            {
                "wallet": name,
                "descriptor_checksum": descriptor.text.rpartition("#")[2],
                "height": at,
                "block_hash": block,
                "balance_sat": total,
                "coins": listed,
            }
        )
        return
    for coin in coins:
        desk.say(f"{render_btc(coin.amount):>22}  {coin.outpoint}  {coin.address}")
    desk.say(
        f"{render_btc(total):>22}  {name} after block {at} ({block}), {plural(len(coins), 'coin')}"
    )


@audit.group("log", epilog=examples("strongroom audit log verify"))
def audit_log() -> None:
    """The record of requests: what happened, when, in files that name each other by digest."""


@audit_log.command("verify", epilog=examples("strongroom audit log verify"))
@json_option
@click.pass_obj
def audit_log_verify(desk: Desk, *, as_json: bool) -> None:
    """Check the whole record again: events, bundles, approvals, answers, transcripts.

    It prints the head of each request's events: whoever has written it down before sees later whether an
    event was changed or left out.
    """
    audited = audit_requests(desk.store)
    broken = [item for item in audited if item.problem is not None]
    if as_json:
        desk.print_json(
            {
                "requests": [
                    {
                        "request_id": item.record.request_id,
                        "stage": item.record.stage.value,
                        "heads": list(item.heads),
                        "rule": item.problem.rule if item.problem else "",
                        "message": item.problem.message if item.problem else "",
                    }
                    for item in audited
                ],
                "matches": not broken,
            }
        )
    else:
        for item in audited:
            said = f"{item.problem.rule}: {item.problem.message}" if item.problem else "matches"
            desk.say(f"{item.record.request_id}  {', '.join(item.heads)}  {said}")
        desk.note(f"{plural(len(audited), 'request')}, {len(broken)} differ")
    if broken:
        raise click.exceptions.Exit(1)
