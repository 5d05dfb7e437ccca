"""What a transcript proves, what it only claims, and what nobody can tell from it.

Proven is what follows from hashes and signatures at hand. Claimed is what people or the machine said of
themselves. Not verifiable is what would take something that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from strongroom.core.errors import Violation
from strongroom.core.pgp_word_list import EVEN, ODD
from strongroom.core.transcript.model import Event, RecordedEvent, Transcript, WithheldEvent
from strongroom.core.transcript.opening import IMAGE, PREVIOUS, TRUST

CLOSED = "session-closed"
"""The type of the event that ends a session's record."""
_HEAD_WORDS = 32
_HEX = re.compile(r"[0-9a-f]{64}")


class Standing(Enum):
    """How a fact stands."""

    PROVEN = "proven"
    CLAIMED = "claimed"
    UNKNOWN = "not verifiable"


@dataclass(frozen=True, slots=True)
class Fact:
    """One sentence about a session, and how it stands."""

    standing: Standing
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a verifier has beside the transcript: the head from paper, good signers, files, the one before."""

    head: bytes | None = None
    signers: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    previous_head: bytes | None = None


def parse_head(typed: str) -> bytes:
    """The head from 64 hex digits or 32 words; raises TRANSCRIPT, naming the word that is none."""
    text = typed.strip().lower()
    if _HEX.fullmatch(text):
        return bytes.fromhex(text)
    words = text.split()
    if len(words) != _HEAD_WORDS:
        raise Violation(
            "TRANSCRIPT", f"a head is 64 hex digits or 32 words, not {len(words)} words"
        )
    head = bytearray()
    for place, word in enumerate(words):
        known = ODD if place % 2 else EVEN
        if word not in known:
            raise Violation(
                "TRANSCRIPT", f"word {place + 1} of the head is not a word of that place"
            )
        head.append(known.index(word))
    return bytes(head)


def facts(transcript: Transcript, evidence: Evidence) -> tuple[Fact, ...]:
    """Every fact of a verified transcript, the proven ones first within each group."""
    return (
        *_chain(transcript, evidence),
        *_signatures(evidence),
        *_opening(transcript, evidence),
        *_events(transcript, evidence),
        *_ending(transcript),
    )


def _chain(transcript: Transcript, evidence: Evidence) -> Iterator[Fact]:
    count = len(transcript.events)
    yield Fact(Standing.PROVEN, f"{count} events are whole, in order, and bound to the head")
    if evidence.head is None:
        yield Fact(Standing.UNKNOWN, "whether the head is the one on paper: none was given")
    else:
        yield Fact(Standing.PROVEN, "the head is the one that was given, so no event is missing")
    withheld = [str(e.sequence) for e in transcript.events if isinstance(e, WithheldEvent)]
    if withheld:
        yield Fact(Standing.UNKNOWN, f"what events {', '.join(withheld)} say: they are withheld")


def _signatures(evidence: Evidence) -> Iterator[Fact]:
    for signer in evidence.signers:
        yield Fact(Standing.PROVEN, f"signed with OpenPGP key {signer}")
    if not evidence.signers:
        yield Fact(Standing.UNKNOWN, "who vouches for it: no signature was given")


def _opening(transcript: Transcript, evidence: Evidence) -> Iterator[Fact]:
    first = transcript.events[0]
    if not isinstance(first, RecordedEvent):
        return
    body, inputs = dict(first.event.body), dict(first.event.inputs)
    previous = inputs.get(PREVIOUS)
    if previous is None:
        yield Fact(Standing.CLAIMED, "it is the first session of its vault")
    elif evidence.previous_head is not None and evidence.previous_head.hex() == previous:
        yield Fact(Standing.PROVEN, "it follows the session that was given")
    elif evidence.previous_head is not None:
        raise Violation(
            "TRANSCRIPT",
            f"it follows {previous}, and the one before has the head {evidence.previous_head.hex()}",
        )
    else:
        yield Fact(Standing.CLAIMED, f"it follows the session with head {previous}")
    yield Fact(Standing.CLAIMED, f"release {body['release']}, commit {body['commit']}")
    if IMAGE in inputs:
        yield Fact(Standing.CLAIMED, f"image {inputs[IMAGE]}, as the image says of itself")
    hardware = body.get("hardware")
    if isinstance(hardware, tuple):
        yield from (Fact(Standing.CLAIMED, f"machine: {line}") for line in hardware)
    yield Fact(Standing.UNKNOWN, f"the trust list with digest {inputs[TRUST]}: it is in the vault")


def _events(transcript: Transcript, evidence: Evidence) -> Iterator[Fact]:
    files = {digest: name for name, digest in evidence.files}
    met: set[str] = set()
    for recorded in transcript.events:
        if not isinstance(recorded, RecordedEvent):
            continue
        event = recorded.event
        yield Fact(Standing.CLAIMED, _sentence(recorded.sequence, event))
        for name, digest in (*event.inputs, *event.outputs):
            if digest in files:
                met.add(digest)
                said = f"event {recorded.sequence}: its {name} is the file {files[digest]}"
                yield Fact(Standing.PROVEN, said)
    for name, digest in evidence.files:
        if digest not in met:
            yield Fact(
                Standing.UNKNOWN, f"what {name} has to do with it: no event names its digest"
            )


def _ending(transcript: Transcript) -> Iterator[Fact]:
    """Whether the session was closed: what was cut off ends in the middle, and says so."""
    last = transcript.events[-1]
    if isinstance(last, WithheldEvent):
        yield Fact(Standing.UNKNOWN, "whether the session was closed: the last event is withheld")
    elif last.event.type != CLOSED:
        yield Fact(
            Standing.UNKNOWN,
            f"how the session went on after event {last.sequence}: the record is unfinished, it was "
            "not closed",
        )


def _sentence(sequence: int, event: Event) -> str:
    by = f" by {', '.join(map(str, event.actors))}" if event.actors else ""
    said = "; ".join(
        f"{name} {value}" for name, value in event.body if isinstance(value, str | int) and value
    )
    return f"event {sequence}: {event.type}{by}" + (f" ({said})" if said else "")
