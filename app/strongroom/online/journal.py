"""What happened to a request, one file for each event, so that a folder can be shared by any means.

    requests/<id>/log/<sha256>.json

A file is named by the SHA-256 of its bytes and names the events that it follows; nothing is ever written
twice. Two people who add an event at the same time, on two copies of the folder, make two branches, which
the next event joins. Whoever knows the heads knows that no event before them was changed or left out.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from strongroom.core.errors import Violation
from strongroom.core.fields import Fields
from strongroom.core.moment import render_moment
from strongroom.core.text import canonical_json, parse_strict_json
from strongroom.online.records import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

RULE = "AUDIT-LOG"
_FORMAT, _VERSION = "strongroom-request-event", 1
_HEX64 = re.compile(r"[0-9a-f]{64}")
_STAGES = re.compile("|".join(stage.value for stage in Stage))
_NAME_CAP, _NOTE_CAP, _PARENTS_CAP = 64, 200, 64
_FURTHEST_LAST = (
    Stage.DRAFT,
    Stage.APPROVED,
    Stage.WRITTEN,
    Stage.ANSWERED,
    Stage.CANCELLED,
    Stage.INVALID,
    Stage.BROADCAST,
    Stage.REPLACED,
    Stage.CONFIRMED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The request with this `digest` came to `stage`; `sent` is a txid in the network, or "".

    `by` is a user's name on a computer: a claim. `parents` are the digests of the events before it.
    """

    request_digest: str
    stage: Stage
    at: datetime
    by: str
    sent: str = ""
    note: str = ""
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Journal:
    """The events of one request by their digests, proven whole: every parent is there."""

    events: Mapping[str, Event]

    @property
    def heads(self) -> tuple[str, ...]:
        """The events that none follows; more than one where two people did not see each other."""
        followed = {parent for event in self.events.values() for parent in event.parents}
        return tuple(sorted(set(self.events) - followed))

    @property
    def in_order(self) -> tuple[Event, ...]:
        """Every event behind its parents, the earlier one first where that leaves a choice."""
        left, done, ordered = dict(self.events), set[str](), list[Event]()
        while left:
            ready = [n for n, event in left.items() if set(event.parents) <= done]
            name = min(ready, key=lambda n: (left[n].at, n))
            done.add(name)
            ordered.append(left.pop(name))
        return tuple(ordered)

    @property
    def stage(self) -> Stage:
        """How far the request is: at its one head, or at the head that is furthest."""
        return max((self.events[name].stage for name in self.heads), key=_FURTHEST_LAST.index)

    @property
    def sent(self) -> str:
        """The last txid in the network, "" if none is."""
        return next((e.sent for e in reversed(self.in_order) if e.sent), "")

    @property
    def was_written(self) -> bool:
        """Whether it was ever written to a stick."""
        return any(event.stage is Stage.WRITTEN for event in self.events.values())


def parse_journal(files: Mapping[str, bytes], request_digest: str) -> Journal:
    """The journal in `files` (name without ending, bytes) of one request; raises AUDIT-LOG."""
    events = {}
    for name, data in files.items():
        if hashlib.sha256(data).hexdigest() != name:
            raise Violation(RULE, f"the event {name} was changed")
        events[name] = _parse_event(data)
        if events[name].request_digest != request_digest:
            raise Violation(RULE, f"the event {name} is of another request")
    for name, event in events.items():
        absent = set(event.parents) - set(events)
        if absent:
            raise Violation(
                RULE,
                f"the event {min(absent)}, which {name} follows, is not there",
                hint="if the folder is shared, wait until all of it has arrived",
            )
    roots = [name for name, event in events.items() if not event.parents]
    if len(roots) != 1:
        raise Violation(RULE, f"the request has {len(roots)} beginnings instead of one")
    return Journal(events)


def render_event(event: Event) -> bytes:
    """The bytes of the event's file."""
    return canonical_json(
        {
            "format": _FORMAT,
            "version": _VERSION,
            "request_digest": event.request_digest,
            "stage": event.stage.value,
            "at": render_moment(event.at),
            "by": event.by,
            "sent": event.sent,
            "note": event.note,
            "parents": [{"digest": parent} for parent in event.parents],
        }
    )


def _parse_event(data: bytes) -> Event:
    obj = parse_strict_json(data, rule=RULE, text_rule=RULE)
    fields = Fields(obj, where="event", rule=RULE, text_rule=RULE)
    fields.take_constant("format", _FORMAT)
    fields.take_constant("version", _VERSION)
    event = Event(
        request_digest=fields.take_match("request_digest", _HEX64, form="64 hex digits"),
        stage=Stage(fields.take_match("stage", _STAGES, form="a stage")),
        at=fields.take_moment("at"),
        by=fields.take_text("by", cap=_NAME_CAP, empty=True),
        sent=fields.take_text("sent", cap=_NAME_CAP, empty=True),
        note=fields.take_text("note", cap=_NOTE_CAP, empty=True),
        parents=tuple(
            _parse_parent(item) for item in fields.take_objects("parents", cap=_PARENTS_CAP)
        ),
    )
    fields.check_end()
    return event


def _parse_parent(fields: Fields) -> str:
    digest = fields.take_match("digest", _HEX64, form="64 hex digits")
    fields.check_end()
    return digest
