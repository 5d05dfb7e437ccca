"""The first event of every transcript: what the session stands on.

It binds the release, what is to be done, the hardware, the trust list and the transcript before
this one, so that transcripts form one chain, and two that follow the same one give a fork away.
"""

from __future__ import annotations

from datetime import datetime

from strongroom.core.errors import Violation
from strongroom.core.transcript.model import Event

FORMAT = "strongroom-transcript"
VERSION = 1
TYPE = "session.opened"
TRUST = "trust_list"
PREVIOUS = "previous_transcript"
IMAGE = "image"


def opening_event(
    *,
    activity: str,
    release: str,
    commit: str,
    image_digest: str | None,
    trust_digest: bytes,
    previous_head: str | None,
    declared: datetime,
    monotonic: int,
    hardware: tuple[str, ...] = (),
    actors: tuple[str, ...] = (),
) -> Event:
    """The event that opens a transcript; what is not known (None) is left out.

    Digests in hex are of 64 digits. `release`, `commit` and the image are what the running system
    says of itself: a claim, and shown as one.
    """
    known = ((IMAGE, image_digest), (PREVIOUS, previous_head), (TRUST, trust_digest.hex()))
    return Event(
        step="opening",
        type=TYPE,
        actors=actors,
        declared=declared,
        monotonic=monotonic,
        inputs=tuple((name, digest) for name, digest in known if digest is not None),
        body=(
            ("activity", activity),
            ("commit", commit),
            ("format", FORMAT),
            ("hardware", hardware),
            ("release", release),
            ("version", VERSION),
        ),
    )


def check_opening(event: Event) -> None:
    """Raises TRANSCRIPT unless `event` opens a transcript of this version."""
    body, inputs = dict(event.body), dict(event.inputs)
    found = (event.type, body.get("format"), body.get("version"), TRUST in inputs)
    if found != (TYPE, FORMAT, VERSION, True):
        raise Violation(
            "TRANSCRIPT",
            f"the first event is {event.type!r} and does not open a version {VERSION} transcript",
        )
