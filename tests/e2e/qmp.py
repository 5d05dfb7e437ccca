"""QEMU's control channel: one command at a time, every event kept until it is asked for."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket

_REPLY_SECONDS = 60


class QmpError(Exception):
    """QEMU refused a command, closed the channel, or did not answer in time."""


class Qmp:
    """A conversation with one QEMU over a connected socket.

    Events arrive between replies; they wait in order until `wait_event` takes them.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._received = b""
        self._events: list[dict[str, Any]] = []

    def greet(self) -> None:
        """Take QEMU's greeting and open the channel for commands."""
        if "QMP" not in self._read_message(time.monotonic() + _REPLY_SECONDS):
            raise QmpError("the control channel did not open with a QMP greeting")
        self.execute("qmp_capabilities")

    def execute(self, command: str, **arguments: object) -> dict[str, Any]:
        """Run one command and return QEMU's reply, whose value stands under "return"."""
        named = {name.replace("_", "-"): value for name, value in arguments.items()}
        request = json.dumps({"execute": command, "arguments": named})
        try:
            self._connection.sendall(request.encode() + b"\n")
        except OSError as error:
            raise QmpError(f"{command}: QEMU is gone: {error}") from error
        deadline = time.monotonic() + _REPLY_SECONDS
        while True:
            message = self._read_message(deadline)
            if "event" in message:
                self._events.append(message)
            elif "error" in message:
                raise QmpError(f"{command} {named}: {message['error']['desc']}")
            else:
                return message

    def wait_event(self, name: str, *, timeout: float, **data: object) -> dict[str, Any]:
        """Return the data of the first event of this name that holds all of `data`, and drop it.

        Raises QmpError after `timeout` seconds without one.
        """
        deadline = time.monotonic() + timeout
        position = 0
        while True:
            if position == len(self._events):
                self._events.append(self._read_message(deadline))
            event = self._events[position]
            found: dict[str, Any] = event.get("data", {})
            if event["event"] == name and data.items() <= found.items():
                del self._events[position]
                return found
            position += 1

    def _read_message(self, deadline: float) -> dict[str, Any]:
        while b"\n" not in self._received:
            self._connection.settimeout(max(deadline - time.monotonic(), 0.001))
            try:
                chunk = self._connection.recv(65536)
            except TimeoutError:
                raise QmpError("QEMU said nothing in time") from None
            except OSError as error:
                raise QmpError(f"QEMU is gone: {error}") from error
            if not chunk:
                raise QmpError("QEMU closed the control channel")
            self._received += chunk
        line, self._received = self._received.split(b"\n", 1)
        message: dict[str, Any] = json.loads(line)
        return message
