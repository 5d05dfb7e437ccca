"""`strongroom approver`: who may approve requests, in which role, and how many it takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from strongroom.online.approvers import make_approver, with_approver, with_quorum, without_approver
from strongroom.online.cli import options
from strongroom.online.cli.desk import examples, json_option
from strongroom.online.trust import find_certificate, fingerprint_of

if TYPE_CHECKING:
    from strongroom.core.vault.model import TrustList
    from strongroom.online.cli.desk import Desk, Printable

_QUORUM = re.compile(r"([A-Za-z][A-Za-z0-9 ._-]{0,31})=([1-9]\d?)")


@click.group()
def approver() -> None:
    """Keep the online copy of the vault's trust list: approvers, roles and thresholds.

    The station decides by its own. With this copy `status` says who is missing, and `request write` does
    not write what no station would sign.
    """


@approver.command(
    "add",
    epilog=examples(
        "strongroom approver add treasury FINGERPRINT --name Ana",
        "strongroom approver add treasury FINGERPRINT --name Ben --role auditor",
    ),
)
@click.argument("wallet")
@click.argument("key", metavar="FINGERPRINT")
@click.option("--name", required=True, help="The person's name.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    default=("approver",),
    show_default=True,
    help="A role that `approver quorum` counts, such as auditor. May be repeated.",
)
@json_option
@click.pass_obj
def approver_add(
    desk: Desk, wallet: str, key: str, name: str, roles: tuple[str, ...], *, as_json: bool
) -> None:
    """Add the owner of the OpenPGP certificate FINGERPRINT in your keyring."""
    certificate = find_certificate(key)
    fingerprint = fingerprint_of(certificate)
    person = make_approver(name, fingerprint, certificate, frozenset(roles), options.now())
    with desk.store.locked():
        desk.store.wallet(wallet)
        trust = with_approver(desk.store.trust(wallet), person)
        desk.store.save_trust(wallet, trust)
    _print(desk, wallet, trust, as_json=as_json)


@approver.command("remove", epilog=examples("strongroom approver remove treasury Ana"))
@click.argument("wallet")
@click.argument("name", metavar="NAME|FINGERPRINT")
@json_option
@click.pass_obj
def approver_remove(desk: Desk, wallet: str, name: str, *, as_json: bool) -> None:
    """Take somebody off the list."""
    with desk.store.locked():
        trust = without_approver(desk.store.trust(wallet), name)
        desk.store.save_trust(wallet, trust)
    _print(desk, wallet, trust, as_json=as_json)


@approver.command(
    "quorum", epilog=examples("strongroom approver quorum treasury approver=2 auditor=1")
)
@click.argument("wallet")
@click.argument("needed", nargs=-1, required=True, metavar="ROLE=COUNT...")
@json_option
@click.pass_obj
def approver_quorum(desk: Desk, wallet: str, needed: tuple[str, ...], *, as_json: bool) -> None:
    """Say how many of which role have to approve."""
    found = [_QUORUM.fullmatch(text) for text in needed]
    if not all(found):
        raise click.UsageError("each is ROLE=COUNT, such as approver=2")
    pairs = {match[1]: int(match[2]) for match in found if match}
    with desk.store.locked():
        trust = with_quorum(desk.store.trust(wallet), tuple(pairs.items()))
        desk.store.save_trust(wallet, trust)
    _print(desk, wallet, trust, as_json=as_json)


@approver.command("list", epilog=examples("strongroom approver list treasury"))
@click.argument("wallet")
@json_option
@click.pass_obj
def approver_list(desk: Desk, wallet: str, *, as_json: bool) -> None:
    """List who may approve, and how many it takes."""
    desk.store.wallet(wallet)
    _print(desk, wallet, desk.store.trust(wallet), as_json=as_json)


def _print(desk: Desk, wallet: str, trust: TrustList, *, as_json: bool) -> None:
    if as_json:
        people: list[Printable] = [
            {"name": a.name, "fingerprint": a.fingerprint, "roles": sorted(a.roles)}
            for a in trust.approvers
        ]
        desk.print_json({"wallet": wallet, "approvers": people, "quorum": dict(trust.quorum)})
        return
    for person in trust.approvers:
        desk.say(f"{person.name:<24} {person.fingerprint}  {', '.join(sorted(person.roles))}")
    if not trust.approvers:
        desk.note("Nobody yet: approvals are not compared with a list.")
    else:
        desk.say("needed: " + ", ".join(f"{count} {role}" for role, count in trust.quorum))
