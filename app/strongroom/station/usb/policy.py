"""Which devices are used: pure decisions on what is plugged in, without a clock or a file.

Storage and hubs always. Keyboards that are there at boot. After boot one keyboard more, once a person has typed
what the screen shows: it is first put on trial, where its keys reach that one screen. All else never.

A keyboard with further input parts (media keys, a mouse) is common; at boot its keyboard part alone is used.
After boot a keyboard must be nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from strongroom.core.errors import Fault
from strongroom.core.machine.model import UsbDevice, Use
from strongroom.station.usb.sorts import Sort, Sorted

LATER = 1
"""Keyboards that people may add after boot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A device as it was found on the bus; `descriptors` were readable if `sorted` is not None."""

    id: str
    ids: str
    name: str
    sorted: Sorted | None

    @property
    def place(self) -> str:
        """Its place on the bus, such as `1-2.4`."""
        return self.id.partition("#")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Every device that is plugged in; whether there ever was a keyboard; how many people have added."""

    devices: tuple[UsbDevice, ...] = ()
    had_keyboard: bool = False
    added: int = 0

    def find(self, identity: str) -> UsbDevice:
        """The device; raises `Fault` USB-DEVICE if it is not plugged in."""
        for device in self.devices:
            if device.id == identity:
                return device
        raise Fault("USB-DEVICE", "the device is not plugged in any more")


def plug(table: Table, found: Found, *, at_boot: bool) -> Table:
    """`table` with a new device and what is done with it."""
    use, reason = _decide(table, found.sorted, at_boot=at_boot)
    device = UsbDevice(
        id=found.id,
        ids=found.ids,
        name=found.name,
        sort=found.sorted.label if found.sorted else "unreadable",
        use=use,
        reason=reason,
    )
    is_keyboard = found.sorted is not None and found.sorted.sort is Sort.KEYBOARD
    had = table.had_keyboard or (is_keyboard and use is Use.USED)
    return replace(table, devices=(*table.devices, device), had_keyboard=had)


def unplug(table: Table, left: frozenset[str]) -> Table:
    """`table` with only those devices that are `left`. What people added stays counted."""
    return replace(table, devices=tuple(d for d in table.devices if d.id in left))


def start_trial(table: Table, identity: str) -> Table:
    """A waiting keyboard's keys are let through to the screen that asks for consent."""
    return _change(table, identity, Use.WAITING, Use.TRIED)


def admit(table: Table, identity: str) -> Table:
    """The keyboard on trial is used from now on; raises `Fault` USB-DEVICE if no more may be added."""
    if table.added >= LATER:
        raise Fault("USB-DEVICE", f"{LATER} keyboard was added in this sitting already")
    return replace(_change(table, identity, Use.TRIED, Use.USED), added=table.added + 1)


def refuse(table: Table, identity: str, reason: str) -> Table:
    """The device is not used, for as long as it stays plugged in."""
    device = replace(table.find(identity), use=Use.REFUSED, reason=reason)
    return _put(table, device)


def _decide(table: Table, found: Sorted | None, *, at_boot: bool) -> tuple[Use, str]:
    why = ""
    use = Use.REFUSED
    if found is None:
        why = "its descriptors can not be read"
    elif found.sort is Sort.OTHER:
        why = "only storage, hubs and keyboards are used"
    elif found.sort is not Sort.KEYBOARD:
        use = Use.USED
    elif at_boot:
        use, why = Use.USED, "its keyboard part alone" if found.is_composite else ""
    elif found.is_composite:
        why = "after start, a keyboard must be nothing else"
    elif table.added >= LATER:
        why = "a keyboard was added before"
    else:
        use = Use.WAITING
    return use, why


def _change(table: Table, identity: str, before: Use, after: Use) -> Table:
    device = table.find(identity)
    if device.use is not before:
        raise Fault("USB-DEVICE", f"the device at {device.place} is {device.use.value}")
    return _put(table, replace(device, use=after))


def _put(table: Table, device: UsbDevice) -> Table:
    return replace(table, devices=tuple(device if d.id == device.id else d for d in table.devices))
