"""Three stations of a 2-of-3 wallet on the booted ISO, key by key, with a real node: see `tests.e2e.quorum`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.companion import Companion
from tests.e2e.custody import Custody
from tests.e2e.machine import Machine
from tests.e2e.prepared import now
from tests.e2e.quorum import Quorum, story
from tests.e2e.sticks import FileSystem, check_stick, read_stick, write_stick
from tests.integration.node import RegtestNode

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(3600)]
STICK = "stick"


@dataclass
class Booted:
    """The ISO in QEMU, and an image file that is its one stick."""

    custody: Custody
    machine: Machine
    image: Path

    def insert(self, files: dict[str, bytes]) -> None:
        """Put a stick with these files in."""
        self.machine.plug(write_stick(self.image, FileSystem.FAT32, files), STICK)

    def remove(self) -> dict[str, bytes]:
        """Take it out; what is on it."""
        self.machine.unplug(STICK)
        check_stick(self.image)
        return read_stick(self.image)


def test_three_stations_sign_recover_and_rotate(tmp_path: Path) -> None:
    @contextmanager
    def boot(name: str) -> Iterator[Booted]:
        with Machine(name=f"quorum-{name}") as machine:
            machine.choose_boot_entry("s")
            custody = Custody(machine.console)
            custody.begin(now())
            yield Booted(custody, machine, tmp_path / "stick.img")

    with tempfile.TemporaryDirectory(prefix="sr-") as short, RegtestNode() as node:
        companion = Companion(Path(short) / "c")
        try:
            story(Quorum(boot, node, companion, Path(short)))
        finally:
            companion.close()
