"""Whatever a coordinator does to a PSBT: it is refused by a rule, or what is signed is what was approved."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from functools import cache

import pytest
from tests.finalised import finalise
from tests.unit.core.signing.test_sign import consent, rules
from tests.vectors.factory import Draft, draft, master
from tests.vectors.mutations import mutated

from strongroom.core.approval import approve
from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.bundle.model import MemberDigest, VerifiedRequest
from strongroom.core.errors import Violation
from strongroom.core.psbt.reader import parse_psbt
from strongroom.core.review.build import review_request
from strongroom.core.review.inputs import review_inputs
from strongroom.core.review.model import Review
from strongroom.core.rules import RULE_IDS
from strongroom.core.signing.sign import sign

NEED_NO_SCRIPT = {ScriptKind.PKH, ScriptKind.WPKH, ScriptKind.TR}  # to be finalised
KINDS = {kind.value: kind for kind in ScriptKind}
ANA = master("ana").fingerprint.hex()


@cache
def honest(kind: ScriptKind) -> tuple[Draft, VerifiedRequest, Review]:
    made = draft(kind, coins=(5_000_000, 3_000_000, 90_000))
    request = made.request()
    return made, request, review_request(request, made.known())


def paid(review: Review) -> Counter[tuple[str | None, int]]:
    return Counter((r.address, r.amount) for r in review.recipients)


def outcome(kind: ScriptKind, data: bytes) -> str:
    """The rule that stops the request, or `signed` after everything that must hold was seen to hold."""
    made, request, approved = honest(kind)
    member = MemberDigest(size=len(data), sha256=hashlib.sha256(data).hexdigest())
    manifest = replace(request.manifest, psbt=member)
    try:
        review = review_request(replace(request, manifest=manifest, psbt=data), made.known())
    except Violation as stop:
        return stop.rule
    approval = approve(
        review, acknowledged=rules(review), consents=(consent(review),), policy=made.policy
    )
    signed = sign(approval, (master("ana"),)).psbt
    assert paid(review) == paid(approved)
    assert review.fee == approved.fee
    after = parse_psbt(signed)
    assert after.transaction == parse_psbt(data).transaction
    assert all(ANA in item.signed_by for item in review_inputs(after, made.descriptor))
    if kind in NEED_NO_SCRIPT:
        finalise(signed)
    return "signed"


def outcomes(numbers: range) -> Counter[str]:
    counted: Counter[str] = Counter()
    for number in numbers:
        name, data = mutated(number)
        kind = KINDS.get(name[:-3])
        if kind is not None:
            counted[outcome(kind, data)] += 1
    return counted


def test_changed_requests() -> None:
    counted = outcomes(range(800))
    assert {*counted} - {"signed"} <= RULE_IDS
    assert counted["signed"] > 20
    assert len(counted) > 10


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_changed_requests_at_length() -> None:
    counted = outcomes(range(100_000, 300_000))
    assert {*counted} - {"signed"} <= RULE_IDS
    assert len(counted) > 15
