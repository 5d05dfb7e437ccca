"""Requests about the machine that a sitting runs on."""

from __future__ import annotations

from dataclasses import dataclass

from strongroom.core.machine.model import DeviceEvent, Hardware, Medium, MediumState, SelfTests
from strongroom.core.session.asks import Asks


@dataclass(frozen=True, slots=True)
class ReadHardware(Asks[Hardware]):
    """What the machine is made of, as its kernel tells now."""


@dataclass(frozen=True, slots=True)
class TakeDeviceEvents(Asks[tuple[DeviceEvent, ...]]):
    """What happened on USB since this was asked last."""


@dataclass(frozen=True, slots=True)
class ShowHardware(Asks[None]):
    """List the machine's parts, name a virtual machine as one, and say how the self-tests ended."""

    hardware: Hardware
    tests: SelfTests


@dataclass(frozen=True, slots=True)
class PullMedium(Asks[MediumState]):
    """Have the boot medium taken out, and see that it is; replies what became of it."""

    medium: Medium
