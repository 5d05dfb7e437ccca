"""The whole loop on the unmodified ISO: with keyboard, screen and QR codes on BIOS, by serial line on UEFI."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.companion import Companion
from tests.e2e.hardware import BootMedium, Firmware
from tests.e2e.loop import PAYMENT_SATS, Loop
from tests.e2e.machine import Machine
from tests.e2e.sticks import FileSystem
from tests.integration.node import RegtestNode

pytestmark = pytest.mark.e2e


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path, since gpg's sockets live below it."""
    with tempfile.TemporaryDirectory(prefix="sr-") as path:
        yield Path(path)


@pytest.fixture
def companion(folder: Path) -> Iterator[Companion]:
    made = Companion(folder / "c")
    yield made
    made.close()


def check_outcome(loop: Loop) -> None:
    assert loop.confirmations() == 1
    assert loop.received() == f"0.{PAYMENT_SATS:08d}"
    # What people saw: the amount in both units and the whole address, in groups of four.
    assert "0.12345678 BTC" in loop.shown
    assert "12 345 678 sat" in loop.shown
    assert loop.recipient in loop.shown.replace(" ", "").replace("\n", "")
    assert "Landlord" in loop.shown
    assert "RENT-11" in loop.shown


def test_payment_by_keyboard_and_screen_with_bios(folder: Path, companion: Companion) -> None:
    with (
        RegtestNode() as node,
        Machine(name="loop-bios", by_serial=False, firmware=Firmware.BIOS) as machine,
    ):
        loop = Loop(machine, node, companion, folder, by_codes=True)
        for _, step in loop.steps():
            step()
        check_outcome(loop)


def test_payment_by_serial_line_with_uefi_from_optical_medium(
    folder: Path, companion: Companion
) -> None:
    with (
        RegtestNode() as node,
        Machine(name="loop-uefi", firmware=Firmware.UEFI, medium=BootMedium.DISC) as machine,
    ):
        machine.choose_boot_entry("s")
        loop = Loop(
            machine, node, companion, folder, file_system=FileSystem.EXFAT, partitioned=True
        )
        for _, step in loop.steps():
            step()
        check_outcome(loop)
