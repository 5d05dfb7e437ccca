"""The record beside the vault: whatever is cut off, what was completed before is in it, and no more."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from tests.unit.core.session.operator import LEAVE, RELEASE
from tests.unit.core.session.test_backups import Room, cheap_vaults, holders, room
from tests.unit.core.session.test_custodians import LOCK
from tests.unit.core.session.test_frame import recorded, types

from strongroom.core.bundle.model import BundleFile
from strongroom.core.session import pages as paged
from strongroom.core.session import requests as asked
from strongroom.core.session.notes import KeepRecord
from strongroom.core.session.rehearsal import PREFIX
from strongroom.core.session.values import OutFile, Receipt, Task
from strongroom.core.transcript.chain import verify_chain
from strongroom.core.transcript.facts import Evidence, Standing, facts
from strongroom.core.transcript.model import Transcript

__all__ = ["cheap_vaults"]
RUNNING = ".running.jsonl"
NOTHING = Transcript()


@dataclass
class Witness(Room):
    """A room whose stick is looked at before every answer, as if the power went out there."""

    is_in: bool = True
    mirror: Transcript = NOTHING
    moments: list[tuple[Any, Transcript]] = field(default_factory=list)

    def answer(self, request: Any) -> Any:  # noqa: ANN401 - each request has its own reply
        """Look at the stick, then answer."""
        self.moments.append((request, self.mirror))
        return super().answer(request)

    def write(self, files: tuple[OutFile, ...]) -> Receipt:
        """What is written is on the stick from now on."""
        for file in files:
            if file.name.endswith(RUNNING):
                self.mirror = verify_chain(file.data)
        return super().write(files)

    def keep(self, file: OutFile) -> bool:
        """Taken while the stick is in."""
        if self.is_in:
            self.mirror = verify_chain(file.data)
        return self.is_in

    def at(self, kind: type, title: str = "") -> list[list[str]]:
        """The types of the mirrored events at each request of that kind, and title if there is one."""
        return [
            types(mirror)
            for request, mirror in self.moments
            if isinstance(request, kind) and getattr(request, "title", "") == title
        ]


def witness(*ceremonies: str, **changes: Any) -> Witness:  # noqa: ANN401 - fields of Room
    return Witness(room().script, ceremonies=list(ceremonies), **changes)


def held() -> Witness:
    """A vault is made, a backup left and made, a child derived, a request refused, the record written."""
    made = witness(
        *("Back up a seed", "Back up a seed", "Derive a child"),
        choices={LEAVE: "Write the record"},
        fills=holders(1) | {"How long": ("12",), "Which one": ("0",)},
    )
    made.script[paged.HandOver] = [asked.Cancelled()]
    made.script[asked.ChooseFile] = [BundleFile(name="a.request", data=b"no request")]
    made.run(Task.CREATE_VAULT, *(Task.CEREMONY,) * 3, Task.SIGN)
    return made


def test_every_completed_step_is_on_the_stick_when_the_menu_comes_back() -> None:
    made = held()
    whole = types(recorded(made))
    assert whole == [
        *("session.opened", "vault-created", "cancelled", "backup-made", "child-derived"),
        *("refused", "session-closed"),
    ]
    menus = made.at(asked.ChooseTask)
    assert menus == [[], whole[:2], whole[:3], whole[:4], whole[:5], whole[:6]]


def test_a_step_that_wrote_the_vault_is_on_the_stick_before_its_result_is_shown() -> None:
    made = held()
    assert made.at(paged.Tell, "The backup is made") == [
        ["session.opened", "vault-created", "cancelled", "backup-made"]
    ]
    assert made.at(asked.ShowResult, "The vault is written") == [
        ["session.opened", "vault-created"]
    ]


def test_what_is_cut_off_anywhere_is_a_beginning_of_the_record_and_says_that_it_is_unfinished() -> (
    None
):
    made = held()
    whole = recorded(made).events
    mirrors = [mirror for _, mirror in made.moments if mirror.events]
    assert len(mirrors) > len(whole)
    for mirror in mirrors:
        assert mirror.events == whole[: len(mirror.events)]
        last = len(mirror.events)
        unfinished = f"how the session went on after event {last}: the record is unfinished"
        said = [f.text for f in facts(mirror, Evidence()) if f.standing is Standing.UNKNOWN]
        closed = last == len(whole)
        assert closed != any(text.startswith(unfinished) for text in said)


def test_nobody_is_asked_and_nothing_is_written_twice() -> None:
    made = held()
    kept = [request for request, _ in made.moments if isinstance(request, KeepRecord)]
    assert (
        len(kept) == 3
    )  # what was left, the child, and the refusal: the others went with the vault
    again = witness()
    again.run(Task.MACHINE)
    assert not [request for request, _ in again.moments if isinstance(request, KeepRecord)]


def test_a_stick_that_is_out_stops_nothing_and_gets_all_of_it_with_the_next_vault() -> None:
    made = witness("Back up a seed", "Back up a seed", fills=holders(1), is_in=False)
    made.script[paged.HandOver] = [asked.Cancelled()]
    made.run(Task.CREATE_VAULT, Task.CEREMONY, Task.CEREMONY)
    menus = made.at(asked.ChooseTask)
    assert menus[1] == menus[2] == ["session.opened", "vault-created"]
    assert menus[3] == ["session.opened", "vault-created", "cancelled", "backup-made"]


def test_a_vault_that_was_not_written_leaves_no_event_that_says_so() -> None:
    made = witness("Change the lock", choices=LOCK, fills=holders(3))
    made.script[asked.WriteFiles] = [None, None, asked.Cancelled()]
    made.run(Task.CREATE_VAULT, Task.CEREMONY)
    assert types(made.mirror) == ["session.opened", "vault-created", "cancelled"]


def test_the_record_of_a_rehearsal_has_its_mark() -> None:
    made = witness("Derive a child", fills={"How long": ("12",), "Which one": ("0",)})
    made.release = replace(RELEASE, rehearsal=True)
    made.run(Task.CREATE_VAULT, Task.CEREMONY)
    (kept,) = (request for request, _ in made.moments if isinstance(request, KeepRecord))
    assert kept.file.name.startswith(PREFIX)
