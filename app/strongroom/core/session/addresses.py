"""The address explorer: what a wallet's addresses are, whether one is ours, and how far the gap goes."""

from __future__ import annotations

from strongroom.core.bitcoin.address import group_address, parse_address, render_address
from strongroom.core.descriptor.derive import CHANGE, RECEIVE, derive_scripts
from strongroom.core.descriptor.model import Descriptor
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.errors import Violation
from strongroom.core.optical.codes import text_code
from strongroom.core.progress import Progress
from strongroom.core.session.choices import choose_wallet
from strongroom.core.session.desk import Desk, problem_of
from strongroom.core.session.pages import Choose, Fill, Tell
from strongroom.core.session.requests import Steps, Work, ask
from strongroom.core.session.wallets import choose_number

PAGE = 20
GAP = 20
"""How many unused addresses other software looks ahead for (BIP-44)."""
SEARCHED = 1000
_BRANCHES = (("receive", RECEIVE), ("change", CHANGE))


def explore_addresses(desk: Desk) -> Steps[None]:
    """List addresses of a wallet, or find one among its first thousand of either branch."""
    wallet = yield from choose_wallet(desk, "Which wallet")
    descriptor = parse_descriptor(wallet.descriptor, wallet.network)
    options = (
        ("List to receive", "from any number on, with the gap"),
        ("List change", "from any number on"),
        ("Find an address", "type it: is it ours, and where"),
    )
    place = yield from ask(Choose("Addresses", (f"Wallet {wallet.name}",), options))
    if place == len(_BRANCHES):
        yield from _find(descriptor)
    else:
        yield from _list(descriptor, *_BRANCHES[place])


def listed(
    descriptor: Descriptor, branch: int, first: int, highest_used: int | None
) -> tuple[str, ...]:
    """Twenty addresses in groups of four; those beyond the gap are marked."""
    lines = []
    for index, address in enumerate(addresses_from(descriptor, branch, first), first):
        beyond = highest_used is not None and index > highest_used + GAP
        mark = "  beyond the gap" if beyond else ""
        lines += [f"{index}{mark}", f"  {group_address(address)}"]
    return tuple(lines)


def addresses_from(descriptor: Descriptor, branch: int, first: int) -> tuple[str, ...]:
    """Twenty addresses of a branch."""
    scripts = (
        derive_scripts(descriptor, branch, index).script_pubkey
        for index in range(first, first + PAGE)
    )
    return tuple(render_address(script, descriptor.network) or script.hex() for script in scripts)


def find_address(
    descriptor: Descriptor, address: str, progress: Progress
) -> tuple[str, int] | None:
    """The branch and index of an address, None if it is not among the first thousand; ADDRESS if it is none."""
    wanted = parse_address(address, descriptor.network)
    for index in range(SEARCHED):
        for name, branch in _BRANCHES:
            if derive_scripts(descriptor, branch, index).script_pubkey == wanted:
                return name, index
        progress(index + 1, SEARCHED)
    return None


def _list(descriptor: Descriptor, name: str, branch: int) -> Steps[None]:
    first = yield from choose_number(f"From which {name} address", _FROM, "First number")
    used = yield from _highest_used()
    lines = listed(descriptor, branch, first, used)
    gap = () if used is None else (f"Used up to {used}: the gap of {GAP} ends at {used + GAP}.", "")
    codes = tuple(
        text_code(f"{name} address {index}", address)
        for index, address in enumerate(addresses_from(descriptor, branch, first), first)
    )
    yield from ask(Tell(f"{name.capitalize()} addresses", (*gap, *lines), codes=codes))


def _highest_used() -> Steps[int | None]:
    problem = ""
    while True:
        (typed,) = yield from ask(Fill("Check the gap", _USED, ("Highest used number",), problem))
        text = typed.strip()
        if not text:
            return None
        if text.isascii() and text.isdecimal() and len(text) < 10:  # noqa: PLR2004 - a path's step
            return int(text)
        problem = "a whole number, or nothing"


def _find(descriptor: Descriptor) -> Steps[None]:
    problem = ""
    while True:
        (typed,) = yield from ask(Fill("Find an address", _FIND, ("Address",), problem))
        address = "".join(typed.split())
        try:
            parse_address(address, descriptor.network)
            break
        except Violation as stop:
            problem = problem_of(stop)
    found = yield from ask(
        Work("Looking", lambda progress: (find_address(descriptor, address, progress),))
    )
    (place,) = found
    if place is None:
        told = f"It is not among the first {SEARCHED} addresses of either branch."
    else:
        told = f"It is ours: {place[0]} address {place[1]}."
    codes = (text_code("address that was looked for", address),)
    yield from ask(Tell("Find an address", (group_address(address), "", told), codes=codes))


_FROM = ("Addresses are numbered from 0.",)
_USED = (
    (
        "The highest number that has been paid to, as the online wallet says; empty for "
        "not known. Other software stops looking after 20 unused addresses."
    ),
)
_FIND = ("Type it whole; spaces do not matter.",)
