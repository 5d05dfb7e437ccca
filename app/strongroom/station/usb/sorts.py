"""What a device's interfaces make it: a hub, storage, a keyboard, or something that is not used here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from strongroom.station.usb.descriptors import Descriptors, Interface

_HID, _STORAGE, _HUB, _MISCELLANEOUS = 0x03, 0x08, 0x09, 0xEF
_BOOT_KEYBOARD, _BOOT_MOUSE = (0x03, 1, 1), (0x03, 1, 2)
# SCSI commands, by bulk-only transport or by UAS: every stick and disk.
_STORAGE_KINDS = frozenset(((_STORAGE, 0x06, 0x50), (_STORAGE, 0x06, 0x62)))

_EXACT = {
    _BOOT_KEYBOARD: "keyboard",
    _BOOT_MOUSE: "mouse",
    (0x02, 0x02, 0xFF): "network adapter (RNDIS)",
    (0x0A, 0x00, 0x00): "data of a network adapter or serial port",
    (0xE0, 0x01, 0x01): "Bluetooth",
    (0xE0, 0x01, 0x03): "network adapter (RNDIS)",
    (0xEF, 0x04, 0x01): "network adapter (RNDIS)",
    (0xFE, 0x01, 0x01): "firmware update",
}
_BY_SUBCLASS = {
    (0x02, 0x02): "serial port",
    (0x02, 0x06): "network adapter (Ethernet)",
    (0x02, 0x0D): "network adapter (NCM)",
    (0x02, 0x0E): "network adapter (mobile)",
}
_BY_CLASS = {
    0x01: "audio",
    0x02: "communication device",
    _HID: "other input device",
    0x05: "force feedback",
    0x06: "camera or media player",
    0x07: "printer",
    _STORAGE: "storage of an unknown kind",
    _HUB: "hub",
    0x0A: "data of a communication device",
    0x0B: "smart card reader",
    0x0D: "content security",
    0x0E: "video",
    0x0F: "health device",
    0x10: "audio and video",
    0x11: "billboard",
    0xDC: "diagnostic device",
    0xE0: "radio",
    _MISCELLANEOUS: "miscellaneous device",
    0xFE: "application-specific device",
    0xFF: "device of its maker's own kind",
}


class Sort(Enum):
    """What the station may use a device as."""

    HUB = "hub"
    STORAGE = "storage"
    KEYBOARD = "keyboard"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """The sort, how it is called on the screen, and the numbers of the interfaces that would be used."""

    sort: Sort
    label: str
    used: tuple[int, ...] = ()
    is_composite: bool = False


def sort_device(device: Descriptors) -> Sorted:
    """What `device` is, by every alternate setting of every configuration: one stranger among them decides."""
    kinds = {interface.kind for interface in device.interfaces}
    numbers = tuple(sorted({interface.number for interface in device.interfaces}))
    classes = {kind[0] for kind in kinds}
    is_plain = device.device_class in {0, *classes}
    if is_plain and classes == {_HUB} and len(numbers) == 1:
        return Sorted(sort=Sort.HUB, label="hub", used=numbers)
    if is_plain and kinds <= _STORAGE_KINDS and len(numbers) == 1:
        return Sorted(sort=Sort.STORAGE, label="storage", used=numbers)
    keyboards = {i.number for i in device.interfaces if i.kind == _BOOT_KEYBOARD}
    is_input = classes == {_HID} and device.device_class in {0, _HID, _MISCELLANEOUS}
    if is_input and len(keyboards) == 1 and _is_steady(device, *keyboards):
        others = len(numbers) - 1
        label = "keyboard" if not others else f"keyboard and {_names(device, but=keyboards)}"
        return Sorted(
            sort=Sort.KEYBOARD, label=label, used=tuple(keyboards), is_composite=bool(others)
        )
    return Sorted(sort=Sort.OTHER, label=_names(device, but=set()))


def _is_steady(device: Descriptors, number: int) -> bool:
    """Whether an interface is the same in all its settings."""
    return all(i.kind == _BOOT_KEYBOARD for i in device.interfaces if i.number == number)


def _names(device: Descriptors, *, but: set[int]) -> str:
    names = {_name(i): None for i in device.interfaces if i.number not in but}
    return ", ".join(names)


def _name(interface: Interface) -> str:
    kind = interface.kind
    if kind in _STORAGE_KINDS:
        return "storage"
    by_class = _BY_CLASS.get(kind[0], f"device of class {kind[0]:02x}")
    return _EXACT.get(kind) or _BY_SUBCLASS.get(kind[:2]) or by_class
