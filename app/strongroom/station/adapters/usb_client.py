"""The application's end of the USB service, and the list of what happened on the bus for the record."""

from __future__ import annotations

from strongroom.core.errors import Fault
from strongroom.core.machine.model import DeviceEvent, UsbDevice
from strongroom.station.adapters.service_client import ServiceClient, misunderstood
from strongroom.station.usb.events import device_events
from strongroom.station.usb.protocol import (
    SOCKET,
    WIRE,
    Admit,
    Devices,
    Message,
    Refuse,
    Try,
)
from strongroom.station.wire import Done

_LOST = Fault(
    "USB-DEVICE",
    "the USB service does not answer",
    hint="wait a few seconds and try again; devices that come meanwhile are not used",
)
EVENTS = 1000
"""Events that are kept until they are taken; a device that comes and goes could make any number."""


class UsbClient(ServiceClient[Message]):
    """USB devices, by the USB service. Raises `Fault` USB-DEVICE from every call."""

    def __init__(self, path: str = SOCKET) -> None:
        self._devices: tuple[UsbDevice, ...] = ()
        self._events: tuple[DeviceEvent, ...] = ()
        super().__init__(path, WIRE, _LOST)

    def devices(self) -> tuple[UsbDevice, ...]:
        """What is plugged in, as last pushed."""
        return self._devices

    def take_events(self) -> tuple[DeviceEvent, ...]:
        """What happened since the last time; asked by one thread."""
        events = self._events
        self._events = self._events[len(events) :]
        return events

    def start_trial(self, device: UsbDevice) -> None:
        """Have a waiting keyboard's keys reach the screen that asks for consent."""
        self._ask(Try(device=device.id))

    def admit(self, device: UsbDevice) -> None:
        """Use the keyboard on trial from now on."""
        self._ask(Admit(device=device.id))

    def refuse(self, device: UsbDevice) -> None:
        """Never use the keyboard; when this returns, no key can come from it."""
        self._ask(Refuse(device=device.id))

    def _ask(self, request: Message) -> None:
        answer, _ = self._call(request)
        if not isinstance(answer, Done):
            misunderstood(answer)

    def _take(self, message: Message) -> bool:
        if not isinstance(message, Devices):
            return False
        events = (*self._events, *device_events(self._devices, message.devices))
        self._events = events[:EVENTS]
        self._devices = message.devices
        return True

    def _forget(self) -> None:
        """What was plugged in stays on the list: nothing came loose but the service."""
