"""What a record proves, what it claims, and what it can not tell."""

from __future__ import annotations

import pytest

from strongroom.core.errors import Violation
from strongroom.core.transcript.chain import withhold
from strongroom.core.transcript.facts import Evidence, Standing, facts, parse_head
from strongroom.core.transcript.model import Transcript
from strongroom.core.words import pgp_words
from tests.unit.core.transcript.test_chain import SESSION

HEAD = SESSION.head


def said(
    standing: Standing, evidence: Evidence | None = None, transcript: Transcript = SESSION
) -> list[str]:
    return [f.text for f in facts(transcript, evidence or Evidence()) if f.standing is standing]


def test_alone_it_proves_its_chain_and_nothing_else() -> None:
    assert said(Standing.PROVEN) == ["5 events are whole, in order, and bound to the head"]
    unknown = said(Standing.UNKNOWN)
    assert unknown[:2] == [
        "whether the head is the one on paper: none was given",
        "who vouches for it: no signature was given",
    ]
    assert "trust list" in unknown[2]
    claimed = said(Standing.CLAIMED)
    assert claimed[0] == f"it follows the session with head {'ab' * 32}"
    assert "machine: 512 MiB" in claimed
    assert any("by operator Ada, witness Böll" in text for text in claimed)


def test_evidence_proves_more() -> None:
    evidence = Evidence(
        head=HEAD,
        signers=("AA" * 20,),
        files=(("r.request", f"{2:064x}"), ("other.psbt", "00" * 32)),
        previous_head=bytes.fromhex("ab" * 32),
    )
    assert said(Standing.PROVEN, evidence)[1:] == [
        "the head is the one that was given, so no event is missing",
        f"signed with OpenPGP key {'AA' * 20}",
        "it follows the session that was given",
        "event 3: its request is the file r.request",
    ]
    assert "what other.psbt has to do with it: no event names its digest" in said(
        Standing.UNKNOWN, evidence
    )


def test_another_session_before_is_refused() -> None:
    with pytest.raises(Violation, match="TRANSCRIPT"):
        facts(SESSION, Evidence(previous_head=bytes(32)))


def test_withheld_events_are_named_and_say_nothing() -> None:
    public = withhold(SESSION, frozenset((1, 3)))
    assert "what events 1, 3 say: they are withheld" in said(Standing.UNKNOWN, None, public)
    assert not any("event 3" in text for text in said(Standing.CLAIMED, None, public))


def test_a_head_is_read_in_words_and_in_hex() -> None:
    words = " ".join(pgp_words(HEAD))
    assert parse_head(words.upper()) == parse_head(HEAD.hex()) == HEAD


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("ahead antenna", "2 words"),
        ("", "0 words"),
        (" ".join(["ahead"] * 32), "word 2 of the head"),
    ],
)
def test_what_is_no_head_is_refused(typed: str, named: str) -> None:
    with pytest.raises(Violation, match=named) as stop:
        parse_head(typed)
    assert stop.value.rule == "TRANSCRIPT"


def test_a_record_without_its_closing_is_unfinished() -> None:
    last = len(SESSION.events)
    (unfinished,) = (text for text in said(Standing.UNKNOWN) if "unfinished" in text)
    assert unfinished.startswith(f"how the session went on after event {last}")
    hidden = withhold(SESSION, frozenset({last}))
    assert not [text for text in said(Standing.UNKNOWN, transcript=hidden) if "unfinished" in text]
    assert "whether the session was closed: the last event is withheld" in said(
        Standing.UNKNOWN, transcript=hidden
    )
