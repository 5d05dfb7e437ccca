"""The machine as frozen values: an adapter reads them, the core judges them, a screen shows them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum


class Use(StrEnum):
    """What the station does with a USB device."""

    USED = "in use"
    REFUSED = "refused"
    WAITING = "waits for consent"
    TRIED = "on trial"


@dataclass(frozen=True, slots=True, kw_only=True)
class UsbDevice:
    """One USB device.

    `id` is its place on the bus and its number, new at each plugging; `ids` are vendor and product in hex.
    `name` is what it calls itself, made printable: a claim. `sort` is what its interfaces make it, and
    `reason` says why it is refused.
    """

    id: str
    ids: str
    name: str
    sort: str
    use: Use
    reason: str = ""

    @property
    def place(self) -> str:
        """The bus and ports that lead to it, such as `1-2.4`."""
        return self.id.partition("#")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceEvent:
    """Something that happened on the bus: a device was `plugged`, `removed`, or its use `changed`."""

    kind: str
    device: UsbDevice


class Medium(Enum):
    """What the boot loader read the image from."""

    STICK = "stick"
    DISC = "disc"
    FILE = "file"
    UNKNOWN = "unknown"


class MediumState(Enum):
    """What became of the boot medium before any secret was entered."""

    OUT = "out of the machine"
    UNSEEN = "can not be seen by this machine"
    LEFT = "left in, by decision of the people in the room"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """What the kernel tells of the machine.

    `memory` is in bytes. `hypervisor` names a virtual machine's maker, empty when none shows itself.
    `families` are the socket families that the kernel opens without any filter in between; `interfaces` are
    all network interfaces, `disks` all block devices that are neither memory nor on USB. `keyboards` are
    those that are not on USB.
    """

    computer: str
    firmware: str
    processor: str
    threads: int
    memory: int
    hypervisor: str
    medium: Medium
    interfaces: tuple[str, ...]
    families: tuple[str, ...]
    disks: tuple[str, ...]
    keyboards: tuple[str, ...]
    usb: tuple[UsbDevice, ...]
    lockdown: str
    has_modules: bool
    has_swap: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTests:
    """How the self-tests ended: how many there are, and the names of those that failed."""

    total: int
    failed: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """`42 of 42 passed`."""
        return f"{self.total - len(self.failed)} of {self.total} passed"
