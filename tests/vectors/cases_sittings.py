"""More bad drafts: what one sitting may not do after another, by the vault's history and its policy."""

from __future__ import annotations

from dataclasses import replace

from strongroom.core.bitcoin.model import OutPoint, ScriptKind
from strongroom.core.money import Sats
from strongroom.core.vault.model import Policy, SignedPayment
from tests.vectors.cases import after, case, entry
from tests.vectors.factory import Draft, draft, stranger, wallet

OTHER_COINS = (7_000_000, 1_000_000)


@case("RBF")
def replacement_that_leaves_out_a_coin() -> Draft:
    old = entry(draft())
    old = replace(old, spent=(*old.spent, (OutPoint(b"\x44" * 32, 0), Sats(1_000))))
    bad = draft(fee=5_000)
    bad.changes["replaces"] = old.txid
    return after(bad, old)


@case("RBF")
def replacement_that_keeps_more() -> Draft:
    old = entry(draft())
    old = replace(old, spent=old.spent[:1], fee=Sats(100))
    old = replace(old, payments=(replace(old.payments[0], amount=Sats(4_999_000)),))
    bad = draft(pay=(4_999_000,), fee=5_000)
    bad.changes["replaces"] = old.txid
    return after(bad, old)


@case("BUNDLE-SEQUENCE")
def first_request_that_follows_another() -> Draft:
    bad = draft()
    bad.changes["previous_digest"] = "55" * 32
    return bad


@case("BUNDLE-EQUAL")
def payment_that_is_listed_twice() -> Draft:
    bad = draft()
    bad.payments = (*bad.payments, bad.payments[0])
    return bad


@case("POLICY-WINDOW")
def over_the_limit_by_another_wallet_of_the_network() -> Draft:
    bad = draft()
    bad.policy = Policy(amount_per_window=Sats(8_000_000))
    bad.wallets = (bad.registered, wallet(ScriptKind.TR, name="Savings"))
    after(bad, entry(draft(coins=OTHER_COINS), wallet="Savings"))
    bad.changes = {"sequence": 1, "previous_digest": None}
    return bad


@case("POLICY-WINDOW")
def over_the_limit_by_a_payment_that_was_taken_back() -> Draft:
    sent = entry(draft(coins=OTHER_COINS))
    back = replace(
        sent, sequence=2, txid="77" * 32, request_digest="23" * 32, payments=(), fee=Sats(9_000)
    )
    bad = draft()
    bad.policy = Policy(amount_per_window=Sats(8_000_000))
    return after(bad, sent, back)


@case("HISTORY-CONFLICT")
def replacement_of_what_was_replaced_already() -> Draft:
    first = entry(draft())
    second = entry(draft(fee=3_000), sequence=2, request_digest="23" * 32)
    bad = draft(fee=5_000)
    bad.changes["replaces"] = first.txid
    return after(bad, first, second)


@case("HISTORY-DUPLICATE", finding="warn")
def reference_paid_before_to_another_address() -> Draft:
    old = entry(draft(coins=OTHER_COINS))
    paid = SignedPayment(address=stranger(9), amount=Sats(1), reference="inv-0")
    return after(draft(), replace(old, payments=(paid,)))


@case("HISTORY-DUPLICATE", finding="warn")
def amount_paid_before_under_another_reference() -> Draft:
    old = entry(draft(coins=OTHER_COINS))
    paid = SignedPayment(address=stranger(0), amount=Sats(6_000_000), reference="INV-77")
    return after(draft(), replace(old, payments=(paid,)))
