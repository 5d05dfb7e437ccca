"""Which sticks are plugged in: by udev on the station, or a given list.

Only USB block devices count. udev has read the superblock already; its text is taken as a stranger's.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Protocol

from strongroom.station.media.mounts import OPTIONS
from strongroom.station.media.protocol import IMAGE, Stick

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pyudev import Device

_EVENT_SIZE = 64 * 1024
_SECTOR = 512
_LABEL = 16
_NAMES = {"vfat": "FAT", "exfat": "exFAT", "ext4": "ext4"}


@dataclass(frozen=True, slots=True)
class PluggedStick:
    """A stick as people see it, and the device and file system that only the service knows."""

    stick: Stick
    device: Path
    filesystem: str


class StickSource(Protocol):
    """Where the list of sticks comes from."""

    def current(self) -> tuple[PluggedStick, ...]:
        """What is plugged in now."""
        ...

    def wait(self) -> None:
        """Return when something may have changed."""
        ...


class GivenSticks:
    """A list that its owner changes; the rest of the service can not tell it from udev's."""

    def __init__(self, sticks: tuple[PluggedStick, ...]) -> None:
        self._sticks = sticks
        self._changed = Event()

    def current(self) -> tuple[PluggedStick, ...]:
        """The list."""
        return self._sticks

    def change(self, sticks: tuple[PluggedStick, ...]) -> None:
        """Plug and unplug."""
        self._sticks = sticks
        self._changed.set()

    def wait(self) -> None:
        """Return after the next `change`."""
        self._changed.wait()
        self._changed.clear()


class UdevSticks:
    """USB disks and partitions with a file system, as udev knows them; `events` is a socket that hears it."""

    def __init__(self, events: socket.socket) -> None:
        import pyudev  # noqa: PLC0415 - rehearsals run without it

        self._context = pyudev.Context()
        self._events = events

    def current(self) -> tuple[PluggedStick, ...]:
        """What is plugged in now, by device name."""
        devices = self._context.list_devices(subsystem="block")
        return plugged_sticks(device for device in devices if _is_usable(device))

    def wait(self) -> None:
        """Return at the next event, whatever it says: what is there is read anew then."""
        with suppress(OSError):  # ENOBUFS: more events than fit, so something has changed
            self._events.recv(_EVENT_SIZE)


def _is_usable(device: Device) -> bool:
    """Whether it is on USB, and udev has finished reading it."""
    is_usb = device.properties.get("ID_BUS") == "usb"
    is_usb = is_usb or device.find_parent("usb", "usb_device") is not None
    return is_usb and bool(device.is_initialized)


def _parent(device: Device) -> str:
    if device.device_type != "partition" or device.parent is None:
        return ""
    return str(device.parent.sys_name)


def _size(device: Device) -> int:
    """Bytes; 0 for a device that has gone meanwhile, or a card reader without a card."""
    sectors = device.attributes.get("size") or b"0"
    return int(sectors) * _SECTOR


def plugged_sticks(devices: Iterable[Device]) -> tuple[PluggedStick, ...]:
    """The file systems among USB block devices, and empty disks as ones that can not be read.

    A disk that holds partitions is not a stick itself; partitions inside an ISO image (the boot stick) are
    not either.
    """
    known = sorted(devices, key=lambda device: str(device.sys_name))
    parents = {_parent(device) for device in known}
    images = {str(d.sys_name) for d in known if d.properties.get("ID_FS_TYPE") == IMAGE}
    found = []
    for device in known:
        name = str(device.sys_name)
        size = _size(device)
        is_inside_image = _parent(device) in images
        holds_partitions = name in parents and name not in images
        if size and not is_inside_image and not holds_partitions and not name.startswith("sr"):
            found.append(plugged_stick(name, size, dict(device.properties)))
    return tuple(found)


def plugged_stick(name: str, size: int, properties: Mapping[str, str]) -> PluggedStick:
    """One stick, from the properties that udev's blkid found."""
    from pathlib import Path  # noqa: PLC0415 - only the service needs paths

    kind = properties.get("ID_FS_TYPE", "")
    version = _shown(properties.get("ID_FS_VERSION", ""))
    shown = (
        version if kind == "vfat" and version.startswith("FAT") else _NAMES.get(kind, _shown(kind))
    )
    problem = ""
    if kind == IMAGE:
        problem = "a boot stick or disc image: pull it out"
    elif kind not in OPTIONS:
        problem = f"no readable file system ({shown or 'none'})"
    stick = Stick(
        id=f"{name}#{properties.get('DISKSEQ', '0')}",
        label=_shown(properties.get("ID_FS_LABEL", "")),
        filesystem=shown or "none",
        size=size,
        problem=problem,
    )
    return PluggedStick(stick, Path("/dev", name), kind)


def _shown(text: str) -> str:
    return "".join(c for c in text if c.isascii() and c.isprintable())[:_LABEL].strip()
