"""From an archive to a verified request: each step stops with its rule, in the order of the steps."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from strongroom.core.bundle.manifest import render_request_manifest
from strongroom.core.bundle.model import BundleArchive
from strongroom.core.bundle.verify import SLACK, verify_request, verify_response
from strongroom.core.errors import Violation
from strongroom.core.vault.model import TrustList
from tests.unit.core.bundle.examples import (
    ANA,
    BEN,
    CREATED,
    DAY,
    HOUR,
    MALLORY,
    REQUEST,
    RESPONSE,
    answer,
    approver,
    bundle,
    good_status,
    trust,
)

NOW = CREATED + HOUR
SECOND = timedelta(seconds=1)
HONEST, STATUSES = bundle(ANA), (good_status(ANA),)


def rule_of(
    archive: BundleArchive = HONEST,
    statuses: tuple[bytes, ...] = STATUSES,
    people: TrustList | None = None,
    declared: datetime = NOW,
) -> str:
    with pytest.raises(Violation) as stop:
        verify_request(archive, statuses, people or trust(), declared)
    return stop.value.rule


def test_an_honest_request() -> None:
    found = verify_request(HONEST, STATUSES, trust(), NOW)
    assert found.manifest == REQUEST
    assert found.digest == hashlib.sha256(HONEST.manifest).digest()
    assert (found.psbt, found.signers, found.declared) == (HONEST.psbt, ("Ana",), NOW)


def test_signatures_come_before_any_parser() -> None:
    assert rule_of(bundle(ANA, manifest=b"\xff not JSON"), (b"",)) == "BUNDLE-SIGNATURE"
    assert rule_of(bundle(manifest=b"\xff not JSON"), ()) == "BUNDLE-QUORUM"
    assert rule_of(bundle(ANA, manifest=b"\xff not JSON")) == "BUNDLE-FORMAT"


def test_every_signature_must_be_good_not_only_enough_of_them() -> None:
    both = bundle(ANA, BEN)
    bad = b"[GNUPG:] NEWSIG\n[GNUPG:] BADSIG BBBBBBBBBBBBBBBB Ben\n"
    assert rule_of(both, (good_status(ANA), bad)) == "BUNDLE-SIGNATURE"
    assert rule_of(both, (good_status(ANA),)) == "BUNDLE-SIGNATURE"


def test_a_name_in_the_archive_is_no_proof() -> None:
    assert rule_of(bundle(ANA), (good_status(BEN),)) == "BUNDLE-SIGNATURE"
    assert rule_of(bundle(ANA, BEN), (good_status(BEN), good_status(ANA))) == "BUNDLE-SIGNATURE"
    assert rule_of(bundle(ANA, BEN), (good_status(ANA), good_status(ANA))) == "BUNDLE-SIGNATURE"


def test_strangers_are_refused_even_beside_a_quorum() -> None:
    both = bundle(ANA, MALLORY)
    assert rule_of(both, (good_status(ANA), good_status(MALLORY))) == "BUNDLE-SIGNATURE"


def test_a_subkey_counts_for_its_primary() -> None:
    status = good_status(ANA, signer=MALLORY)
    assert verify_request(HONEST, (status,), trust(), NOW).signers == ("Ana",)
    assert rule_of(HONEST, (good_status(MALLORY, signer=ANA),)) == "BUNDLE-SIGNATURE"


def test_quorum_counts_people_by_role() -> None:
    people = (approver("Ana", ANA, "approver", "auditor"), approver("Ben", BEN))
    two = trust(*people, quorum=(("approver", 2),))
    assert rule_of(people=two) == "BUNDLE-QUORUM"
    both, statuses = bundle(ANA, BEN), (good_status(ANA), good_status(BEN))
    assert verify_request(both, statuses, two, NOW).signers == ("Ana", "Ben")
    auditor = trust(*people, quorum=(("approver", 1), ("auditor", 1)))
    assert verify_request(HONEST, STATUSES, auditor, NOW).signers == ("Ana",)
    assert rule_of(bundle(BEN), (good_status(BEN),), auditor) == "BUNDLE-QUORUM"


def test_the_psbt_is_the_one_that_was_approved() -> None:
    assert rule_of(replace(HONEST, psbt=HONEST.psbt + b"\0")) == "BUNDLE-DIGEST"
    assert rule_of(replace(HONEST, psbt=HONEST.psbt[:-1] + b"\1")) == "BUNDLE-DIGEST"


def test_signed_in_the_future() -> None:
    ahead = (good_status(ANA, created=NOW + SLACK),)
    assert verify_request(HONEST, ahead, trust(), NOW).signers == ("Ana",)
    assert rule_of(statuses=(good_status(ANA, created=NOW + SLACK + SECOND),)) == "BUNDLE-CLOCK"


def test_a_signature_that_expired() -> None:
    def status(until: datetime) -> tuple[bytes, ...]:
        return (good_status(ANA, expires=until, verdict="EXPSIG"),)

    assert rule_of(statuses=status(NOW)) == "BUNDLE-CLOCK"
    assert verify_request(HONEST, status(NOW + SECOND), trust(), NOW)


@pytest.mark.parametrize(
    ("field", "moment"),
    [
        ("valid_until", CREATED),
        ("valid_until", NOW),
        ("revoked_from", CREATED - DAY),
        ("revoked_from", CREATED),
        ("revoked_from", NOW),
        ("valid_from", CREATED + SLACK + SECOND),
    ],
)
def test_the_trust_lists_dates_hold_at_signing_and_now(field: str, moment: datetime) -> None:
    ana = replace(approver("Ana", ANA), **{field: moment})  # type: ignore[arg-type]
    assert rule_of(people=trust(ana)) == "BUNDLE-CLOCK"


def test_a_revocation_that_comes_later_does_not_reach_back() -> None:
    ana = replace(approver("Ana", ANA), revoked_from=NOW + SECOND, valid_until=NOW + SECOND)
    assert verify_request(HONEST, STATUSES, trust(ana), NOW)


def test_one_approver_out_of_time_stops_a_request_that_others_signed() -> None:
    people = trust(approver("Ana", ANA), replace(approver("Ben", BEN), revoked_from=CREATED))
    both, statuses = bundle(ANA, BEN), (good_status(ANA), good_status(BEN))
    assert rule_of(both, statuses, people) == "BUNDLE-CLOCK"


def request_with(**changes: object) -> BundleArchive:
    changed = replace(REQUEST, **changes)  # type: ignore[arg-type]
    return bundle(ANA, manifest=render_request_manifest(changed))


def test_the_declared_time_fits_the_requests() -> None:
    early = CREATED - SLACK
    assert verify_request(HONEST, STATUSES, trust(), early)
    assert rule_of(declared=early - SECOND) == "BUNDLE-CLOCK"
    block = replace(REQUEST.anchor, tip_time=NOW + SLACK)
    assert verify_request(request_with(anchor=block), STATUSES, trust(), NOW)
    later = replace(block, tip_time=NOW + SLACK + SECOND)
    assert rule_of(request_with(anchor=later)) == "BUNDLE-CLOCK"


def test_a_request_past_its_time() -> None:
    assert verify_request(HONEST, STATUSES, trust(), REQUEST.expires - SECOND)
    assert rule_of(declared=REQUEST.expires) == "BUNDLE-EXPIRED"


def test_an_answer_to_this_request() -> None:
    found = verify_response(answer(), bytes.fromhex(RESPONSE.request_digest))
    assert found.manifest == RESPONSE
    assert found.digest == hashlib.sha256(answer().manifest).digest()


@pytest.mark.parametrize(
    ("archive", "digest", "rule"),
    [
        (answer(), bytes(32), "BUNDLE-DIGEST"),
        (answer(b"psbt\xff"), bytes.fromhex("cd" * 32), "BUNDLE-DIGEST"),
        (bundle(), bytes.fromhex("cd" * 32), "BUNDLE-FORMAT"),
    ],
)
def test_an_answer_that_is_none(archive: BundleArchive, digest: bytes, rule: str) -> None:
    with pytest.raises(Violation) as stop:
        verify_response(archive, digest)
    assert stop.value.rule == rule
