"""`strongroom trust`: a change of a vault's approvers, thresholds and limits, signed by old and new list."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from strongroom.core.bundle.archive import parse_signed_text
from strongroom.core.errors import Violation
from strongroom.core.session.values import FileKind
from strongroom.core.vault.changes import Terms, changes_of
from strongroom.core.vault.limits import LIMITS, Unit
from strongroom.core.vault.trust_file import SIZE_CAP, TermsList, parse_list, parse_proposal
from strongroom.core.words import pgp_words
from strongroom.online import trust_change
from strongroom.online.cli import options
from strongroom.online.cli.bars import bar
from strongroom.online.cli.desk import examples, json_option
from strongroom.online.cli.show import numbered_words
from strongroom.online.cli.sticks import choose_volume, show_folder
from strongroom.online.files import read_file, write_file
from strongroom.online.usb.stick_files import mounted, write_to_stick

if TYPE_CHECKING:
    from strongroom.core.vault.model import Policy, TrustList
    from strongroom.online.cli.desk import Desk, Printable

_PAIR = re.compile(r"([A-Za-z][A-Za-z0-9 ._-]{0,31})=(.{1,64})")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_KNOWN = ", ".join(limit.field for limit in LIMITS)
_TYPED = {Unit.AMOUNT: "with its unit: 0.5btc, 50000sat", Unit.MILLIRATE: "1 or 0.1 sat/vB"}
_WITH_UNITS = "; ".join(
    f"{limit.field} ({_TYPED.get(limit.unit, limit.unit.value)})" for limit in LIMITS
)


@click.group()
def trust() -> None:
    """Change who may ask for signatures, how many it takes, and the limits, of a vault.

    The station writes its list (Ceremonies, Change of trust). `propose` makes a change of it, `approve` signs
    it: as many of the old list as that asks for, and as many of the new. The station checks both.
    """


def _pairs(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> list[str]:
    for text in given:
        if _PAIR.fullmatch(text) is None:
            raise click.BadParameter(f"{text!r} is not NAME=VALUE")
    return list(given)


@trust.command(
    "propose",
    epilog=examples(
        "strongroom trust propose strongroom.trust-list.json --add Dan=dan.asc --to next.trust",
        "strongroom trust propose strongroom.trust-list.json --revoke Ben --to next.trust",
        "strongroom trust propose strongroom.trust-list.json --threshold approver=2 --limit "
        "amount_per_window=0.5btc --to next.trust",
    ),
)
@click.argument("listed", metavar="LIST", type=_FILE)
@click.option(
    "--add",
    multiple=True,
    callback=_pairs,
    metavar="NAME=FILE",
    help="A new person, and the file of their OpenPGP certificate. May be repeated.",
)
@click.option(
    "--role",
    "roles",
    multiple=True,
    default=("approver",),
    show_default=True,
    help="A role of all who are added. May be repeated.",
)
@click.option(
    "--renew",
    multiple=True,
    type=_FILE,
    help="A newer form of a certificate; a revoked one needs --revoke as well.",
)
@click.option(
    "--revoke", multiple=True, metavar="NAME", help="A person who counts no longer from now on."
)
@click.option("--remove", multiple=True, metavar="NAME", help="A person who is taken off the list.")
@click.option(
    "--threshold",
    multiple=True,
    callback=_pairs,
    metavar="ROLE=COUNT",
    help="How many of a role have to approve a request. May be repeated.",
)
@click.option(
    "--limit",
    "limits",
    multiple=True,
    callback=_pairs,
    metavar="LIMIT=VALUE",
    help=f"A limit of the policy, or none where it may be. May be repeated. {_WITH_UNITS}.",
)
@click.option(
    "--to",
    "to",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write, such as next.trust.",
)
@json_option
@click.pass_obj
def trust_propose(
    desk: Desk,
    *,
    listed: Path,
    add: list[str],
    roles: tuple[str, ...],
    renew: tuple[Path, ...],
    revoke: tuple[str, ...],
    remove: tuple[str, ...],
    threshold: list[str],
    limits: list[str],
    to: Path,
    as_json: bool,
) -> None:
    """Make a change of the LIST that the station wrote; nobody has signed it yet."""
    old = parse_list(read_file(listed, cap=SIZE_CAP))
    people = old.terms.trust
    for text in add:
        name, _, file = text.partition("=")
        certificate = read_file(Path(file), cap=FileKind.CERTIFICATE.cap)
        people = trust_change.added(people, name, certificate, roles)
    for name in revoke:
        people = trust_change.revoked(people, name, options.now())
    for path in renew:
        people = trust_change.renewed(people, read_file(path, cap=FileKind.CERTIFICATE.cap))
    for name in remove:
        people = trust_change.removed(people, name)
    terms = Terms(policy=_limited(old.terms.policy, limits), trust=_needed(people, threshold))
    data = trust_change.propose(old, terms, options.now())
    write_file(to, data)
    _show(desk, old, to, as_json=as_json)


@trust.command(
    "show", epilog=examples("strongroom trust show strongroom.trust-list.json next.trust")
)
@click.argument("listed", metavar="LIST", type=_FILE)
@click.argument("change", metavar="CHANGE", type=_FILE)
@json_option
@click.pass_obj
def trust_show(desk: Desk, *, listed: Path, change: Path, as_json: bool) -> None:
    """Show what CHANGE does to LIST, who has signed it, and its 32 words."""
    _show(desk, parse_list(read_file(listed, cap=SIZE_CAP)), change, as_json=as_json)


@trust.command("approve", epilog=examples("strongroom trust approve next.trust --key FINGERPRINT"))
@click.argument("change", metavar="CHANGE", type=_FILE)
@click.option("--key", required=True, metavar="FINGERPRINT", help="Your OpenPGP key.")
@json_option
@click.pass_obj
def trust_approve(desk: Desk, *, change: Path, key: str, as_json: bool) -> None:
    """Sign CHANGE in place, after you have read it with `trust show`."""
    data = trust_change.approve(read_file(change, cap=FileKind.TRUST.cap), key)
    write_file(change, data)
    signers = [str(s.fingerprint) for s in parse_signed_text(data).signatures]
    if as_json:
        desk.print_json({"file": str(change), "signed": signers})
        return
    desk.say(f"Signed by {', '.join(signers)}.")


@trust.command("write", epilog=examples("strongroom trust write next.trust"))
@click.argument("change", metavar="CHANGE", type=_FILE)
@click.option(
    "--to",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of a mounted stick. [default: look for sticks, show them, and ask]",
)
@json_option
@click.pass_obj
def trust_write(desk: Desk, *, change: Path, folder: Path | None, as_json: bool) -> None:
    """Write CHANGE to a stick, sync it, and read it back."""
    if folder is None and as_json:
        raise click.UsageError("--json asks nothing: give --to FOLDER")
    data = read_file(change, cap=FileKind.TRUST.cap)
    if not parse_signed_text(data).signatures:
        raise Violation("TRUST-QUORUM", "nobody has signed the change yet")
    name = change.with_suffix(FileKind.TRUST.suffix).name
    if folder is not None:
        path = _write(desk, folder / name, data)
    else:
        volume = choose_volume(desk)
        with mounted(volume) as found:
            show_folder(desk, found)
            click.confirm(f"Write {name} to {volume.label or volume.device}?", abort=True, err=True)
            path = _write(desk, found / name, data)
    if as_json:
        desk.print_json({"file": str(path)})
        return
    desk.say(f"Written and read back: {path}")


def _write(desk: Desk, path: Path, data: bytes) -> Path:
    with bar(desk, "writing and reading back", 2 * len(data)) as step:
        write_to_stick(path, data, step)
    return path


def _needed(people: TrustList, threshold: list[str]) -> TrustList:
    for text in threshold:
        role, _, count = text.partition("=")
        if re.fullmatch(r"\d{1,2}", count) is None:
            raise click.UsageError(f"{text!r}: a threshold is ROLE=COUNT, such as approver=2")
        people = trust_change.with_threshold(people, role, int(count))
    return people


def _limited(policy: Policy, limits: list[str]) -> Policy:
    for text in limits:
        name, _, value = text.partition("=")
        if name not in {limit.field for limit in LIMITS}:
            raise click.UsageError(f"there is no limit {name!r}; there are {_KNOWN}")
        policy = trust_change.with_limit(policy, name, value)
    return policy


def _show(desk: Desk, listed: TermsList, change: Path, *, as_json: bool) -> None:
    archive = parse_signed_text(read_file(change, cap=FileKind.TRUST.cap))
    proposal = parse_proposal(archive.manifest)
    changes = changes_of(listed.terms, proposal.terms)
    digest = hashlib.sha256(archive.manifest).digest()
    signers: list[Printable] = [str(s.fingerprint) for s in archive.signatures]
    if as_json:
        rows: list[Printable] = [
            {"what": c.label, "old": c.old, "new": c.new, "protects_less": c.lowers}
            for c in changes
        ]
        desk.print_json(
            {
                "file": str(change),
                "sequence": proposal.sequence,
                "digest": digest.hex(),
                "words": list(pgp_words(digest)),
                "changes": rows,
                "signed": signers,
            }
        )
        return
    desk.say(f"Change of trust, number {proposal.sequence}")
    for each in changes:
        less = "  (protects less)" if each.lowers else ""
        desk.say(f"  {each.label}: {each.old} -> {each.new}{less}")
    desk.say("Its words, for the paper that goes to the station:")
    for row in numbered_words(pgp_words(digest)):
        desk.say(f"  {row}")
    desk.note(f"Signed by {', '.join(map(str, signers)) or 'nobody yet'}.")
