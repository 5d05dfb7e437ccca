"""`strongroom labels`: names of transactions, addresses and coins, exchanged by BIP-329."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from strongroom.online.cli.desk import examples, json_option, plural
from strongroom.online.files import read_file, write_file
from strongroom.online.labels import KINDS, parse_labels, render_labels
from strongroom.online.store import LABELS_CAP

if TYPE_CHECKING:
    from strongroom.online.cli.desk import Desk


@click.group()
def labels() -> None:
    """Name transactions, addresses and coins of a wallet (BIP-329)."""


@labels.command(
    "set",
    epilog=examples(
        "strongroom labels set treasury addr bc1q... 'from the exchange'",
        "strongroom labels set treasury output TXID:VOUT 'cold reserve'",
    ),
)
@click.argument("wallet")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("ref")
@click.argument("text")
@json_option
@click.pass_obj
def labels_set(desk: Desk, wallet: str, kind: str, ref: str, text: str, *, as_json: bool) -> None:
    """Call the transaction, address or coin REF by TEXT."""
    with desk.store.locked():
        desk.store.wallet(wallet)
        desk.store.save_labels(wallet, desk.store.labels(wallet).with_label(kind, ref, text))
    if as_json:
        desk.print_json({"wallet": wallet, "type": kind, "ref": ref, "label": text})
        return
    desk.say(f"{kind} {ref}: {text}")


@labels.command("list", epilog=examples("strongroom labels list treasury"))
@click.argument("wallet")
@json_option
@click.pass_obj
def labels_list(desk: Desk, wallet: str, *, as_json: bool) -> None:
    """List the labels of a wallet."""
    desk.store.wallet(wallet)
    found = desk.store.labels(wallet).items
    if as_json:
        desk.print_json(
            {
                "labels": [
                    {
                        "type": label.kind,
                        "ref": label.ref,
                        "label": label.text,
                        "spendable": label.spendable,
                    }
                    for label in found
                ]
            }
        )
        return
    for label in found:
        frozen = "  (frozen)" if label.spendable is False else ""
        desk.say(f"{label.kind:<7} {label.ref}  {label.shown}{frozen}")
    if not found:
        desk.note("No label yet.")


@labels.command("import", epilog=examples("strongroom labels import treasury labels.jsonl"))
@click.argument("wallet")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_obj
def labels_import(desk: Desk, wallet: str, file: Path, *, as_json: bool) -> None:
    """Take over the labels of FILE (BIP-329, a JSON object in each line), in place of ours of the same.

    Sparrow and others write such files. An output with "spendable": false is frozen.
    """
    found = parse_labels(read_file(file, cap=LABELS_CAP))
    with desk.store.locked():
        desk.store.wallet(wallet)
        desk.store.save_labels(wallet, desk.store.labels(wallet).merged(found.items))
    if as_json:
        desk.print_json({"wallet": wallet, "imported": len(found.items)})
        return
    desk.say(f"{plural(len(found.items), 'label')} taken over")


@labels.command("export", epilog=examples("strongroom labels export treasury labels.jsonl"))
@click.argument("wallet")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
@click.pass_obj
def labels_export(desk: Desk, wallet: str, file: Path, *, as_json: bool) -> None:
    """Write the labels of WALLET to FILE, as BIP-329 has them: a JSON object in each line."""
    desk.store.wallet(wallet)
    found = desk.store.labels(wallet)
    write_file(file, render_labels(found))
    if as_json:
        desk.print_json({"wallet": wallet, "exported": len(found.items), "file": str(file)})
        return
    desk.say(f"{plural(len(found.items), 'label')} written to {file}")
