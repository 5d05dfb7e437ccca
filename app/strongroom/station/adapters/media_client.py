"""The application's end of the media service: calls that block, and pushes that a thread listens for."""

from __future__ import annotations

import socket
from contextlib import suppress
from queue import SimpleQueue
from threading import Lock, Thread
from time import sleep
from typing import TYPE_CHECKING, NoReturn

from strongroom.core.errors import Fault
from strongroom.core.session.values import OutFile, Receipt
from strongroom.station.media.protocol import (
    SOCKET,
    BrokenFrame,
    Claim,
    Done,
    Holder,
    Listing,
    Look,
    Message,
    PowerOff,
    Read,
    Stick,
    Sticks,
    Stopped,
    Write,
    receive,
    send,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_RETRY_SECONDS = 1.0


def _lost() -> Fault:
    return Fault(
        "MEDIA-GONE",
        "the media service does not answer",
        hint="wait a few seconds and try again; nothing that was written before is lost",
    )


class MediaClient:
    """One connection, made again if it is lost; one call at a time. Raises `Fault` from every call."""

    def __init__(self, path: str = SOCKET) -> None:
        self._path = path
        self._calling = Lock()
        self._answers: SimpleQueue[tuple[Message, bytearray] | None] = SimpleQueue()
        self._sticks: tuple[Stick, ...] = ()
        self._holder = ""
        self._console = ""
        self._changed: tuple[Callable[[], None], ...] = ()
        try:
            self._connection = self._connect()
        except (OSError, BrokenFrame) as error:
            raise _lost() from error
        self._is_lost = False
        Thread(target=self._listen, daemon=True).start()

    def sticks(self) -> tuple[Stick, ...]:
        """What is plugged in, as last pushed."""
        return self._sticks

    def holder(self) -> str:
        """The console that holds the session, as last pushed."""
        return self._holder

    def watch(self, changed: Callable[[], None]) -> None:
        """Have `changed` called from the listening thread at every push."""
        self._changed = (*self._changed, changed)

    def claim(self, console: str) -> str:
        """Try to hold the session; the console that holds it now."""
        self._console = console
        answer, _ = self._call(Claim(console=console))
        if not isinstance(answer, Holder):
            _misunderstood(answer)
        self._holder = answer.console
        return answer.console

    def look(self, stick: Stick, suffix: str) -> Listing:
        """The files on a stick whose names end in `suffix`, and the free room."""
        answer, _ = self._call(Look(stick=stick.id, suffix=suffix))
        if not isinstance(answer, Listing):
            _misunderstood(answer)
        return answer

    def read(self, stick: Stick, name: str, cap: int) -> bytes:
        """One whole file, read once; the stick is unmounted when this returns."""
        _, data = self._call(Read(stick=stick.id, name=name, cap=cap))
        return bytes(data)

    def write(self, stick: Stick, files: tuple[OutFile, ...], *, keep_previous: bool) -> Receipt:
        """Write files; the receipt says that they were read back equal."""
        names = tuple(file.name for file in files)
        sizes = tuple(len(file.data) for file in files)
        request = Write(stick=stick.id, names=names, sizes=sizes, keep_previous=keep_previous)
        self._call(request, *(file.data for file in files))
        return Receipt(stick=stick.name, names=names)

    def power_off(self) -> None:
        """Switch the machine off."""
        self._call(PowerOff())

    def _call(self, request: Message, *parts: bytes) -> tuple[Message, bytearray]:
        with self._calling:
            answers = self._answers
            if self._is_lost:
                raise _lost()
            try:
                send(self._connection, request, *parts)
            except OSError as error:
                raise _lost() from error
            heard = answers.get()
        if heard is None:
            raise _lost()
        answer, data = heard
        if isinstance(answer, Stopped):
            raise Fault(answer.rule, answer.message, hint=answer.hint)
        if not isinstance(answer, Done | Holder | Listing):
            _misunderstood(answer)
        return answer, data

    def _connect(self) -> socket.socket:
        """A new connection, which holds the session again if this console did."""
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(self._path)
        if self._console and self._holder == self._console:
            send(connection, Claim(console=self._console))
            while not isinstance(self._hear(*receive(connection)), Holder):
                pass
        return connection

    def _listen(self) -> None:
        while True:
            try:
                heard = receive(self._connection)
            except BrokenFrame:
                self._reconnect()
                continue
            if (answer := self._hear(*heard)) is not None:
                self._answers.put((answer, heard[1]))

    def _hear(self, message: Message, _data: bytearray) -> Message | None:
        """Take a push to heart; give anything else back."""
        match message:
            case Sticks(sticks=sticks):
                self._sticks = sticks
            case Holder(console=console, answer=False):
                self._holder = console
            case _:
                return message
        for changed in self._changed:
            changed()
        return None

    def _reconnect(self) -> None:
        """Give a waiting call its answer, show no sticks, and connect again as soon as possible."""
        self._is_lost = True
        answers, self._answers = self._answers, SimpleQueue()
        answers.put(None)
        self._sticks = ()
        for changed in self._changed:
            changed()
        while self._is_lost:
            sleep(_RETRY_SECONDS)
            with suppress(OSError, BrokenFrame):
                self._connection = self._connect()
                self._is_lost = False


def _misunderstood(answer: Message) -> NoReturn:
    raise Fault("PROGRAM", f"the media service answered {type(answer).__name__}")
