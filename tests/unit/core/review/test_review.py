"""An honest request of each script kind is reviewed as what it is."""

from __future__ import annotations

import pytest
from tests.vectors.factory import draft, stranger

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.errors import Violation
from strongroom.core.review.build import review_request
from strongroom.core.review.model import Severity
from strongroom.core.vault.model import Policy


@pytest.mark.parametrize("kind", list(ScriptKind), ids=lambda k: k.value)
def test_honest_request_shows_what_leaves_and_what_comes_back(kind: ScriptKind) -> None:
    good = draft(kind)
    review = review_request(good.request(), good.known())
    (recipient,) = review.recipients
    assert (recipient.address, recipient.amount) == (stranger(0), 6_000_000)
    assert (recipient.payee, recipient.reference) == ("Payee 0", "INV-0")
    (change,) = review.change
    assert (change.amount, change.branch, change.position) == (1_998_000, 1, 0)
    assert (review.total_in, review.fee) == (8_000_000, 2_000)
    assert review.fee_share_permille == 0
    assert not [f for f in review.findings if f.severity is Severity.BLOCK]
    assert [f.rule for f in review.warnings] == ["POLICY-RECIPIENT"]


def test_taproot_needs_no_previous_transactions() -> None:
    good = draft(ScriptKind.TR)
    for index in range(2):
        good.set_input(index, 0x00, None)
    assert review_request(good.request(), good.known()).total_in == 8_000_000


def test_sending_everything_to_oneself_is_measured_against_what_comes_in() -> None:
    good = draft(pay=(), fee=1_000)
    review = review_request(good.request(), good.known())
    assert review.recipients == ()
    assert review.fee_share_permille == 0


def test_two_reviews_of_one_request_have_one_digest_and_of_two_requests_two() -> None:
    one, two = draft(), draft(fee=2_001)
    first = review_request(one.request(), one.known())
    assert first.digest == review_request(one.request(), one.known()).digest
    assert first.digest != review_request(two.request(), two.known()).digest


def test_a_lock_of_the_wallets_own_script_has_no_horizon() -> None:
    own = draft(ScriptKind.WSH_SCRIPT, sequence=52560)
    findings = review_request(own.request(), own.known()).findings
    assert "input 0 needs its coin to be 52560 blocks old" in [f.message for f in findings]
    other = draft(ScriptKind.WSH_SCRIPT, sequence=52559)
    with pytest.raises(Violation) as stop:
        review_request(other.request(), other.known())
    assert stop.value.rule == "LOCKTIME"


def test_twelve_warnings_of_one_rule_are_one_that_lists_them_all() -> None:
    for count in (11, 12):
        made = draft(pay=(6_000_000, *range(200, 200 + count)))
        review = review_request(made.request(), made.known())
        dust = [f.message for f in review.warnings if f.rule == "OUTPUT-DUST"]
        assert len(dust) == (11 if count == 11 else 1)
        assert all(f"output {place} of" in "".join(dust) for place in range(1, count + 1))


def test_a_tenth_of_a_satoshi_is_enough_where_the_policy_says_so() -> None:
    made = draft(fee=100)
    assert "FEE-RELAY" in [f.rule for f in review_request(made.request(), made.known()).findings]
    made.policy = Policy(fee_relay_millisats=100)
    findings = review_request(made.request(), made.known()).findings
    assert "FEE-RELAY" not in [f.rule for f in findings]


def test_whether_it_can_be_replaced_is_always_said() -> None:
    for sequence, said in ((0xFFFFFFFD, "may be replaced by"), (0xFFFFFFFE, "does not signal")):
        made = draft(sequence=sequence)
        findings = review_request(made.request(), made.known()).findings
        assert [said in f.message for f in findings if f.rule == "RBF"] == [True]


def test_the_vaults_own_name_of_a_recipient_is_no_claim() -> None:
    made = draft()
    made.policy = Policy(address_book=((stranger(0), "Landlord"),))
    review = review_request(made.request(), made.known())
    assert (review.recipients[0].book_name, review.recipients[0].is_known) == ("Landlord", True)
    assert review.warnings == ()
