"""What two processes of the station say to each other over a Unix socket.

A frame is two lengths, a JSON header that names a message type with exactly its fields, and raw bytes. Both
ends check every field's type before anything uses it; a frame that does not fit ends the connection.
"""

from __future__ import annotations

import json
import socket
import struct
from dataclasses import asdict, dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

from strongroom.core.errors import Fault

HEADER_CAP = 256 * 1024
BODY_CAP = 96 * 1024 * 1024
_LENGTHS = struct.Struct(">II")
_PEER = struct.Struct("3i")
_T = TypeVar("_T")


class BrokenFrame(Exception):  # noqa: N818 - says what arrived, like the rest of the vocabulary
    """The other end closed the connection or sent what is not a frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The request was carried out; the bytes that it asked for, if any, are in the body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """The request ended by a rule; becomes a `Fault` at the client."""

    rule: str
    message: str
    hint: str

    @classmethod
    def by(cls, fault: Fault) -> Stopped:
        """The message that carries `fault`."""
        return cls(rule=fault.rule, message=fault.message, hint=fault.hint)

    def fault(self) -> Fault:
        """The fault that it carries."""
        return Fault(self.rule, self.message, hint=self.hint)


class Wire(Generic[_T]):
    """One protocol: the dataclasses in the union `messages`, and no others."""

    def __init__(self, messages: Any) -> None:  # noqa: ANN401 - a union has no type of its own
        self._messages: dict[str, type[Any]] = {cls.__name__: cls for cls in get_args(messages)}

    def parse_message(self, header: bytes) -> _T:
        """The message in a frame's header; raises `BrokenFrame` for any other shape."""
        try:
            parsed = json.loads(header)
        except (ValueError, RecursionError) as error:
            raise BrokenFrame("the header is not JSON") from error
        match parsed:
            case [str(name), body] if name in self._messages:
                message: _T = _build(self._messages[name], body)
                return message
        raise BrokenFrame("the header names no message")

    def render_message(self, message: _T) -> bytes:
        """The header of `message`; `parse_message` gives it back."""
        return json.dumps([type(message).__name__, asdict(message)]).encode()  # type: ignore[call-overload]  # all are dataclasses

    def send(self, connection: socket.socket, message: _T, *parts: bytes) -> None:
        """Send one frame whole; its body is the parts one after the other."""
        header = self.render_message(message)
        connection.sendall(_LENGTHS.pack(len(header), sum(map(len, parts))) + header)
        for part in parts:
            connection.sendall(part)

    def receive(self, connection: socket.socket) -> tuple[_T, bytearray]:
        """Receive one frame whole; raises `BrokenFrame` at the end or over the caps."""
        header_size, body_size = _LENGTHS.unpack(receive_exactly(connection, _LENGTHS.size))
        if header_size > HEADER_CAP or body_size > BODY_CAP:
            raise BrokenFrame(f"a frame of {header_size} + {body_size} bytes")
        message = self.parse_message(bytes(receive_exactly(connection, header_size)))
        return message, receive_exactly(connection, body_size)


def peer_user(connection: socket.socket) -> int:
    """The user id of the process at the other end, as the kernel knows it."""
    peer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    user_id: int = _PEER.unpack(peer)[1]
    return user_id


def _checked(value: object, hint: Any) -> Any:  # noqa: ANN401 - the one place where JSON gets types
    if get_origin(hint) is tuple and isinstance(value, list):
        return tuple(_checked(item, get_args(hint)[0]) for item in value)
    if is_dataclass(hint):
        return _build(hint, value)
    if isinstance(hint, type) and issubclass(hint, StrEnum) and isinstance(value, str):
        return _named(value, hint)
    if type(value) is not hint:
        raise BrokenFrame(f"a field is {type(value).__name__}, not {hint}")
    return value


def _named(value: str, hint: type[StrEnum]) -> StrEnum:
    try:
        return hint(value)
    except ValueError as error:
        raise BrokenFrame(f"a field is no {hint.__name__}") from error


def _build(cls: Any, body: object) -> Any:  # noqa: ANN401 - as above
    hints = get_type_hints(cls)
    names = {field.name for field in fields(cls)}
    if not isinstance(body, dict) or set(body) != names:
        raise BrokenFrame(f"{cls.__name__} has other fields")
    return cls(**{name: _checked(body[name], hints[name]) for name in names})


def receive_exactly(connection: socket.socket, size: int) -> bytearray:
    """`size` bytes; raises `BrokenFrame` if the connection ends before."""
    buffer = bytearray(size)
    view = memoryview(buffer)
    while view:
        try:
            count = connection.recv_into(view)
        except OSError as error:
            raise BrokenFrame("the connection was lost") from error
        if count == 0:
            raise BrokenFrame("the connection was closed")
        view = view[count:]
    return buffer
