"""A session's record as frozen values: what happened, in order, each event bound to all before it.

The values of an event are texts, whole numbers and tuples of them. A secret is of another type, so
none can be recorded; nor may a caller record a digest of one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

Value: TypeAlias = str | int | tuple[str | int, ...]

SALT_SIZE = 32
START = bytes(32)
"""The chain before its first event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened.

    `step` is the step of the ceremony and `type` what it did, `declared` the time that people
    declared (None before they did), `monotonic` milliseconds since the machine started. `inputs`
    and `outputs` are (name, SHA-256 in 64 hex digits) of what was read and made, `body` is (name,
    value) of the rest. Names are lower case and unique; their order is lost.
    """

    step: str
    type: str
    actors: tuple[str, ...] = ()
    declared: datetime | None = None
    monotonic: int
    inputs: tuple[tuple[str, str], ...] = ()
    outputs: tuple[tuple[str, str], ...] = ()
    body: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEvent:
    """An event in its place; `salt` keeps its leaf from telling what a withheld event says."""

    sequence: int
    event: Event
    salt: bytes
    leaf: bytes
    chain: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class WithheldEvent:
    """An event of a public edition that shows only that it was there."""

    sequence: int
    leaf: bytes
    chain: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """Events whose chain holds; `append` and `verify_chain` make them, nothing else should."""

    events: tuple[RecordedEvent | WithheldEvent, ...] = ()

    @property
    def head(self) -> bytes:
        """The 32 bytes that bind every event so far."""
        return self.events[-1].chain if self.events else START
