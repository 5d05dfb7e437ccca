"""`strongroom doctor`: everything that a request will need, tried before it is needed."""

from __future__ import annotations

import platform
import shutil
import subprocess
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import click

from strongroom import __version__
from strongroom.core.errors import Fault, Stop
from strongroom.online.cli.desk import examples, json_option
from strongroom.online.cli.show import numbered_words
from strongroom.online.receive import check_derivation
from strongroom.online.trust import find_certificate, fingerprint_of, fingerprint_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from strongroom.online.cli.desk import Desk
    from strongroom.online.records import WatchedWallet


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was tried: `detail` says what was found, `rule` which rule it broke, if any."""

    name: str
    detail: str
    rule: str = ""
    hint: str = ""


@click.command(
    epilog=examples(
        "strongroom doctor", "strongroom doctor --key 0123456789ABCDEF0123456789ABCDEF01234567"
    )
)
@click.option(
    "--key",
    metavar="FINGERPRINT",
    help="Show the words of this OpenPGP certificate, to be compared at the station.",
)
@json_option
@click.pass_obj
def doctor(desk: Desk, key: str | None, *, as_json: bool) -> None:
    """Check programs, nodes and wallets, or show the words of a certificate."""
    if key is not None:
        _show_key(desk, key, as_json=as_json)
        return
    found = tuple(_examine(desk))
    failed = [finding for finding in found if finding.rule]
    if as_json:
        listed = [
            {"name": f.name, "detail": f.detail, "rule": f.rule, "hint": f.hint} for f in found
        ]
        desk.print_json({"healthy": not failed, "findings": listed})
    else:
        for finding in found:
            mark = finding.rule or "matches"
            desk.say(f"{mark:<16} {finding.name:<24} {finding.detail}")
            if finding.hint:
                desk.say(f"{'':<16} hint: {finding.hint}")
    if failed:
        raise click.exceptions.Exit(3)


def _show_key(desk: Desk, key: str, *, as_json: bool) -> None:
    fingerprint = fingerprint_of(find_certificate(key))
    words = fingerprint_words(fingerprint)
    if as_json:
        desk.print_json({"fingerprint": fingerprint, "words": list(words)})
        return
    desk.say(f"Certificate {fingerprint}")
    for row in numbered_words(words):
        desk.say(row)


def _examine(desk: Desk) -> Iterator[Finding]:
    yield Finding(name="strongroom", detail=f"{__version__}, Python {platform.python_version()}")
    for program in ("gpg", "gpgv"):
        yield _try(program, partial(_program_version, program))
    for watched in desk.store.wallets():
        yield _try(f"wallet {watched.file.name}", partial(_wallet, desk, watched))
    open_requests = [record for record in desk.store.requests() if record.stage.is_open]
    yield Finding(name="requests", detail=f"{len(open_requests)} open, in {desk.store.home}")


def _try(name: str, examine: Callable[[], str]) -> Finding:
    try:
        return Finding(name=name, detail=examine())
    except Stop as stop:
        return Finding(name=name, detail=stop.message, rule=stop.rule, hint=stop.hint)


def _program_version(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise Fault("OPENPGP", f"there is no {program} on the PATH", hint="install GnuPG")
    answer = subprocess.run(  # noqa: S603 - a program of fixed name
        [path, "--version"], capture_output=True, check=False, timeout=30
    )
    if answer.returncode != 0:
        raise Fault("OPENPGP", f"{path} does not run: exit code {answer.returncode}")
    return answer.stdout.decode(errors="replace").split("\n", 1)[0]


def _wallet(desk: Desk, watched: WatchedWallet) -> str:
    source = desk.source(watched)
    facts = source.facts()
    anchor = source.check_chain(watched.file.network)
    check_derivation(source, watched)
    return f"{facts.software} on {anchor.network.value} at block {anchor.tip_height}"
