"""Take the operator guide's pictures of policy and review: `python -m tests.e2e.pictures [FOLDER]`.

The unmodified ISO runs in QEMU and is used by its keyboard and its screen; nothing is drawn by hand.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from strongroom.core.vault.model import Policy
from tests.e2e.machine import OUT, Machine
from tests.e2e.prepared import PASSPHRASE, REQUEST, VAULT, Prepared, now, prepared
from tests.e2e.station import Operator
from tests.e2e.sticks import FileSystem, write_stick
from tests.vectors.factory import draft, stranger

BATCH = (900_000, *(100_000 + 12_345 * place for place in range(13)))
BOOK = tuple((stranger(place), f"Employee {place}") for place in range(1, 13))
KEPT = ("policy", "policy-limit", "policy-confirm")


@dataclass(frozen=True)
class Studio:
    """A station with one stick, and where its pictures go."""

    machine: Machine
    folder: Path
    stick: Path

    def take(self, name: str) -> None:
        """Keep what the screen shows."""
        self.operator.settled()
        self.machine.picture(self.folder / f"{name}.png")

    def look(self, name: str) -> None:
        """Keep the screens of an operator's verb that the guide has."""
        if name in KEPT:
            self.take(name)

    @property
    def operator(self) -> Operator:
        """The hands at the station."""
        return Operator(self.machine.console, self.look)

    @contextmanager
    def plugged(self, files: dict[str, bytes]) -> Iterator[None]:
        """The stick is in, with these files."""
        self.machine.plug(write_stick(self.stick, FileSystem.FAT32, files), "stick")
        yield
        self.machine.unplug("stick")


def take_policy(studio: Studio, vault: bytes) -> None:
    """The limits, one of them, and the read-back."""
    limits = {"Fee, at most": "0.02btc", "Sent per window, at most": "0.5btc"}
    with studio.plugged({VAULT: vault}):
        studio.operator.open_vault(PASSPHRASE)
        studio.operator.change_policy(limits, "Olga", "lower")


def take_review(studio: Studio, people: Prepared) -> None:
    """A request of one payment, page by page."""
    with studio.plugged({REQUEST: people.asking(draft()).bundle().render()}):
        studio.operator.read_request("POLICY-RECIPIENT")
        studio.take("review-warning")
        studio.machine.press("seen<enter>")
        studio.machine.wait_for("Leaves")
        studio.take("review-summary")
        studio.machine.press("<enter>")
        studio.machine.wait_for("Recipient 1 of 1")
        studio.take("review-recipient")
        for key, name, shown in (("c", "change", "found equal"), ("d", "details", "Locks and")):
            studio.machine.press(key)
            studio.machine.wait_for(shown)
            studio.take(f"review-{name}")
            studio.machine.press("<esc>")
            studio.machine.wait_for("Recipient 1 of 1")
        studio.operator.decline()


def take_batch(studio: Studio, people: Prepared) -> None:
    """A request of many payments: totals, exceptions, list and search."""
    batch = draft(coins=(5_000_000, 3_000_000), pay=BATCH, fee=5_000)
    with studio.plugged({REQUEST: people.asking(batch).bundle().render()}):
        studio.operator.read_request("POLICY-RECIPIENT")
        studio.machine.press("seen<enter>")
        studio.machine.wait_for("Leaves")
        for name, shown in (
            ("totals", "In the transaction"),
            ("exceptions", "Paid for the first time"),
            ("list", "the largest first"),
        ):
            studio.machine.press("<enter>")
            studio.machine.wait_for(shown)
            studio.take(f"review-{name}")
        studio.machine.press("/first use<enter>")
        studio.machine.wait_for("2 of 14 recipients")
        studio.take("review-search")
        studio.operator.decline()


def take_stop(studio: Studio, people: Prepared) -> None:
    """A request that the policy refuses."""
    large = draft(coins=(60_000_000, 1_000_000), pay=(55_000_000,))
    with studio.plugged({REQUEST: people.asking(large).bundle().render()}):
        studio.operator.read_request("STOP")
        studio.machine.wait_for("POLICY-WINDOW")
        studio.take("stop")
        studio.machine.press("<enter>")


def main(folder: Path) -> None:
    """Take every picture."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        prepared() as people,
        tempfile.TemporaryDirectory(prefix="sr-") as scratch,
        Machine(name="pictures", by_serial=False) as machine,
    ):
        studio = Studio(machine, folder, Path(scratch) / "stick.img")
        studio.operator.begin(now())
        take_policy(studio, people.vault(Policy(address_book=BOOK)))
        take_review(studio, people)
        take_batch(studio, people)
        take_stop(studio, people)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else OUT.parent / "docs" / "pictures")
