"""The USB devices in the kernel's tree below /sys/bus/usb: reading what they are, opening and closing doors.

No interface of a device has a driver until the device is authorised, and with the doors closed (`close_doors`)
none does either until that one is authorised and asked to be probed.

The kernel announces a device before it has finished with it. Authorised in that moment, a device would be
configured twice: by us, and then by the kernel, which takes our interfaces away for new ones that nobody
authorises. Each device itself is bound to the driver "usb" under its lock, and authorising waits for that lock;
so a device counts as found once it shows a driver, and the kernel's event "bind" says that it is time to look.
"""

from __future__ import annotations

import errno
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from strongroom.station.usb.descriptors import BadDescriptors, Descriptors, parse_descriptors
from strongroom.station.usb.policy import Found
from strongroom.station.usb.sorts import Sorted, sort_device

_NAME = 40
_GONE = (errno.ENOENT, errno.ENODEV)
_SETTLE_SECONDS = 3.0
_POLL_SECONDS = 0.02


def shown(text: str, longest: int = _NAME) -> str:
    """`text` as far as it is plain ASCII, at most `longest` characters of it."""
    return "".join(c for c in text if c.isascii() and c.isprintable())[:longest].strip()


@dataclass(frozen=True, slots=True)
class UsbTree:
    """`root` is /sys/bus/usb on the station."""

    root: Path = Path("/sys/bus/usb")

    def close_doors(self) -> None:
        """No device and no interface that comes from now on has a driver by itself."""
        for hub in self._devices.glob("usb*"):
            (hub / "authorized_default").write_text("0")
            (hub / "interface_authorized_default").write_text("0")

    def found(self) -> tuple[Found, ...]:
        """Every device that the kernel has set up, but the controllers' own hubs; one that goes is left out."""
        devices = []
        for path in sorted(self._devices.iterdir()):
            if ":" in path.name or path.name.startswith("usb") or not (path / "driver").exists():
                continue
            try:
                devices.append(self._read(path))
            except OSError:
                continue
        return tuple(devices)

    def is_allowed(self, identity: str) -> bool:
        """Whether the device is there and authorised already."""
        with suppress(OSError):
            return _read(self._path(identity) / "authorized") == "1"
        return False

    def allow(self, found: Found, sort: Sorted) -> None:
        """Have drivers bind to the interfaces that are used, and to no other; raises `OSError`.

        An interface that the kernel sees as another kind than the descriptors said is not bound.
        """
        device = self._path(found.id)
        (device / "authorized").write_text("1")
        for path in sorted(device.glob(f"{device.name}:*")):
            if int(_read(path / "bInterfaceNumber"), 16) not in sort.used:
                (path / "authorized").write_text("0")
                continue
            kind = _read(path / "bInterfaceClass"), _read(path / "bInterfaceSubClass")
            if kind not in _kinds(self._descriptors(device), sort):
                raise OSError(f"{path.name} is of another kind than it said")
            (path / "authorized").write_text("1")
            (self.root / "drivers_probe").write_text(path.name)

    def forbid(self, identity: str) -> None:
        """Take every driver from the device; nothing happens if it is gone."""
        try:
            (self._path(identity) / "authorized").write_text("0")
        except OSError as error:
            if error.errno not in _GONE:
                raise

    def report(self, identity: str) -> bytes:
        """The report descriptor of the input device that the kernel has made of it; empty if none comes."""
        device = self._path(identity)
        deadline = monotonic() + _SETTLE_SECONDS
        while monotonic() < deadline:
            for path in device.glob("*/0003:*/report_descriptor"):
                if data := path.read_bytes():
                    return data
            sleep(_POLL_SECONDS)
        return b""

    @property
    def _devices(self) -> Path:
        return self.root / "devices"

    def _path(self, identity: str) -> Path:
        """The device's folder, if it is still the same device."""
        place, _, number = identity.partition("#")
        path = self._devices / place
        if _read(path / "devnum") != number:
            raise FileNotFoundError(errno.ENOENT, "another device is there now", place)
        return path

    def _read(self, path: Path) -> Found:
        identity = f"{path.name}#{_read(path / 'devnum')}"
        maker, product = _optional(path / "manufacturer"), _optional(path / "product")
        try:
            descriptors = self._descriptors(path)
        except BadDescriptors:
            ids = f"{_read(path / 'idVendor')}:{_read(path / 'idProduct')}"
            return Found(id=identity, ids=ids, name=shown(f"{maker} {product}"), sorted=None)
        return Found(
            id=identity,
            ids=descriptors.ids,
            name=shown(f"{maker} {product}"),
            sorted=sort_device(descriptors),
        )

    def _descriptors(self, path: Path) -> Descriptors:
        return parse_descriptors((path / "descriptors").read_bytes())


def _kinds(descriptors: Descriptors, sort: Sorted) -> set[tuple[str, str]]:
    used = [i.kind for i in descriptors.interfaces if i.number in sort.used]
    return {(f"{kind[0]:02x}", f"{kind[1]:02x}") for kind in used}


def _read(path: Path) -> str:
    return path.read_text(encoding="ascii", errors="replace").strip()


def _optional(path: Path) -> str:
    return _read(path) if path.exists() else ""
