"""`strongroom wallet`: watch a wallet that the station wrote, and receive on it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.progress import BarColumn, Progress, TextColumn

from strongroom.core.bitcoin.address import group_address
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.errors import Violation
from strongroom.core.money import render_btc
from strongroom.core.network import Network
from strongroom.core.session.values import FileKind
from strongroom.core.wallet_file import WalletFile, check_name, parse_wallet_file
from strongroom.core.wallet_formats.read import OWN_FORM, on_network, read_wallet
from strongroom.online.building.coins import leased
from strongroom.online.cli.coins import wallet_coins, wallet_freeze, wallet_thaw
from strongroom.online.cli.desk import examples, json_option
from strongroom.online.cli.export import wallet_export
from strongroom.online.cli.sources import parse_source
from strongroom.online.cross_check import check_tips
from strongroom.online.files import read_file
from strongroom.online.receive import check_derivation, next_address, node_wallet, start_watching
from strongroom.online.records import SourceKind, WatchedWallet
from strongroom.online.scans import read_document
from strongroom.online.trust import fingerprint_of

if TYPE_CHECKING:
    from strongroom.online.cli.desk import Desk
    from strongroom.online.wallets.port import ChainSource


@click.group()
def wallet() -> None:
    """Watch wallets, and receive on them."""


for command in (wallet_coins, wallet_freeze, wallet_thaw, wallet_export):
    wallet.add_command(command)


def _parse_since(_context: click.Context, _option: click.Parameter, value: str) -> int | None:
    if value == "now":
        return None
    if not value.isascii() or not value.isdigit():
        raise click.BadParameter(f"{value!r} is neither a block height nor 'now'")
    return int(value)


@wallet.command(
    "add",
    epilog=examples(
        "strongroom wallet add treasury.wallet.json",
        "strongroom wallet add treasury.wallet.json --cookie ~/.bitcoin/.cookie --rescan-from 870000",
        "strongroom wallet add treasury.wallet.json --node electrum+ssl://host:50002 --socks5 127.0.0.1:9050",
        "strongroom wallet add treasury.wallet.json --node filters+p2p://127.0.0.1:8333",
        "strongroom wallet add treasury.wallet.json --second esplora+https://host/api",
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", help="What to call it. [default: what the file or its name says]")
@click.option(
    "--network",
    type=click.Choice([network.value for network in Network]),
    help="Of a file that does not say so, since test networks look alike.",
)
@click.option(
    "--node",
    help="Address of the node (http://HOST:PORT), of a server: esplora+https://..., "
    "electrum+ssl://HOST:PORT, or of a node that serves block filters: filters+p2p://HOST:PORT. "
    "[default: a node on this computer, the network's port]",
)
@click.option(
    "--second",
    help="Address of another node or server, which has to tell the same before a request is made.",
)
@click.option(
    "--second-cookie",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The cookie file of a node named by --second.",
)
@click.option(
    "--socks5",
    default="",
    metavar="HOST:PORT",
    help="A SOCKS5 proxy without a password to servers and filters, such as Tor's.",
)
@click.option(
    "--cookie",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The node's cookie file. [default: in ~/.bitcoin]",
)
@click.option("--user", default="", help="A user of the node, whose password is asked for.")
@click.option(
    "--rescan-from",
    "since",
    default="now",
    show_default=True,
    metavar="HEIGHT|now",
    callback=_parse_since,
    help="The block from which on to look for coins.",
)
@json_option
@click.pass_obj
def wallet_add(
    desk: Desk,
    *,
    file: Path,
    name: str | None,
    network: str | None,
    node: str | None,
    cookie: Path | None,
    second: str | None,
    second_cookie: Path | None,
    socks5: str,
    user: str,
    since: int | None,
    as_json: bool,
) -> None:
    """Watch the wallet in FILE, which the station wrote as <name>.wallet.json.

    Files of Coldcard, BSMS, Caravan, Specter, Sparrow and bare descriptors are read too. They name no
    vault: add one with `wallet vault`, or who signed an answer is not checked.
    """
    found = _read_wallet(file, network, name)
    watched = WatchedWallet(
        file=found,
        node=parse_source(found.network, node, cookie, user, socks5),
        second=parse_source(found.network, second, second_cookie, "", socks5) if second else None,
        node_wallet=f"strongroom-{found.name}-{found.descriptor.rpartition('#')[2]}",
    )
    with desk.store.locked():
        desk.store.check_new(found.name)
        source = desk.source(watched)
        _check_second(desk, watched, source)
        with Progress(
            TextColumn("looking for coins"),
            BarColumn(),
            console=desk.err,
            transient=True,
            disable=not desk.err.is_terminal,
        ) as bar:
            task = bar.add_task("scan", total=1.0)
            start_watching(source, watched, since, lambda done: bar.update(task, completed=done))
        desk.store.add_wallet(watched)
    if as_json:
        desk.print_json(_wallet_json(watched))
        return
    desk.say(f"Watching {found.name} on {found.network.value}; node and Strongroom derive alike.")
    if not found.certificate:
        desk.note("The file has no vault certificate: who signed an answer will not be checked.")
    if since is None and watched.node.kind is SourceKind.CORE:
        desk.note(
            "Coins from before now are not seen; add it with --rescan-from HEIGHT if any exist."
        )


def _check_second(desk: Desk, watched: WatchedWallet, source: ChainSource) -> None:
    """The second source follows the same chain, if there is one."""
    second = desk.second(watched)
    if second is not None:
        check_tips(source, source.check_chain(watched.file.network), second)


def _read_wallet(path: Path, network: str | None, name: str | None) -> WalletFile:
    """The wallet in a file of ours or of other software, on the one network that it can be of."""
    data = read_document(path, cap=FileKind.WALLET.cap)
    found = read_wallet(data, path.name)
    fitting = [n for n in found.networks if network in {None, n.value}]
    if len(fitting) != 1:
        able = ", ".join(n.value for n in found.networks)
        raise click.UsageError(f"say with --network which it is of: {able}")
    own = parse_wallet_file(data) if found.form == OWN_FORM else None
    check_name(name or found.name)
    descriptor = on_network(found, found.networks.index(fitting[0]))
    return WalletFile(
        name=name or found.name,
        network=fitting[0],
        descriptor=descriptor.text,
        certificate=own.certificate if own else "",
    )


def _wallet_json(watched: WatchedWallet) -> dict[str, str]:
    return {
        "name": watched.file.name,
        "network": watched.file.network.value,
        "descriptor": watched.file.descriptor,
        "node": watched.node.shown,
        "node_wallet": watched.node_wallet,
    }


@wallet.command(
    "vault", epilog=examples("strongroom wallet vault treasury /media/stick/treasury.wallet.json")
)
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_obj
def wallet_vault(desk: Desk, name: str, file: Path, *, as_json: bool) -> None:
    """Accept answers of a further station, which wrote FILE for the same wallet."""
    found = parse_wallet_file(read_file(file, cap=FileKind.WALLET.cap))
    with desk.store.locked():
        watched = desk.store.wallet(name)
        if found.descriptor != watched.file.descriptor or not found.certificate:
            raise Violation(
                "WALLET-FORMAT",
                f"{file} has another descriptor than wallet {name!r}, or no certificate",
                hint="register the same wallet at that station, and export it there",
            )
        fingerprint = fingerprint_of(found.certificate.encode())
        if found.certificate.encode() not in watched.certificates:
            watched = replace(watched, vaults=(*watched.vaults, found.certificate))
            desk.store.save_wallet(watched)
    if as_json:
        desk.print_json({"wallet": name, "vault": fingerprint})
        return
    desk.say(f"Answers sealed by vault {fingerprint} are accepted for {name}.")
    desk.note("Compare this fingerprint with the station's screen.")


@wallet.command("list", epilog=examples("strongroom wallet list --json"))
@json_option
@click.pass_obj
def wallet_list(desk: Desk, *, as_json: bool) -> None:
    """List the wallets that are watched."""
    wallets = desk.store.wallets()
    if as_json:
        desk.print_json({"wallets": [_wallet_json(watched) for watched in wallets]})
        return
    for watched in wallets:
        kind = parse_descriptor(watched.file.descriptor, watched.file.network).kind.value
        desk.say(
            f"{watched.file.name:<32} {watched.file.network.value:<9} {kind:<16} {watched.node.shown}"
        )
    if not wallets:
        desk.note("No wallet yet: the station writes <name>.wallet.json, `wallet add` takes it.")


@wallet.command("address", epilog=examples("strongroom wallet address treasury"))
@click.argument("name")
@json_option
@click.pass_obj
def wallet_address(desk: Desk, name: str, *, as_json: bool) -> None:
    """Show the next address to receive on, derived by the node and by Strongroom."""
    watched = desk.store.wallet(name)
    source = desk.source(watched)
    source.check_chain(watched.file.network)
    given = next_address(source, watched)
    if as_json:
        desk.print_json({"wallet": name, "address": given.address, "index": given.index})
        return
    desk.say(given.address)
    desk.note(f"{group_address(given.address)}   (receive address {given.index} of {name})")


@wallet.command("balance", epilog=examples("strongroom wallet balance treasury --json"))
@click.argument("name")
@json_option
@click.pass_obj
def wallet_balance(desk: Desk, name: str, *, as_json: bool) -> None:
    """Show what a wallet holds."""
    watched = desk.store.wallet(name)
    source = desk.source(watched)
    anchor = source.check_chain(watched.file.network)
    check_derivation(source, watched)
    held = node_wallet(source, watched).balance()
    leases = leased(desk.store, name, anchor.tip_height)
    set_aside = sum(dict(record.spent)[point] for point, record in leases.items())
    if as_json:
        desk.print_json(
            {
                "wallet": name,
                "confirmed_sat": held.confirmed,
                "pending_sat": held.pending,
                "immature_sat": held.immature,
                "in_open_requests_sat": set_aside,
                "height": anchor.tip_height,
            }
        )
        return
    rows = (
        ("confirmed", held.confirmed),
        ("pending", held.pending),
        ("immature", held.immature),
        ("in open requests", set_aside),
    )
    for label, amount in rows:
        if amount or label == "confirmed":
            desk.say(f"{label:<17} {render_btc(amount):>24}")
    desk.note(f"at block {anchor.tip_height} of {anchor.network.value}")
