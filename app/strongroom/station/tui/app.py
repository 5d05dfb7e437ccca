"""The urwid application: the stage on which the driver shows screens, and the loop around everything.

The loop's handler is the one place that takes any exception: it becomes the fault PROGRAM on the screen, and
a new sitting begins. No text of an unforeseen exception is shown or kept. The driver and what it needs load
behind the first screen, since they take as long as everything before.
"""

from __future__ import annotations

import os
import sys
import termios
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

import urwid

from strongroom.station.tui.frame import StationFrame, Status
from strongroom.station.tui.guard import KeyboardGuard
from strongroom.station.tui.palette import PALETTE
from strongroom.station.tui.screens.results import TICK_SECONDS, ProgressScreen
from strongroom.station.tui.screens.start import StartScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from strongroom.core.network import Network
    from strongroom.station.driver import Driver
    from strongroom.station.ports import Station
    from strongroom.station.tui.kit import Screen

T = TypeVar("T")
_FIRST_PAINT_SECONDS = 0.1


class Application:
    """Runs one station on the terminal of this process."""

    def __init__(self, station: Station) -> None:
        urwid.set_encoding("utf-8")
        self._station = station
        self._workers = ThreadPoolExecutor(max_workers=1)
        self._posted: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._network: Network | None = None
        terminal = urwid.display.raw.Screen()
        terminal.set_terminal_properties(colors=16)
        self._loop = urwid.MainLoop(urwid.SolidFill(), PALETTE, screen=terminal, handle_mouse=False)
        self._wake = self._loop.watch_pipe(self._woken)
        self._loading = Lock()
        self._driver: Driver | None = None
        self._frame: StationFrame | None = None
        self._cover: StationFrame | None = None
        self._guard = KeyboardGuard(station, self)

    def run(self) -> None:
        """Run until the session is over or the machine is switched off; no exception ends it."""
        station = self._station
        self.show(
            StartScreen(station.console, station.media.holder, self._claim), None, lambda: None
        )
        self._station.media.watch(lambda: self.post(self._refresh))
        self._station.usb.watch(lambda: self.post(self._refresh))
        self.post(self._refresh)  # what was pushed before anybody watched
        self._loop.set_alarm_in(TICK_SECONDS, self._tick)
        self._loop.set_alarm_in(_FIRST_PAINT_SECONDS, lambda *_: self._workers.submit(self._load))
        while True:
            try:
                self._loop.run()
            except Exception as error:  # noqa: BLE001 - the one blanket handler
                self._load().restart(error)
                os.write(
                    self._wake, b"."
                )  # what was posted behind the failed call is still to be done
            else:
                return

    def _load(self) -> Driver:
        """The driver, made once; any thread may ask for it."""
        with self._loading:
            if self._driver is None:
                from strongroom.station.driver import Driver  # noqa: PLC0415 - heavy

                self._driver = Driver(self._station, self)
                self._driver.prepare()
            return self._driver

    def _claim(self) -> None:
        self.show(ProgressScreen("Getting ready"), None, lambda: None)
        self.background(self._load, lambda loaded: loaded.result().claim())

    def show(self, screen: Screen, network: Network | None, leave: Callable[[], None]) -> None:
        """Put a screen into the frame."""
        self._network = network
        self._frame = StationFrame(
            screen, self._status(), leave, lambda note: self._load().note(note)
        )
        if self._cover is None:
            self._loop.widget = self._frame

    def cover(self, screen: Screen) -> None:
        """Show `screen` in front of the one that the session shows."""
        self._cover = StationFrame(screen, self._status(), lambda: None)
        self._loop.widget = self._cover

    def uncover(self) -> None:
        """Throw away what was typed meanwhile, and show the session's screen again."""
        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
        self._cover = None
        if self._frame:
            self._loop.widget = self._frame
            self._frame.draw(self._status())

    def background(self, run: Callable[[], T], done: Callable[[Future[T]], None]) -> None:
        """Run in the one working thread, and call `done` back on this one."""
        future = self._workers.submit(run)
        future.add_done_callback(lambda ended: self.post(lambda: done(ended)))

    def finish(self) -> None:
        """End the loop."""
        raise urwid.ExitMainLoop

    def _status(self) -> Status:
        sticks = self._station.media.sticks()
        usb = self._station.usb.devices()
        return Status(sticks=sticks, usb=usb, network=self._network, mark=self._station.mark)

    def post(self, action: Callable[[], None]) -> None:
        """Call `action` on the screen's thread."""
        self._posted.put(action)
        os.write(self._wake, b".")

    def _woken(self, _data: bytes) -> bool:
        while not self._posted.empty():
            self._posted.get()()
        if self._frame:
            self._frame.draw(self._status())
        return True

    def _refresh(self) -> None:
        self._guard.look()
        if self._frame:
            self._frame.screen.refresh()

    def _tick(self, *_: object) -> None:
        self._loop.set_alarm_in(TICK_SECONDS, self._tick)
        if self._frame:
            self._frame.tick()
