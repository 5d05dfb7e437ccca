"""`strongroom wallet export`: a watched wallet in the files of other software."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.wallet_file import render_wallet_file
from strongroom.core.wallet_formats.bsms import write_bsms
from strongroom.core.wallet_formats.coldcard import write_coldcard
from strongroom.core.wallet_formats.json_forms import write_caravan, write_specter
from strongroom.online.cli.desk import examples, json_option
from strongroom.online.files import write_file
from strongroom.online.wallets.core_wallet import branch_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from strongroom.core.descriptor.model import Descriptor
    from strongroom.core.wallet_file import WalletFile
    from strongroom.online.cli.desk import Desk


def _import_descriptors(descriptor: Descriptor) -> bytes:
    """What `bitcoin-cli importdescriptors` takes."""
    wanted = [
        {
            "desc": branch_text(descriptor, branch),
            "active": True,
            "internal": branch == 1,
            "range": [0, 999],
            "timestamp": "now",
        }
        for branch in (0, 1)
    ]
    return (json.dumps(wanted, indent=2) + "\n").encode()


_FORMS: dict[str, Callable[[WalletFile, Descriptor], bytes]] = {
    "strongroom": lambda file, _: render_wallet_file(file),
    "sparrow": lambda _, descriptor: f"{descriptor.text}\n".encode(),
    "core": lambda _, descriptor: _import_descriptors(descriptor),
    "specter": lambda file, descriptor: write_specter(file.name, descriptor),
    "caravan": lambda file, descriptor: write_caravan(file.name, descriptor),
    "coldcard": lambda file, descriptor: write_coldcard(file.name, descriptor).encode(),
    "bsms": lambda _, descriptor: write_bsms(descriptor).encode(),
}


@click.command(
    "export",
    epilog=examples(
        "strongroom wallet export treasury --as sparrow --to treasury.txt",
        "strongroom wallet export treasury --as coldcard --to treasury-coldcard.txt",
    ),
)
@click.argument("name")
@click.option(
    "--as",
    "form",
    type=click.Choice(list(_FORMS)),
    required=True,
    help="Which software's form: strongroom is what `wallet add` reads on another computer, core is "
    "for importdescriptors of Bitcoin Core.",
)
@click.option(
    "--to",
    "path",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write.",
)
@json_option
@click.pass_obj
def wallet_export(desk: Desk, name: str, form: str, path: Path, *, as_json: bool) -> None:
    """Write a wallet's public file for other software. There is no secret in it, but all addresses are."""
    file = desk.store.wallet(name).file
    descriptor = parse_descriptor(file.descriptor, file.network)
    write_file(path, _FORMS[form](file, descriptor))
    if as_json:
        desk.print_json({"wallet": name, "form": form, "file": str(path)})
        return
    desk.say(f"Written: {path}")
