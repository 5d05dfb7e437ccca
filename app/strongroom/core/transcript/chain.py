"""The transcript as it grows, as it is written and as anyone can check it.

Every event is hashed with a salt of its own, and every hash into the next, so that a change, a gap,
an addition or another order anywhere changes the head that people wrote down. A public edition may
withhold what an event says and keeps that head.
"""

from __future__ import annotations

from itertools import pairwise

from strongroom.core.errors import Fault, Violation
from strongroom.core.transcript.lines import RULE, parse_line, record_event, render_line
from strongroom.core.transcript.model import (
    SALT_SIZE,
    START,
    Event,
    RecordedEvent,
    Transcript,
    WithheldEvent,
)
from strongroom.core.transcript.opening import check_opening

SIZE_CAP = 64 * 1024 * 1024


def append(transcript: Transcript, event: Event, *, salt: bytes) -> Transcript:
    """`transcript` with `event` at its end; `salt` is 32 random bytes, never used twice.

    What is appended verifies: an event that could not be read back is refused. Raises TRANSCRIPT,
    or PROGRAM for a value of a type that has no place in an event.
    """
    if len(salt) != SALT_SIZE:
        raise Fault("PROGRAM", f"the salt of an event has {len(salt)} bytes, not {SALT_SIZE}")
    _check_types(event)
    chain = transcript.head
    recorded = record_event(len(transcript.events) + 1, event, salt=salt, chain=chain)
    grown = Transcript(events=(*transcript.events, parse_line(render_line(recorded), chain=chain)))
    _check_order(grown.events[-2:])
    if not transcript.events:
        check_opening(event)
    return grown


def withhold(transcript: Transcript, sequences: frozenset[int]) -> Transcript:
    """A public edition: events of these numbers show their leaf only, and the head is the same."""
    return Transcript(
        events=tuple(
            WithheldEvent(sequence=event.sequence, leaf=event.leaf, chain=event.chain)
            if event.sequence in sequences
            else event
            for event in transcript.events
        )
    )


def render_events(transcript: Transcript) -> bytes:
    """`events.jsonl`: one line of canonical JSON for each event."""
    return b"".join(render_line(event) + b"\n" for event in transcript.events)


def verify_chain(data: bytes, *, head: bytes | None = None) -> Transcript:
    """The transcript in `events.jsonl`, proven whole and in order up to its own head.

    `head` is the one that was signed or written down. Without it nobody can tell events that were
    cut off at the end, or a chain that was forged from some event on. Raises TRANSCRIPT.
    """
    if len(data) > SIZE_CAP:
        raise Violation(RULE, f"the transcript has {len(data)} bytes and the cap is {SIZE_CAP}")
    if not data.endswith(b"\n"):
        raise Violation(RULE, "the transcript does not end with a whole line")
    events: list[RecordedEvent | WithheldEvent] = []
    chain = START
    for line in data[:-1].split(b"\n"):
        events.append(parse_line(line, chain=chain))
        chain = events[-1].chain
    if events[0].sequence != 1:
        raise Violation(RULE, f"the transcript starts with event {events[0].sequence}")
    if isinstance(events[0], RecordedEvent):
        check_opening(events[0].event)
    _check_order(tuple(events))
    if head is not None and chain != head:
        raise Violation(
            RULE,
            f"the transcript's head is {chain.hex()} and not {head.hex()}",
            hint="events were cut off or changed, or it is the transcript of another session",
        )
    return Transcript(events=tuple(events))


def _check_order(events: tuple[RecordedEvent | WithheldEvent, ...]) -> None:
    for before, after in pairwise(events):
        if after.sequence != before.sequence + 1:
            raise Violation(RULE, f"event {after.sequence} stands after event {before.sequence}")
    whole = [event for event in events if isinstance(event, RecordedEvent)]
    for before, after in pairwise(whole):
        if after.event.monotonic < before.event.monotonic:
            raise Violation(
                RULE,
                f"event {after.sequence} at {after.event.monotonic} ms is earlier than"
                f" event {before.sequence} at {before.event.monotonic} ms",
            )


def _check_types(event: Event) -> None:
    """Raises PROGRAM for a name twice, and for what is no text, number or tuple of them."""
    for pairs in (event.inputs, event.outputs, event.body, (("actors", event.actors),)):
        if len(dict(pairs)) != len(pairs):
            raise Fault("PROGRAM", f"event {event.type} has a name twice")
        for name, value in pairs:
            for item in value if isinstance(value, tuple) else (value,):
                if type(item) not in {str, int}:
                    kind = type(item).__name__
                    raise Fault("PROGRAM", f"{event.type}.{name} holds a {kind}, not plain data")
