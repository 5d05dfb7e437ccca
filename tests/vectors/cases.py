"""The bad drafts: for each rule of the review, an honest request with one thing wrong.

A case is a function that returns a draft; its name is the file's name, and its decorator names the rule that
must fire, either by refusing or, with `finding`, by a finding of the review.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from strongroom.core.bitcoin.address import render_address
from strongroom.core.bitcoin.model import OutPoint, ScriptKind, TxInput, TxOutput
from strongroom.core.bitcoin.signatures import sign_ecdsa, sign_schnorr
from strongroom.core.bitcoin.transaction import render_transaction, transaction_id
from strongroom.core.bundle.model import ChainAnchor, Payment
from strongroom.core.descriptor.checksum import descriptor_checksum
from strongroom.core.descriptor.derive import derive_scripts
from strongroom.core.descriptor.model import Descriptor
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.money import Sats
from strongroom.core.network import Network
from strongroom.core.vault.model import History, HistoryEntry, Policy, SignedPayment
from tests.vectors.factory import (
    CREATED,
    TIP_HEIGHT,
    Draft,
    draft,
    funding,
    master,
    origin_field,
    script_fields,
    stranger,
    wallet,
)
from tests.vectors.fields import render_output

COIN = 100_000_000


@dataclass(frozen=True)
class Case:
    """One bad draft and the rule that it must trip; `finding` when it is shown, not refused."""

    rule: str
    name: str
    build: Callable[[], Draft]
    finding: str | None


CASES: list[Case] = []


def case(rule: str, *, finding: str | None = None) -> Callable[[Callable[[], Draft]], None]:
    """Register a case under the name of its function."""

    def register(build: Callable[[], Draft]) -> None:
        CASES.append(Case(rule, build.__name__.replace("_", "-"), build, finding))

    return register


def _with_outputs(bad: Draft, *outputs: TxOutput) -> Draft:
    bad.transaction = replace(bad.transaction, outputs=outputs)
    return bad


def move(bad: Draft, index: int, output: TxOutput) -> Draft:
    outputs = list(bad.transaction.outputs)
    outputs[index] = output
    return _with_outputs(bad, *outputs)


def entry(bad: Draft, **changes: object) -> HistoryEntry:
    """A history entry for `bad` itself, as if it had been signed."""
    manifest = bad.request().manifest
    fields = {
        "wallet": bad.registered.name,
        "request_id": "2026-10-01-0001",
        "request_digest": "22" * 32,
        "sequence": 1,
        "txid": transaction_id(bad.transaction)[::-1].hex(),
        "spent": tuple(
            (given.outpoint, coin.outputs[1].amount)
            for given, coin in zip(bad.transaction.inputs, bad.previous, strict=True)
        ),
        "payments": tuple(
            SignedPayment(address=p.address, amount=p.amount, reference=p.reference)
            for p in bad.payments
        ),
        "fee": Sats(bad.fee),
        "tip_height": manifest.anchor.tip_height,
        "tip_time": manifest.anchor.tip_time,
        "declared": CREATED,
    }
    return HistoryEntry(**{**fields, **changes})  # type: ignore[arg-type]


def after(bad: Draft, *entries: HistoryEntry) -> Draft:
    bad.history = History(entries=entries)
    bad.changes |= {
        "sequence": entries[-1].sequence + 1,
        "previous_digest": entries[-1].request_digest,
    }
    return bad


# Container


@case("PSBT-UNKNOWN-FIELD")
def proprietary_input_field() -> Draft:
    bad = draft()
    bad.inputs[0].append((b"\xfc\x05smug\x00", b"\x00" * 250))
    return bad


@case("PSBT-UNKNOWN-FIELD", finding="show")
def unknown_output_field_where_policy_allows() -> Draft:
    bad = draft()
    bad.outputs[0].append((b"\xf0", b"\x01"))
    bad.policy = Policy(block_unknown_fields=False)
    return bad


# Inputs


@case("INPUT-DUPLICATE")
def same_outpoint_twice() -> Draft:
    bad = draft()
    first = bad.transaction.inputs[0]
    bad.transaction = replace(bad.transaction, inputs=(first, first))
    bad.inputs[1] = list(bad.inputs[0])
    return bad


@case("INPUT-PREVTX")
def other_previous_transaction() -> Draft:
    bad = draft()
    other = replace(bad.previous[0], locktime=1)
    bad.set_input(0, 0x00, render_transaction(other))
    return bad


@case("INPUT-PREVTX")
def output_index_out_of_range() -> Draft:
    bad = draft()
    point = OutPoint(transaction_id(bad.previous[0]), 2)
    given = bad.transaction.inputs[0]._replace(outpoint=point)
    bad.transaction = replace(bad.transaction, inputs=(given, bad.transaction.inputs[1]))
    return bad


@case("INPUT-UTXO-MISMATCH")
def witness_utxo_hides_a_fee() -> Draft:
    bad = draft()
    true = bad.previous[0].outputs[1]
    bad.set_input(0, 0x01, render_output(true._replace(amount=Sats(true.amount - 1_000))))
    return bad


@case("INPUT-UTXO-MISMATCH")
def witness_utxo_of_another_script() -> Draft:
    bad = draft()
    true = bad.previous[0].outputs[1]
    bad.set_input(0, 0x01, render_output(TxOutput(true.amount, bad.previous[1].outputs[1].script)))
    return bad


@case("INPUT-UNPROVEN")
def segwit_without_previous_transaction() -> Draft:
    bad = draft()
    bad.set_input(0, 0x00, None)
    return bad


@case("INPUT-UNPROVEN")
def legacy_without_previous_transaction() -> Draft:
    bad = draft(ScriptKind.PKH)
    bad.set_input(1, 0x00, None)
    return bad


@case("INPUT-AMOUNT")
def coin_of_nothing() -> Draft:
    return draft(coins=(8_000_000, 0))


@case("INPUT-AMOUNT")
def coins_over_all_money() -> Draft:
    return draft(coins=(15_000_000 * COIN, 10_000_000 * COIN), pay=(20_000_000 * COIN,))


@case("INPUT-FOREIGN")
def coin_of_another_wallet_key() -> Draft:
    bad = draft()
    theirs = derive_scripts(mallorys(), 0, 0)
    return _replace_coin(bad, theirs.script_pubkey)


@case("INPUT-FOREIGN")
def wrong_index_claimed() -> Draft:
    bad = draft()
    scripts = derive_scripts(bad.descriptor, 0, 7)
    bad.inputs[0] = [f for f in bad.inputs[0] if f[0][:1] != b"\x06"]
    bad.inputs[0] += origin_field(bad.descriptor, scripts, 0, 7, output=False)
    return bad


@case("INPUT-FOREIGN")
def no_derivation_at_all() -> Draft:
    bad = draft()
    bad.inputs[0] = [f for f in bad.inputs[0] if f[0][:1] != b"\x06"]
    return bad


@case("INPUT-FOREIGN")
def witness_script_of_another_index() -> Draft:
    bad = draft(ScriptKind.WSH_MULTI)
    other = derive_scripts(bad.descriptor, 0, 9).witness_script
    bad.set_input(0, 0x05, other)
    return bad


@case("INPUT-KEY")
def our_fingerprint_on_another_key() -> Draft:
    bad = draft()
    theirs = derive_scripts(mallorys(), 0, 0)
    value = next(v for k, v in bad.inputs[0] if k[:1] == b"\x06")
    bad.inputs[0] = [f for f in bad.inputs[0] if f[0][:1] != b"\x06"]
    bad.inputs[0].append((b"\x06" + theirs.public_keys[0], value))
    return bad


@case("INPUT-KEY")
def key_that_is_not_in_the_script() -> Draft:
    bad = draft(ScriptKind.WSH_MULTI)
    theirs = derive_scripts(mallorys(), 0, 0)
    fingerprint = master("mallory").fingerprint
    bad.inputs[0].append((b"\x06" + theirs.public_keys[0], fingerprint + b"\x00" * 8))
    return bad


@case("INPUT-WALLETS")
def coin_of_a_second_registered_wallet() -> Draft:
    bad = draft()
    other = wallet(ScriptKind.TR, name="Savings")
    bad.wallets = (bad.registered, other)
    savings = draft(ScriptKind.TR)
    scripts = derive_scripts(savings.descriptor, 0, 0)
    bad = _replace_coin(bad, scripts.script_pubkey)
    bad.inputs[0] = bad.inputs[0][:2] + script_fields(scripts, output=False)
    bad.inputs[0] += origin_field(savings.descriptor, scripts, 0, 0, output=False)
    return bad


@case("INPUT-NETWORK")
def genesis_block_of_another_chain() -> Draft:
    bad = draft()
    bad.changes["anchor"] = ChainAnchor(
        network=Network.REGTEST,
        genesis_hash=Network.SIGNET.constants.genesis_hash,
        tip_height=TIP_HEIGHT,
        tip_hash="11" * 32,
        tip_time=CREATED,
    )
    return bad


@case("INPUT-NETWORK")
def coin_type_of_another_network() -> Draft:
    bad = draft()
    body = bad.registered.descriptor.partition("#")[0].replace("/84h/1h/", "/84h/0h/")
    text = f"{body}#{descriptor_checksum(body)}"
    bad.registered = replace(bad.registered, descriptor=text)
    return bad


@case("INPUT-NOTHING")
def wallet_of_other_people() -> Draft:
    bad = draft()
    bad.owner = "mallory"
    return bad


@case("INPUT-NOTHING")
def input_that_is_final() -> Draft:
    bad = draft()
    bad.inputs[0].append((b"\x08", b"\x02\x01\x00\x01\x00"))
    return bad


@case("SIGHASH-TYPE")
def sighash_none() -> Draft:
    bad = draft()
    bad.set_input(0, 0x03, (2).to_bytes(4, "little"))
    return bad


@case("SIGHASH-TYPE")
def sighash_single_anyonecanpay() -> Draft:
    bad = draft(ScriptKind.PKH)
    bad.set_input(1, 0x03, (0x83).to_bytes(4, "little"))
    return bad


@case("SIGHASH-TYPE")
def taproot_sighash_single() -> Draft:
    bad = draft(ScriptKind.TR)
    bad.set_input(0, 0x03, (3).to_bytes(4, "little"))
    return bad


def _signed(bad: Draft, public_key: bytes, hash_type: int) -> Draft:
    """A well-formed ECDSA signature by some other key, put on input 0 under `public_key`."""
    signature = sign_ecdsa(b"\x01" * 32, b"\x02" * 32) + bytes((hash_type,))
    bad.inputs[0].append((b"\x02" + public_key, signature))
    return bad


def _cosigner_key(bad: Draft) -> bytes:
    return derive_scripts(bad.descriptor, 0, 0).public_keys[1]


@case("SIGHASH-TYPE")
def existing_signature_of_type_none() -> Draft:
    bad = draft(ScriptKind.WSH_MULTI)
    return _signed(bad, _cosigner_key(bad), 0x02)


@case("SIGHASH-TYPE")
def existing_taproot_signature_with_a_type_that_was_not_asked_for() -> Draft:
    bad = draft(ScriptKind.TR)
    bad.set_input(0, 0x13, b"\x03" * 64 + b"\x83")
    return bad


@case("SIG-EXISTING")
def existing_signature_over_something_else() -> Draft:
    bad = draft(ScriptKind.WSH_MULTI)
    return _signed(bad, _cosigner_key(bad), 0x01)


@case("SIG-EXISTING")
def existing_signature_of_a_key_outside_the_script() -> Draft:
    bad = draft(ScriptKind.WSH_MULTI)
    return _signed(bad, derive_scripts(mallorys(), 0, 0).public_keys[0], 0x01)


@case("SIG-EXISTING")
def existing_taproot_signature_over_something_else() -> Draft:
    bad = draft(ScriptKind.TR)
    bad.set_input(0, 0x13, sign_schnorr(b"\x01" * 32, b"\x02" * 32))
    return bad


# Outputs


@case("CHANGE-FALSE")
def change_to_a_stranger() -> Draft:
    bad = draft()
    return move(
        bad, 1, TxOutput(bad.transaction.outputs[1].amount, bad.previous[0].outputs[0].script)
    )


@case("CHANGE-FALSE")
def our_fingerprint_at_a_place_we_do_not_have() -> Draft:
    bad = draft()
    key, value = bad.outputs[1][-1]
    bad.outputs[1][-1] = (key, value[:4] + b"\x07\x00\x00\x00")
    return bad


@case("CHANGE-FALSE")
def change_at_another_index_than_claimed() -> Draft:
    bad = draft()
    other = derive_scripts(bad.descriptor, 1, 5)
    bad.outputs[1] = origin_field(bad.descriptor, other, 1, 5, output=True)
    return bad


@case("CHANGE-FALSE")
def multisig_change_with_a_swapped_cosigner() -> Draft:
    bad = draft(ScriptKind.WSH_MULTI)
    key, value = bad.outputs[1][-1]
    theirs = derive_scripts(mallorys(), 1, 0).public_keys[0]
    bad.outputs[1][-1] = (key[:1] + theirs, value)
    return bad


@case("CHANGE-PATH", finding="warn")
def change_far_beyond_the_gap() -> Draft:
    return own_output(draft(), 1, 1, 900)


@case("CHANGE-MANY", finding="warn")
def two_change_outputs() -> Draft:
    bad = draft(pay=(4_000_000, 2_000_000))
    return own_output(bad, 1, 1, 1)


@case("OUTPUT-SELF", finding="show")
def payment_to_our_own_receive_branch() -> Draft:
    return own_output(draft(pay=(4_000_000, 2_000_000)), 1, 0, 3)


@case("OUTPUT-ZERO")
def payment_of_nothing() -> Draft:
    bad = draft()
    return move(bad, 0, bad.transaction.outputs[0]._replace(amount=Sats(0)))


@case("OUTPUT-ZERO")
def data_that_burns_coins() -> Draft:
    bad = draft()
    return move(bad, 0, TxOutput(Sats(1_000), b"\x6a\x04memo"))


@case("OUTPUT-DUST", finding="warn")
def payment_below_dust() -> Draft:
    return draft(pay=(6_000_000, 293))


@case("OUTPUT-SCRIPT")
def bare_script_without_address() -> Draft:
    bad = draft()
    return move(bad, 0, TxOutput(Sats(6_000_000), b"\x51"))


@case("OUTPUT-DATA", finding="show")
def short_data() -> Draft:
    return _data(b"hello")


@case("OUTPUT-DATA", finding="warn")
def long_data() -> Draft:
    return _data(b"x" * 100)


@case("OUTPUT-DUPLICATE", finding="warn")
def same_recipient_twice() -> Draft:
    bad = draft(pay=(4_000_000, 2_000_000))
    first = bad.payments[0]
    bad.payments = (first, replace(bad.payments[1], address=first.address))
    return move(bad, 1, TxOutput(Sats(2_000_000), bad.transaction.outputs[0].script))


# Fee, time, replacement


@case("FEE-NEGATIVE")
def outputs_exceed_inputs() -> Draft:
    bad = draft()
    return move(bad, 0, bad.transaction.outputs[0]._replace(amount=Sats(9_000_000)))


@case("FEE-ABSOLUTE")
def fee_over_the_cap() -> Draft:
    return draft(coins=(50 * COIN, COIN), pay=(45 * COIN,), fee=COIN // 100 + 1)


@case("FEE-RATE")
def feerate_over_the_cap() -> Draft:
    return draft(coins=(50 * COIN, COIN), pay=(45 * COIN,), fee=140_000)


@case("FEE-SHARE")
def fee_of_a_tenth() -> Draft:
    return draft(pay=(200_000,), fee=20_001)


@case("FEE-SHARE", finding="warn")
def fee_of_a_twentieth() -> Draft:
    return draft(pay=(200_000,), fee=10_001)


@case("FEE-RELAY", finding="warn")
def fee_too_low_to_be_relayed() -> Draft:
    return draft(fee=100)


@case("LOCKTIME", finding="show")
def locked_to_the_next_block() -> Draft:
    return draft(locktime=TIP_HEIGHT)


@case("LOCKTIME", finding="warn")
def lock_without_effect() -> Draft:
    return draft(locktime=TIP_HEIGHT, sequence=0xFFFF_FFFF)


@case("LOCKTIME")
def locked_for_a_year() -> Draft:
    return draft(locktime=TIP_HEIGHT + 52_560)


@case("LOCKTIME")
def locked_for_a_year_by_time() -> Draft:
    return draft(locktime=int((CREATED + timedelta(days=365)).timestamp()))


@case("LOCKTIME")
def coin_that_has_to_age_a_year() -> Draft:
    return draft(sequence=52_560)


@case("RBF", finding="show")
def replaceable() -> Draft:
    return draft()


@case("RBF")
def replacement_of_something_unknown() -> Draft:
    bad = draft()
    bad.changes["replaces"] = "33" * 32
    return bad


@case("RBF")
def replacement_that_pays_someone_else() -> Draft:
    bad = draft(fee=5_000)
    old = entry(draft(pay=(5_000_000,)))
    bad.changes["replaces"] = old.txid
    return after(bad, old)


@case("RBF")
def replacement_that_lowers_the_fee() -> Draft:
    old = entry(draft(fee=9_000))
    bad = draft(fee=5_000)
    bad.changes["replaces"] = old.txid
    return after(bad, old)


@case("RBF")
def replacement_that_pays_twice() -> Draft:
    old = replace(entry(draft()), spent=((OutPoint(b"\x44" * 32, 0), Sats(9_000_000)),))
    bad = draft(fee=5_000)
    bad.changes["replaces"] = old.txid
    return after(bad, old)


@case("RBF", finding="warn")
def replacement_that_takes_all_back() -> Draft:
    old = entry(draft())
    good = draft(pay=(), fee=5_000)
    good.changes["replaces"] = old.txid
    return after(good, old)


# Request, policy, history


@case("BUNDLE-EXPIRED")
def past_its_height() -> Draft:
    bad = draft()
    bad.changes["expires_height"] = TIP_HEIGHT - 1
    return bad


@case("BUNDLE-EXPIRED")
def past_its_height_by_history() -> Draft:
    bad = draft()
    old = entry(draft(coins=(7_000_000, 1_000_000)), tip_height=TIP_HEIGHT + 5_000)
    return after(bad, old)


@case("BUNDLE-SEQUENCE")
def number_used_before() -> Draft:
    bad = draft()
    after(bad, entry(draft(coins=(7_000_000, 1_000_000))))
    bad.changes["sequence"] = 1
    return bad


@case("BUNDLE-SEQUENCE")
def chain_that_does_not_continue() -> Draft:
    bad = draft()
    after(bad, entry(draft(coins=(7_000_000, 1_000_000))))
    bad.changes["previous_digest"] = "55" * 32
    return bad


@case("BUNDLE-SEQUENCE", finding="warn")
def requests_that_were_signed_elsewhere() -> Draft:
    bad = draft()
    after(bad, entry(draft(coins=(7_000_000, 1_000_000))))
    bad.changes["sequence"] = 4
    return bad


@case("BUNDLE-EQUAL")
def payment_of_another_amount() -> Draft:
    bad = draft()
    bad.payments = (replace(bad.payments[0], amount=Sats(5_999_999)),)
    return bad


@case("BUNDLE-EQUAL")
def payment_to_another_address() -> Draft:
    bad = draft()
    bad.payments = (replace(bad.payments[0], address=stranger(99)),)
    return bad


@case("BUNDLE-EQUAL")
def payment_that_the_request_hides() -> Draft:
    bad = draft(pay=(4_000_000, 2_000_000))
    bad.payments = bad.payments[:1]
    return bad


@case("BUNDLE-EQUAL")
def change_that_is_not_declared() -> Draft:
    bad = draft()
    bad.change = ()
    return bad


@case("BUNDLE-EQUAL")
def fee_of_another_amount() -> Draft:
    bad = draft()
    bad.fee = 1_999
    return bad


@case("WALLET-UNKNOWN")
def wallet_of_another_name() -> Draft:
    bad = draft()
    bad.changes["wallet"] = "Other"
    return bad


@case("WALLET-UNKNOWN")
def wallet_of_another_checksum() -> Draft:
    bad = draft()
    bad.changes["descriptor_checksum"] = "qqqqqqqq"
    return bad


@case("POLICY-AMOUNT")
def over_the_limit_per_transaction() -> Draft:
    bad = draft()
    bad.policy = Policy(amount_per_transaction=Sats(5_999_999))
    return bad


@case("POLICY-WINDOW")
def over_the_limit_per_window() -> Draft:
    bad = draft()
    bad.policy = Policy(amount_per_window=Sats(8_000_000))
    return after(bad, entry(draft(coins=(7_000_000, 1_000_000))))


@case("POLICY-RECIPIENT", finding="warn")
def recipient_paid_for_the_first_time() -> Draft:
    return draft()


@case("POLICY-RECIPIENT")
def recipient_outside_the_address_book() -> Draft:
    bad = draft()
    bad.policy = Policy(address_book=((stranger(50), "Landlord"),), address_book_only=True)
    return bad


@case("HISTORY-CONFLICT")
def coin_signed_away_before() -> Draft:
    return after(draft(), entry(draft(pay=(5_000_000,))))


@case("HISTORY-DUPLICATE", finding="warn")
def invoice_paid_before() -> Draft:
    return after(draft(), entry(draft(coins=(7_000_000, 1_000_000))))


@case("HISTORY-AMOUNT")
def coin_of_another_amount_than_before() -> Draft:
    old = entry(draft())
    point, amount = old.spent[0]
    return after(draft(), replace(old, spent=((point, Sats(amount + 1)), *old.spent[1:])))


@case("HISTORY-REISSUE", finding="show")
def transaction_signed_before() -> Draft:
    return after(draft(), entry(draft()))


def mallorys() -> Descriptor:
    """The descriptor of a wallet that is not ours."""
    registered = wallet(ScriptKind.WPKH, owner="mallory")
    return parse_descriptor(registered.descriptor, registered.network)


def _replace_coin(bad: Draft, script: bytes) -> Draft:
    """Let input 0 spend a coin of the same amount that `script` guards; the claims stay as they are."""
    coin = funding(script, bad.previous[0].outputs[1].amount, 0)
    given = TxInput(
        outpoint=OutPoint(transaction_id(coin), 1), sequence=bad.transaction.inputs[0].sequence
    )
    bad.transaction = replace(bad.transaction, inputs=(given, *bad.transaction.inputs[1:]))
    bad.set_input(0, 0x00, render_transaction(coin))
    bad.set_input(0, 0x01, render_output(coin.outputs[1]))
    return bad


def own_output(bad: Draft, index: int, branch: int, position: int) -> Draft:
    """Make output `index` one of the wallet's own, with a true claim and a manifest to match."""
    scripts = derive_scripts(bad.descriptor, branch, position)
    amount = bad.transaction.outputs[index].amount
    address = render_address(scripts.script_pubkey, bad.registered.network) or ""
    was_change = index == len(bad.transaction.outputs) - 1
    bad.outputs[index] = script_fields(scripts, output=True) + origin_field(
        bad.descriptor, scripts, branch, position, output=True
    )
    if was_change:
        bad.change = (replace(bad.change[0], address=address),)
    elif branch == 1:
        bad.change = (replace(bad.change[0], address=address, amount=amount), *bad.change)
        bad.payments = bad.payments[:index] + bad.payments[index + 1 :]
    else:
        own = Payment(address=address, amount=amount, payee="ourselves", reference="")
        bad.payments = (*bad.payments[:index], own, *bad.payments[index + 1 :])
    return move(bad, index, TxOutput(amount, scripts.script_pubkey))


def _data(text: bytes) -> Draft:
    """An honest draft with an OP_RETURN output of its own at the end."""
    bad = draft()
    push = bytes((len(text),)) if len(text) < 0x4C else b"\x4c" + bytes((len(text),))
    bad.outputs.append([])
    script = b"\x6a" + push + text
    return _with_outputs(bad, *bad.transaction.outputs, TxOutput(Sats(0), script))
