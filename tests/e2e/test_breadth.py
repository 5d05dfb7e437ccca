"""The station on other hardware: every kind of USB controller, screens, and keyboards of other countries.

The default computer of these tests has a PS/2 keyboard and xhci. Here the PS/2 controller is taken away, so
that what is typed comes over USB, or the keyboard is one of another country.
"""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from tests.e2e.hardware import Firmware, without_loader
from tests.e2e.machine import ISO, Machine
from tests.e2e.screen import press_key
from tests.e2e.sticks import FileSystem, write_stick

pytestmark = pytest.mark.e2e

NO_PS2 = ("-machine", "i8042=off")
CONTROLLERS = {
    "xhci": ("-device", "qemu-xhci,id=own"),
    "ehci": ("-device", "usb-ehci,id=own"),
    "ohci": ("-device", "pci-ohci,id=own"),
    "uhci": ("-device", "piix3-usb-uhci,id=own"),
}
STORAGE = {
    "usb-storage": ("-device", "usb-storage,bus=own.0,drive=inbox,removable=on"),
    "uas": ("-device", "usb-uas,id=uas,bus=own.0", "-device", "scsi-hd,bus=uas.0,drive=inbox"),
}
ADAPTERS = {"cirrus": Firmware.BIOS, "virtio": Firmware.BIOS, "vmware": Firmware.UEFI}
READY = "Press Enter to begin"
BOOT_SECONDS = 180
# What the keys of a US keyboard give on a German one; the accent waits for a letter, and gives way to none.
GERMAN_KEYS = ("y", "z", "semicolon", "minus", "equal", "e", "equal", "x", "less")
GERMAN = "zyößé'x<"


def inbox(folder: Path) -> tuple[str, ...]:
    """QEMU's arguments for a drive with a stick's image."""
    image = write_stick(folder / "inbox.img", FileSystem.FAT32, {"october.request": b"x"})
    drive = f"driver=raw,node-name=inbox,file.driver=file,file.filename={image}"
    return ("-blockdev", drive)


@pytest.mark.slow
@pytest.mark.parametrize("controller", CONTROLLERS)
def test_a_keyboard_and_a_stick_on_a_controller(controller: str, tmp_path: Path) -> None:
    extra = (
        *NO_PS2,
        *CONTROLLERS[controller],
        *("-device", "usb-kbd,bus=own.0"),
        *inbox(tmp_path),
        *STORAGE["usb-storage"],
    )
    with Machine(name=f"breadth-{controller}", by_serial=False, extra=extra) as machine:
        machine.wait_for(READY, BOOT_SECONDS)
        machine.wait_for(re.compile(r"2 sticks|FAT32|vfat"), 60)
        machine.press("<enter>")
        machine.wait_for("What was booted", 60)


@pytest.mark.slow
@pytest.mark.parametrize("controller", ["xhci", "ehci"])
def test_a_stick_that_speaks_uas(controller: str, tmp_path: Path) -> None:
    extra = (*CONTROLLERS[controller], *inbox(tmp_path), *STORAGE["uas"])
    with Machine(name=f"breadth-uas-{controller}", by_serial=False, extra=extra) as machine:
        machine.wait_for(READY, BOOT_SECONDS)
        machine.wait_for(re.compile(r"2 sticks|FAT32|vfat"), 60)


@pytest.mark.slow
@pytest.mark.parametrize("adapter", ADAPTERS)
def test_a_screen_behind_an_adapter(adapter: str) -> None:
    extra = ("-vga", adapter)
    with Machine(
        name=f"breadth-{adapter}", by_serial=False, firmware=ADAPTERS[adapter], extra=extra
    ) as machine:
        machine.wait_for(READY, BOOT_SECONDS)


@pytest.mark.slow
def test_a_screen_that_shows_text_alone(tmp_path: Path) -> None:
    extra = without_loader(ISO, tmp_path, "vga=normal")
    with Machine(name="breadth-text", by_serial=False, extra=extra) as machine:
        machine.wait_for(READY, BOOT_SECONDS)
        machine.press("<enter>")
        machine.wait_for(
            "Pull the boot stick out", 60
        )  # wide letters look different in nine columns
        picture = machine.photograph()
    assert (picture.width, picture.height) == (720, 400)


def test_a_keyboard_layout_chosen_in_the_boot_menu() -> None:
    with Machine(name="breadth-german", by_serial=False) as machine:
        machine.choose_boot_entry("k")
        machine.serial.wait_for("Keyboard de", 30)
        for key in ("down", "down", "ret"):
            press_key(machine.qmp, key)
            time.sleep(0.5)
        machine.wait_for(READY, BOOT_SECONDS)
        for title in ("What was booted", "This machine", "Take the boot medium out"):
            machine.press("<enter>")
            machine.wait_for(title, 60)
        for key in GERMAN_KEYS:
            press_key(machine.qmp, key)
            time.sleep(0.3)
        machine.wait_for(GERMAN, 30)
