"""`strongroom request approve` and `write`: from a draft to a bundle on a stick."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from strongroom.core.bundle.archive import parse_archive, render_archive
from strongroom.core.bundle.manifest import parse_request_manifest
from strongroom.core.errors import Violation
from strongroom.core.moment import render_moment
from strongroom.online.approvers import check_approved, signed_by
from strongroom.online.cli.bars import bar
from strongroom.online.cli.desk import examples, json_option
from strongroom.online.cli.show import facts, print_request
from strongroom.online.cli.sticks import choose_volume, show_folder
from strongroom.online.files import read_file, write_file
from strongroom.online.records import Stage
from strongroom.online.requests import check_same, review_bundle, with_approval
from strongroom.online.store import BUNDLE_CAP
from strongroom.online.trust import approve_manifest, check_approval
from strongroom.online.usb.stick_files import mounted, write_to_stick

if TYPE_CHECKING:
    from strongroom.core.bundle.model import BundleArchive, RequestManifest
    from strongroom.online.cli.desk import Desk
    from strongroom.online.records import RequestRecord


@click.command(
    "approve",
    epilog=examples(
        "strongroom request approve 20261124-1a2b3c4d --key 0123456789ABCDEF0123456789ABCDEF01234567",
        "strongroom request approve /shared/20261124-1a2b3c4d.request --key 0123456789ABCDEF",
    ),
)
@click.argument("what", metavar="ID|FILE")
@click.option("--key", required=True, metavar="FINGERPRINT", help="Your OpenPGP key.")
@json_option
@click.pass_obj
def request_approve(desk: Desk, what: str, key: str, *, as_json: bool) -> None:
    """Sign a request with your OpenPGP key, after it was reviewed once more.

    A FILE that a colleague made is approved in place, and goes back with `request collect`.
    """
    path = Path(what)
    with desk.store.locked():
        record = None if path.is_file() else desk.store.request(what)
        if record is None:
            archive = parse_archive(read_file(path, cap=BUNDLE_CAP))
        else:
            record.check_unanswered("approved")
            archive = desk.store.archive(record)
        wallet = desk.store.wallet(parse_request_manifest(archive.manifest).wallet).file
        review = review_bundle(desk.store, wallet, archive)
        stage = "file" if record is None else record.stage.value
        if not as_json:
            print_request(desk, review, archive, stage)
        signature = approve_manifest(archive.manifest, key)
        approved = with_approval(archive, signature)
        signed_by(approved, desk.store.trust(wallet.name))
        if record is None:
            write_file(path, render_archive(approved))
        else:
            stage = desk.store.add_approval(record, signature).stage.value
    if as_json:
        desk.print_json(facts(review, approved, stage))
        return
    _print_approvals(desk, approved)
    if record is not None:
        desk.note(f"Next: strongroom request write {record.request_id}")


def _print_approvals(desk: Desk, archive: BundleArchive) -> None:
    signers = ", ".join(signature.fingerprint for signature in archive.signatures)
    desk.note(f"\nApproved by {signers}.")


@click.command(
    "collect", epilog=examples("strongroom request collect /shared/20261124-1a2b3c4d.request")
)
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@json_option
@click.pass_obj
def request_collect(desk: Desk, files: tuple[Path, ...], *, as_json: bool) -> None:
    """Take the approvals that colleagues put into FILES over to your request."""
    with desk.store.locked():
        for path in files:
            other = parse_archive(read_file(path, cap=BUNDLE_CAP))
            record = desk.store.request(hashlib.sha256(other.manifest).hexdigest())
            record.check_unanswered("approved")
            check_same(desk.store.archive(record), other)
            signed_by(other, desk.store.trust(record.wallet))
            for signature in other.signatures:
                check_approval(other.manifest, signature, desk.store.trust(record.wallet))
            for signature in other.signatures:
                record = desk.store.add_approval(record, signature, note=f"from {path.name}")
            archive = desk.store.archive(record)
    if as_json:
        signers = [signature.fingerprint for signature in archive.signatures]
        desk.print_json({"request_id": record.request_id, "approvals": signers})
        return
    _print_approvals(desk, archive)


@click.command(
    "write",
    epilog=examples(
        "strongroom request write 20261124-1a2b3c4d",
        "strongroom request write 20261124-1a2b3c4d --to /media/stick",
    ),
)
@click.argument("name", metavar="ID")
@click.option(
    "--to",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of a mounted stick. [default: look for sticks, show them, and ask]",
)
@json_option
@click.pass_obj
def request_write(desk: Desk, name: str, folder: Path | None, *, as_json: bool) -> None:
    """Write an approved request to a stick, sync it, and read it back.

    Without --to it looks for removable sticks, shows what is on them and asks. Nothing is ever formatted,
    and a fixed disk is not touched.
    """
    if folder is None and as_json:
        raise click.UsageError("--json asks nothing: give --to FOLDER")
    with desk.store.locked():
        record = desk.store.request(name)
        data = _ready_to_write(desk, record)
        if folder is not None:
            path = _write(desk, folder, record, data)
        else:
            volume = choose_volume(desk)
            with mounted(volume) as found:
                show_folder(desk, found)
                question = f"Write {record.request_id}.request to {volume.label or volume.device}?"
                click.confirm(question, abort=True, err=True)
                path = _write(desk, found, record, data)
        record = desk.store.advance(record, Stage.WRITTEN)
    if as_json:
        desk.print_json(
            {"request_id": record.request_id, "file": str(path), "digest": record.digest}
        )
        return
    desk.say(f"Written and read back: {path}")
    desk.note(f"Take the words along: strongroom request sheet {record.request_id}")


def _ready_to_write(desk: Desk, record: RequestRecord) -> bytes:
    """The bundle, which is fresh and has the approvals that it needs."""
    record.check_unanswered("written")
    archive = desk.store.archive(record)
    _check_fresh(parse_request_manifest(archive.manifest))
    if not archive.signatures:
        raise Violation(
            "REQUEST-STATE",
            f"nobody has approved request {record.request_id}, so no station would sign it",
            hint=f"strongroom request approve {record.request_id} --key FINGERPRINT",
        )
    check_approved(archive, desk.store.trust(record.wallet))
    return render_archive(archive)


def _write(desk: Desk, folder: Path, record: RequestRecord, data: bytes) -> Path:
    path = folder / f"{record.request_id}.request"
    with bar(desk, "writing and reading back", 2 * len(data)) as step:
        write_to_stick(path, data, step)
    return path


def _check_fresh(manifest: RequestManifest) -> None:
    if manifest.expires <= datetime.now(tz=UTC):
        raise Violation(
            "BUNDLE-EXPIRED",
            f"request {manifest.request_id} expired at {render_moment(manifest.expires)}",
            hint="cancel it and make a new one",
        )
