"""The messages between the application and the media service; `wire` carries them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from strongroom.station.wire import Done, Stopped, Wire

SOCKET = "/run/strongroom-media.sock"

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
    """Switch the machine off; answered by `Done`."""


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
WIRE: Wire[Message] = Wire(Message)
send, receive = WIRE.send, WIRE.receive
parse_message, render_message = WIRE.parse_message, WIRE.render_message
