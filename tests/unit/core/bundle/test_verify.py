"""From an archive to a verified request: each step stops with its rule, in the order of the steps."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from strongroom.core.bundle.manifest import render_request_manifest
from strongroom.core.bundle.model import BundleArchive, OpenpgpReport
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
    good_report,
    trust,
)

NOW = CREATED + HOUR
SECOND = timedelta(seconds=1)
HONEST, STATUSES = bundle(ANA), (good_report(ANA),)


def rule_of(
    archive: BundleArchive = HONEST,
    statuses: tuple[OpenpgpReport, ...] = STATUSES,
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
    assert (
        rule_of(bundle(ANA, manifest=b"\xff not JSON"), (OpenpgpReport(status=b"", listing=b""),))
        == "BUNDLE-SIGNATURE"
    )
    assert rule_of(bundle(manifest=b"\xff not JSON"), ()) == "BUNDLE-QUORUM"
    assert rule_of(bundle(ANA, manifest=b"\xff not JSON")) == "BUNDLE-FORMAT"


def test_every_signature_must_be_good_not_only_enough_of_them() -> None:
    both = bundle(ANA, BEN)
    status = b"[GNUPG:] NEWSIG\n[GNUPG:] BADSIG BBBBBBBBBBBBBBBB Ben\n"
    bad = OpenpgpReport(status=status, listing=b"")
    assert rule_of(both, (good_report(ANA), bad)) == "BUNDLE-SIGNATURE"
    assert rule_of(both, (good_report(ANA),)) == "BUNDLE-SIGNATURE"


def test_a_name_in_the_archive_is_no_proof() -> None:
    assert rule_of(bundle(ANA), (good_report(BEN),)) == "BUNDLE-SIGNATURE"
    assert rule_of(bundle(ANA, BEN), (good_report(BEN), good_report(ANA))) == "BUNDLE-SIGNATURE"
    assert rule_of(bundle(ANA, BEN), (good_report(ANA), good_report(ANA))) == "BUNDLE-SIGNATURE"


def test_strangers_are_refused_even_beside_a_quorum() -> None:
    both = bundle(ANA, MALLORY)
    assert rule_of(both, (good_report(ANA), good_report(MALLORY))) == "BUNDLE-SIGNATURE"


def test_a_subkey_counts_for_its_primary() -> None:
    status = good_report(ANA, signer=MALLORY)
    assert verify_request(HONEST, (status,), trust(), NOW).signers == ("Ana",)
    assert rule_of(HONEST, (good_report(MALLORY, signer=ANA),)) == "BUNDLE-SIGNATURE"


OLD = CREATED - 99 * DAY


@pytest.mark.parametrize("signer", [None, BEN], ids=["primary", "subkey"])
def test_the_very_key_that_signed_is_valid_then_and_now(signer: str | None) -> None:
    def by(created: datetime, expires: datetime | None) -> tuple[OpenpgpReport, ...]:
        return (good_report(ANA, signer=signer, key=(created, expires)),)

    assert verify_request(HONEST, by(CREATED, NOW + SECOND), trust(), NOW).signers == ("Ana",)
    assert rule_of(statuses=by(CREATED + SECOND, None)) == "BUNDLE-CLOCK"
    assert rule_of(statuses=by(OLD, CREATED)) == "BUNDLE-CLOCK"
    assert rule_of(statuses=by(OLD, NOW)) == "BUNDLE-CLOCK"


def test_a_subkey_lives_no_longer_than_its_primary() -> None:
    report = good_report(ANA, signer=BEN)
    primary, rest = report.listing.split(b"\n", 1)
    fields = primary.split(b":")
    fields[6] = b"%d" % NOW.timestamp()
    ended = b":".join(fields) + b"\n" + rest
    assert rule_of(statuses=(replace(report, listing=ended),)) == "BUNDLE-CLOCK"


@pytest.mark.parametrize("change", [("sub:-", "sub:r"), ("sub:-", "sub:i"), ("sub:", "xxx:")])
def test_a_key_that_is_not_in_the_certificate_signs_nothing(change: tuple[str, str]) -> None:
    report = good_report(ANA, signer=BEN)
    listing = report.listing.decode().replace(*change).encode()
    assert rule_of(statuses=(replace(report, listing=listing),)) == "BUNDLE-SIGNATURE"


@pytest.mark.parametrize("use", ["e", "a", "c", ""])
def test_a_key_for_another_use_signs_nothing(use: str) -> None:
    assert rule_of(statuses=(good_report(ANA, signer=BEN, use=use),)) == "BUNDLE-SIGNATURE"


def test_quorum_counts_people_by_role() -> None:
    people = (approver("Ana", ANA, "approver", "auditor"), approver("Ben", BEN))
    two = trust(*people, quorum=(("approver", 2),))
    assert rule_of(people=two) == "BUNDLE-QUORUM"
    both, statuses = bundle(ANA, BEN), (good_report(ANA), good_report(BEN))
    assert verify_request(both, statuses, two, NOW).signers == ("Ana", "Ben")
    auditor = trust(*people, quorum=(("approver", 1), ("auditor", 1)))
    assert verify_request(HONEST, STATUSES, auditor, NOW).signers == ("Ana",)
    assert rule_of(bundle(BEN), (good_report(BEN),), auditor) == "BUNDLE-QUORUM"


def test_the_psbt_is_the_one_that_was_approved() -> None:
    assert rule_of(replace(HONEST, psbt=HONEST.psbt + b"\0")) == "BUNDLE-DIGEST"
    assert rule_of(replace(HONEST, psbt=HONEST.psbt[:-1] + b"\1")) == "BUNDLE-DIGEST"


def test_signed_in_the_future() -> None:
    ahead = (good_report(ANA, created=NOW + SLACK),)
    assert verify_request(HONEST, ahead, trust(), NOW).signers == ("Ana",)
    assert rule_of(statuses=(good_report(ANA, created=NOW + SLACK + SECOND),)) == "BUNDLE-CLOCK"


def test_a_signature_that_expired() -> None:
    def status(until: datetime) -> tuple[OpenpgpReport, ...]:
        return (good_report(ANA, expires=until, verdict="EXPSIG"),)

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
    both, statuses = bundle(ANA, BEN), (good_report(ANA), good_report(BEN))
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
