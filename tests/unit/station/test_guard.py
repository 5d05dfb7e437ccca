"""The question about a keyboard that came later: before everything else, answered by what the screen shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Event

import pytest

from strongroom.core.errors import Fault
from strongroom.core.machine.consent import LENGTH, LETTERS, draw_letters, is_consent
from strongroom.core.machine.model import DeviceEvent, UsbDevice, Use
from strongroom.core.secret import Secret
from strongroom.station.tui.frame import StationFrame
from strongroom.station.tui.guard import KeyboardGuard
from strongroom.station.tui.kit import Screen
from tests.unit.station.screens import frame, press, text
from tests.unit.station.theatre import Sticks, station

KEYS = UsbDevice(id="1-2#5", ids="046d:c31c", name="Acme", sort="keyboard", use=Use.WAITING)
SHOWN = "bcdefg"


class Bus:
    """USB with one keyboard that waits."""

    def __init__(self) -> None:
        self.plugged: tuple[UsbDevice, ...] = (KEYS,)
        self.calls: list[str] = []
        self.fault: Fault | None = None

    def devices(self) -> tuple[UsbDevice, ...]:
        """What is plugged in."""
        return self.plugged

    def take_events(self) -> tuple[DeviceEvent, ...]:
        """Not asked."""
        raise NotImplementedError

    def watch(self, changed: Callable[[], None]) -> None:
        """Nothing changes by itself."""

    def start_trial(self, device: UsbDevice) -> None:
        """Its keys are let through."""
        self._note("trial", device, Use.TRIED)

    def admit(self, device: UsbDevice) -> None:
        """It is used."""
        self._note("admit", device, Use.USED)

    def refuse(self, device: UsbDevice) -> None:
        """It is not."""
        self._note("refuse", device, Use.REFUSED)

    def _note(self, call: str, device: UsbDevice, use: Use) -> None:
        if self.fault:
            raise self.fault
        self.calls.append(call)
        self.plugged = tuple(replace(d, use=use) if d.id == device.id else d for d in self.plugged)


class Hall:
    """Keeps what is shown in front; posted actions run when `settle` is called."""

    def __init__(self) -> None:
        self.front: StationFrame | None = None
        self.uncovered = 0
        self._posted: list[Callable[[], None]] = []
        self._arrived = Event()

    def cover(self, screen: Screen) -> None:
        """Frame it."""
        self.front = frame(screen)

    def uncover(self) -> None:
        """Counted."""
        self.front = None
        self.uncovered += 1

    def post(self, action: Callable[[], None]) -> None:
        """Keep it."""
        self._posted.append(action)
        self._arrived.set()

    def settle(self) -> None:
        """Wait for one action and run it."""
        assert self._arrived.wait(10)
        self._arrived.clear()
        self._posted.pop(0)()

    def press(self, keys: str) -> None:
        """Press keys at the question."""
        assert self.front is not None
        press(self.front, keys)

    def seen(self) -> str:
        """The question."""
        assert self.front is not None
        return text(self.front)


def begin(bus: Bus, *, holder: str = "tty1") -> tuple[Hall, KeyboardGuard]:
    media = Sticks()
    media.held = holder
    hall = Hall()
    here = replace(
        station(media), usb=bus, random=lambda size: Secret(bytes(n % 20 for n in range(size)))
    )
    guard = KeyboardGuard(here, hall)
    guard.look()
    return hall, guard


def test_the_letters_admit_it() -> None:
    bus = Bus()
    hall, _ = begin(bus)
    assert " ".join(SHOWN) in hall.seen()
    hall.press("<f1>q<enter>")
    assert "2 more" in hall.seen()
    hall.press("BCD efg<enter>xyz<esc>")
    hall.settle()
    assert bus.calls == ["trial", "admit"]
    assert hall.uncovered == 1


@pytest.mark.parametrize("keys", ["<esc>", "a<enter>b<enter>c<enter>bcdefg<enter>"])
def test_escape_and_three_wrong_tries_refuse_it(keys: str) -> None:
    bus = Bus()
    hall, _ = begin(bus)
    hall.press(keys)
    assert hall.uncovered == 0, "not before no key can come any more"
    hall.settle()
    assert bus.calls == ["trial", "refuse"]
    assert hall.uncovered == 1


def test_what_is_typed_can_not_be_read() -> None:
    hall, _ = begin(Bus())
    hall.press("hunter2")
    assert "hunter2" not in hall.seen()
    assert "*" * 7 in hall.seen()


def test_only_the_console_in_session_asks() -> None:
    assert begin(Bus(), holder="ttyS0")[0].front is None
    assert begin(Bus(), holder="")[0].front is not None


def test_a_keyboard_that_is_pulled_or_decided_elsewhere_is_not_asked_about_any_more() -> None:
    for left in ((), (replace(KEYS, use=Use.REFUSED),)):
        bus = Bus()
        hall, guard = begin(bus)
        bus.plugged = left
        guard.look()
        assert hall.front is None


def test_a_fault_of_the_service_ends_the_question() -> None:
    bus = Bus()
    bus.fault = Fault("USB-DEVICE", "it is gone")
    hall, _ = begin(bus)
    bus.plugged = ()
    hall.settle()
    assert hall.front is None


def test_the_next_keyboard_is_asked_about_after_the_first() -> None:
    bus = Bus()
    bus.plugged = (KEYS, replace(KEYS, id="1-3#6", name="Other"))
    hall, _ = begin(bus)
    hall.press("<esc>")
    hall.settle()
    assert "Other" in hall.seen()


def test_letters_are_drawn_fairly_and_enough() -> None:
    assert draw_letters(bytes((255, 240, 0, 19, 20, 39, 41, 5))) == "bxbxcg"
    assert len(draw_letters(bytes(32))) == LENGTH
    assert len(set(LETTERS)) == len(LETTERS) == 20
    with pytest.raises(ValueError, match="too few"):
        draw_letters(b"\xff" * 32)
    assert is_consent("bcdfgh", "BCD fgh ")
    assert not is_consent("bcdfgh", "bcdfg")
