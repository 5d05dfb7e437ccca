"""One event as one line of `events.jsonl`: canonical JSON, of which one form only is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256

from strongroom.core.errors import Violation
from strongroom.core.fields import Fields
from strongroom.core.moment import render_moment
from strongroom.core.text import (
    JsonObject,
    JsonValue,
    canonical_json,
    parse_strict_json,
    render_visible,
)
from strongroom.core.transcript.model import SALT_SIZE, Event, RecordedEvent, Value, WithheldEvent

RULE = "TRANSCRIPT"
LINE_CAP = 1024 * 1024
_WHOLE_CAP = 2**53 - 1
_PEOPLE_CAP = 1000
_TEXT_CAP = 1024
_DIGEST = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
_NAME_FORM = "a lower-case name"


def record_event(sequence: int, event: Event, *, salt: bytes, chain: bytes) -> RecordedEvent:
    """`event` in its place after `chain`.

    leaf = SHA-256(salt || canonical JSON of the event), chain = SHA-256(chain || leaf).
    """
    leaf = sha256(salt + canonical_json(_render_event(sequence, event))).digest()
    return RecordedEvent(
        sequence=sequence, event=event, salt=salt, leaf=leaf, chain=extend_chain(chain, leaf)
    )


def extend_chain(chain: bytes, leaf: bytes) -> bytes:
    """The chain after `leaf`."""
    return sha256(chain + leaf).digest()


def render_line(recorded: RecordedEvent | WithheldEvent) -> bytes:
    """The event's line, without the line feed."""
    if isinstance(recorded, WithheldEvent):
        shown: JsonObject = {"sequence": recorded.sequence, "leaf": recorded.leaf.hex()}
    else:
        shown = {
            **_render_event(recorded.sequence, recorded.event),
            "salt": recorded.salt.hex(),
        }
    return canonical_json({**shown, "chain": recorded.chain.hex()})


def parse_line(line: bytes, *, chain: bytes) -> RecordedEvent | WithheldEvent:
    """The event of `line`, which continues `chain`; raises TRANSCRIPT."""
    value = parse_strict_json(line, rule=RULE, text_rule=RULE, cap=LINE_CAP)
    if canonical_json(value) != line:
        raise Violation(RULE, "a line of the transcript is not canonical JSON")
    maps = {name: value[name] for name in ("in", "out", "body") if name in value}
    fields = Fields(
        {name: item for name, item in value.items() if name not in maps},
        where="event",
        rule=RULE,
        text_rule=RULE,
    )
    sequence = fields.take_int("sequence", low=1, high=_WHOLE_CAP)
    claimed = fields.take_hex("chain", size=32)
    recorded: RecordedEvent | WithheldEvent
    if "leaf" in value:
        leaf = fields.take_hex("leaf", size=32)
        recorded = WithheldEvent(sequence=sequence, leaf=leaf, chain=extend_chain(chain, leaf))
        allowed: frozenset[str] = frozenset()
    else:
        salt = fields.take_hex("salt", size=SALT_SIZE)
        event = _parse_event(fields, maps)
        recorded = record_event(sequence, event, salt=salt, chain=chain)
        allowed = frozenset({"in", "out", "body"})
    fields.check_end()
    if maps.keys() != allowed:
        raise Violation(RULE, f"event {sequence} is neither whole nor withheld")
    if recorded.chain != claimed:
        raise Violation(
            RULE,
            f"event {sequence} was changed, or does not follow the one before it",
            hint="compare with another copy, and with the words on paper",
        )
    return recorded


def _render_event(sequence: int, event: Event) -> JsonObject:
    return {
        "sequence": sequence,
        "step": event.step,
        "type": event.type,
        "actors": event.actors,
        "declared": None if event.declared is None else render_moment(event.declared),
        "monotonic_ms": event.monotonic,
        "in": dict(event.inputs),
        "out": dict(event.outputs),
        "body": dict(event.body),
    }


def _parse_event(fields: Fields, maps: Mapping[str, JsonValue]) -> Event:
    return Event(
        step=fields.take_match("step", _NAME, form=_NAME_FORM),
        type=fields.take_match("type", _NAME, form=_NAME_FORM),
        actors=fields.take_texts("actors", cap=_PEOPLE_CAP, text_cap=_TEXT_CAP),
        declared=fields.take_moment_or_none("declared"),
        monotonic=fields.take_int("monotonic_ms", low=0, high=_WHOLE_CAP),
        inputs=_parse_digests(maps, "in"),
        outputs=_parse_digests(maps, "out"),
        body=tuple((name, _parse_value(name, item)) for name, item in _parse_map(maps, "body")),
    )


def _parse_digests(maps: Mapping[str, JsonValue], where: str) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    for name, digest in _parse_map(maps, where):
        if not isinstance(digest, str) or _DIGEST.fullmatch(digest) is None:
            raise Violation(RULE, f"event.{where}.{name} is not 64 lower-case hex digits")
        pairs.append((name, digest))
    return tuple(pairs)


def _parse_map(maps: Mapping[str, JsonValue], where: str) -> tuple[tuple[str, JsonValue], ...]:
    found = maps.get(where)
    if not isinstance(found, dict):
        raise Violation(RULE, f"event.{where} is not an object")
    for name in found:
        if _NAME.fullmatch(name) is None:
            raise Violation(RULE, f"event.{where} has the name {render_visible(name)!r}")
    return tuple(sorted(found.items()))


def _parse_value(name: str, value: JsonValue) -> Value:
    if isinstance(value, list):
        return tuple(_parse_scalar(name, item) for item in value)
    return _parse_scalar(name, value)


def _parse_scalar(name: str, value: JsonValue) -> str | int:
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise Violation(RULE, f"event.body.{name} is neither text nor a whole number")
