"""The machine in words, for the screen and the transcript alike."""

from __future__ import annotations

from strongroom.core.machine.check import LOOPBACK
from strongroom.core.machine.model import Hardware, UsbDevice

MIB = 1024 * 1024


def hardware_facts(hardware: Hardware) -> tuple[tuple[str, str], ...]:
    """(what, value) of all but the USB devices, in the order in which they are read aloud."""
    others = sorted(set(hardware.interfaces) - {LOOPBACK})
    virtual = "none shows itself"
    if hardware.hypervisor:
        virtual = f"yes, {hardware.hypervisor}: whoever runs it can see every secret in it"
    return (
        ("Computer", f"{hardware.computer} ({hardware.firmware})"),
        ("Processor", f"{hardware.processor}, {hardware.threads} threads"),
        ("Memory", f"{hardware.memory // MIB} MiB"),
        ("Virtual machine", virtual),
        ("Network", f"{', '.join(others) or 'no interface'}; sockets {_plain(hardware.families)}"),
        ("Internal disks", _plain(hardware.disks)),
        ("Kernel", f"lockdown {hardware.lockdown or 'off'}{_loads(hardware)}"),
        ("Other keyboards", _plain(hardware.keyboards)),
    )


def device_line(device: UsbDevice) -> str:
    """One USB device: where, which, what it calls itself, and what is done with it."""
    why = f": {device.reason}" if device.reason else ""
    return f"{device.place} {device.ids} {device.name}, {device.sort}, {device.use.value}{why}"


def hardware_record(hardware: Hardware) -> tuple[str, ...]:
    """The whole listing as lines of text."""
    facts = (f"{what}: {value}" for what, value in hardware_facts(hardware))
    return (*facts, *(f"USB: {device_line(device)}" for device in hardware.usb))


def _plain(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "none"


def _loads(hardware: Hardware) -> str:
    modules = "modules" if hardware.has_modules else "no modules"
    return f", {modules}, {'swap' if hardware.has_swap else 'no swap'}"
