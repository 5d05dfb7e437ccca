"""The machine as its kernel describes it, below /proc and /sys; every text is taken as a stranger's."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from strongroom.core.machine.model import Hardware, Medium
from strongroom.station.adapters.keyboards import other_keyboards
from strongroom.station.usb.sysfs import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from strongroom.core.machine.model import UsbDevice

SOCKETS = "run/strongroom-sockets"
"""Where `prepare-console` leaves the numbers of the socket families that the kernel opens, unfiltered."""

_NAMES = {
    int(family): family.name.removeprefix("AF_").lower()
    for family in socket.AddressFamily  # of the numbers with two names, either does
}
_HYPERVISORS = ("QEMU", "KVM", "VMware", "VirtualBox", "innotek", "Xen", "Bochs", "Parallels")
_MORE_HYPERVISORS = ("Virtual Machine", "Amazon EC2", "Google Compute", "OpenStack", "bhyve")
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Kernel:
    """Reads below `root`; `usb` gives the USB devices and what is done with them."""

    usb: Callable[[], tuple[UsbDevice, ...]]
    root: Path = Path("/")

    def read_hardware(self) -> Hardware:
        """What there is now."""
        processors = self._text("proc/cpuinfo")
        computer = f"{self._dmi('sys_vendor')} {self._dmi('product_name')}".strip()
        return Hardware(
            computer=computer or "unnamed computer",
            firmware="UEFI" if (self.root / "sys/firmware/efi").exists() else "BIOS",
            processor=_value(processors, "model name") or "unnamed processor",
            threads=sum(line.startswith("processor") for line in processors.splitlines()),
            memory=int((_value(self._text("proc/meminfo"), "MemTotal") or "0").split()[0]) * 1024,
            hypervisor=_hypervisor(computer, _value(processors, "flags").split()),
            medium=_medium(self._text("proc/cmdline")),
            interfaces=self._names("sys/class/net"),
            families=self._families(),
            disks=tuple(name for name in self._names("sys/block") if self._is_disk(name)),
            keyboards=other_keyboards(self.root),
            usb=self.usb(),
            lockdown=self._text("sys/kernel/security/lockdown").partition("[")[2].partition("]")[0],
            has_modules=(self.root / "proc/modules").exists(),
            has_swap=len(self._text("proc/swaps").splitlines()) > 1,
        )

    def _text(self, path: str) -> str:
        """A file's text, empty where there is no such file."""
        try:
            return (self.root / path).read_text(encoding="ascii", errors="replace")
        except OSError:
            return ""

    def _names(self, folder: str) -> tuple[str, ...]:
        path = self.root / folder
        return tuple(sorted(each.name for each in path.iterdir())) if path.is_dir() else ()

    def _dmi(self, name: str) -> str:
        return shown(self._text(f"sys/class/dmi/id/{name}"), _LONGEST)

    def _families(self) -> tuple[str, ...]:
        numbers = (int(number) for number in self._text(SOCKETS).split())
        return tuple(_NAMES.get(number, f"family {number}") for number in numbers)

    def _is_disk(self, name: str) -> bool:
        """Neither memory nor on USB."""
        where = (self.root / "sys/block" / name).resolve()
        return not name.startswith("ram") and not any(p.startswith("usb") for p in where.parts)


def _value(text: str, name: str) -> str:
    for line in text.splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""


def _hypervisor(computer: str, flags: list[str]) -> str:
    for name in (*_HYPERVISORS, *_MORE_HYPERVISORS):
        if name in computer:
            return name
    return "of an unnamed maker" if "hypervisor" in flags else ""


def _medium(command_line: str) -> Medium:
    """What the boot loader wrote into the boot line: the device that it read the image from."""
    for word in command_line.split():
        name, _, device = word.partition("=")
        if name == "strongroom.medium":
            kinds = {"hd": Medium.STICK, "cd": Medium.DISC, "lo": Medium.FILE}
            return kinds.get(device.lstrip("(")[:2], Medium.UNKNOWN)
    return Medium.UNKNOWN
