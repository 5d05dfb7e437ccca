"""The application's end of the line to the signer. Raises `Fault` SIGNER-GONE when the signer is lost."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import TYPE_CHECKING

from strongroom.core.errors import Fault, Stop
from strongroom.station.signer.line import (
    SOCKET,
    Asked,
    Begin,
    Ended,
    Failed,
    FromApplication,
    Replied,
    Running,
    Thrown,
    hear_signer,
    send_to_signer,
)
from strongroom.station.wire import BrokenFrame

if TYPE_CHECKING:
    from strongroom.core.session.requests import RoomRequest
    from strongroom.station.ports import Tell


class SignerClient:
    """A `Signer` in a process of its own; systemd starts it when somebody connects, a new one each time."""

    def __init__(self, path: str = SOCKET) -> None:
        self._path = path
        self._connection: socket.socket | None = None
        self._request: RoomRequest | None = None
        self._tell: Tell = lambda _title, _done, _total: None

    def prepare(self) -> None:
        """Wake the signer up: it loads what is heavy and waits for a beginning."""
        with suppress(OSError):
            self._connect().close()

    def begin(self, tell: Tell) -> RoomRequest | None:
        """Start a sitting in a new process."""
        self.close()
        self._tell = tell
        try:
            self._connection = self._connect()
        except OSError as error:
            raise self._lost() from error
        return self._exchange(Begin(), None)

    def reply(self, value: object) -> RoomRequest | None:
        """Send the reply."""
        return self._exchange(Replied(), value)

    def throw(self, stop: Stop) -> RoomRequest | None:
        """Send the stop."""
        return self._exchange(Thrown(stop), None)

    def close(self) -> None:
        """Hang up; the signer ends at that, with everything that it held."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)  # another thread may be listening
            connection.close()

    def _connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(self._path)
        except OSError:
            connection.close()
            raise
        return connection

    def _exchange(self, message: FromApplication, reply: object) -> RoomRequest | None:
        if self._connection is None:
            raise self._lost()
        request = self._request if isinstance(message, Replied) else None
        try:
            send_to_signer(self._connection, message, request, reply)
            self._request = self._next(self._connection)
        except (OSError, BrokenFrame) as error:
            self.close()
            raise self._lost() from error
        except Stop:
            self.close()
            raise
        if self._request is None:
            self.close()
        return self._request

    def _next(self, connection: socket.socket) -> RoomRequest | None:
        while True:
            match hear_signer(connection):
                case Asked(request=request):
                    return request
                case Running(title=title, done=done, total=total):
                    self._tell(title, done, total)
                case Failed(stop=stop):
                    _await_end(connection)
                    raise stop
                case Ended():
                    _await_end(connection)
                    return None

    def _lost(self) -> Fault:
        return Fault(
            "SIGNER-GONE",
            "the process that held the keys has ended, and they went with it",
            hint="begin again; what was written to a stick before is still there",
        )


def _await_end(connection: socket.socket) -> None:
    """Wait until the signer's process is gone.

    It never closes the connection by itself: the kernel does, and takes the process's memory back before.
    """
    with suppress(OSError):
        while connection.recv(1):
            pass
