"""What is left in the machine's memory when a session has ended, and when the power goes: nothing secret.

The same search finds each kind of secret while the session runs: the words in screen and terminal as they are
typed, seed and passphrase once the vault is open, and the private keys while a request is being signed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from strongroom.core.bitcoin.mnemonic import mnemonic_from_entropy
from strongroom.core.words import pgp_words
from tests.e2e.machine import Machine
from tests.e2e.memory import Trace, found_in, memory_of, traces_of_vault
from tests.e2e.prepared import PASSPHRASE, REQUEST, VAULT, now, prepared
from tests.e2e.station import Operator
from tests.e2e.sticks import FileSystem, write_stick
from tests.vectors.factory import draft, seed

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

COINS = 60  # so many that signing takes longer than the machine runs between two looks


@dataclass
class Search:
    """Looks through one machine's memory for every form of one vault's secrets."""

    machine: Machine
    folder: Path
    traces: tuple[Trace, ...]

    def look(self) -> set[str]:
        """The kinds of secrets that are there now, in any form."""
        return {kind for kind, _ in found_in(memory_of(self.machine, self.folder), self.traces)}

    def look_while(self, goes_on: Callable[[], bool], wanted: set[str]) -> set[str]:
        """Which of `wanted` were seen, raw, until all were or it ends; time stands still in each look."""
        raw = tuple(t for t in self.traces if t.kind in wanted and t.form == "raw")
        seen: set[str] = set()
        while not wanted <= seen and goes_on():
            self.machine.qmp.execute("stop")
            seen |= {kind for kind, _ in found_in(memory_of(self.machine, self.folder), raw)}
            self.machine.qmp.execute("cont")
        return seen


def test_no_secret_outlives_its_session(tmp_path: Path) -> None:
    words = " ".join(mnemonic_from_entropy(seed("ana").entropy))
    with (
        prepared() as people,
        Machine(name="memory", by_serial=False, extra=("-no-shutdown",)) as machine,
    ):
        search = Search(machine, tmp_path, traces_of_vault(words, PASSPHRASE))
        request = people.asking(draft(coins=(1_000_000,) * COINS)).bundle()
        files = {VAULT: people.vault(), REQUEST: request.render()}
        machine.plug(write_stick(tmp_path / "stick.img", FileSystem.FAT32, files), "stick")
        operator, console = Operator(machine.console), machine.console
        operator.begin(now())
        assert search.look() == set()

        operator.choose("Create a vault", "Where the seed comes from")
        operator.on("1", "Type the seed words")
        typed = "".join(f"{word} " for word in words.split())
        operator.on(typed, "Enter again if these are all", 60)
        assert search.look() == {"words"}
        operator.on("<esc>", "Main menu")

        operator.open_vault(PASSPHRASE)
        assert search.look() >= {"words", "entropy", "passphrase"}
        operator.read_request()
        operator.review()
        digest = pgp_words(hashlib.sha256(request.manifest).digest())
        console.press("Olga<enter>")
        places = [int(place) for place in re.findall(r"Word (\d+)\b", console.wait_for("Word"))]
        console.press("".join(f"{digest[place - 1]}<enter>" for place in places))
        keys = {"master key", "master chain code"}
        signing = search.look_while(lambda: "Write to a stick" not in machine.text(), keys)
        assert signing == keys
        console.wait_for("Write to a stick", 180)
        operator.on("<esc>", "Main menu", 60)
        operator.leave_session()
        assert search.look() == set()

        operator.begin(now())
        operator.open_vault(PASSPHRASE)
        assert search.look() >= {"entropy", "passphrase"}
        operator.power_off()
        machine.halted_wait()
        assert search.look() == set()

        outside = (tmp_path / "stick.img").read_bytes() + machine.serial_log()
        assert b"strongroom-request" in outside
        assert found_in(outside, search.traces) == set()
