"""The machine's listing, read from a tree like the kernel's."""

from __future__ import annotations

from pathlib import Path

import pytest

from strongroom.core.machine.model import Medium
from strongroom.station.adapters.hardware import Kernel
from strongroom.station.adapters.keyboards import has_keyboard, other_keyboards
from tests.unit.station.usb.devices import KEYBOARD_REPORT, MOUSE_REPORT

FILES = {
    "proc/cpuinfo": "processor\t: 0\nmodel name\t: Acme One\nflags\t\t: fpu sse2\n\nprocessor\t: 1\n",
    "proc/meminfo": "MemTotal:         500000 kB\nMemFree: 1 kB\n",
    "proc/cmdline": "root=/dev/ram0 quiet strongroom.medium=hd0,gpt2 panic=0\n",
    "run/strongroom-sockets": "1\n16\n",
    "sys/class/dmi/id/sys_vendor": "Acme\n",
    "sys/class/dmi/id/product_name": "Laptop \x1b[31m5\n",
    "sys/kernel/security/lockdown": "none integrity [confidentiality]\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        put(tmp_path, name, text.encode())
    for folder in ("sys/class/net/lo", "sys/block"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def put(root: Path, name: str, data: bytes) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_bytes(data)


def disk(root: Path, name: str, where: str) -> None:
    (root / where / name).mkdir(parents=True)
    (root / "sys/block" / name).symlink_to(root / where / name)


def test_a_plain_machine(root: Path) -> None:
    disk(root, "sda", "sys/devices/pci0000:00/0000:00:02.0/usb2/2-1/2-1:1.0/host0/block")
    disk(root, "ram0", "sys/devices/virtual/block")
    hardware = Kernel(lambda: (), root).read_hardware()
    assert hardware.computer == "Acme Laptop [31m5"
    assert hardware.firmware == "BIOS"
    assert (hardware.processor, hardware.threads) == ("Acme One", 2)
    assert hardware.memory == 512_000_000
    assert hardware.hypervisor == ""
    assert hardware.medium is Medium.STICK
    assert hardware.interfaces == ("lo",)
    assert hardware.families == ("unix", "netlink")
    assert hardware.disks == ()
    assert hardware.lockdown == "confidentiality"
    assert not hardware.has_modules
    assert not hardware.has_swap


def test_what_must_not_be_there_is_seen(root: Path) -> None:
    disk(root, "nvme0n1", "sys/devices/pci0000:00/0000:00:04.0/nvme/nvme0")
    disk(root, "loop0", "sys/devices/virtual/block")
    (root / "sys/class/net/wlp2s0").mkdir()
    put(root, "run/strongroom-sockets", b"1\n2\n16\n63\n")
    put(root, "proc/modules", b"")
    put(root, "proc/swaps", b"Filename Type\n/dev/sda2 partition\n")
    hardware = Kernel(lambda: (), root).read_hardware()
    assert hardware.disks == ("loop0", "nvme0n1")
    assert hardware.interfaces == ("lo", "wlp2s0")
    assert hardware.families == ("unix", "inet", "netlink", "family 63")
    assert hardware.has_modules
    assert hardware.has_swap


def test_what_can_not_be_read_is_not_made_up(tmp_path: Path) -> None:
    hardware = Kernel(lambda: (), tmp_path).read_hardware()
    assert hardware.families == ()
    assert hardware.lockdown == ""
    assert hardware.medium is Medium.UNKNOWN


@pytest.mark.parametrize(
    ("vendor", "flags", "name"),
    [
        ("QEMU", "fpu", "QEMU"),
        ("VMware, Inc.", "fpu", "VMware"),
        ("Acme", "fpu hypervisor", "of an unnamed maker"),
        ("Acme", "fpu", ""),
    ],
)
def test_a_virtual_machine_is_named_as_one(root: Path, vendor: str, flags: str, name: str) -> None:
    put(root, "sys/class/dmi/id/sys_vendor", vendor.encode())
    put(root, "proc/cpuinfo", f"processor : 0\nflags : {flags}\n".encode())
    assert Kernel(lambda: (), root).read_hardware().hypervisor == name


@pytest.mark.parametrize(
    ("device", "medium"),
    [
        ("hd0", Medium.STICK),
        ("cd0", Medium.DISC),
        ("loop", Medium.FILE),
        ("(loop0)", Medium.FILE),
        ("memdisk", Medium.UNKNOWN),
    ],
)
def test_the_boot_loader_tells_what_it_read(root: Path, device: str, medium: Medium) -> None:
    put(root, "proc/cmdline", f"quiet strongroom.medium={device}".encode())
    assert Kernel(lambda: (), root).read_hardware().medium is medium


def test_keyboards_that_are_not_on_usb(root: Path) -> None:
    (root / "sys/bus/serio/drivers/atkbd/serio0").mkdir(parents=True)
    put(root, "sys/bus/hid/devices/0018:04F3:0001.0001/report_descriptor", KEYBOARD_REPORT)
    put(root, "sys/bus/hid/devices/0018:04F3:0002.0002/report_descriptor", MOUSE_REPORT)
    put(root, "sys/bus/hid/devices/0003:046D:C31C.0003/report_descriptor", KEYBOARD_REPORT)
    assert other_keyboards(root) == ("PS/2", "built in (I2C)")
    assert has_keyboard(root)


def test_a_serial_console_is_a_way_to_type(root: Path) -> None:
    assert not has_keyboard(root)
    put(root, "proc/cmdline", b"quiet console=tty0 console=ttyS0,115200")
    assert has_keyboard(root)
