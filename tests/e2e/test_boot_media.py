"""The image boots from a disc and from a file on a stick, and nothing happens when the medium goes away."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.hardware import BOOT_STICK, BootMedium, Firmware
from tests.e2e.machine import ISO, Machine
from tests.e2e.multi_boot import write_multi_boot_stick
from tests.e2e.prepared import PASSPHRASE, VAULT, now, prepared
from tests.e2e.station import Operator
from tests.e2e.sticks import FileSystem, write_stick

pytestmark = pytest.mark.e2e
BIOS_ONLY = [Firmware.BIOS, pytest.param(Firmware.UEFI, marks=pytest.mark.slow)]


def open_a_vault(machine: Machine, operator: Operator, folder: Path) -> None:
    """A step that needs most of what the system is made of: sticks, scrypt, all screens."""
    with prepared() as made:
        image = write_stick(folder / "vault.img", FileSystem.FAT32, {VAULT: made.vault()})
    machine.plug(image, "vault")
    operator.open_vault(PASSPHRASE)
    machine.unplug("vault")
    operator.power_off()
    machine.power_off_wait()


@pytest.mark.parametrize("firmware", BIOS_ONLY)
def test_from_a_disc_that_is_taken_out_at_the_first_screen(
    firmware: Firmware, tmp_path: Path
) -> None:
    with Machine(name=f"disc-{firmware}", medium=BootMedium.DISC, firmware=firmware) as machine:
        machine.choose_boot_entry("s")
        machine.wait_for("Press Enter to begin", 120)
        machine.qmp.execute("eject", id=BOOT_STICK, force=True)
        operator = Operator(machine.console)
        operator.begin(now())
        open_a_vault(machine, operator, tmp_path)


@pytest.mark.parametrize("firmware", BIOS_ONLY)
def test_from_a_file_on_a_stick_which_is_then_pulled(firmware: Firmware, tmp_path: Path) -> None:
    stick = write_multi_boot_stick(tmp_path / "multi.img", ISO, firmware)
    with Machine(stick, name=f"file-{firmware}", firmware=firmware) as machine:
        machine.choose_boot_entry("s")
        operator = Operator(machine.console)
        operator.begin(now(), pull=lambda: machine.unplug("boot"))
        open_a_vault(machine, operator, tmp_path)


@pytest.mark.slow
def test_a_stick_pulled_at_the_first_screen_and_one_pulled_at_work(tmp_path: Path) -> None:
    with Machine(name="pulled") as machine:
        machine.choose_boot_entry("s")
        machine.wait_for("Press Enter to begin", 120)
        machine.unplug("boot")
        operator = Operator(machine.console)
        operator.begin(now())
        open_a_vault(machine, operator, tmp_path)
    with Machine(name="pulled-later") as machine:
        machine.choose_boot_entry("s")
        operator = Operator(machine.console)
        operator.begin(now())
        assert "boot stick, pull it out" in machine.text()
        operator.choose("Create a vault", "Where the seed comes from")
        machine.unplug("boot")
        machine.console.wait_for("sticks: none", 30)
        machine.press("<esc>")
        open_a_vault(machine, operator, tmp_path)
