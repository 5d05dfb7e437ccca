"""What a USB device says it is, from the bytes of its descriptors: a strict reader of a stranger's data.

USB 2.0, chapter 9.6. The bytes are the kernel's: the device descriptor and each configuration with all that
belongs to it. What does not add up is refused, not guessed.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_DEVICE, _CONFIGURATION, _INTERFACE = 1, 2, 4
_DEVICE_SIZE, _CONFIGURATION_SIZE, _INTERFACE_SIZE = 18, 9, 9


class BadDescriptors(ValueError):  # noqa: N818 - says what they are
    """The descriptors contradict themselves or end too early."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One alternate setting of one interface: its class, subclass and protocol."""

    number: int
    alternate: int
    kind: tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptors:
    """One device: its own class and the interfaces of all its configurations."""

    vendor: int
    product: int
    device_class: int
    interfaces: tuple[Interface, ...]

    @property
    def ids(self) -> str:
        """Vendor and product as people look them up: `046d:c31c`."""
        return f"{self.vendor:04x}:{self.product:04x}"


def parse_descriptors(data: bytes) -> Descriptors:
    """The device in `data`; raises `BadDescriptors`."""
    if len(data) < _DEVICE_SIZE or data[0] != _DEVICE_SIZE or data[1] != _DEVICE:
        raise BadDescriptors("there is no device descriptor")
    vendor, product = struct.unpack_from("<HH", data, 8)
    interfaces: list[Interface] = []
    offset = _DEVICE_SIZE
    for _ in range(data[17]):
        size = _configuration_size(data, offset)
        interfaces += _interfaces(data[offset : offset + size])
        offset += size
    if offset != len(data):
        raise BadDescriptors("bytes follow the last configuration")
    if not interfaces:
        raise BadDescriptors("there is no interface")
    return Descriptors(
        vendor=vendor, product=product, device_class=data[4], interfaces=tuple(interfaces)
    )


def _configuration_size(data: bytes, offset: int) -> int:
    head = data[offset : offset + _CONFIGURATION_SIZE]
    if len(head) < _CONFIGURATION_SIZE or head[1] != _CONFIGURATION:
        raise BadDescriptors("a configuration is missing")
    size = int.from_bytes(head[2:4], "little")
    if not _CONFIGURATION_SIZE <= size <= len(data) - offset:
        raise BadDescriptors("a configuration is cut short")
    return size


def _interfaces(configuration: bytes) -> list[Interface]:
    found: list[Interface] = []
    offset = 0
    while offset < len(configuration):
        size = configuration[offset]
        if size < 2 or offset + size > len(configuration):  # noqa: PLR2004 - its length and type
            raise BadDescriptors("a descriptor is longer than what holds it")
        if configuration[offset + 1] == _INTERFACE:
            if size != _INTERFACE_SIZE:
                raise BadDescriptors("an interface descriptor is of another size")
            number, alternate = configuration[offset + 2 : offset + 4]
            a, b, c = configuration[offset + 5 : offset + 8]
            found.append(Interface(number=number, alternate=alternate, kind=(a, b, c)))
        offset += size
    if configuration[4] != len({interface.number for interface in found}):
        raise BadDescriptors("a configuration counts other interfaces than it has")
    return found
