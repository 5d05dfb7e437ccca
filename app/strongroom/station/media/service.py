"""The media service: a thread for each console, one stick in use at a time, and one console in session.

Every answer is a message; nothing that a stick or a client does ends the service. Files are read and written
only for the console that holds the session.
"""

from __future__ import annotations

import socket
from dataclasses import replace
from itertools import accumulate
from threading import Lock, Thread
from typing import TYPE_CHECKING

from strongroom.core.errors import Fault
from strongroom.station.media.files import fault_of, list_files, read_file, write_file
from strongroom.station.media.mounts import check_target, drop_cache, mounted
from strongroom.station.media.protocol import (
    Claim,
    Holder,
    Look,
    Message,
    PowerOff,
    Read,
    Release,
    Sticks,
    Write,
    receive,
    send,
)
from strongroom.station.wire import BrokenFrame, Done, Stopped, peer_user

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from strongroom.station.media.sticks import PluggedStick, StickSource

_CONSOLES = 8


class _Console:
    """One connection; pushes and answers share it, each sent whole."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._sending = Lock()

    def send(self, message: Message, body: bytes = b"") -> None:
        try:
            with self._sending:
                send(self.connection, message, body)
        except OSError:
            return  # a console that is gone learns nothing; its thread ends by itself


class MediaService:
    """Serves root and `user_id`; mounts below `directory` and nowhere else.

    `switch_off` is called once a console was told that the machine goes off.
    """

    def __init__(
        self,
        *,
        source: StickSource,
        directory: Path,
        user_id: int,
        switch_off: Callable[[], None],
    ) -> None:
        check_target(directory)
        self._switch_off = switch_off
        self._source = source
        self._directory = directory
        self._user_id = user_id
        self._using = Lock()
        self._state = Lock()
        self._consoles: list[_Console] = []
        self._holder: tuple[_Console, str] | None = None
        self._sticks = source.current()

    def accept(self, listener: socket.socket) -> None:
        """Serve every console that may connect, until the listener is closed."""
        Thread(target=self._watch, daemon=True).start()
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            if self._may_connect(connection):
                Thread(target=self._serve, args=(connection,), daemon=True).start()
            else:
                connection.close()

    def _may_connect(self, connection: socket.socket) -> bool:
        return peer_user(connection) in {0, self._user_id} and len(self._consoles) < _CONSOLES

    def _watch(self) -> None:
        while True:
            self._source.wait()
            self._refresh()

    def _refresh(self) -> None:
        sticks = self._source.current()
        with self._state:
            changed, self._sticks = sticks != self._sticks, sticks
            consoles = tuple(self._consoles) if changed else ()
        for console in consoles:
            console.send(self._plugged())

    def _plugged(self) -> Sticks:
        return Sticks(sticks=tuple(plugged.stick for plugged in self._sticks))

    def _serve(self, connection: socket.socket) -> None:
        console = _Console(connection)
        with self._state:
            self._consoles.append(console)
            holder = self._holder
        console.send(self._plugged())
        console.send(Holder(console=holder[1] if holder else ""))
        try:
            while True:
                message, body = receive(connection)
                answer, data = self._answer(console, message, body)
                console.send(answer, data)
                if isinstance(message, PowerOff) and isinstance(answer, Done):
                    self._switch_off()
        except BrokenFrame:
            return
        finally:
            with self._state:
                self._consoles.remove(console)
            self._release(console)
            connection.close()

    def _answer(
        self, console: _Console, message: Message, body: bytearray
    ) -> tuple[Message, bytes]:
        try:
            match message:
                case Claim(console=name):
                    return replace(self._claim(console, name), answer=True), b""
                case Release():
                    self._release(console)
                    return Done(), b""
                case Look() | Read() | Write() | PowerOff():
                    self._check_holder(console)
                    return self._carry_out(message, body)
                case _:
                    raise BrokenFrame(f"{type(message).__name__} is not a request")
        except Fault as fault:
            return Stopped.by(fault), b""

    def _check_holder(self, console: _Console) -> None:
        if self._holder is None or self._holder[0] is not console:
            raise Fault("PROGRAM", "this console does not hold the session")

    def _claim(self, console: _Console, name: str) -> Holder:
        with self._state:
            # A program that was started again on its console takes over from its dead predecessor,
            # whose connection may not have been cleared away yet.
            if self._holder is None or self._holder[1] == name:
                self._holder = (console, name)
            holder = Holder(console=self._holder[1])
            others = tuple(other for other in self._consoles if other is not console)
        for other in others:
            other.send(holder)
        return holder

    def _release(self, console: _Console) -> None:
        with self._state:
            if self._holder is None or self._holder[0] is not console:
                return
            self._holder = None
            others = tuple(other for other in self._consoles if other is not console)
        for other in others:
            other.send(Holder(console=""))

    def _carry_out(
        self, message: Look | Read | Write | PowerOff, body: bytearray
    ) -> tuple[Message, bytes]:
        if isinstance(message, PowerOff):
            return (
                Done(),
                b"",
            )  # never behind the lock: a stick that hangs must not keep the machine on
        plugged = self._find(message.stick)
        with self._using:
            match message:
                case Look(suffix=suffix):
                    return self._look(plugged, suffix)
                case Read(name=name, cap=cap):
                    return Done(), self._read(plugged, name, cap)
                case Write():
                    self._write(plugged, message, body)
                    return Done(), b""

    def _find(self, identity: str) -> PluggedStick:
        for plugged in self._sticks:
            if plugged.stick.id == identity:
                if plugged.stick.problem:
                    raise Fault(
                        "MEDIA-FILESYSTEM", f"{plugged.stick.name}: {plugged.stick.problem}"
                    )
                return plugged
        raise Fault("MEDIA-GONE", "the stick is not plugged in", hint="plug it in and try again")

    def _look(self, plugged: PluggedStick, suffix: str) -> tuple[Message, bytes]:
        doing = f"listing the files of {plugged.stick.name}"
        try:
            with mounted(plugged.device, plugged.filesystem, self._directory) as root:
                return list_files(root, suffix), b""
        except OSError as error:
            raise fault_of(error, "MEDIA-READ", doing) from error

    def _read(self, plugged: PluggedStick, name: str, cap: int) -> bytes:
        doing = f"reading {name} from {plugged.stick.name}"
        try:
            with mounted(plugged.device, plugged.filesystem, self._directory) as root:
                return read_file(root, name, cap)
        except OSError as error:
            raise fault_of(error, "MEDIA-READ", doing) from error

    def _write(self, plugged: PluggedStick, message: Write, body: bytearray) -> None:
        files = _split(message, body)
        doing = f"writing {', '.join(message.names)} to {plugged.stick.name}"
        where = (plugged.device, plugged.filesystem, self._directory)
        try:
            with mounted(*where, writable=True) as root:
                for name, data in files:
                    write_file(root, name, data, keep_previous=message.keep_previous)
            drop_cache(plugged.device)
            with mounted(*where) as root:
                for name, data in files:
                    if read_file(root, name, len(data)) != data:
                        raise Fault(
                            "MEDIA-WRITE",
                            f"{name} reads back different from what was written",
                            hint="this stick is not to be trusted, use another one",
                        )
        except OSError as error:
            raise fault_of(error, "MEDIA-WRITE", doing) from error


def _split(message: Write, body: bytearray) -> list[tuple[str, memoryview]]:
    """The files in the body, without copying them: the machine may have little memory."""
    sizes = message.sizes
    if len(sizes) != len(message.names) or min(sizes, default=0) < 0 or sum(sizes) != len(body):
        raise Fault("PROGRAM", "the sizes of the files do not add up")
    whole = memoryview(body)
    starts = accumulate(sizes, initial=0)
    return [
        (name, whole[start : start + size])
        for name, start, size in zip(message.names, starts, sizes, strict=False)
    ]
