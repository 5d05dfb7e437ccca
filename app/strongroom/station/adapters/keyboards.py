"""The keyboards that are not on USB, and whether the machine has any way to type at all."""

from __future__ import annotations

from pathlib import Path

from strongroom.station.usb.report import is_keyboard

_ROOT = Path("/")
_SERIAL = "console=ttyS0"


def other_keyboards(root: Path = _ROOT) -> tuple[str, ...]:
    """What the kernel drives beside USB keyboards."""
    serio = (root / "sys/bus/serio/drivers/atkbd").glob("serio*")
    hid = (root / "sys/bus/hid/devices").glob("0018:*/report_descriptor")
    found = ["PS/2" for _ in serio]
    found += ["built in (I2C)" for path in hid if is_keyboard(path.read_bytes())]
    return tuple(found)


def has_keyboard(root: Path = _ROOT) -> bool:
    """Whether one of those is there, or the serial line is a console."""
    words = (root / "proc/cmdline").read_text(encoding="ascii", errors="replace").split()
    return bool(other_keyboards(root)) or any(word.startswith(_SERIAL) for word in words)
