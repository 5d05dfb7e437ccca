"""What the signer and the application say to each other, one frame at a time.

The signer asks, the application answers: a request goes one way and its reply, or the stop that took its place,
comes back. Progress may come before the next request. No frame carries a key: requests that hold one are
`MachineRequest`s, which the signer answers by itself. Buffers are overwritten once they were sent or read.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, get_args, get_origin

from strongroom.core.errors import Stop
from strongroom.core.session.asks import Asks
from strongroom.core.session.requests import RoomRequest
from strongroom.station.signer.codec import Codec, Reader, codec_of
from strongroom.station.wire import BODY_CAP, BrokenFrame, receive_exactly

if TYPE_CHECKING:
    import socket

SOCKET = "/run/strongroom-signer.sock"
_SIZE = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class Asked:
    """The next request of the sitting."""

    request: RoomRequest


@dataclass(frozen=True, slots=True)
class Running:
    """Work goes on under `title`: `done` of `total`, which is 0 while that is not known."""

    title: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The sitting is over and its secrets are wiped; the signer's process ends now."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The sitting was ended by a fault of machine or program."""

    stop: Stop


@dataclass(frozen=True, slots=True)
class Begin:
    """Begin a sitting."""


@dataclass(frozen=True, slots=True)
class Replied:
    """The reply to the request that was asked follows, of the type that the request names."""


@dataclass(frozen=True, slots=True)
class Thrown:
    """The request was stopped instead of answered."""

    stop: Stop


FromSigner: TypeAlias = Asked | Running | Ended | Failed
FromApplication: TypeAlias = Begin | Replied | Thrown


def reply_codec(request: RoomRequest) -> Codec:
    """How the reply to `request` travels, by the type that its class names."""
    bases = vars(type(request))["__orig_bases__"]
    return codec_of(next(get_args(base)[0] for base in bases if get_origin(base) is Asks))


def send_to_application(connection: socket.socket, message: FromSigner) -> None:
    """Send one frame whole."""
    out = bytearray()
    codec_of(FromSigner).encode(message, out)
    _send(connection, out)


def hear_signer(connection: socket.socket) -> FromSigner:
    """Receive one frame whole; raises `BrokenFrame`."""
    data = _receive(connection)
    reader = Reader(data)
    message: FromSigner = codec_of(FromSigner).read(reader)
    reader.end()
    _wipe(data)
    return message


def send_to_signer(
    connection: socket.socket, message: FromApplication, request: RoomRequest | None, reply: object
) -> None:
    """Send one frame whole: `Replied` with the reply to `request`, or another message without one."""
    out = bytearray()
    codec_of(FromApplication).encode(message, out)
    if request is not None:
        reply_codec(request).encode(reply, out)
    _send(connection, out)


def hear_application(
    connection: socket.socket, request: RoomRequest | None
) -> tuple[FromApplication, Any]:
    """Receive one frame whole, with the reply if there is one; raises `BrokenFrame`."""
    data = _receive(connection)
    reader = Reader(data)
    message: FromApplication = codec_of(FromApplication).read(reader)
    reply: Any = None
    if isinstance(message, Replied):
        if request is None:
            raise BrokenFrame("a reply to nothing")
        reply = reply_codec(request).read(reader)
    reader.end()
    _wipe(data)
    return message, reply


def _send(connection: socket.socket, out: bytearray) -> None:
    if len(out) > BODY_CAP:
        raise ValueError(f"a frame of {len(out)} bytes, {BODY_CAP} are taken")
    try:
        connection.sendall(_SIZE.pack(len(out)))
        connection.sendall(out)
    finally:
        _wipe(out)


def _receive(connection: socket.socket) -> bytearray:
    (size,) = _SIZE.unpack(receive_exactly(connection, _SIZE.size))
    if size > BODY_CAP:
        raise BrokenFrame(f"a frame of {size} bytes")
    return receive_exactly(connection, size)


def _wipe(data: bytearray) -> None:
    data[:] = bytes(len(data))
