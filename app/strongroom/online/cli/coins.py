"""`strongroom wallet coins`, `freeze` and `thaw`: what there is to spend, and what is kept from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

from strongroom.core.money import render_btc
from strongroom.online.building.coins import leased
from strongroom.online.cli import options
from strongroom.online.cli.desk import examples, json_option
from strongroom.online.receive import node_wallet

if TYPE_CHECKING:
    from strongroom.core.bitcoin.model import OutPoint
    from strongroom.online.cli.desk import Desk, Printable
    from strongroom.online.labels import Labels
    from strongroom.online.wallets.port import Coin


@click.command("coins", epilog=examples("strongroom wallet coins treasury --json"))
@click.argument("name")
@json_option
@click.pass_obj
def wallet_coins(desk: Desk, name: str, *, as_json: bool) -> None:
    """List the coins of a wallet, with labels, leases and what is frozen."""
    watched = desk.store.wallet(name)
    source = desk.source(watched)
    height = source.check_chain(watched.file.network).tip_height
    with desk.store.locked():
        coins = node_wallet(source, watched).coins()
        leases = leased(desk.store, name, height)
        labels = desk.store.labels(name)
    rows = [
        _row(coin, labels, leases[coin.outpoint].request_id if coin.outpoint in leases else "")
        for coin in sorted(coins, key=lambda coin: (-coin.amount, str(coin.outpoint)))
    ]
    if as_json:
        desk.print_json({"wallet": name, "height": height, "coins": rows})
        return
    table = Table(box=None, pad_edge=False)
    for column in ("coin", "amount", "conf", "label", "state"):
        table.add_column(column, overflow="fold", justify="right" if column == "amount" else "left")
    for row in rows:
        lease = f"lease {row['lease']}" if row["lease"] else ""
        table.add_row(
            str(row["outpoint"]),
            render_btc(int(str(row["amount_sat"]))),
            str(row["confirmations"]),
            Text(str(row["label"])),
            "frozen" if row["frozen"] else lease,
        )
    desk.out.print(table)
    if not rows:
        desk.note(f"{name} has no coin.")


def _row(coin: Coin, labels: Labels, lease: str) -> dict[str, Printable]:
    return {
        "outpoint": str(coin.outpoint),
        "amount_sat": coin.amount,
        "address": coin.address,
        "branch": coin.place.branch,
        "index": coin.place.index,
        "confirmations": coin.confirmations,
        "label": labels.of_coin(coin.outpoint, coin.address),
        "frozen": labels.is_frozen(coin.outpoint),
        "lease": lease,
    }


@click.command("freeze", epilog=examples("strongroom wallet freeze treasury TXID:VOUT"))
@click.argument("name")
@options.coin_argument
@json_option
@click.pass_obj
def wallet_freeze(desk: Desk, name: str, coin: OutPoint, *, as_json: bool) -> None:
    """Keep a coin from being spent by any request."""
    _set_frozen(desk, name, coin, frozen=True, as_json=as_json)


@click.command("thaw", epilog=examples("strongroom wallet thaw treasury TXID:VOUT"))
@click.argument("name")
@options.coin_argument
@json_option
@click.pass_obj
def wallet_thaw(desk: Desk, name: str, coin: OutPoint, *, as_json: bool) -> None:
    """Let a frozen coin be spent again."""
    _set_frozen(desk, name, coin, frozen=False, as_json=as_json)


def _set_frozen(desk: Desk, name: str, coin: OutPoint, *, frozen: bool, as_json: bool) -> None:
    with desk.store.locked():
        desk.store.wallet(name)
        labels = desk.store.labels(name).with_frozen(coin, frozen=frozen)
        desk.store.save_labels(name, labels)
    if as_json:
        desk.print_json({"wallet": name, "outpoint": str(coin), "frozen": frozen})
        return
    desk.say(f"{'Frozen' if frozen else 'Free'}: {coin}")
