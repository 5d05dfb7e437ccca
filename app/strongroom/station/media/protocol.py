"""What the application and the media service say to each other over a Unix socket.

A frame is two lengths, a JSON header that names a message type with exactly its fields, and raw bytes. Both
ends check every field's type before anything uses it; a frame that does not fit ends the connection.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    import socket

SOCKET = "/run/strongroom/media.sock"
HEADER_CAP = 256 * 1024
BODY_CAP = 96 * 1024 * 1024
_LENGTHS = struct.Struct(">II")


class BrokenFrame(Exception):  # noqa: N818 - says what arrived, like the rest of the vocabulary
    """The other end closed the connection or sent what is not a frame."""


IMAGE = "iso9660"
"""The file system of a boot stick, as `Stick.filesystem` names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stick:
    """A USB file system: `problem` says why it can not be read, and is empty when it can."""

    id: str
    label: str
    filesystem: str
    size: int
    problem: str = ""

    @property
    def name(self) -> str:
        """What people call it: its label, or the device's name."""
        return self.label or self.id.partition("#")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """A regular file in a stick's root directory; size in bytes."""

    name: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Files that were looked for; `skipped` more have names that can not be shown; room in bytes."""

    files: tuple[FileEntry, ...]
    skipped: int
    free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Ask for the files whose names end in `suffix`; answered by a `Listing`."""

    stick: str
    suffix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Ask for one whole file of at most `cap` bytes; answered by `Done` with the bytes."""

    stick: str
    name: str
    cap: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """Write files, whose contents follow one another in the body; answered by `Done`."""

    stick: str
    names: tuple[str, ...]
    sizes: tuple[int, ...]
    keep_previous: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Ask to be the one console that runs a session; answered by `Holder`."""

    console: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Give the session up; answered by `Done`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerOff:
    """Switch the machine off, or restart it; answered by `Done`."""

    restart: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The request was carried out; a file's bytes are in the body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """The request ended by a rule; becomes a `Fault` at the client."""

    rule: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sticks:
    """Pushed at the start and whenever sticks come or go."""

    sticks: tuple[Stick, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds the session, empty for nobody; pushed on change, and the answer to `Claim`."""

    console: str
    answer: bool = False


Message: TypeAlias = (
    Look | Read | Write | Claim | Release | PowerOff | Done | Stopped | Sticks | Holder | Listing
)
_MESSAGES: dict[str, type[Any]] = {cls.__name__: cls for cls in get_args(Message)}
_T = TypeVar("_T")


def _checked(value: object, hint: Any) -> Any:  # noqa: ANN401 - the one place where JSON gets types
    if get_origin(hint) is tuple and isinstance(value, list):
        return tuple(_checked(item, get_args(hint)[0]) for item in value)
    if isinstance(hint, type) and hint in {Stick, FileEntry}:
        return _build(hint, value)
    if type(value) is not hint:
        raise BrokenFrame(f"a field is {type(value).__name__}, not {hint}")
    return value


def _build(cls: type[_T], body: object) -> _T:
    hints = get_type_hints(cls)
    names = {field.name for field in fields(cls)}  # type: ignore[arg-type]  # all are dataclasses
    if not isinstance(body, dict) or set(body) != names:
        raise BrokenFrame(f"{cls.__name__} has other fields")
    return cls(**{name: _checked(body[name], hints[name]) for name in names})


def parse_message(header: bytes) -> Message:
    """The message in a frame's header; raises `BrokenFrame` for any other shape."""
    try:
        parsed = json.loads(header)
    except (ValueError, RecursionError) as error:
        raise BrokenFrame("the header is not JSON") from error
    match parsed:
        case [str(name), body] if name in _MESSAGES:
            message: Message = _build(_MESSAGES[name], body)
            return message
    raise BrokenFrame("the header names no message")


def render_message(message: Message) -> bytes:
    """The header of `message`; `parse_message` gives it back."""
    return json.dumps([type(message).__name__, asdict(message)]).encode()


def send(connection: socket.socket, message: Message, *parts: bytes) -> None:
    """Send one frame whole; its body is the parts one after the other."""
    header = render_message(message)
    connection.sendall(_LENGTHS.pack(len(header), sum(map(len, parts))) + header)
    for part in parts:
        connection.sendall(part)


def receive(connection: socket.socket) -> tuple[Message, bytearray]:
    """Receive one frame whole; raises `BrokenFrame` at the end or over the caps."""
    header_size, body_size = _LENGTHS.unpack(_receive_exactly(connection, _LENGTHS.size))
    if header_size > HEADER_CAP or body_size > BODY_CAP:
        raise BrokenFrame(f"a frame of {header_size} + {body_size} bytes")
    message = parse_message(bytes(_receive_exactly(connection, header_size)))
    return message, _receive_exactly(connection, body_size)


def _receive_exactly(connection: socket.socket, size: int) -> bytearray:
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
