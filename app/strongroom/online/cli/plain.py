"""`strongroom request wrap` and `unwrap`, `response unwrap`: to and from the plain PSBTs of other software."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from strongroom.core.psbt.reader import SIZE_CAP
from strongroom.online.cli import options
from strongroom.online.cli.desk import examples, json_option
from strongroom.online.cli.request_create import TermsGiven, print_made
from strongroom.online.cli.response import FILES, read_brought
from strongroom.online.files import read_file, write_file
from strongroom.online.intake import take_answers
from strongroom.online.requests import wrap_request

if TYPE_CHECKING:
    from strongroom.online.cli.desk import Desk
    from strongroom.online.payments import PaymentFile

_TO = click.option(
    "--to",
    "path",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write.",
)
_BASE64 = click.option(
    "--base64", "as_text", is_flag=True, help="As base64 text instead of binary."
)


@click.command(
    "wrap",
    epilog=examples(
        "strongroom request wrap treasury payment.psbt --purpose 'made with Sparrow'",
        "strongroom request wrap treasury payment.psbt --payments july.csv",
    ),
)
@click.argument("wallet")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--payments",
    "listed",
    callback=options.parse_list,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV file that names payees; it has to list exactly what the PSBT pays.",
)
@options.terms_options
@json_option
@click.pass_obj
def request_wrap(
    desk: Desk,
    wallet: str,
    file: Path,
    listed: PaymentFile | None,
    *,
    as_json: bool,
    **terms: Unpack[TermsGiven],
) -> None:
    """Make a request of a PSBT in FILE that other software made for WALLET.

    The transaction stays as it is. The rest of the PSBT is made anew from the descriptor; previous
    transactions that are missing come from the node.
    """
    with desk.store.locked():
        watched = desk.store.wallet(wallet)
        made = wrap_request(
            desk.store,
            desk.sources(watched),
            watched,
            read_file(file, cap=3 * SIZE_CAP),
            listed=listed,
            terms=options.terms_of(**terms),
            now=options.now(),
        )
    print_made(desk, made, as_json=as_json)


@click.command(
    "unwrap", epilog=examples("strongroom request unwrap 20261124-1a2b3c4d --to unsigned.psbt")
)
@click.argument("name", metavar="ID")
@_TO
@_BASE64
@json_option
@click.pass_obj
def request_unwrap(desk: Desk, name: str, path: Path, *, as_text: bool, as_json: bool) -> None:
    """Write the PSBT of a request as a plain file, for other signers."""
    record = desk.store.request(name)
    _write(desk, path, desk.store.archive(record).psbt, as_text=as_text, as_json=as_json)


@click.command(
    "unwrap",
    epilog=examples("strongroom response unwrap 20261124-1a2b3c4d.response --to signed.psbt"),
)
@FILES
@_TO
@_BASE64
@json_option
@click.pass_obj
def response_unwrap(
    desk: Desk, files: tuple[Path, ...], path: Path, *, as_text: bool, as_json: bool
) -> None:
    """Check answers as ever, and write what they sign, combined, as one plain PSBT."""
    taken = take_answers(desk.store, read_brought(files))
    _write(desk, path, taken.psbt, as_text=as_text, as_json=as_json)


def _write(desk: Desk, path: Path, psbt: bytes, *, as_text: bool, as_json: bool) -> None:
    write_file(path, base64.b64encode(psbt) + b"\n" if as_text else psbt)
    if as_json:
        desk.print_json({"file": str(path), "psbt": base64.b64encode(psbt).decode()})
        return
    desk.say(f"Written: {path}")
