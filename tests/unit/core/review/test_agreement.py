"""What a request says of its place: how many blocks there can be, and which requests came before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.vectors.factory import draft

from strongroom.core.bundle.model import VerifiedRequest
from strongroom.core.errors import Violation
from strongroom.core.network import Network
from strongroom.core.review.agreement import check_continues, check_height
from strongroom.core.review.build import review_request
from strongroom.core.review.memory import history_entry
from strongroom.core.vault.model import History

HALVING = datetime(2024, 4, 20, 0, 9, 27, tzinfo=UTC)  # block 840 000
HEIGHT = 840_000
EMPTY = History()


def request_at(
    height: int, declared: datetime, network: Network = Network.MAINNET
) -> VerifiedRequest:
    request = draft().request()
    anchor = replace(request.manifest.anchor, network=network, tip_height=height, tip_time=declared)
    return replace(request, manifest=replace(request.manifest, anchor=anchor), declared=declared)


def history_at(height: int, moment: datetime) -> History:
    made = draft()
    entry = history_entry(review_request(made.request(), made.known()))
    return History(entries=(replace(entry, tip_height=height, tip_time=moment),))


def stop_of(request: VerifiedRequest, history: History) -> Violation:
    with pytest.raises(Violation, match="there can't be more") as stop:
        check_height(request, history)
    return stop.value


def test_real_blocks_are_taken() -> None:
    check_height(request_at(HEIGHT, HALVING), EMPTY)
    before = history_at(HEIGHT, HALVING)
    check_height(request_at(HEIGHT, HALVING), before)
    check_height(request_at(HEIGHT + 144, HALVING + timedelta(days=1)), before)
    check_height(request_at(HEIGHT + 2016, HALVING + timedelta(days=11, hours=12)), before)
    check_height(request_at(HEIGHT - 3, HALVING), before)


def test_a_tip_that_can_not_be_is_refused() -> None:
    """It would make a window forget what was sent, and expire every honest request that follows."""
    assert stop_of(request_at(499_999_999, HALVING), EMPTY).rule == "BUNDLE-CLOCK"
    stop_of(request_at(HEIGHT + 60_000, HALVING), EMPTY)
    before = history_at(HEIGHT, HALVING)
    stop_of(request_at(HEIGHT + 144, HALVING), before)
    stop_of(request_at(HEIGHT + 400, HALVING + timedelta(days=1)), before)


def test_small_lies_do_not_add_up() -> None:
    """Each entry binds the next tip, the first one too."""
    honest = history_at(HEIGHT, HALVING)
    lie = history_at(HEIGHT + 36, HALVING)
    both = History(entries=(*honest.entries, *lie.entries))
    check_height(request_at(HEIGHT + 36, HALVING), both)
    stop_of(request_at(HEIGHT + 37, HALVING), both)


def test_other_chains_make_blocks_at_will() -> None:
    check_height(request_at(10_000_000, HALVING, Network.REGTEST), EMPTY)


@pytest.mark.parametrize(
    ("sequence", "said"),
    [
        (2, "of this wallet request 1 was not signed with this vault"),
        (4, "of this wallet requests 1 to 3 were not signed with this vault"),
    ],
)
def test_requests_that_were_signed_elsewhere_are_named(sequence: int, said: str) -> None:
    request = draft().request()
    later = replace(request, manifest=replace(request.manifest, sequence=sequence))
    (finding,) = check_continues(later, EMPTY)
    assert (finding.rule, finding.message) == ("BUNDLE-SEQUENCE", said)
