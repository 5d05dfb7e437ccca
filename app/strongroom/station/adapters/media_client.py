"""The application's end of the media service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strongroom.core.errors import Fault
from strongroom.station.adapters.service_client import ServiceClient, misunderstood
from strongroom.station.media.protocol import (
    SOCKET,
    WIRE,
    Claim,
    Holder,
    Listing,
    Look,
    Message,
    PowerOff,
    Read,
    Stick,
    Sticks,
    Write,
)
from strongroom.station.wire import Done

if TYPE_CHECKING:
    import socket

    from strongroom.core.session.values import OutFile, Receipt

_LOST = Fault(
    "MEDIA-GONE",
    "the media service does not answer",
    hint="wait a few seconds and try again; nothing that was written before is lost",
)


class MediaClient(ServiceClient[Message]):
    """Sticks and the one session, by the media service. Raises `Fault` from every call."""

    def __init__(self, path: str = SOCKET) -> None:
        self._sticks: tuple[Stick, ...] = ()
        self._holder = ""
        self._console = ""
        super().__init__(path, WIRE, _LOST)

    def sticks(self) -> tuple[Stick, ...]:
        """What is plugged in, as last pushed."""
        return self._sticks

    def holder(self) -> str:
        """The console that holds the session, as last pushed."""
        return self._holder

    def claim(self, console: str) -> str:
        """Try to hold the session; the console that holds it now."""
        self._console = console
        answer, _ = self._ask(Claim(console=console))
        if not isinstance(answer, Holder):
            misunderstood(answer)
        self._holder = answer.console
        return answer.console

    def look(self, stick: Stick, suffix: str) -> Listing:
        """The files on a stick whose names end in `suffix`, and the free room."""
        answer, _ = self._ask(Look(stick=stick.id, suffix=suffix))
        if not isinstance(answer, Listing):
            misunderstood(answer)
        return answer

    def read(self, stick: Stick, name: str, cap: int) -> bytes:
        """One whole file, read once; the stick is unmounted when this returns."""
        _, data = self._ask(Read(stick=stick.id, name=name, cap=cap))
        return bytes(data)

    def write(self, stick: Stick, files: tuple[OutFile, ...], *, keep_previous: bool) -> Receipt:
        """Write files; the receipt says that they were read back equal."""
        from strongroom.core.session.values import Receipt  # noqa: PLC0415 - heavy, and loaded by now

        names = tuple(file.name for file in files)
        sizes = tuple(len(file.data) for file in files)
        request = Write(stick=stick.id, names=names, sizes=sizes, keep_previous=keep_previous)
        self._ask(request, *(file.data for file in files))
        return Receipt(stick=stick.name, names=names)

    def power_off(self) -> None:
        """Switch the machine off."""
        self._ask(PowerOff())

    def _ask(self, request: Message, *parts: bytes) -> tuple[Done | Holder | Listing, bytearray]:
        answer, data = self._call(request, *parts)
        if not isinstance(answer, Done | Holder | Listing):
            misunderstood(answer)
        return answer, data

    def _greet(self, connection: socket.socket) -> None:
        """Hold the session again on a new connection if this console did."""
        if not self._console or self._holder != self._console:
            return
        WIRE.send(connection, Claim(console=self._console))
        while True:
            message, _ = WIRE.receive(connection)
            if not self._hear(message) and isinstance(message, Holder):
                return

    def _take(self, message: Message) -> bool:
        match message:
            case Sticks(sticks=sticks):
                self._sticks = sticks
            case Holder(console=console, answer=False):
                self._holder = console
            case _:
                return False
        return True

    def _forget(self) -> None:
        self._sticks = ()
