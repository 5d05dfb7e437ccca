"""The signer's end of the line: one sitting for one application, and then the process ends.

What the sitting held in memory goes with the process: the kernel overwrites what it takes back (init_on_free).
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from strongroom.core.errors import Stop
from strongroom.station.faults import program_fault
from strongroom.station.signer.line import (
    Asked,
    Begin,
    Ended,
    Failed,
    FromSigner,
    Replied,
    Running,
    Thrown,
    hear_application,
    send_to_application,
)
from strongroom.station.wire import BrokenFrame, peer_user

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from strongroom.core.session.requests import RoomRequest
    from strongroom.station.ports import Tell
    from strongroom.station.signer.machine import RoomSteps


def await_application(listener: socket.socket, user_id: int) -> socket.socket:
    """The connection of the first that begins a sitting; others that only wake this process up are let go."""
    while True:
        connection, _ = listener.accept()
        if peer_user(connection) == user_id:
            with suppress(BrokenFrame):
                message, _ = hear_application(connection, None)
                if isinstance(message, Begin):
                    return connection
        connection.close()


def serve(connection: socket.socket, begin: Callable[[Tell], RoomSteps]) -> None:
    """Run one sitting to its end, or until the application is gone."""
    try:
        end: FromSigner = Ended()
        try:
            _converse(connection, begin)
        except Stop as stop:
            end = Failed(stop)
        except (BrokenFrame, OSError):
            return
        except Exception as error:  # noqa: BLE001 - the signer's driver
            end = Failed(program_fault(error))
        send_to_application(connection, end)
    except OSError:
        return  # the application is gone, and learns that the sitting is


def _converse(connection: socket.socket, begin: Callable[[Tell], RoomSteps]) -> None:
    def tell(title: str, done: int, total: int) -> None:
        send_to_application(connection, Running(title, done, total))

    steps = begin(tell)
    step: Callable[[], RoomRequest] = partial(next, steps)
    while True:
        try:
            request = step()
        except StopIteration:
            return
        send_to_application(connection, Asked(request))
        message, reply = hear_application(connection, request)
        match message:
            case Replied():
                step = partial(steps.send, reply)
            case Thrown(stop=stop):
                step = partial(steps.throw, stop)
            case _:
                raise BrokenFrame("a second beginning")
