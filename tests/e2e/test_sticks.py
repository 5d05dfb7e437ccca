"""Sticks come and go on the screen as they are plugged, with each file system that the station reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.machine import Machine
from tests.e2e.prepared import VAULT, now, prepared
from tests.e2e.station import Operator
from tests.e2e.sticks import FileSystem, read_stick, write_stick

pytestmark = pytest.mark.e2e
PLUGGED_TIMES = 100
NAMES = {FileSystem.FAT32: "FAT32", FileSystem.EXFAT: "exFAT", FileSystem.EXT4: "ext4"}


def test_sticks_appear_are_read_and_vanish(tmp_path: Path) -> None:
    with prepared() as made, Machine(name="sticks") as machine:
        machine.choose_boot_entry("s")
        operator = Operator(machine.console)
        operator.begin(now())
        machine.unplug("boot")
        machine.console.wait_gone("STRONGROOM (", 60)
        vault = made.vault()
        for partitioned in (False, True):
            for system, shown in NAMES.items():
                image = write_stick(
                    tmp_path / f"{system}.img", system, {VAULT: vault}, partitioned=partitioned
                )
                before = image.read_bytes()
                machine.plug(image, "one")
                machine.console.wait_for(f"({shown}", 60)
                operator.choose("Open a vault", "Choose a vault")
                operator.pick(VAULT, "Open the vault")
                machine.unplug("one")
                machine.console.wait_gone(f"({shown}", 60)
                machine.console.press("<esc>")
                assert image.read_bytes() == before, f"{shown} was written to while it was read"
                assert read_stick(image) == {VAULT: vault}
        operator.choose("Open a vault", "Choose a vault")
        machine.console.wait_for("Plug in the stick")
        machine.console.press("<esc>")
        operator.power_off()
        machine.power_off_wait()


@pytest.mark.slow
def test_a_stick_appears_each_time_that_it_is_plugged(tmp_path: Path) -> None:
    """The station hears of a device before the kernel is done with it, and must not be the quicker one."""
    sticks = [
        write_stick(tmp_path / f"{number}.img", FileSystem.FAT32, {f"{number}.{VAULT}": b"-"})
        for number in range(2)
    ]
    with Machine(name="plugging") as machine:
        machine.choose_boot_entry("s")
        operator = Operator(machine.console)
        operator.begin(now())
        operator.choose("Open a vault", "Choose a vault")
        for time in range(PLUGGED_TIMES):
            machine.plug(sticks[time % 2], "stick")
            machine.console.wait_for(f"{time % 2}.{VAULT}", 60)
            machine.unplug("stick")
