"""What the companion remembers reads back as it was written, and nothing else reads at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from strongroom.core.bitcoin.model import OutPoint
from strongroom.core.errors import Violation
from strongroom.core.money import Sats
from strongroom.online.records import RequestRecord, Stage, parse_record, render_record

RECORD = RequestRecord(
    request_id="20261124-00000001",
    wallet="treasury",
    sequence=3,
    digest="ab" * 32,
    created=datetime(2026, 11, 24, 3, 0, tzinfo=UTC),
    txid="cd" * 32,
    spent=((OutPoint(bytes(31) + b"\x01", 7), Sats(5000)),),
    expires_height=900,
)


def test_a_record_reads_back() -> None:
    assert parse_record(render_record(RECORD)) == RECORD


def test_the_file_of_a_record_does_not_say_how_far_it_is() -> None:
    later = replace(RECORD, stage=Stage.BROADCAST, was_written=True, sent="ef" * 32)
    assert render_record(later) == render_record(RECORD)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"sequence": 3', b'"sequence": 0'),
        (b'"version": 1', b'"version": 2'),
        (b'"txid"', b'"txids"'),
        (b"abab", b"ABAB"),
        (b'"amount_sat": 5000', b'"amount_sat": 0'),
    ],
)
def test_a_record_that_was_changed_is_refused(old: bytes, new: bytes) -> None:
    data = render_record(RECORD)
    assert old in data
    with pytest.raises(Violation) as caught:
        parse_record(data.replace(old, new, 1))
    assert caught.value.rule == "REQUEST-STATE"


def test_only_open_stages_set_coins_aside() -> None:
    assert {stage for stage in Stage if stage.is_open} == {
        Stage.DRAFT,
        Stage.APPROVED,
        Stage.WRITTEN,
        Stage.ANSWERED,
    }
