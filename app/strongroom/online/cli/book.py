"""`strongroom book`: addresses that are paid again and again, by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from strongroom.core.errors import Violation
from strongroom.core.network import Network
from strongroom.core.vault.address_book import ENDING, render_address_book
from strongroom.online.address_book import Entry
from strongroom.online.cli.desk import examples, json_option
from strongroom.online.files import write_file

if TYPE_CHECKING:
    from strongroom.online.cli.desk import Desk

_NETWORK = click.option(
    "--network",
    type=click.Choice([network.value for network in Network]),
    default=Network.MAINNET.value,
    show_default=True,
    help="The network of the address.",
)


@click.group()
def book() -> None:
    """Keep addresses by name; `--to @NAME,AMOUNT` pays one."""


@book.command("add", epilog=examples("strongroom book add alice bc1q..."))
@click.argument("name")
@click.argument("address")
@_NETWORK
@json_option
@click.pass_obj
def book_add(desk: Desk, name: str, address: str, network: str, *, as_json: bool) -> None:
    """Call ADDRESS by NAME."""
    entry = Entry(name=name, network=Network(network), address=address)
    with desk.store.locked():
        desk.store.save_book(desk.store.book().with_entry(entry))
    if as_json:
        desk.print_json(_facts(entry))
        return
    desk.say(f"{entry.name}: {entry.address}")


@book.command("remove", epilog=examples("strongroom book remove alice"))
@click.argument("name")
@_NETWORK
@json_option
@click.pass_obj
def book_remove(desk: Desk, name: str, network: str, *, as_json: bool) -> None:
    """Forget NAME."""
    with desk.store.locked():
        desk.store.save_book(desk.store.book().without(name, Network(network)))
    if as_json:
        desk.print_json({"name": name, "network": network})
        return
    desk.say(f"Removed: {name}")


@book.command("list", epilog=examples("strongroom book list"))
@json_option
@click.pass_obj
def book_list(desk: Desk, *, as_json: bool) -> None:
    """List names and addresses."""
    entries = desk.store.book().entries
    if as_json:
        desk.print_json({"entries": [_facts(entry) for entry in entries]})
        return
    for entry in entries:
        desk.say(f"{entry.name:<32} {entry.network.value:<9} {entry.address}")
    if not entries:
        desk.note("No address yet.")


@book.command("export", epilog=examples("strongroom book export --to /media/stick"))
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The folder, such as a stick, that the file is written to.",
)
@_NETWORK
@json_option
@click.pass_obj
def book_export(desk: Desk, folder: Path, network: str, *, as_json: bool) -> None:
    """Write the names of one network to a file that the station's policy screen imports."""
    entries = tuple(
        (e.address, e.name) for e in desk.store.book().entries if e.network.value == network
    )
    if not entries:
        raise Violation(
            "BOOK-ENTRY",
            f"the address book has nothing on {network}",
            hint="see `strongroom book list`",
        )
    path = folder / f"{network}{ENDING}"
    write_file(path, render_address_book(entries))
    if as_json:
        desk.print_json({"file": str(path), "entries": len(entries)})
        return
    desk.say(f"{len(entries)} of {network} written to {path}")


def _facts(entry: Entry) -> dict[str, str]:
    return {"name": entry.name, "network": entry.network.value, "address": entry.address}
