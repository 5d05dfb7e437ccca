"""The service on a bus in memory: what is plugged in is used or refused before anybody hears of it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread
from typing import TypeAlias

import pytest

from strongroom.core.errors import Fault
from strongroom.core.machine.model import UsbDevice, Use
from strongroom.station.adapters.usb_client import UsbClient
from strongroom.station.usb.policy import Found
from strongroom.station.usb.service import Boot, UsbService
from strongroom.station.usb.sorts import Sorted
from tests.unit.station.usb.devices import (
    BULK,
    HUB,
    KEYBOARD,
    KEYBOARD_REPORT,
    MOUSE,
    MOUSE_REPORT,
    Kind,
)
from tests.unit.station.usb.test_policy import found

WAIT = 10.0


class Ports:
    """A bus: devices by place, and which of them have drivers."""

    def __init__(self, **devices: Found) -> None:
        self.devices = {device.id: device for device in devices.values()}
        self.allowed: set[str] = set()
        self.reports: dict[str, bytes] = {}
        self.is_closed = False
        self.breaks = False

    def close_doors(self) -> None:
        """Noted."""
        self.is_closed = True

    def found(self) -> tuple[Found, ...]:
        """All of them."""
        return tuple(self.devices.values())

    def is_allowed(self, identity: str) -> bool:
        """Whether it has drivers."""
        return identity in self.allowed

    def allow(self, found: Found, _sort: Sorted) -> None:
        """It has drivers now."""
        if self.breaks:
            raise OSError(5, "Input/output error")
        self.allowed.add(found.id)

    def forbid(self, identity: str) -> None:
        """It has none any more."""
        self.allowed.discard(identity)

    def report(self, identity: str) -> bytes:
        """A keyboard's unless another was given."""
        return self.reports.get(identity, KEYBOARD_REPORT)

    def plug(self, place: str, *kinds: Kind, number: int = 9) -> str:
        """Plug a device in; its id."""
        identity = f"{place}#{number}"
        self.devices[identity] = found(*kinds, identity=identity)
        return identity


class Room:
    """A running service on a bus, and consoles."""

    def __init__(self, folder: Path, ports: Ports, *, has_keyboard: bool, is_restart: bool) -> None:
        self.ports = ports
        self.path = folder / "usb.sock"
        boot = Boot(has_keyboard=lambda: has_keyboard, is_restart=is_restart)
        self.service = UsbService(bus=ports, user_id=65534, boot=boot)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.listener.listen()
        Thread(target=self.service.accept, args=(self.listener,), daemon=True).start()
        self.console = UsbClient(str(self.path))
        self._changed = Event()
        self.console.watch(self._changed.set)

    def plug(self, place: str, *kinds: Kind, report: bytes = KEYBOARD_REPORT) -> UsbDevice:
        """Plug in after boot, and wait until the console hears of it."""
        identity = self.ports.plug(place, *kinds)
        self.ports.reports[identity] = report
        self.service.look()
        return self.hear(identity)

    def hear(self, identity: str) -> UsbDevice:
        """The device as the console knows it."""
        while True:
            for device in self.console.devices():
                if device.id == identity:
                    return device
            assert self._changed.wait(WAIT)
            self._changed.clear()


Start: TypeAlias = Callable[..., Room]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Start]:
    """Start the service on a bus."""
    made: list[Room] = []

    def start(ports: Ports, *, has_keyboard: bool = True, is_restart: bool = False) -> Room:
        made.append(Room(tmp_path, ports, has_keyboard=has_keyboard, is_restart=is_restart))
        return made[-1]

    yield start
    for each in made:
        each.listener.close()


def test_what_is_there_at_boot_is_used_and_the_doors_are_closed(room: Start) -> None:
    ports = Ports()
    stick, keys, mouse = (
        ports.plug("1-1", BULK),
        ports.plug("1-2", KEYBOARD),
        ports.plug("1-3", MOUSE),
    )
    here = room(ports)
    assert ports.is_closed
    assert ports.allowed == {stick, keys}
    assert here.hear(mouse).use is Use.REFUSED
    assert here.hear(keys).use is Use.USED


def test_behind_a_hub_of_the_boot_keyboards_are_still_at_boot(room: Start) -> None:
    ports = Ports()
    ports.plug("1-5", HUB)
    here = room(ports)
    assert here.plug("1-5.1", HUB).use is Use.USED
    assert here.plug("1-5.1.1", KEYBOARD).use is Use.USED
    assert here.plug("1-6", KEYBOARD).use is Use.WAITING
    assert here.plug("1-51", HUB).use is Use.USED
    assert here.plug("1-51.1", KEYBOARD).use is Use.WAITING


def test_a_hub_of_later_leads_to_nothing_of_the_boot(
    room: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports = Ports()
    ports.plug("1-5", HUB)
    here = room(ports)
    monkeypatch.setattr("strongroom.station.usb.service._CASCADE_SECONDS", 0.0)
    assert here.plug("1-5.1", KEYBOARD).use is Use.WAITING


def test_the_first_keyboard_of_a_machine_without_any_is_taken_at_any_time(room: Start) -> None:
    here = room(Ports(), has_keyboard=False)
    first = here.plug("1-1", KEYBOARD)
    assert first.use is Use.USED
    del here.ports.devices[first.id]
    assert here.plug("1-2", KEYBOARD).use is Use.WAITING, "it had one before"


def test_a_device_that_is_no_keyboard_after_all_loses_its_driver(room: Start) -> None:
    ports = Ports()
    liar = ports.plug("1-1", KEYBOARD)
    ports.reports[liar] = MOUSE_REPORT
    here = room(ports)
    assert ports.allowed == set()
    assert here.hear(liar).reason == "its report descriptor is not a keyboard's"
    later = here.plug("1-2", KEYBOARD, report=b"")
    here.console.start_trial(later)
    assert here.hear(later.id).use is Use.REFUSED
    assert ports.allowed == set()


def test_a_device_that_can_not_be_set_up_is_refused(room: Start) -> None:
    here = room(Ports())
    here.ports.breaks = True
    device = here.plug("1-1", BULK)
    assert device.use is Use.REFUSED
    assert "Input/output error" in device.reason


def test_a_keyboard_has_drivers_from_its_trial_on(room: Start) -> None:
    here = room(Ports())
    device = here.plug("1-1", KEYBOARD)
    assert here.ports.allowed == set()
    here.console.start_trial(device)
    assert here.ports.allowed == {device.id}
    here.console.admit(device)
    assert here.hear(device.id).use is Use.USED
    with pytest.raises(Fault, match="in use"):
        here.console.start_trial(device)


def test_a_refused_keyboard_has_none_when_the_call_returns(room: Start) -> None:
    here = room(Ports())
    device = here.plug("1-1", KEYBOARD)
    here.console.start_trial(device)
    here.console.refuse(device)
    assert here.ports.allowed == set()
    assert here.hear(device.id).reason == "people did not consent"


def test_a_console_that_ends_ends_its_trials(room: Start) -> None:
    here = room(Ports())
    device = here.plug("1-1", KEYBOARD)
    other = UsbClient(str(here.path))
    other.start_trial(device)
    other._connection.shutdown(2)  # noqa: SLF001 - as the end of the process does
    while here.hear(device.id).use is not Use.REFUSED:
        here._changed.wait(WAIT)  # noqa: SLF001 - the room's own event
        here._changed.clear()  # noqa: SLF001 - as above
    assert here.ports.allowed == set()


def test_a_restart_of_the_service_lets_nothing_new_in(room: Start) -> None:
    ports = Ports()
    used, new = ports.plug("1-1", KEYBOARD), ports.plug("1-2", KEYBOARD)
    ports.allowed = {used}
    here = room(ports, is_restart=True, has_keyboard=False)
    assert here.hear(used).use is Use.USED
    assert here.hear(new).use is Use.WAITING


def test_the_record_hears_what_came_and_went(room: Start) -> None:
    here = room(Ports())
    mouse = here.plug("1-1", MOUSE)
    keys = here.plug("1-2", KEYBOARD)
    here.console.refuse(keys)
    del here.ports.devices[mouse.id]
    here.service.look()
    here.plug("1-3", BULK)
    events = [(event.kind, event.device.place) for event in here.console.take_events()]
    assert events == [
        ("plugged", "1-1"),
        ("plugged", "1-2"),
        ("changed", "1-2"),
        ("removed", "1-1"),
        ("plugged", "1-3"),
    ]
    assert here.console.take_events() == ()
