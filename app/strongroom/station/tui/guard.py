"""Watches for keyboards that come after boot, and puts the question about one before everything else.

The keyboard is let through only while the question is on the screen. When it is refused, its last keys are
thrown away before the screen behind is shown again.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol

from strongroom.core.errors import Fault
from strongroom.core.machine.consent import RANDOM_SIZE, draw_letters
from strongroom.core.machine.model import Use
from strongroom.station.tui.screens.keyboard import KeyboardScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from strongroom.core.machine.model import UsbDevice
    from strongroom.station.ports import Station
    from strongroom.station.tui.kit import Screen


class Hall(Protocol):
    """Where the question is shown; the application is one, tests have another."""

    def cover(self, screen: Screen) -> None:
        """Show `screen` in front of whatever is shown."""
        ...

    def uncover(self) -> None:
        """Throw typed keys away and show again what is behind."""
        ...

    def post(self, action: Callable[[], None]) -> None:
        """Call `action` on the screen's thread."""
        ...


class KeyboardGuard:
    """One console's guard; `look` is called whenever devices or the holder of the session change."""

    def __init__(self, station: Station, hall: Hall) -> None:
        self._station = station
        self._hall = hall
        self._asked: UsbDevice | None = None
        # a thread of its own: the application's may be busy for minutes
        self._worker = ThreadPoolExecutor(max_workers=1)

    def look(self) -> None:
        """Ask about a keyboard that waits, and stop asking about one that is gone."""
        devices = {device.id: device for device in self._station.usb.devices()}
        if self._asked is not None:
            now = devices.get(self._asked.id)
            if now is None or now.use not in {Use.WAITING, Use.TRIED}:
                self._close()
        waiting = [device for device in devices.values() if device.use is Use.WAITING]
        is_ours = self._station.media.holder() in {"", self._station.console}
        if self._asked is None and waiting and is_ours:
            self._ask(waiting[0])

    def _ask(self, device: UsbDevice) -> None:
        self._asked = device
        letters = draw_letters(self._station.random(RANDOM_SIZE).reveal())
        self._hall.cover(
            KeyboardScreen(
                device, letters, lambda is_wanted: self._end(device, is_wanted=is_wanted)
            )
        )
        self._run(lambda: self._station.usb.start_trial(device), device, closes=False)

    def _end(self, device: UsbDevice, *, is_wanted: bool) -> None:
        usb = self._station.usb
        decide = usb.admit if is_wanted else usb.refuse
        self._run(lambda: decide(device), device, closes=True)

    def _run(self, call: Callable[[], None], device: UsbDevice, *, closes: bool) -> None:
        def ended(future: Future[None]) -> None:
            failed = future.exception()
            if failed is not None and not isinstance(failed, Fault):
                self._hall.post(lambda: _raise(failed))
            elif closes or failed is not None:
                self._hall.post(lambda: self._close_about(device))

        self._worker.submit(call).add_done_callback(ended)

    def _close_about(self, device: UsbDevice) -> None:
        if self._asked is not None and self._asked.id == device.id:
            self._close()
            self.look()

    def _close(self) -> None:
        self._asked = None
        self._hall.uncover()


def _raise(error: BaseException) -> None:
    raise error
