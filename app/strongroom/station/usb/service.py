"""Applies the policy to what is plugged in, and tells the consoles.

One thread follows the bus, one serves each console; the table of devices changes under one lock, and each
change is carried out on the bus before anybody hears of it.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from threading import Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from strongroom.core.errors import Fault
from strongroom.core.machine.model import Use
from strongroom.station.usb import policy
from strongroom.station.usb.policy import Found, Table
from strongroom.station.usb.protocol import (
    WIRE,
    Admit,
    Devices,
    Message,
    Refuse,
    Try,
)
from strongroom.station.usb.report import is_keyboard
from strongroom.station.usb.sorts import Sort
from strongroom.station.wire import BrokenFrame, Done, Stopped, peer_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from strongroom.station.usb.sorts import Sorted

_CONSOLES = 8
_CASCADE_SECONDS = 15.0  # a slow or busy machine takes seconds from a hub to the keyboard behind it
_NO_KEYBOARD = "its report descriptor is not a keyboard's"


class Bus(Protocol):
    """The kernel's USB tree; `UsbTree` is one, tests have another."""

    def close_doors(self) -> None:
        """Nothing that comes from now on has a driver by itself."""
        ...

    def found(self) -> tuple[Found, ...]:
        """What is plugged in now."""
        ...

    def is_allowed(self, identity: str) -> bool:
        """Whether a device is in use already."""
        ...

    def allow(self, found: Found, sort: Sorted) -> None:
        """Have the used interfaces' drivers bind."""
        ...

    def forbid(self, identity: str) -> None:
        """Take all drivers away."""
        ...

    def report(self, identity: str) -> bytes:
        """The report descriptor of an input device that is allowed."""
        ...


class _Console:
    """One connection; pushes and answers share it, each sent whole."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.trials: set[str] = set()
        self._sending = Lock()

    def send(self, message: Message) -> None:
        try:
            with self._sending:
                WIRE.send(self.connection, message)
        except OSError:
            return  # a console that is gone learns nothing; its thread ends by itself


@dataclass(slots=True, kw_only=True)
class Boot:
    """What counts as having been there at boot.

    The first look; what then appears behind a hub of that look, while such devices still follow one another;
    and any keyboard as long as there was none. `has_keyboard` tells of those that are not on USB. After a
    restart of the service only what is in use already counts.
    """

    has_keyboard: Callable[[], bool]
    is_restart: bool = False
    is_over: bool = False
    hubs: frozenset[str] = frozenset()
    last: float = 0.0

    def holds(self, found: Found, table: Table, *, is_allowed: bool) -> bool:
        """Whether `found` counts."""
        if not self.is_over:
            return is_allowed or not self.is_restart
        parent = found.place.rpartition(".")[0]
        is_behind = parent in self.hubs and monotonic() - self.last < _CASCADE_SECONDS
        return is_behind or not (self.is_restart or table.had_keyboard or self.has_keyboard())

    def note(self, found: Found) -> None:
        """`found` counted: what is behind it may count too."""
        self.last = monotonic()
        if found.sorted is not None and found.sorted.sort is Sort.HUB:
            self.hubs |= {found.place}


class UsbService:
    """Serves consoles of root and of `user_id`; `look` is to be called when something may have changed."""

    def __init__(self, *, bus: Bus, user_id: int, boot: Boot) -> None:
        self._bus = bus
        self._user_id = user_id
        self._boot = boot
        self._changing = Lock()
        self._table = Table()
        self._found: dict[str, Found] = {}
        self._consoles: list[_Console] = []
        bus.close_doors()
        self.look()
        boot.is_over = True

    def look(self) -> None:
        """Compare the bus with the table, decide on what is new, carry it out, and tell the consoles."""
        with self._changing:
            before = self._table
            self._found = {device.id: device for device in self._bus.found()}
            self._table = policy.unplug(self._table, frozenset(self._found))
            known = {device.id for device in self._table.devices}
            for identity, found in self._found.items():
                if identity not in known:
                    self._plug(found)
            if self._table != before:
                self._push()

    def accept(self, listener: socket.socket) -> None:
        """Serve every console that may connect, until the listener is closed."""
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            is_ours = peer_user(connection) in {0, self._user_id}
            if is_ours and len(self._consoles) < _CONSOLES:
                Thread(target=self._serve, args=(connection,), daemon=True).start()
            else:
                connection.close()

    def _plug(self, found: Found) -> None:
        is_allowed = self._bus.is_allowed(found.id)
        at_boot = self._boot.holds(found, self._table, is_allowed=is_allowed)
        if at_boot:
            self._boot.note(found)
        self._table = policy.plug(self._table, found, at_boot=at_boot)
        if self._table.find(found.id).use is Use.USED:
            self._allow(found)
        else:
            self._bus.forbid(found.id)

    def _allow(self, found: Found) -> None:
        """Open the doors for a device, and close them again if it is not what it said."""
        problem = ""
        try:
            if found.sorted is not None:
                self._bus.allow(found, found.sorted)
                if found.sorted.sort is Sort.KEYBOARD and not is_keyboard(
                    self._bus.report(found.id)
                ):
                    problem = _NO_KEYBOARD
        except OSError as error:
            problem = f"it could not be set up ({error.strerror or error})"
        if problem:
            self._refuse(found.id, problem)

    def _refuse(self, identity: str, reason: str) -> None:
        self._bus.forbid(identity)
        self._table = policy.refuse(self._table, identity, reason)

    def _push(self) -> None:
        for console in tuple(self._consoles):
            console.send(Devices(devices=self._table.devices))

    def _serve(self, connection: socket.socket) -> None:
        console = _Console(connection)
        with self._changing:
            self._consoles.append(console)
            console.send(Devices(devices=self._table.devices))
        try:
            while True:
                message, _ = WIRE.receive(connection)
                console.send(self._answer(console, message))
        except BrokenFrame:
            return
        finally:
            with self._changing:
                self._consoles.remove(console)
                self._end_trials(console)
            connection.close()

    def _answer(self, console: _Console, message: Message) -> Message:
        with self._changing:
            try:
                match message:
                    case Try(device=identity):
                        self._table = policy.start_trial(self._table, identity)
                        console.trials.add(identity)
                        self._allow(self._found[identity])
                    case Admit(device=identity):
                        self._table = policy.admit(self._table, identity)
                        console.trials.discard(identity)
                    case Refuse(device=identity):
                        self._refuse(identity, "people did not consent")
                        console.trials.discard(identity)
                    case _:
                        raise BrokenFrame(f"{type(message).__name__} is not a request")
            except Fault as fault:
                return Stopped.by(fault)
            self._push()
        return Done()

    def _end_trials(self, console: _Console) -> None:
        """A console that is gone shows no screen any more that could take a keyboard's keys."""
        for device in self._table.devices:
            if device.id in console.trials and device.use is Use.TRIED:
                self._refuse(device.id, "the console on trial ended")
        self._push()
