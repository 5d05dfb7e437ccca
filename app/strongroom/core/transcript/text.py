"""The transcript for people: one `transcript.txt` for each `events.jsonl`, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator

from strongroom.core.moment import render_moment
from strongroom.core.transcript.model import RecordedEvent, Transcript, Value, WithheldEvent
from strongroom.core.words import render_word_rows

_MARGIN = " " * 6


def render_text(transcript: Transcript) -> str:
    """Every event with all that it says, and the head in words; one text for the same events."""
    lines = ["Strongroom transcript", ""]
    for event in transcript.events:
        lines.extend((*_render_event(event), ""))
    rows = render_word_rows(transcript.head)
    lines.extend((f"Head after {len(transcript.events)} events, in words and in hex:", ""))
    lines.extend(f"{_MARGIN}{row}" for row in (*rows, "", transcript.head.hex()))
    return "".join(f"{line}".rstrip() + "\n" for line in lines)


def _render_event(recorded: RecordedEvent | WithheldEvent) -> Iterator[str]:
    number = f"{recorded.sequence:>4}"
    if isinstance(recorded, WithheldEvent):
        yield f"{number}  withheld in this edition"
        yield f"{_MARGIN}leaf: {recorded.leaf.hex()}"
        return
    event = recorded.event
    declared = "no time declared" if event.declared is None else render_moment(event.declared)
    seconds, milliseconds = divmod(event.monotonic, 1000)
    yield f"{number}  {event.type} ({event.step})"
    yield f"{_MARGIN}{declared}, {seconds}.{milliseconds:03d} s after start"
    if event.actors:
        yield f"{_MARGIN}by {', '.join(event.actors)}"
    yield from (f"{_MARGIN}{name}: {_render_value(value)}" for name, value in event.body)
    yield from (f"{_MARGIN}in  {name}: {digest}" for name, digest in event.inputs)
    yield from (f"{_MARGIN}out {name}: {digest}" for name, digest in event.outputs)


def _render_value(value: Value) -> str:
    return "; ".join(map(str, value)) if isinstance(value, tuple) else str(value)
