"""USB descriptors as devices send them, made from their interfaces."""

from __future__ import annotations

import struct
from typing import TypeAlias

Kind: TypeAlias = tuple[int, int, int]

HUB: Kind = (9, 0, 0)
BULK: Kind = (8, 6, 0x50)
UAS: Kind = (8, 6, 0x62)
KEYBOARD: Kind = (3, 1, 1)
MOUSE: Kind = (3, 1, 2)
PLAIN_HID: Kind = (3, 0, 0)


def interface(number: int, kind: Kind, alternate: int = 0, report: bytes = b"") -> bytes:
    """One interface descriptor with one endpoint after it; of an input device, with the size of its report."""
    head = bytes((9, 4, number, alternate, 1, *kind, 0))
    hid = struct.pack("<BBHBBBH", 9, 0x21, 0x0111, 0, 1, 0x22, len(report)) if report else b""
    return head + hid + bytes((7, 5, 0x81, 3, 8, 0, 10))


def configuration(*interfaces: bytes, count: int | None = None) -> bytes:
    """One configuration with these interfaces."""
    body = b"".join(interfaces)
    numbers = len({i[2] for i in interfaces}) if count is None else count
    return struct.pack("<BBHBBBBB", 9, 2, 9 + len(body), numbers, 1, 0, 0xA0, 50) + body


def device(*configurations: bytes, device_class: int = 0, count: int | None = None) -> bytes:
    """The device descriptor and all configurations, as the kernel gives them."""
    head = struct.pack(
        "<BBHBBBBHHHBBBB",
        *(18, 1, 0x0200, device_class, 0, 0, 64, 0x046D, 0xC31C, 0x0100, 1, 2, 3),
        len(configurations) if count is None else count,
    )
    return head + b"".join(configurations)


def simple(*kinds: Kind, device_class: int = 0, report: bytes = b"") -> bytes:
    """A device of one configuration with these interfaces, numbered from 0; `report` is an input device's."""
    return device(
        configuration(*(interface(n, kind, report=report) for n, kind in enumerate(kinds))),
        device_class=device_class,
    )


# Report descriptors: the keyboard of HID 1.11 appendix E.6, without its lamps.
KEYBOARD_REPORT = bytes.fromhex(
    "05010906a101050719e029e71500250175019508810295017508810195067508150025650507190029658100c0"
)
MOUSE_REPORT = bytes.fromhex("05010902a1010901a100050919012903c0c0")
MEDIA_KEYS = bytes.fromhex("050c0901a1018501c0")
VENDOR_REPORT = bytes.fromhex("0600ff0901a101c0")
