"""QR codes on the booted ISO's own screen, read off its picture by an independent decoder."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.network import Network
from strongroom.core.optical.bbqr import join_file
from strongroom.core.session.addresses import addresses_from
from tests.e2e.machine import Machine
from tests.e2e.prepared import PASSPHRASE, REQUEST, VAULT, now, prepared
from tests.e2e.station import Operator
from tests.e2e.sticks import FileSystem, read_stick, write_stick
from tests.zbar import scan_screen, scan_series

pytestmark = pytest.mark.e2e


@dataclass(frozen=True)
class Stage:
    """A machine with an open vault, and the stick with a request in it."""

    machine: Machine
    folder: Path
    digest: bytes
    descriptor: str

    @property
    def picture(self) -> Path:
        """Where pictures of the screen go."""
        return self.folder / "screen.png"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("codes")
    with prepared() as people, Machine(name="codes", by_serial=False) as machine:
        bundle = people.bundle()
        files = {VAULT: people.vault(), REQUEST: bundle.render()}
        operator = Operator(machine.console)
        operator.begin(now())
        machine.plug(write_stick(folder / "stick.img", FileSystem.FAT32, files), "stick")
        operator.open_vault(PASSPHRASE)
        yield Stage(
            machine,
            folder,
            hashlib.sha256(bundle.manifest).digest(),
            people.made.registered.descriptor,
        )


def test_an_address_is_scanned_as_it_is_shown(stage: Stage) -> None:
    operator = Operator(stage.machine.console)
    operator.choose("Ceremonies", "The vault stays open.")
    operator.on("5", re.compile("Which wallet|List to receive"))
    if "Which wallet" in operator.settled():
        operator.on("1", re.compile("List to receive"))
    operator.on("1", "From which receive address")
    operator.on("0<enter>", "Check the gap")
    operator.on("<enter>", "Receive addresses")
    stage.machine.press("q")
    stage.machine.wait_for("receive address 0")
    wanted = addresses_from(parse_descriptor(stage.descriptor, Network.REGTEST), 0, 0)
    assert scan_screen(stage.machine, stage.picture) == wanted[:1]
    stage.machine.press("<down>")
    stage.machine.wait_for("receive address 1")
    assert scan_screen(stage.machine, stage.picture) == wanted[1:2]
    stage.machine.press("<esc><esc>")
    stage.machine.wait_for("Main menu")


def test_a_signed_answer_leaves_by_the_screen(stage: Stage) -> None:
    operator = Operator(stage.machine.console)
    operator.read_request()
    operator.review()
    operator.confirm("Olga", stage.digest)
    operator.write("Write to a stick")
    operator.write("Signed. The answer is on the stick")
    stage.machine.press("q")
    stage.machine.wait_for(re.compile(r"Part \d+ of \d+"))
    answer = join_file(scan_series(stage.machine, stage.picture))[1]
    stage.machine.press("<up>")
    stage.machine.wait_for("head of the transcript")
    (head,) = scan_screen(stage.machine, stage.picture)
    stage.machine.press("<esc>")
    stage.machine.wait_for("Signed. The answer")
    stage.machine.press("<enter>")
    stage.machine.wait_for("Main menu")
    stage.machine.unplug("stick")
    files = read_stick(stage.folder / "stick.img")
    assert answer == files[REQUEST.replace("request", "response")]
    assert head.lower().encode() in answer
