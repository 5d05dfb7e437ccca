"""A machine full of networks, disks and strange USB devices: nothing of it exists for the station."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.machine import Machine
from tests.e2e.prepared import PASSPHRASE, REQUEST, VAULT, Prepared, now, prepared
from tests.e2e.redirected import Redirected, redirected
from tests.e2e.station import Operator
from tests.e2e.sticks import FileSystem, read_stick, write_stick
from tests.unit.station.usb.devices import (
    BULK,
    KEYBOARD,
    KEYBOARD_REPORT,
    MOUSE,
    MOUSE_REPORT,
    Kind,
    simple,
)

pytestmark = pytest.mark.e2e

# A card of each kind that QEMU has, on the bus from the start; a free port for one that comes later.
CARDS = (
    *(
        part
        for card in ("e1000e", "virtio-net-pci", "rtl8139", "vmxnet3")
        for part in ("-device", f"{card},romfile=")
    ),
    *("-device", "pcie-root-port,id=later,chassis=9"),
)
DISKS = {
    "sata": ("-device", "ide-hd,drive=sata,bus=ide.0"),
    "nvme": ("-device", "nvme,drive=nvme,serial=1"),
    "virtio": ("-device", "virtio-blk-pci,drive=virtio"),
    "scsi": ("-device", "virtio-scsi-pci,id=vs", "-device", "scsi-hd,drive=scsi,bus=vs.0"),
    "lsi": ("-device", "lsi53c895a,id=lsi", "-device", "scsi-hd,drive=lsi,bus=lsi.0"),
    "card": ("-device", "sdhci-pci", "-device", "sd-card,drive=card"),
}
# Two hubs, one behind the other, and at the end of them a keyboard.
HUBS = [
    "-device",
    "usb-hub,port=5",
    "-device",
    "usb-hub,port=5.1",
    "-device",
    "usb-kbd,id=keys,port=5.1.1",
]
STRANGE = (
    *("-device", "usb-net,port=5.2", "-device", "usb-mouse,port=5.3"),
    *("-device", "usb-ccid,port=5.4", "-device", "usb-tablet,port=5.1.2"),
    *(
        "-chardev",
        "null,id=nowhere",
        "-device",
        "usb-serial,chardev=nowhere,always-plugged=on,port=5.5",
    ),
    *("-audiodev", "none,id=silent", "-device", "usb-audio,audiodev=silent,port=5.6"),
)
AT_BOOT = {
    "0525:a4a2": "network adapter (Ethernet)",
    "0627:0001 QEMU QEMU USB Mouse": "mouse",
    "08e6:4433": "smart card reader",
    "0403:6001": "device of its maker's own kind",
    "46f4:0002": "audio",
}
BLUETOOTH: Kind = (0xE0, 1, 1)
VENDOR: Kind = (0xFF, 0xFF, 0xFF)
LATER: dict[str, tuple[bytes, str]] = {
    "bluetooth": (simple(BLUETOOTH, BLUETOOTH, device_class=0xE0), "Bluetooth"),
    "wifi": (simple(VENDOR), "device of its maker's own kind"),
    "ncm": (simple((2, 0x0D, 0), (0x0A, 0, 1), device_class=2), "network adapter (NCM)"),
    "rndis": (simple((0xE0, 1, 3), (0x0A, 0, 0), device_class=0xEF), "network adapter (RNDIS)"),
    "modem": (simple((2, 2, 1), (0x0A, 0, 0), device_class=2), "serial port"),
    "camera": (simple((0x0E, 1, 0), (0x0E, 2, 0), device_class=0xEF), "video"),
    "duck": (simple(KEYBOARD, BULK), "keyboard, storage"),
    "both": (simple(KEYBOARD, MOUSE), "keyboard and mouse"),
}
REFUSED = "refused: only storage, hubs and keyboards are used"
LETTERS = re.compile(r"^ +((?:[a-z] ){5}[a-z])$", re.MULTILINE)
ASKS = "A keyboard was plugged in"
# What is refused at boot stays plugged in; one more shows by the count.
BEFORE, AFTER = "refused: 6 USB devices", "refused: 7 USB devices"


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def made() -> Iterator[Prepared]:
    with prepared() as things:
        yield things


@pytest.fixture(scope="module")
def disks(tmp_path_factory: pytest.TempPathFactory, made: Prepared) -> dict[str, Path]:
    """Disks that would all be taken for vault sticks, if they were seen."""
    folder = tmp_path_factory.mktemp("disks")
    files = {VAULT: made.vault()}
    return {name: write_stick(folder / f"{name}.img", FileSystem.FAT32, files) for name in DISKS}


@pytest.fixture(scope="module")
def machine(disks: dict[str, Path]) -> Iterator[Machine]:
    drives = (
        ("-blockdev", f"driver=raw,node-name={n},file.driver=file,file.filename={path}", *DISKS[n])
        for n, path in disks.items()
    )
    extra = (*CARDS, *(part for drive in drives for part in drive), *HUBS, *STRANGE)
    with Machine(name="hardware", extra=extra, memory_mib=768) as booted:
        booted.choose_boot_entry("s")
        Operator(booted.console).begin(now(), pull=lambda: booted.unplug("boot"))
        yield booted


@pytest.fixture(scope="module")
def operator(machine: Machine) -> Operator:
    return Operator(machine.console)


def test_no_network_no_disk_and_only_what_may_be_used(
    operator: Operator, machine: Machine, disks: dict[str, Path]
) -> None:
    before = {name: digest(path) for name, path in disks.items()}
    machine.qmp.execute("device_add", driver="e1000e", id="late", bus="later", romfile="")
    listed = operator.list_machine()
    assert "Network no interface; sockets unix, netlink" in listed
    assert "Internal disks none" in listed
    assert "Kernel lockdown confidentiality, no modules, no swap" in listed
    assert re.search(r"Virtual machine yes, (QEMU|of an unnamed maker): whoever runs it", listed)
    assert "Other keyboards PS/2" in listed
    assert re.search(r"Self-tests: (\d+) of \1 passed", listed)
    for shown, sort in AT_BOOT.items():
        assert re.search(
            rf"{re.escape(shown)}[^:]*, [^:]*{re.escape(sort)}[^:]*, {REFUSED}", listed
        )
    assert len(re.findall(rf", {REFUSED}", listed)) == 6
    assert len(re.findall("hub, in use", listed)) == 2
    assert re.search(r"5\.1\.1 \S+ QEMU QEMU USB Keyboard, keyboard, in use", listed)
    assert "sticks: none" in operator.console.text()
    assert {name: digest(path) for name, path in disks.items()} == before


@pytest.mark.slow
def test_devices_that_come_later_are_refused(
    operator: Operator, machine: Machine, tmp_path: Path
) -> None:
    for name, (descriptors, sort) in LATER.items():
        device = Redirected(descriptors, report=KEYBOARD_REPORT, name=name)
        operator.console.wait_for(BEFORE, 30)
        with redirected(machine, device, name, tmp_path):
            operator.console.wait_for(AFTER, 30)
            listed = operator.list_machine()
            assert re.search(rf"{name}, {re.escape(sort)}[^:]*, refused: ", listed)
            assert "Network no interface; sockets unix, netlink" in listed
            assert device.asked_for_report == 0, "no driver may have spoken to it"
            assert device.type("\n") == 0
    machine.ports.plug_device("usb-wacom-tablet", "wacom")
    machine.ports.plug_device("usb-mtp", "mtp", rootdir=str(tmp_path))
    operator.console.wait_for("refused: 8", 30)
    listed = operator.list_machine()
    assert re.search(r"Wacom[^:]*, refused: ", listed)
    assert re.search(r"camera or media player[^:]*, refused: ", listed)
    for name in ("wacom", "mtp"):
        machine.ports.unplug_device(name)


@pytest.mark.slow
def test_a_keyboard_that_comes_later_needs_what_the_screen_shows(
    operator: Operator, machine: Machine, tmp_path: Path
) -> None:
    console = operator.console
    console.wait_for(BEFORE, 30)
    liar = Redirected(simple(KEYBOARD, report=MOUSE_REPORT), report=MOUSE_REPORT, name="liar")
    with redirected(machine, liar, "liar", tmp_path):
        console.wait_for(AFTER, 30)
        console.wait_gone(ASKS, 30)
        assert "liar, keyboard, refused: its report descriptor" in operator.list_machine()
        assert liar.asked_for_report, "it was refused for what it said"
    keyboard = simple(KEYBOARD, report=KEYBOARD_REPORT)
    blind = Redirected(keyboard, report=KEYBOARD_REPORT, name="blind")
    with redirected(machine, blind, "blind", tmp_path):
        console.wait_for(ASKS, 30)
        guess = "bcdfgh\nbcdfgh\nbcdfgh\n"
        deadline = time.monotonic() + 30
        while blind.type(guess) == 0:
            assert time.monotonic() < deadline, console.text()
            time.sleep(0.1)
        # typed at tty1, whose screen waits for the session of the serial line; nothing else moves
        machine.keyboard.wait_for("A session is in use at ttyS0")
        console.press("<esc>")
        console.wait_gone(ASKS, 30)
        assert "blind, keyboard, refused: people did not consent" in operator.list_machine()
        assert blind.type("\n") == 0
    machine.ports.plug_device("usb-kbd", "second")
    screen = console.wait_for(ASKS, 30)
    letters = LETTERS.search(screen)
    assert letters is not None
    console.press("bcdfgh<enter>")
    console.wait_for("2 more before it is refused")
    console.press(f"{letters.group(1)}<enter>")
    console.wait_gone(ASKS, 30)
    assert len(re.findall("USB Keyboard, keyboard, in use", operator.list_machine())) == 2
    machine.ports.plug_device("usb-kbd", "third")
    console.wait_for(AFTER, 30)
    assert "keyboard, refused: a keyboard was added before" in operator.list_machine()
    machine.ports.unplug_device("third")


@pytest.mark.slow
def test_a_stick_still_works_and_the_record_says_what_was_plugged(
    operator: Operator, machine: Machine, made: Prepared, tmp_path: Path
) -> None:
    bundle = made.bundle()
    image = write_stick(
        tmp_path / "a.img", FileSystem.FAT32, {VAULT: made.vault(), REQUEST: bundle.render()}
    )
    machine.plug(image, "vault")
    operator.open_vault(PASSPHRASE)
    device = Redirected(LATER["modem"][0], name="modem")
    with redirected(machine, device, "modem", tmp_path):
        operator.console.wait_for(AFTER, 30)
        operator.read_request()
        operator.sign("Olga", hashlib.sha256(bundle.manifest).digest())
    machine.unplug("vault")
    text = read_stick(image)["october.transcript.txt"].decode()
    assert "Boot medium (stick): out of the machine" in text
    assert "Self-tests: " in text
    assert re.search(r"device-plugged \(usb\)(?s:.)*?modem, serial port[^\n]*, refused", text)
    operator.power_off()
    machine.power_off_wait()
