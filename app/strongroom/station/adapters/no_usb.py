"""USB as a rehearsal has it: nothing is plugged in, and nothing is decided about."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from strongroom.core.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from strongroom.core.machine.model import DeviceEvent, UsbDevice


class NoUsb:
    """The devices of a rehearsal's computer are not looked at."""

    def devices(self) -> tuple[UsbDevice, ...]:
        """None."""
        return ()

    def take_events(self) -> tuple[DeviceEvent, ...]:
        """None."""
        return ()

    def watch(self, changed: Callable[[], None]) -> None:
        """Nothing ever changes."""

    def start_trial(self, device: UsbDevice) -> NoReturn:
        """There is no such device."""
        raise Fault("USB-DEVICE", f"the device at {device.place} is not plugged in")

    admit = refuse = start_trial
