"""The messages between the application and the USB service; `wire` carries them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from strongroom.core.machine.model import UsbDevice
from strongroom.station.wire import Done, Stopped, Wire

SOCKET = "/run/strongroom-usb.sock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Devices:
    """Pushed at the start and at each change: every device that is plugged in, and its use."""

    devices: tuple[UsbDevice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """Let a waiting keyboard's keys through, to the screen that asks for consent; answered by `Done`."""

    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Admit:
    """Use the keyboard on trial from now on; answered by `Done`."""

    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """Never use the keyboard that waits or is on trial; answered by `Done` once no key can come from it."""

    device: str


Message: TypeAlias = Devices | Try | Admit | Refuse | Done | Stopped
WIRE: Wire[Message] = Wire(Message)
