"""The events of a request are whole, whoever added them, in whatever order the files arrive."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from strongroom.core.errors import Violation
from strongroom.online.journal import Event, Journal, parse_journal, render_event
from strongroom.online.records import Stage

DIGEST = "ab" * 32
START = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def event(stage: Stage, minutes: int, *parents: str, sent: str = "") -> tuple[str, bytes]:
    made = Event(
        request_digest=DIGEST,
        stage=stage,
        at=START + timedelta(minutes=minutes),
        by="ana",
        sent=sent,
        parents=parents,
    )
    data = render_event(made)
    return hashlib.sha256(data).hexdigest(), data


ROOT = event(Stage.DRAFT, 0)
ANA = event(Stage.APPROVED, 1, ROOT[0])
BEN = event(Stage.WRITTEN, 2, ROOT[0])
JOINED = event(Stage.ANSWERED, 3, *sorted((ANA[0], BEN[0])))
SENT = event(Stage.BROADCAST, 4, JOINED[0], sent="cd" * 32)
ALL = dict((ROOT, ANA, BEN, JOINED, SENT))


def read(*events: tuple[str, bytes]) -> Journal:
    return parse_journal(dict(events), DIGEST)


def test_the_last_event_says_how_far_it_is() -> None:
    whole = parse_journal(ALL, DIGEST)
    assert (whole.stage, whole.sent, whole.was_written) == (Stage.BROADCAST, "cd" * 32, True)
    assert whole.heads == (SENT[0],)
    assert [e.stage for e in whole.in_order] == [
        Stage.DRAFT,
        Stage.APPROVED,
        Stage.WRITTEN,
        Stage.ANSWERED,
        Stage.BROADCAST,
    ]


def test_two_who_did_not_see_each_other_are_both_kept() -> None:
    forked = read(ROOT, ANA, BEN)
    assert set(forked.heads) == {ANA[0], BEN[0]}
    assert forked.stage is Stage.WRITTEN


def test_a_cancelled_request_that_was_sent_elsewhere_is_sent() -> None:
    cancelled = event(Stage.CANCELLED, 9, JOINED[0])
    assert parse_journal({**ALL, cancelled[0]: cancelled[1]}, DIGEST).stage is Stage.BROADCAST


@pytest.mark.parametrize(
    "files",
    [
        {**ALL, SENT[0]: SENT[1].replace(b"broadcast", b"confirmed")},
        {name: data for name, data in ALL.items() if name != JOINED[0]},
        {name: data for name, data in ALL.items() if name != ROOT[0]},
        {**ALL, "ee" * 32: ANA[1]},
        dict([ROOT, event(Stage.DRAFT, 7)]),
        {},
        {hashlib.sha256(b"{}").hexdigest(): b"{}"},
    ],
    ids=["changed", "middle", "root", "renamed", "two roots", "none", "no event"],
)
def test_an_event_that_was_changed_or_left_out_is_noticed(files: dict[str, bytes]) -> None:
    with pytest.raises(Violation) as stop:
        parse_journal(files, DIGEST)
    assert stop.value.rule == "AUDIT-LOG"


def test_an_event_of_another_request_is_refused() -> None:
    with pytest.raises(Violation, match="another request"):
        parse_journal(ALL, "00" * 32)


def test_an_event_reads_back() -> None:
    journal = parse_journal(ALL, DIGEST)
    for name, data in ALL.items():
        assert render_event(replace(journal.events[name])) == data
