"""The online copy of the trust list: each once, and thresholds that the people in it can meet."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from strongroom.core.bundle.model import CertificateFingerprint
from strongroom.core.errors import Violation
from strongroom.core.vault.model import TrustList
from strongroom.online.approvers import (
    make_approver,
    parse_approvers,
    render_approvers,
    with_approver,
    with_quorum,
    without_approver,
)

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def person(name: str, digit: str, *roles: str) -> TrustList:
    fingerprint = CertificateFingerprint(digit * 40)
    made = make_approver(name, fingerprint, b"certificate", frozenset(roles), NOW)
    return TrustList(approvers=(made,))


ANA = person("Ana", "A", "approver", "auditor")
BOTH = with_approver(ANA, person("Ben", "B", "approver").approvers[0])


def test_a_list_reads_back() -> None:
    listed = with_quorum(BOTH, (("approver", 2), ("auditor", 1)))
    assert parse_approvers(render_approvers(listed)) == listed


def test_somebody_is_taken_off_by_name_or_fingerprint() -> None:
    assert without_approver(BOTH, "Ben") == without_approver(BOTH, "B" * 40) == ANA


@pytest.mark.parametrize(
    "change",
    [
        lambda: with_approver(BOTH, ANA.approvers[0]),
        lambda: without_approver(BOTH, "Chi"),
        lambda: with_quorum(BOTH, (("approver", 3),)),
        lambda: with_quorum(BOTH, (("treasurer", 1),)),
        lambda: parse_approvers(b"{}"),
    ],
    ids=["twice", "unknown", "too many", "no such role", "no list"],
)
def test_a_list_that_can_not_be_met_is_refused(change: object) -> None:
    with pytest.raises(Violation) as stop:
        change()  # type: ignore[operator]
    assert stop.value.rule == "APPROVERS"
