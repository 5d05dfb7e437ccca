"""The history: what the review asks of it, and how it grows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from strongroom.core.vault.history import (
    find_request,
    highest_tip,
    last_request_digest,
    last_sequence,
    record_signed,
    sent_beside,
)
from strongroom.core.vault.model import History
from tests.unit.core.vault.example import HEAD, NOON, contents, entry


def test_an_empty_history_knows_nothing() -> None:
    empty = History()
    assert find_request(empty, "00" * 32) is None
    assert last_sequence(empty, "main") == 0
    assert last_request_digest(empty, "main") is None
    assert highest_tip(empty, "main") == 0


def test_the_highest_number_of_the_wallet_counts() -> None:
    history = History(
        entries=(
            entry(1),
            entry(3, tip_height=1003),
            entry(2, tip_height=1010),
            entry(9, wallet="other", tip_height=2000),
        )
    )
    assert last_sequence(history, "main") == 3
    assert last_request_digest(history, "main") == entry(3).request_digest
    assert highest_tip(history, "main") == 1010
    assert find_request(history, entry(2).request_digest) == entry(2, tip_height=1010)


def test_of_transactions_that_exclude_each_other_the_largest_counts() -> None:
    first, second = entry(1), entry(2)  # each sends 4 500 sat
    replaced = replace(entry(3), spent=first.spent, payments=first.payments[:1])
    taken_back = replace(entry(4), spent=second.spent, payments=())
    old = entry(5, tip_height=900)
    history = History(entries=(first, second, replaced, taken_back, old))
    assert sent_beside(history, 900, frozenset()) == 9000
    assert sent_beside(history, 899, frozenset()) == 13500
    mine = frozenset(point for point, _ in first.spent)
    assert sent_beside(history, 900, mine) == 4500


def test_signing_makes_the_next_generation() -> None:
    before = contents()
    after = record_signed(before, entry(7), transcript_head=HEAD, declared=NOON)
    assert after.generation == before.generation + 1
    assert after.history.entries == (*before.history.entries, entry(7))
    assert after.history.transcript_head == HEAD
    assert after.history.last_declared == NOON
    assert (after.seeds, after.wallets, after.policy) == (
        before.seeds,
        before.wallets,
        before.policy,
    )


def test_a_request_signed_again_is_remembered_once() -> None:
    once = record_signed(contents(), entry(7), transcript_head=HEAD, declared=NOON)
    later = NOON + timedelta(days=1)
    again = replace(entry(7), declared=later)
    twice = record_signed(once, again, transcript_head="cd" * 32, declared=later)
    assert twice.history.entries == once.history.entries
    assert twice.history.transcript_head == "cd" * 32
    assert twice.history.last_declared == later
    assert twice.generation == once.generation + 1


def test_declared_time_never_goes_back() -> None:
    once = record_signed(contents(), entry(7), transcript_head=HEAD, declared=NOON)
    earlier = NOON - timedelta(days=1)
    twice = record_signed(once, entry(8), transcript_head=HEAD, declared=earlier)
    assert twice.history.last_declared == NOON
