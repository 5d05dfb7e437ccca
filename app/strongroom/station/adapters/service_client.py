"""The application's end of a service: calls that block, and pushes that a thread listens for."""

from __future__ import annotations

import socket
from abc import ABC, abstractmethod
from contextlib import suppress
from queue import SimpleQueue
from threading import Lock, Thread
from time import sleep
from typing import TYPE_CHECKING, Generic, NoReturn, TypeVar

from strongroom.core.errors import Fault
from strongroom.station.wire import BrokenFrame, Stopped, Wire

if TYPE_CHECKING:
    from collections.abc import Callable

_RETRY_SECONDS = 1.0
_T = TypeVar("_T")


class ServiceClient(ABC, Generic[_T]):
    """One connection, made again if it is lost; one call at a time.

    A call that fails raises `lost`, and one that the service stopped by a rule raises that.
    """

    def __init__(self, path: str, wire: Wire[_T], lost: Fault) -> None:
        self._path = path
        self._wire = wire
        self._lost = lost
        self._calling = Lock()
        self._answers: SimpleQueue[tuple[_T, bytearray] | None] = SimpleQueue()
        self._changed: tuple[Callable[[], None], ...] = ()
        try:
            self._connection = self._connect()
        except (OSError, BrokenFrame) as error:
            raise self._fault() from error
        self._is_lost = False
        Thread(target=self._listen, daemon=True).start()

    def watch(self, changed: Callable[[], None]) -> None:
        """Have `changed` called from the listening thread at every push."""
        self._changed = (*self._changed, changed)

    @abstractmethod
    def _take(self, message: _T) -> bool:
        """Take a push to heart; False for an answer."""

    @abstractmethod
    def _forget(self) -> None:
        """The connection is lost: nothing that was pushed holds any more."""

    def _greet(self, connection: socket.socket) -> None:
        """Say who this is, on a connection that nobody listens on yet."""

    def _call(self, request: _T, *parts: bytes) -> tuple[_T, bytearray]:
        with self._calling:
            answers = self._answers
            if self._is_lost:
                raise self._fault()
            try:
                self._wire.send(self._connection, request, *parts)
            except OSError as error:
                raise self._fault() from error
            heard = answers.get()
        if heard is None:
            raise self._fault()
        if isinstance(heard[0], Stopped):
            raise heard[0].fault()
        return heard

    def _fault(self) -> Fault:
        return Fault(self._lost.rule, self._lost.message, hint=self._lost.hint)

    def _connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(self._path)
        self._greet(connection)
        return connection

    def _listen(self) -> None:
        while True:
            try:
                message, data = self._wire.receive(self._connection)
            except BrokenFrame:
                self._reconnect()
                continue
            if not self._hear(message):
                self._answers.put((message, data))

    def _hear(self, message: _T) -> bool:
        is_push = self._take(message)
        if is_push:
            self._tell()
        return is_push

    def _tell(self) -> None:
        for changed in self._changed:
            changed()

    def _reconnect(self) -> None:
        """Give a waiting call its answer, forget what was pushed, and connect again as soon as possible."""
        self._is_lost = True
        answers, self._answers = self._answers, SimpleQueue()
        answers.put(None)
        self._forget()
        self._tell()
        while self._is_lost:
            sleep(_RETRY_SECONDS)
            with suppress(OSError, BrokenFrame):
                self._connection = self._connect()
                self._is_lost = False


def misunderstood(answer: object) -> NoReturn:
    """A service answered with a message that is no answer to what was asked."""
    raise Fault("PROGRAM", f"a service of the station answered {type(answer).__name__}")
