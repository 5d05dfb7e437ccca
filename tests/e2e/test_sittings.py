"""One vault over several sittings and a power cut: what was signed once binds what is asked next.

The tests run in this order on one vault file. Each sitting opens the vault anew from what the stick holds, so
that nothing but the file can remember.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from strongroom.core.bitcoin.transaction import transaction_id
from strongroom.core.money import Sats
from strongroom.core.psbt.reader import parse_psbt
from strongroom.core.secret import Secret
from strongroom.core.signing.only_adds import check_only_adds
from strongroom.core.transcript.chain import verify_chain
from strongroom.core.vault.age import decrypt_with_passphrase
from strongroom.core.vault.contents import parse_vault
from strongroom.core.vault.model import VaultContents
from tests.e2e.machine import Machine
from tests.e2e.prepared import PASSPHRASE, REQUEST, VAULT, Prepared, now, prepared
from tests.e2e.station import Operator
from tests.e2e.sticks import FileSystem, check_stick, read_stick, write_stick
from tests.vectors.factory import TIP_HEIGHT, Draft, draft
from tests.vectors.generate_bundles import Bundle

pytestmark = pytest.mark.e2e
OTHER_COINS, MORE_COINS = (7_000_000, 1_000_000), (6_500_000, 1_500_000)
STEM = REQUEST.removesuffix(".request")


@dataclass
class Room:
    """A station, one stick, the vault as the stick holds it, and the requests that were signed."""

    people: Prepared
    folder: Path
    files: dict[str, bytes]
    machine: Machine | None = None
    signed: list[Bundle] = field(default_factory=list)

    def boot(self) -> None:
        """Switch a station on; the one before is cut off from power."""
        self.end()
        machine = Machine(name="sittings").__enter__()
        self.machine = machine
        machine.choose_boot_entry("s")
        self.operator.begin(now())

    def end(self) -> None:
        """Cut the power."""
        if self.machine:
            self.machine.__exit__(None, None, None)
        self.machine = None

    @property
    def station(self) -> Machine:
        """The station that is on."""
        assert self.machine is not None
        return self.machine

    @property
    def operator(self) -> Operator:
        """The hands at the station."""
        return Operator(self.station.console)

    @property
    def contents(self) -> VaultContents:
        """The vault on the stick."""
        opened = decrypt_with_passphrase(self.files[VAULT], Secret(PASSPHRASE.encode()))
        return parse_vault(opened)

    def plug(self, **more: bytes) -> None:
        """Put the stick in, with the vault and a request."""
        files = {VAULT: self.files[VAULT], **more}
        self.station.plug(write_stick(self.folder / "stick.img", FileSystem.FAT32, files), "stick")

    def unplug(self) -> None:
        """Take the stick out, and what is on it."""
        self.station.unplug("stick")
        check_stick(self.folder / "stick.img")
        self.files = read_stick(self.folder / "stick.img")

    def open(self) -> None:
        """End the session if a vault is open, and open the one on the stick."""
        if "Sign a request" in self.station.text():
            self.operator.end_session(now())
        self.plug()
        self.operator.open_vault(PASSPHRASE)
        self.unplug()

    def ask(self, made: Draft, **changes: object) -> Bundle:
        """A request of Ana's, the next in the wallet's chain unless `changes` say otherwise."""
        last = hashlib.sha256(self.signed[-1].manifest).hexdigest() if self.signed else None
        chain = {"sequence": len(self.signed) + 1, "previous_digest": last}
        return self.people.asking(made, **(chain | changes)).bundle()

    def refused(self, bundle: Bundle, rule: str) -> str:
        """The stop that a request ends in."""
        self.plug(**{REQUEST: bundle.render()})
        self.operator.read_request(re.compile("STOP  |Review"))
        screen = self.operator.stopped(rule)
        self.unplug()
        return in_one_line(screen)

    def signs(self, bundle: Bundle) -> str:
        """A request is signed; all text of its review."""
        self.plug(**{REQUEST: bundle.render()})
        self.operator.read_request()
        shown = self.operator.sign("Olga", hashlib.sha256(bundle.manifest).digest())
        self.unplug()
        asked, answered = parse_psbt(bundle.psbt), parse_psbt(self.files[f"{STEM}.signed.psbt"])
        assert len(check_only_adds(asked, answered)) == len(asked.inputs)
        return in_one_line(shown)


def in_one_line(screen: str) -> str:
    """The words of a screen, wherever it breaks its lines."""
    return " ".join(screen.split())


def txid(made: Draft) -> str:
    return transaction_id(made.transaction)[::-1].hex()


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with prepared() as people:
        folder = tmp_path_factory.mktemp("room")
        made = Room(people=people, folder=folder, files={VAULT: people.vault()})
        try:
            made.boot()
            yield made
        finally:
            made.end()


def test_a_limit_is_set_at_the_station(room: Room) -> None:
    room.open()
    room.plug()
    shown = room.operator.change_policy({"Sent per window, at most": "0.1 btc"}, "Olga", "save")
    room.unplug()
    assert "none  ->  0.10000000 BTC" in shown
    assert room.contents.policy.amount_per_window == 10_000_000
    assert room.contents.generation == 2
    record = verify_chain(room.files["policy-2.transcript.jsonl"])
    assert record.head.hex() == room.contents.history.transcript_head


def test_a_request_is_signed_in_the_next_sitting(room: Room) -> None:
    room.open()
    first = room.ask(draft())
    assert "is paid for the first time" in room.signs(first)
    room.signed.append(first)
    assert [entry.sequence for entry in room.contents.history.entries] == [1]
    assert room.contents.generation == 3


def test_coins_are_not_signed_away_twice(room: Room) -> None:
    room.open()
    screen = room.refused(room.ask(draft(pay=(3_000_000,))), "HISTORY-CONFLICT")
    assert "2026-11-01-0001" in screen
    assert "What to do: declare the replacement" in screen


@pytest.mark.parametrize(
    "changes",
    [{"sequence": 1, "previous_digest": None}, {"previous_digest": "55" * 32}],
    ids=["replay", "broken-chain"],
)
def test_a_request_continues_the_chain(room: Room, changes: dict[str, object]) -> None:
    room.refused(room.ask(draft(coins=OTHER_COINS, pay=(1_000_000,)), **changes), "BUNDLE-SEQUENCE")


def test_what_was_sent_before_counts_against_the_window(room: Room) -> None:
    screen = room.refused(room.ask(draft(coins=OTHER_COINS)), "POLICY-WINDOW")
    assert "6 000 000 sat after 6 000 000 sat in the last 144 blocks" in screen


def test_paying_twice_is_a_warning(room: Room) -> None:
    again = room.ask(draft(coins=OTHER_COINS, pay=(1_000_000,)))
    room.plug(**{REQUEST: again.render()})
    room.operator.read_request()
    screen = in_one_line(room.station.wait_for("HISTORY-DUPLICATE"))
    assert "may have been paid before" in screen
    assert "INV-0" in screen
    room.operator.decline()
    room.unplug()
    assert room.contents.generation == 3


def test_a_replacement_that_pays_others_is_refused(room: Room) -> None:
    others = draft(pay=(3_000_000,), fee=5_000)
    room.refused(room.ask(others, replaces=txid(draft())), "RBF")


def test_the_very_same_request_is_answered_again(room: Room) -> None:
    room.plug(**{REQUEST: room.signed[0].render()})
    room.operator.read_request()
    room.station.press("d")
    room.station.wait_for("HISTORY-REISSUE")
    room.station.press("<esc>")
    room.operator.sign("Olga", hashlib.sha256(room.signed[0].manifest).digest())
    room.unplug()
    assert len(room.contents.history.entries) == 1
    assert room.contents.generation == 4


def test_a_declared_replacement_is_signed_and_takes_the_place_of_the_first(room: Room) -> None:
    room.open()
    second = room.ask(draft(fee=5_000), replaces=txid(draft()))
    room.signs(second)
    room.signed.append(second)
    assert [entry.sequence for entry in room.contents.history.entries] == [1, 2]


def test_a_power_cut_forgets_nothing(room: Room) -> None:
    """Another machine, another boot: only the file on the stick is the same."""
    room.boot()
    room.open()
    late = room.ask(draft(fee=9_000), replaces=txid(draft()))
    room.refused(late, "HISTORY-CONFLICT")
    screen = room.refused(room.ask(draft(coins=OTHER_COINS)), "POLICY-WINDOW")
    assert "6 000 000 sat after 6 000 000 sat" in screen


def test_a_window_later_the_limit_is_free_again(room: Room) -> None:
    made = draft(coins=OTHER_COINS)
    anchor = replace(made.request().manifest.anchor, tip_height=TIP_HEIGHT + 144)
    third = room.ask(made, anchor=anchor)
    room.signs(third)
    room.signed.append(third)
    history = room.contents.history
    assert [entry.sequence for entry in history.entries] == [1, 2, 3]
    assert [entry.fee for entry in history.entries] == [Sats(2_000), Sats(5_000), Sats(2_000)]
    events = verify_chain(room.files[f"{STEM}.transcript.jsonl"])
    assert events.head.hex() == history.transcript_head
    assert b"POLICY-WINDOW" in room.files[f"{STEM}.transcript.jsonl"]


def test_an_old_tip_does_not_free_the_window(room: Room) -> None:
    """A coordinator that names an older block counts more, not less."""
    made = draft(coins=MORE_COINS)
    anchor = replace(made.request().manifest.anchor, tip_height=TIP_HEIGHT)
    room.refused(room.ask(made, anchor=anchor), "POLICY-WINDOW")
