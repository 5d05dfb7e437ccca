"""`strongroom transcript`: judge a session's record without any secret, and sign it as a witness."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from strongroom.core.bundle.model import CertificateFingerprint, DetachedSignature
from strongroom.core.bundle.openpgp import parse_certificate_listing, parse_report
from strongroom.core.errors import Violation
from strongroom.core.transcript.chain import SIZE_CAP, render_events, verify_chain, withhold
from strongroom.core.transcript.facts import Evidence, Standing, facts, parse_head
from strongroom.core.transcript.model import Transcript
from strongroom.core.transcript.seal import render_seal
from strongroom.core.transcript.text import render_text
from strongroom.core.wallet_file import parse_wallet_file
from strongroom.gnupg import (
    export_user_certificate,
    list_certificate,
    sign_with_user_key,
    verify_signatures,
)
from strongroom.online.cli.desk import examples, json_option
from strongroom.online.files import read_file, write_file

if TYPE_CHECKING:
    from collections.abc import Iterable

    from strongroom.core.bundle.model import OpenpgpReport
    from strongroom.online.cli.desk import Desk

FILE_CAP = 64 * 1024 * 1024
SMALL_CAP = 256 * 1024
_FILE = click.Path(dir_okay=False, path_type=Path)
_WALLET = ".wallet.json"


@click.group(
    epilog=examples("strongroom transcript verify session.transcript.jsonl --head 'WORD WORD ...'")
)
def transcript() -> None:
    """Judge the record of a session at the station; no secret is needed for it."""


@transcript.command(
    "verify",
    epilog=examples(
        "strongroom transcript verify s.transcript.jsonl --head 'ahead antenna ...'",
        "strongroom transcript verify s.transcript.jsonl --signature s.head.asc"
        " --certificate treasury.wallet.json",
        "strongroom transcript verify s.transcript.jsonl --file rent.signed.psbt --previous r.jsonl",
    ),
)
@click.argument("file", type=_FILE)
@click.option("--head", help="The head from paper: 32 words, or 64 hex digits.")
@click.option("--signature", "signatures", type=_FILE, multiple=True, help="A signature of it.")
@click.option(
    "--certificate",
    "certificates",
    type=_FILE,
    multiple=True,
    help="Whose signatures count: an OpenPGP certificate, or a wallet file for its vault's.",
)
@click.option("--file", "files", type=_FILE, multiple=True, help="A file that events may name.")
@click.option("--previous", type=_FILE, help="The transcript of the session before.")
@json_option
@click.pass_obj
def verify(  # noqa: PLR0917 - one option each
    desk: Desk,
    file: Path,
    head: str | None,
    signatures: tuple[Path, ...],
    certificates: tuple[Path, ...],
    files: tuple[Path, ...],
    previous: Path | None,
    *,
    as_json: bool,
) -> None:
    """Say of each fact whether it is proven, claimed, or not verifiable.

    Changed, missing, moved and added events are refused, and so is a bad signature.
    """
    given = None if head is None else parse_head(head)
    found = _read(file, head=given)
    evidence = Evidence(
        head=given,
        signers=tuple(_signers(found, signatures, certificates)),
        files=tuple((path.name, _digest(path)) for path in files),
        previous_head=None if previous is None else _read(previous).head,
    )
    listed = facts(found, evidence)
    if as_json:
        desk.print_json(
            {
                "head": found.head.hex(),
                "events": len(found.events),
                "facts": [{"standing": f.standing.value, "text": f.text} for f in listed],
            }
        )
        return
    desk.say(f"head {found.head.hex()}")
    for standing in Standing:
        desk.say(f"\n{standing.value}:")
        for fact in listed:
            if fact.standing is standing:
                desk.say(f"  {fact.text}")


@transcript.command("render", epilog=examples("strongroom transcript render s.transcript.jsonl"))
@click.argument("file", type=_FILE)
@click.pass_obj
def render(desk: Desk, file: Path) -> None:
    """Print it for people: the same text for the same record, byte for byte."""
    del desk
    click.echo(render_text(_read(file)), nl=False)


@transcript.command(
    "redact",
    epilog=examples(
        "strongroom transcript redact s.transcript.jsonl --withhold 3,5 --to pub.jsonl"
    ),
)
@click.argument("file", type=_FILE)
@click.option(
    "--withhold", "withheld", required=True, help="Numbers of events, with commas between."
)
@click.option("--to", "target", type=_FILE, required=True, help="The public edition's file.")
@json_option
@click.pass_obj
def redact(desk: Desk, file: Path, withheld: str, target: Path, *, as_json: bool) -> None:
    """Write a public edition that withholds events; head and signatures stay good."""
    found = _read(file)
    numbers = _numbers(withheld, len(found.events))
    data = render_events(withhold(found, numbers))
    verify_chain(data, head=found.head)
    write_file(target, data)
    if as_json:
        desk.print_json(
            {"file": str(target), "withheld": sorted(numbers), "head": found.head.hex()}
        )
    else:
        desk.say(f"{target} withholds {len(numbers)} of {len(found.events)} events; same head")


@transcript.command(
    "cosign",
    epilog=examples(
        "strongroom transcript cosign s.transcript.jsonl --key FINGERPRINT --head '...'"
    ),
)
@click.argument("file", type=_FILE)
@click.option("--key", "key_id", required=True, help="Your own OpenPGP key, in your gpg.")
@click.option("--head", required=True, help="The head from your own paper: words or hex.")
@json_option
@click.pass_obj
def cosign(desk: Desk, file: Path, key_id: str, head: str, *, as_json: bool) -> None:
    """Sign the head as a witness, after the record was compared with your own paper."""
    found = _read(file, head=parse_head(head))
    certificate = export_user_certificate(key_id)
    with tempfile.TemporaryDirectory(prefix="sr-") as folder:
        listed = parse_certificate_listing(list_certificate(certificate, workdir=Path(folder)))
    seal = render_seal(found.head)
    stem = file.name.removesuffix(".jsonl").removesuffix(".transcript")
    signature = file.with_name(f"{stem}.head.{listed.fingerprint}.asc")
    write_file(file.with_name(f"{stem}.head"), seal)
    write_file(signature, sign_with_user_key(seal, listed.fingerprint))
    if as_json:
        desk.print_json({"signature": str(signature), "head": found.head.hex()})
    else:
        desk.say(f"{signature} signs head {found.head.hex()}")


def _read(path: Path, *, head: bytes | None = None) -> Transcript:
    return verify_chain(read_file(path, cap=SIZE_CAP), head=head)


def _digest(path: Path) -> str:
    return hashlib.sha256(read_file(path, cap=FILE_CAP)).hexdigest()


def _numbers(text: str, count: int) -> frozenset[int]:
    parts = text.replace(" ", "").split(",")
    numbers = {int(part) for part in parts if part.isascii() and part.isdecimal()}
    if len(numbers) != len(parts) or not numbers <= set(range(1, count + 1)):
        raise Violation(
            "TRANSCRIPT", f"{text!r} are not numbers of its {count} events, with commas between"
        )
    return frozenset(numbers)


def _signers(
    found: Transcript, signatures: tuple[Path, ...], certificates: tuple[Path, ...]
) -> Iterable[str]:
    if signatures and not certificates:
        raise click.UsageError("--signature needs --certificate: whose signatures count?")
    known = tuple(map(_certificate, certificates))
    placeholder = CertificateFingerprint("0" * 40)
    with tempfile.TemporaryDirectory(prefix="sr-") as folder:
        for path in signatures:
            detached = DetachedSignature(
                fingerprint=placeholder, armored=read_file(path, cap=SMALL_CAP)
            )
            reports = verify_signatures(
                render_seal(found.head), (detached,) * len(known), known, workdir=Path(folder)
            )
            yield _signer(reports)


def _signer(reports: tuple[OpenpgpReport, ...]) -> str:
    """Whose signature it is by one of the certificates; raises what is wrong with it by the last one."""
    stops = []
    for report in reports:
        try:
            return str(parse_report(report)[0].primary)
        except Violation as stop:
            stops.append(stop)
    raise stops[-1]


def _certificate(path: Path) -> bytes:
    data = read_file(path, cap=SMALL_CAP)
    if path.name.endswith(_WALLET):
        return parse_wallet_file(data).certificate.encode()
    return data
