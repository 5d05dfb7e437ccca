"""Scripts of ceremonies: what the room does step by step, with blanks for whatever is not known beforehand.

Each ceremony is held twice on paper, in two worlds that have no data in common. Words that are the same in
both are the ceremony's; where they differ there is a blank to be filled in by hand.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import takewhile
from typing import TYPE_CHECKING

from strongroom.core.network import Network
from strongroom.core.session.pages import PaperForm
from strongroom.core.session.values import FileKind, SeedSource, Task
from strongroom.online.paper.dry_run import Plan, Player, Step
from strongroom.online.paper.world import FOREIGN, OURS, World

if TYPE_CHECKING:
    from collections.abc import Iterable

BLANK = "________"
_STARTS, _ENDS = "(#", ",.;:)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceremony:
    """A ceremony that a script can be printed for."""

    key: str
    title: str
    about: str
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Who is there, and how the seed is backed up: `threshold` of `count` sheets of `form`."""

    people: int = 4
    form: PaperForm = PaperForm.SLIP39
    threshold: int = 2
    count: int = 3


def _in_vault(*choices: str, file: FileKind | None = None, wallet: int = FOREIGN) -> Plan:
    tasks = (Task.OPEN_VAULT, Task.CEREMONY)
    return Plan(tasks=tasks, choices=choices, file=file, wallet=wallet)


CEREMONIES = (
    Ceremony(
        key="create",
        title="C1  Create keys",
        about="A new seed out of dice and the machine's own random bits, in a new vault.",
        plan=Plan(tasks=(Task.CREATE_VAULT,), choices=("24 words",)),
    ),
    Ceremony(
        key="backup",
        title="C2  Back up a seed",
        about="Each sheet is written and typed again in full, one custodian at a time.",
        plan=_in_vault("Back up a seed"),
    ),
    Ceremony(
        key="drill",
        title="C2  Drill a backup",
        about="After a restart: every sheet is used, and fewer than needed are refused.",
        plan=_in_vault("Drill a backup"),
    ),
    Ceremony(
        key="register",
        title="C3  Register a wallet",
        about="A wallet of several keys, each compared by its owner.",
        plan=Plan(tasks=(Task.OPEN_VAULT, Task.REGISTER_WALLET), choices=("Strongroom",)),
    ),
    Ceremony(
        key="sign",
        title="C4  Sign a request",
        about="A request is checked, read, confirmed by people, and signed.",
        plan=Plan(tasks=(Task.OPEN_VAULT, Task.SIGN)),
    ),
    Ceremony(
        key="recover",
        title="C5  Recover a seed",
        about="From its sheets into a fresh vault; the register's fingerprint must match.",
        plan=Plan(tasks=(Task.CREATE_VAULT,), source=SeedSource.SLIP39),
    ),
    Ceremony(
        key="session",
        title="C5  Work without a vault",
        about="A seed from its sheets for one session, of which nothing is kept.",
        plan=Plan(
            tasks=(Task.STATELESS, Task.REGISTER_WALLET, Task.SIGN),
            choices=("Strongroom",),
            source=SeedSource.SLIP39,
            wallet=OURS,
        ),
    ),
    Ceremony(
        key="rotate",
        title="C6  Rotate a wallet",
        about="From then on the old wallet may pay nothing but the new one.",
        plan=_in_vault("Rotate a wallet", "Strongroom"),
    ),
    Ceremony(
        key="retire",
        title="C7  Retire a wallet",
        about="Every known copy is destroyed before the camera.",
        plan=_in_vault("Retire a wallet"),
    ),
    Ceremony(
        key="prove",
        title="C8  Prove keys",
        about="An auditor's message is signed; no coin moves.",
        plan=_in_vault("Prove keys"),
    ),
    Ceremony(
        key="trust",
        title="C9  Change of trust",
        about="Other approvers or limits, signed by the old list and the new one.",
        plan=_in_vault("Change of trust", "Take a change", file=FileKind.TRUST),
    ),
)


def script_of(ceremony: Ceremony, room: Room) -> tuple[Step, ...]:
    """The steps of the whole session, from the opening to the end, with blanks for data."""
    first, second = (_held(ceremony, room, world) for world in _worlds(room))
    return tuple(_merged(*pair) for pair in zip(first, second, strict=True))


def _held(ceremony: Ceremony, room: Room, world: World) -> tuple[Step, ...]:
    plan = ceremony.plan
    form = {
        PaperForm.WORDS: ("Seed words", SeedSource.WORDS),
        PaperForm.SLIP39: ("Shares of words", SeedSource.SLIP39),
        PaperForm.CODEX32: ("Shares of letters", SeedSource.CODEX32),
    }[room.form]
    source = SeedSource.DICE if plan.source is SeedSource.DICE else form[1]
    plan = replace(plan, choices=(*plan.choices, form[0]), source=source)
    return Player(world=world, plan=plan, people=room.people).run()


def _worlds(room: Room) -> tuple[World, World]:
    def world(name: str, network: Network, now: datetime, generation: int) -> World:
        return World(
            name=name,
            network=network,
            now=now,
            generation=generation,
            witnesses=min(room.people, 2),
            names=tuple(f"{name}-{letter}" for letter in "abc"),
            form=room.form,
            threshold=room.threshold,
            count=room.count,
        )

    return (
        world("one", Network.SIGNET, datetime(2027, 2, 3, 4, 5, tzinfo=UTC), 1),
        world("another", Network.REGTEST, datetime(2031, 10, 27, 19, 46, tzinfo=UTC), 7),
    )


def _merged(one: Step, other: Step) -> Step:
    return Step(
        title=blanked(one.title, other.title),
        lines=_lines(one.lines, other.lines),
        chosen=blanked(one.chosen, other.chosen),
        fields=_lines(one.fields, other.fields),
        word=blanked(one.word, other.word),
        has_digest=one.has_digest,
        by=one.by,
    )


def _lines(one: Iterable[str], other: Iterable[str]) -> tuple[str, ...]:
    return tuple(blanked(*pair) for pair in zip(one, other, strict=True))


def blanked(one: str, other: str) -> str:
    """What two texts have in common, word by word, with a blank where they differ."""
    if one == other:
        return one
    words, others = one.split(" "), other.split(" ")
    if len(words) != len(others):
        return BLANK
    kept: list[str] = []
    for pair in zip(words, others, strict=True):
        word = _word(*pair)
        if not (word == BLANK and kept and kept[-1] == BLANK):
            kept.append(word)
    return " ".join(kept)


def _word(one: str, other: str) -> str:
    if one == other:
        return one
    end = _start(one[::-1], other[::-1])[::-1]
    start = _start(one, other)
    before = start if start and start[-1] in _STARTS else ""
    after = next((end[place:] for place, sign in enumerate(end) if sign in _ENDS), "")
    return f"{before}{BLANK}{after}"


def _start(one: str, other: str) -> str:
    """What both begin with."""
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return "".join(sign for sign, _ in alike)
