"""A driver's surroundings without a terminal, a stick or GnuPG."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any, TypeAlias, TypeVar

from strongroom.core.bundle.model import OpenpgpReport
from strongroom.core.errors import Fault, Stop
from strongroom.core.network import Network
from strongroom.core.secret import Secret
from strongroom.core.session import values
from strongroom.station.adapters.no_usb import NoUsb
from strongroom.station.driver import Driver
from strongroom.station.media.protocol import FileEntry, Listing, Stick
from strongroom.station.ports import Machine, Station
from strongroom.station.signer.local import LocalSigner
from strongroom.station.signer.machine import Sitting, load_sitting
from strongroom.station.tui.frame import StationFrame, Status
from strongroom.station.tui.kit import Screen
from tests.unit.station import samples
from tests.unit.station.screens import INBOX, press, text

T = TypeVar("T")
Steps: TypeAlias = Generator[Any, Any, None]


class Sticks:
    """Media that hold one request file, in memory."""

    def __init__(self) -> None:
        self.held = ""
        self.written: tuple[values.OutFile, ...] = ()
        self.is_off = False
        self.fault: Fault | None = None

    def sticks(self) -> tuple[Stick, ...]:
        """INBOX is always in."""
        return (INBOX,)

    def holder(self) -> str:
        """Who claimed."""
        return self.held

    def watch(self, changed: Callable[[], None]) -> None:
        """Nothing ever changes."""
        changed()

    def claim(self, console: str) -> str:
        """The first keeps it."""
        self.held = self.held or console
        return self.held

    def look(self, _stick: Stick, suffix: str) -> Listing:
        """One file of every kind."""
        return Listing(files=(FileEntry(name=f"a{suffix}", size=3),), skipped=0, free=9)

    def read(self, _stick: Stick, _name: str, _cap: int) -> bytes:
        """Three bytes, or the fault."""
        if self.fault:
            raise self.fault
        return b"abc"

    def write(
        self, stick: Stick, files: tuple[values.OutFile, ...], *, keep_previous: bool
    ) -> values.Receipt:
        """Kept in memory."""
        self.written = files if keep_previous else ()
        return values.Receipt(stick=stick.name, names=tuple(file.name for file in files))

    def power_off(self) -> None:
        """Noted."""
        self.is_off = True


class Gnupg:
    """GnuPG is not asked in these tests, but for a certificate's listing."""

    def verify_signatures(self, *_: object) -> tuple[OpenpgpReport, ...]:
        """Not asked."""
        raise NotImplementedError

    def list_certificate(self, certificate: bytes) -> bytes:
        """A mark on the certificate."""
        return b"listing of " + certificate

    def make_signing_key(self, _user_id: str) -> tuple[Secret, bytes]:
        """Not asked."""
        raise NotImplementedError

    def sign_detached(self, *_: object) -> bytes:
        """Not asked."""
        raise NotImplementedError


class Theatre:
    """A stage without a terminal: background work runs when `settle` is called."""

    def __init__(self) -> None:
        self.frame: StationFrame | None = None
        self.network: Network | None = None
        self.waiting: list[Callable[[], None]] = []
        self.is_finished = False

    def show(self, screen: Screen, network: Network | None, leave: Callable[[], None]) -> None:
        """Frame the screen."""
        self.network = network
        self.frame = StationFrame(screen, Status(network=network), leave)

    def background(self, run: Callable[[], T], done: Callable[[Future[T]], None]) -> None:
        """Wait for `settle`."""

        def both() -> None:
            future: Future[T] = Future()
            try:
                future.set_result(run())
            except Exception as error:  # noqa: BLE001 - a future carries whatever was raised
                future.set_exception(error)
            done(future)

        self.waiting.append(both)

    def post(self, action: Callable[[], None]) -> None:
        """At once: there is one thread."""
        action()

    def finish(self) -> None:
        """Noted."""
        self.is_finished = True

    def settle(self) -> None:
        """Run what waits, and what that starts."""
        while self.waiting:
            self.waiting.pop(0)()

    def press(self, keys: str) -> str:
        """Press keys, settle, and see."""
        assert self.frame is not None
        press(self.frame, keys)
        self.settle()
        return self.seen()

    def seen(self) -> str:
        """The text of the screen."""
        assert self.frame is not None
        return text(self.frame)


def run(
    steps: Callable[[], Steps], media: Sticks | None = None, *, stop: Stop | None = None
) -> tuple[Theatre, Driver]:
    """Begin at tty1 with a sitting of these steps; `stop` is what loading it raises."""

    def load() -> Sitting:
        if stop:
            raise stop
        return lambda _release: steps()

    stage = Theatre()
    driver = Driver(station(media or Sticks(), load), stage)
    driver.begin()
    driver.prepare()
    stage.press("<enter>")
    return stage, driver


def station(media: Sticks, load: Callable[[], Sitting] = load_sitting) -> Station:
    """Adapters that need nothing from outside."""
    machine = Machine(
        openpgp=Gnupg(),
        random=lambda size: Secret(bytes(size)),
        free_memory=lambda: 1 << 30,
        note_keys=lambda _pairs: (),
    )
    return Station(
        media=media,
        usb=NoUsb(),
        signer=lambda: LocalSigner(machine, samples.RELEASE, load),
        random=machine.random,
        machine_clock=lambda: datetime(2027, 1, 1, tzinfo=UTC),
        hardware=lambda: samples.HARDWARE,
        console="tty1",
        keyboard=samples.KEYBOARD,
    )
