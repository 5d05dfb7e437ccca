"""The closing of a session: the record is read back, agreed to, sealed by its head, signed and written.

Nothing is asked where nothing happened, or where everything that happened was written already.
"""

from __future__ import annotations

from dataclasses import replace

from strongroom.core.optical.codes import Code, text_code
from strongroom.core.session.desk import Desk, Person, record, save_contents, write_until_done
from strongroom.core.session.pages import Choose, Fill, Tell
from strongroom.core.session.requests import SignManifest, Steps, WriteFiles, ask
from strongroom.core.session.values import OutFile
from strongroom.core.transcript.chain import render_events
from strongroom.core.transcript.facts import CLOSED
from strongroom.core.transcript.model import RecordedEvent, Transcript
from strongroom.core.transcript.seal import render_seal
from strongroom.core.transcript.text import render_text

_WHY_CAP = 500


def close_session(desk: Desk) -> Steps[None]:
    """Write the signed record of the open vault's session, and its head into the vault; then wipe.

    People may leave without the record; then the head on paper stays that of the last session.
    """
    if _has_news(desk):
        place = yield from ask(Choose("Close the session", _CLOSE, _OPTIONS))
        if place == 0:
            yield from write_record(desk)
    desk.close()


def write_record(desk: Desk) -> Steps[None]:
    """Read back, agree, seal, sign, write."""
    yield from ask(Tell("What happened", result_lines(desk.transcript)))
    for person in desk.people:
        yield from _attest(desk, person)
    people = tuple(f"{person.name} ({person.role})" for person in desk.people)
    yield from record(desk, "closing", CLOSED, {"people": len(people)}, actors=people)
    contents = desk.opened().contents
    head = desk.transcript.head
    history = replace(
        contents.history,
        transcript_head=head.hex(),
        last_declared=max(desk.declared, contents.history.last_declared or desk.declared),
    )
    events = render_events(desk.transcript)
    seal = render_seal(head)
    signature = yield from ask(SignManifest(seal, contents.signing_key))
    yield from save_contents(
        desk, replace(contents, history=history), "the vault, which now remembers this session"
    )
    stem = f"session-{desk.declared:%Y%m%d-%H%M}-{head.hex()[:8]}"
    files = (
        OutFile(name=f"{stem}.transcript.jsonl", data=events),
        OutFile(name=f"{stem}.transcript.txt", data=render_text(desk.transcript).encode()),
        OutFile(name=f"{stem}.head", data=seal),
        OutFile(name=f"{stem}.head.asc", data=signature),
    )
    yield from write_until_done(WriteFiles(files, "the record of this session"))
    desk.mirrored = len(desk.transcript.events)
    yield from ask(Tell("The head of this session", _HEAD, digest=head, codes=(head_code(head),)))


def head_code(head: bytes) -> Code:
    """The head of a transcript to be scanned: 64 hex digits, as `strongroom transcript` takes them."""
    return text_code("head of the transcript", head.hex().upper())


def result_lines(transcript: Transcript) -> tuple[str, ...]:
    """Each event in a line, with the people and the digests that it names."""
    lines: list[str] = []
    for event in transcript.events:
        if not isinstance(event, RecordedEvent):
            continue
        said = event.event
        lines.append(f"{event.sequence:>3}  {said.type} ({said.step})")
        lines += [f"     {name}: {value}" for name, value in said.body if isinstance(value, str)]
        lines += [f"     {name}: {digest}" for name, digest in said.outputs]
    return tuple(lines)


def _attest(desk: Desk, person: Person) -> Steps[None]:
    title = f"{person.name}, {person.role}"[:40]
    place = yield from ask(Choose(title, _AGREE, _ANSWERS))
    why = ""
    if place == 1:
        (why,) = yield from ask(Fill(title, ("Why not? It is recorded as it stands.",), ("Why",)))
    yield from record(
        desk,
        "closing",
        "attested",
        {"agrees": "yes" if place == 0 else "no", "why": why[:_WHY_CAP]},
        actors=(f"{person.name} ({person.role})",),
    )


def _has_news(desk: Desk) -> bool:
    return desk.vault is not None and len(desk.transcript.events) > desk.mirrored


_CLOSE = (
    (
        "The record of this session is read back, signed by the vault, and written to a "
        "stick with the vault. Its head, 32 words, goes on paper."
    ),
)
_OPTIONS = (
    ("Write the record", "read back, sign, write, compare"),
    ("Leave without it", "what happened stays unrecorded"),
)
_AGREE = ("Was it as it was read back? Speak for yourself.",)
AGREES = "I agree"
_ANSWERS = ((AGREES, "it was as it was read"), ("I do not agree", "and say why"))
_HEAD = (
    (
        "Write these words on the certificate, by hand. At the next session they are read "
        "aloud first, and must match."
    ),
)
