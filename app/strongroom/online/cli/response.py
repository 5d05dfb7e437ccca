"""`strongroom response`: check what the station answered, and send it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from strongroom.core.errors import Violation
from strongroom.core.transcript.chain import SIZE_CAP as TRANSCRIPT_CAP
from strongroom.online.cli.desk import examples, json_option, plural
from strongroom.online.cli.show_answer import (
    answer_facts,
    print_answer,
    trial_facts,
    what_is_missing,
)
from strongroom.online.files import read_file
from strongroom.online.intake import Brought, finish, send, take_answers
from strongroom.online.receive import node_wallet
from strongroom.online.records import Stage
from strongroom.online.scans import read_document
from strongroom.online.store import BUNDLE_CAP
from strongroom.online.trial import try_out

if TYPE_CHECKING:
    from strongroom.online.cli.desk import Desk, Printable
    from strongroom.online.intake import Taken
    from strongroom.online.wallets.port import ChainSource

_POLL_SECONDS = 1.0
FILES = click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
)


def read_brought(files: tuple[Path, ...]) -> tuple[Brought, ...]:
    """Each response with the transcript that the station wrote beside it."""
    return tuple(
        Brought(response=read_document(path, cap=BUNDLE_CAP), transcript=_transcript(path))
        for path in files
    )


def _transcript(path: Path) -> bytes | None:
    beside = path.with_suffix(".transcript.jsonl")
    return read_file(beside, cap=TRANSCRIPT_CAP) if beside.is_file() else None


@click.group()
def response() -> None:
    """Check the station's answers, and send what they sign."""


@response.command(
    "check",
    epilog=examples(
        "strongroom response check /media/stick/20261124-1a2b3c4d.response",
        "zbarcam --raw | strongroom response check -",
    ),
)
@FILES
@json_option
@click.pass_obj
def response_check(desk: Desk, files: tuple[Path, ...], *, as_json: bool) -> None:
    """Check answers: they may add good signatures to a request of yours, and nothing else.

    A file may also hold what a scanner read of a BBQr series, a line for each QR code; - reads such lines
    from standard input until all parts are there.
    """
    taken = take_answers(desk.store, read_brought(files))
    if as_json:
        desk.print_json(answer_facts(taken))
        return
    print_answer(desk, taken)
    if taken.standing.is_complete:
        desk.note(f"Next: strongroom response broadcast {files[0]}")


@response.command(
    "broadcast",
    epilog=examples(
        "strongroom response broadcast answer.response --wait 1",
        "strongroom response broadcast first.response second.response --dry-run",
    ),
)
@FILES
@click.option(
    "--wait",
    type=click.IntRange(0, 144),
    default=0,
    help="Stay until the transaction has that many confirmations.",
)
@click.option("--dry-run", is_flag=True, help="Try whether it would be taken, and stop.")
@json_option
@click.pass_obj
def response_broadcast(
    desk: Desk, files: tuple[Path, ...], wait: int, *, dry_run: bool, as_json: bool
) -> None:
    """Check answers, combine them, try the transaction, and send it.

    A node is asked whether it would take it (the second source, if only that can tell). For servers and
    filters, coins, lock time, size and scripts are tried here, and what was not tried is said.
    """
    taken = take_answers(desk.store, read_brought(files))
    if not taken.standing.is_complete:
        raise Violation(
            "REQUEST-STATE",
            f"request {taken.record.request_id} is not complete. {what_is_missing(taken.standing)}",
            hint="take the request to the next station, and give all answers here",
        )
    sources = desk.sources(taken.watched)
    source = sources.first
    anchor = source.check_chain(taken.watched.file.network)
    txid, raw = finish(taken, source)
    extra: dict[str, Printable] = {}
    if taken.record.sent:
        desk.note(f"It was sent before as {taken.record.sent}.")
    else:
        trial = try_out(desk.store, taken, sources, anchor, raw)
        extra = trial_facts(trial)
        desk.note(str(trial))
        if not dry_run:
            send(desk.store, taken, source, txid, raw)
    depth = _wait(desk, taken, source, txid, wait) if wait and not dry_run else 0
    if as_json:
        extra |= {"txid": txid, "hex": raw.hex(), "sent": not dry_run, "confirmations": depth}
        desk.print_json({**answer_facts(taken), **extra})
        return
    print_answer(desk, taken)
    done = "Ready, not sent" if dry_run else "Sent"
    desk.say(f"{done}: {txid}" + (f", {plural(depth, 'confirmation')}" if depth else ""))


def _wait(desk: Desk, taken: Taken, source: ChainSource, txid: str, wanted: int) -> int:
    """The number of confirmations once it is `wanted`; NODE-REJECT if the chain took another one."""
    watching = node_wallet(source, taken.watched)
    columns = (TextColumn("waiting for confirmations"), BarColumn(), MofNCompleteColumn())
    quiet = not desk.err.is_terminal
    with Progress(*columns, console=desk.err, transient=True, disable=quiet) as bar:
        task = bar.add_task("wait", total=wanted)
        while (depth := watching.confirmations(txid)) < wanted:
            if depth < 0:
                raise Violation("NODE-REJECT", f"{txid} lost against a transaction that conflicts")
            bar.update(task, completed=depth)
            time.sleep(_POLL_SECONDS)
    with desk.store.locked():
        desk.store.advance(desk.store.request(taken.record.request_id), Stage.CONFIRMED)
    return depth
