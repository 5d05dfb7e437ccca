"""The transcript: what was appended verifies, and nothing else does."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import pytest

from strongroom.core.errors import Fault, Stop, Violation
from strongroom.core.secret import Secret
from strongroom.core.transcript.chain import append, render_events, verify_chain, withhold
from strongroom.core.transcript.model import START, Event, RecordedEvent, Transcript, WithheldEvent
from strongroom.core.transcript.opening import opening_event
from strongroom.core.transcript.text import render_text
from strongroom.core.vault.contents_policy import trust_digest
from strongroom.core.vault.model import TrustList

if TYPE_CHECKING:
    from strongroom.core.transcript.model import Value

NOON = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)


def opening() -> Event:
    return opening_event(
        activity="sign",
        release="0.1.0",
        commit="0123abcd",
        image_digest=None,
        trust_digest=trust_digest(TrustList()),
        previous_head="ab" * 32,
        declared=NOON,
        monotonic=1200,
        hardware=("2 CPUs", "512 MiB"),
    )


def event(number: int, **body: Value) -> Event:
    return Event(
        step="sign",
        type="request.verified",
        actors=("operator Ada", "witness Böll"),
        declared=NOON,
        monotonic=1200 + number,
        inputs=(("request", f"{number:064x}"),),
        outputs=(),
        body=tuple(sorted(body.items())),
    )


def session() -> Transcript:
    transcript = append(Transcript(), opening(), salt=bytes([9]) * 32)
    for number in range(1, 5):
        salt = bytes([number]) * 32
        added = event(number, amount=number * 1000, payee="Müller & Söhne", words=("a", 2))
        transcript = append(transcript, added, salt=salt)
    return transcript


def refusal(data: bytes, head: bytes | None = None) -> Stop:
    with pytest.raises(Violation) as stop:
        verify_chain(data, head=head)
    assert stop.value.rule == "TRANSCRIPT"
    return stop.value


SESSION = session()
DATA = render_events(SESSION)
LINES = DATA.splitlines(keepends=True)


def test_what_was_appended_verifies() -> None:
    assert verify_chain(DATA, head=SESSION.head) == SESSION
    assert [e.sequence for e in SESSION.events] == [1, 2, 3, 4, 5]


def test_an_outsider_finds_the_same_head_with_a_json_library_and_sha256() -> None:
    chain = START
    for line in LINES:
        value = json.loads(line)
        salt, claimed = bytes.fromhex(value.pop("salt")), value.pop("chain")
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        leaf = hashlib.sha256(salt + text.encode()).digest()
        chain = hashlib.sha256(chain + leaf).digest()
        assert chain.hex() == claimed
    assert chain == SESSION.head


def test_every_flipped_bit_is_refused() -> None:
    for place in range(len(DATA)):
        changed = bytearray(DATA)
        changed[place] ^= 1 << (place % 8)
        refusal(bytes(changed))


def test_every_truncation_is_refused() -> None:
    for size in range(len(DATA)):
        refusal(DATA[:size], head=SESSION.head)


@pytest.mark.parametrize("missing", range(5))
def test_a_dropped_event_is_refused(missing: int) -> None:
    refusal(b"".join(LINES[:missing] + LINES[missing + 1 :]), head=SESSION.head)


@pytest.mark.parametrize("first", range(4))
def test_swapped_events_are_refused(first: int) -> None:
    swapped = [*LINES]
    swapped[first], swapped[first + 1] = swapped[first + 1], swapped[first]
    refusal(b"".join(swapped))


@pytest.mark.parametrize("place", range(1, 6))
def test_an_added_event_is_refused(place: int) -> None:
    longer = append(SESSION, event(9), salt=bytes(32))
    added = render_events(longer).splitlines(keepends=True)[-1]
    refusal(b"".join([*LINES[:place], added, *LINES[place:]]), head=SESSION.head)


def test_a_forged_tail_has_another_head() -> None:
    forged = append(Transcript(events=SESSION.events[:-1]), event(4, amount=1), salt=bytes(32))
    data = render_events(forged)
    assert verify_chain(data).head == forged.head
    assert SESSION.head.hex() in refusal(data, head=SESSION.head).message


def test_a_withheld_event_keeps_the_head_and_tells_nothing() -> None:
    public = withhold(SESSION, frozenset({2, 4}))
    data = render_events(public)
    assert verify_chain(data, head=SESSION.head) == public
    assert isinstance(public.events[1], WithheldEvent)
    assert data.count(b"payee") == DATA.count(b"payee") - 2
    assert "withheld" in render_text(public)


def test_a_withheld_event_is_as_bound_as_any() -> None:
    lines = render_events(withhold(SESSION, frozenset({1, 3}))).splitlines(keepends=True)
    refusal(b"".join(lines[:2] + lines[3:]), head=SESSION.head)
    refusal(b"".join((lines[2], lines[1], lines[0], *lines[3:])))
    leaf = json.loads(lines[2])["leaf"]
    refusal(b"".join(lines).replace(leaf.encode(), leaf[::-1].encode()))


def test_an_event_that_is_half_withheld_is_refused() -> None:
    value = json.loads(LINES[1])
    recorded = SESSION.events[1]
    del value["body"]
    for extra in ({}, {"leaf": recorded.leaf.hex()}):
        line = json.dumps(
            value | extra, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        ).encode()
        refusal(LINES[0] + line + b"\n")


def test_another_spelling_of_the_same_event_is_refused() -> None:
    for old, new in (
        (b'":', b'": '),
        (b"\xc3\xbc", b"\\u00fc"),
        (b"\n", b"\r\n"),
        (b"\n", b"\n\n"),
    ):
        assert old in DATA
        refusal(DATA.replace(old, new))


def test_the_first_event_opens_the_transcript() -> None:
    with pytest.raises(Violation, match="first event"):
        append(Transcript(), event(1), salt=bytes(32))
    with pytest.raises(Violation, match="first event"):
        append(Transcript(), replace(opening(), inputs=()), salt=bytes(32))
    first = SESSION.events[0]
    assert isinstance(first, RecordedEvent)
    assert dict(first.event.inputs)["previous_transcript"] == "ab" * 32
    assert dict(first.event.inputs)["trust_list"] == trust_digest(TrustList()).hex()
    assert dict(first.event.body)["release"] == "0.1.0"


def test_time_does_not_run_backwards() -> None:
    with pytest.raises(Violation, match="earlier"):
        append(SESSION, replace(event(9), monotonic=1), salt=bytes(32))


@pytest.mark.parametrize("held", [Secret(b"x"), b"x", 1.5, True, None, ("a", b"x"), {"a": 1}])
def test_nothing_but_plain_data_can_be_recorded(held: object) -> None:
    with pytest.raises(Fault) as stop:
        append(SESSION, event(9, seed=cast("Value", held)), salt=bytes(32))
    assert stop.value.rule == "PROGRAM"


@pytest.mark.parametrize(
    "wrong",
    [
        {"inputs": (("request", "AB" * 32),)},
        {"inputs": (("Request", "ab" * 32),)},
        {"outputs": (("response", "ab"),)},
        {"body": (("payee", "\x1b[2J"),)},
        {"body": (("payee", "\u202eevil"),)},
        {"body": (("height", 2**64),)},
        {"step": "Sign it"},
        {"actors": ("",)},
        {"monotonic": -1},
    ],
)
def test_an_event_that_would_not_verify_is_not_appended(wrong: dict[str, object]) -> None:
    with pytest.raises(Violation) as stop:
        append(SESSION, replace(event(9), **wrong), salt=bytes(32))  # type: ignore[arg-type]
    assert stop.value.rule == "TRANSCRIPT"


def test_a_name_twice_and_a_short_salt_are_refused() -> None:
    with pytest.raises(Fault, match="twice"):
        append(SESSION, replace(event(9), body=(("a", 1), ("a", 2))), salt=bytes(32))
    with pytest.raises(Fault, match="31 bytes"):
        append(SESSION, event(9), salt=bytes(31))


def test_equal_events_with_other_salts_have_other_leaves() -> None:
    leaves = {append(SESSION, event(9), salt=bytes([n]) * 32).events[-1].leaf for n in range(3)}
    assert len(leaves) == 3


def test_the_text_is_the_same_for_the_same_events_and_says_it_all() -> None:
    text = render_text(verify_chain(DATA))
    assert text == render_text(SESSION)
    assert text.splitlines()[2:10] == [
        "   1  session.opened (opening)",
        "      2026-11-24T12:00:00Z, 1.200 s after start",
        "      activity: sign",
        "      commit: 0123abcd",
        "      format: strongroom-transcript",
        "      hardware: 2 CPUs; 512 MiB",
        "      release: 0.1.0",
        "      version: 1",
    ]
    assert "by operator Ada, witness Böll" in text
    assert SESSION.head.hex() in text
    assert all(line == line.rstrip() for line in text.splitlines())
