"""`strongroom request show`, `list` and `cancel`: what there is, and giving it up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from strongroom.core.bundle.archive import parse_archive
from strongroom.core.bundle.manifest import parse_request_manifest
from strongroom.core.errors import Violation
from strongroom.core.moment import render_moment
from strongroom.online.cli import options
from strongroom.online.cli.desk import examples, json_option
from strongroom.online.cli.printing import Printed, paper_options, print_document
from strongroom.online.cli.request_create import print_made
from strongroom.online.cli.show import facts, print_request
from strongroom.online.files import read_file
from strongroom.online.records import Stage
from strongroom.online.requests import review_bundle, take_back_request
from strongroom.online.sheet import sheet_document
from strongroom.online.store import BUNDLE_CAP

if TYPE_CHECKING:
    from strongroom.core.bundle.model import BundleArchive
    from strongroom.online.cli.desk import Desk
    from strongroom.online.records import RequestRecord


@click.command(
    "show",
    epilog=examples(
        "strongroom request show 20261124-1a2b3c4d",
        "strongroom request show /media/stick/20261124-1a2b3c4d.request --json",
    ),
)
@click.argument("what", metavar="ID|FILE")
@json_option
@click.pass_obj
def request_show(desk: Desk, what: str, *, as_json: bool) -> None:
    """Show a request as the station will, with the sheet of words that it asks for."""
    archive, stage = _find(desk, what)
    manifest = parse_request_manifest(archive.manifest)
    watched = desk.store.wallet(manifest.wallet)
    review = review_bundle(desk.store, watched.file, archive)
    if as_json:
        desk.print_json(facts(review, archive, stage))
        return
    print_request(desk, review, archive, stage)


@click.command(
    "sheet",
    epilog=examples(
        "strongroom request sheet 20261124-1a2b3c4d | lp",
        "strongroom request sheet 20261124-1a2b3c4d --pdf sheet.pdf --paper letter",
    ),
)
@click.argument("what", metavar="ID|FILE")
@paper_options
@json_option
@click.pass_obj
def request_sheet(desk: Desk, *, what: str, printed: Printed, as_json: bool) -> None:
    """Print the sheet for the room: the 32 words, and all that the station will show."""
    archive, _ = _find(desk, what)
    watched = desk.store.wallet(parse_request_manifest(archive.manifest).wallet)
    review = review_bundle(desk.store, watched.file, archive)
    print_document(desk, "sheet", sheet_document(review, archive), printed, as_json=as_json)


def _find(desk: Desk, what: str) -> tuple[BundleArchive, str]:
    """The request in the file `what`, or the one of ours that `what` names, and its stage."""
    path = Path(what)
    if path.is_file():
        return parse_archive(read_file(path, cap=BUNDLE_CAP)), "file"
    record = desk.store.request(what)
    return desk.store.archive(record), record.stage.value


@click.command("list", epilog=examples("strongroom request list --wallet treasury"))
@click.option("--wallet", help="Only the requests of this wallet.")
@json_option
@click.pass_obj
def request_list(desk: Desk, wallet: str | None, *, as_json: bool) -> None:
    """List requests and how far they have come."""
    records = desk.store.requests(wallet)
    if as_json:
        desk.print_json({"requests": [_record_json(record) for record in records]})
        return
    for record in records:
        created = render_moment(record.created)
        line = f"{record.request_id}  {record.wallet}  {record.sequence:>4}  "
        desk.say(f"{line}{record.stage.value:<10}  {created}  {record.sent}".rstrip())
    if not records:
        desk.note("No request yet.")


def _record_json(record: RequestRecord) -> dict[str, str | int]:
    return {
        "request_id": record.request_id,
        "wallet": record.wallet,
        "sequence": record.sequence,
        "stage": record.stage.value,
        "digest": record.digest,
        "created": render_moment(record.created),
        "txid": record.sent or record.txid,
    }


@click.command(
    "cancel",
    epilog=examples(
        "strongroom request cancel 20261124-1a2b3c4d",
        "strongroom request cancel 20261124-1a2b3c4d --fee-rate 20   # of one that was sent",
    ),
)
@click.argument("name", metavar="ID")
@click.option(
    "--fee-rate",
    "rate",
    callback=options.parse_rate,
    metavar="SAT/VB",
    help="Of a sent request: the feerate of the transaction that takes it back.",
)
@json_option
@click.pass_obj
def request_cancel(desk: Desk, name: str, rate: int | None, *, as_json: bool) -> None:
    """Give up a request that was not sent, and free its coins; take back one that was.

    A sent, unconfirmed one is taken back by a new request, which pays its coins to the wallet at a higher
    fee. It has to be approved, signed and sent like any other, before the first is confirmed.
    """
    with desk.store.locked():
        record = desk.store.request(name)
        if record.stage is Stage.BROADCAST:
            _take_back(desk, record, rate, as_json=as_json)
            return
        if not record.stage.is_open:
            raise Violation(
                "REQUEST-STATE",
                f"request {record.request_id} is {record.stage.value} and can not be cancelled",
            )
        was_answered = record.stage is Stage.ANSWERED
        record = desk.store.advance(record, Stage.CANCELLED)
    if as_json:
        desk.print_json(_record_json(record))
        return
    desk.say(f"Cancelled: {record.request_id}")
    if was_answered:
        desk.note("It was signed: whoever has the answer can still send it, until a coin is spent.")
    elif record.was_written:
        desk.note("It was written to a stick: until it expires, a station may still sign it.")


def _take_back(desk: Desk, record: RequestRecord, rate: int | None, *, as_json: bool) -> None:
    if rate is None:
        raise click.UsageError(
            f"request {record.request_id} was sent: --fee-rate is needed to take it back"
        )
    watched = desk.store.wallet(record.wallet)
    made = take_back_request(
        desk.store, desk.sources(watched), watched, record, rate=rate, now=options.now()
    )
    print_made(desk, made, as_json=as_json)
