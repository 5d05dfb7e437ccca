"""More bad drafts: outputs that are not where they should be, networks that disagree, locks without effect."""

from __future__ import annotations

from dataclasses import replace

from strongroom.core.bitcoin.address import render_address
from strongroom.core.bitcoin.model import ScriptKind, TxOutput
from strongroom.core.bitcoin.signatures import sign_ecdsa
from strongroom.core.bundle.model import Payment
from strongroom.core.descriptor.account import account_descriptor
from strongroom.core.descriptor.derive import derive_scripts
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.money import Sats
from strongroom.core.network import Network
from strongroom.core.review.build import review_request
from strongroom.core.vault.model import Policy, RegisteredWallet
from tests.vectors.cases import COIN, case, mallorys, move, own_output
from tests.vectors.factory import (
    CREATED,
    NETWORK,
    TIP_HEIGHT,
    Draft,
    Field,
    draft,
    master,
    origin_field,
    script_fields,
)

HARDENED = 0x8000_0000


@case("CHANGE-FALSE")
def our_path_under_another_fingerprint() -> Draft:
    bad = draft()
    bad.outputs[0] = origin_field(mallorys(), derive_scripts(mallorys(), 1, 0), 1, 0, output=True)
    return bad


@case("CHANGE-PATH", finding="warn")
def change_on_the_receive_branch() -> Draft:
    return own_output(draft(), 1, 0, 3)


@case("CHANGE-PATH", finding="warn")
def change_to_another_account() -> Draft:
    bad = _to_savings(draft(), 1)
    bad.change = (replace(bad.change[0], address=_address(bad, 1)),)
    return bad


@case("OUTPUT-SELF", finding="show")
def payment_to_another_wallet_of_the_vault() -> Draft:
    bad = _to_savings(draft(pay=(4_000_000, 2_000_000)), 1)
    bad.payments = (bad.payments[0], replace(bad.payments[1], address=_address(bad, 1)))
    return bad


@case("OUTPUT-SELF", finding="show")
def payment_to_the_address_that_is_spent_from() -> Draft:
    bad = draft(pay=(4_000_000, 2_000_000))
    bad = move(bad, 1, TxOutput(Sats(2_000_000), bad.previous[0].outputs[1].script))
    own = Payment(address=_address(bad, 1), amount=Sats(2_000_000), payee="x", reference="y")
    bad.payments = (bad.payments[0], own)
    return bad


@case("INPUT-AMOUNT")
def coin_over_all_money() -> Draft:
    return draft(coins=(21_000_001 * COIN, COIN), pay=(20_000_000 * COIN,))


@case("INPUT-NETWORK")
def extended_key_of_another_network_in_the_psbt() -> Draft:
    bad = draft()
    key, value = _xpub(bad)
    mainnet = Network.MAINNET.constants.xpub
    bad.global_fields.append((key[:1] + mainnet + key[5:], value))
    return bad


@case("INPUT-NETWORK")
def registered_wallet_with_keys_of_another_network() -> Draft:
    bad = draft()
    text = account_descriptor(ScriptKind.WPKH, master("ana"), Network.MAINNET)
    bad.registered = replace(bad.registered, descriptor=text)
    return bad


@case("INPUT-KEY")
def extended_key_of_somebody_else_in_our_place() -> Draft:
    bad = draft()
    key, value = _xpub(bad)
    theirs = mallorys().keys[0].key
    bad.global_fields.append((key[:14] + theirs.chain_code + theirs.public_key, value))
    return bad


@case("INPUT-NOTHING")
def every_input_signed_by_us_already() -> Draft:
    bad = draft()
    review = review_request(bad.request(), bad.known())
    path = bad.descriptor.keys[0].origin_path
    for item in review.inputs:
        node = master("ana").derive_private((*path, item.branch, item.position))
        signature = sign_ecdsa(node.secret, item.sighash) + b"\x01"
        bad.inputs[item.index].append((b"\x02" + item.scripts.public_keys[0], signature))
    return bad


@case("FEE-SHARE")
def fee_of_a_tenth_of_what_comes_in_when_all_is_kept() -> Draft:
    return draft(coins=(100_000, 100_000), pay=(), fee=20_001)


@case("FEE-RELAY", finding="warn")
def fee_too_low_even_where_policy_allows_a_tenth() -> Draft:
    bad = draft(fee=20)
    bad.policy = Policy(fee_relay_millisats=100)
    return bad


@case("LOCKTIME", finding="warn")
def relative_lock_without_effect() -> Draft:
    return draft(sequence=10, version=1)


@case("LOCKTIME", finding="show")
def coins_that_have_to_age_a_day_by_time() -> Draft:
    return draft(sequence=(1 << 22) | 169)


@case("LOCKTIME", finding="show")
def lock_at_the_horizon() -> Draft:
    return draft(locktime=TIP_HEIGHT + 2016)


def _xpub(bad: Draft) -> Field:
    key = bad.descriptor.keys[0]
    depth, child = bytes((key.key.depth,)), key.key.child_number.to_bytes(4, "big")
    xpub = NETWORK.constants.xpub + depth + key.key.parent + child
    path = b"".join(step.to_bytes(4, "little") for step in key.origin_path)
    return b"\x01" + xpub + key.key.chain_code + key.key.public_key, key.fingerprint + path


@case("WALLET-RETIRED")
def request_of_a_retired_wallet() -> Draft:
    bad = draft()
    bad.wallets = (replace(bad.registered, retired=CREATED),)
    return bad


@case("WALLET-RETIRED")
def payment_to_a_retired_wallet() -> Draft:
    bad = _to_savings(draft(pay=(4_000_000, 2_000_000)), 1)
    bad.payments = (bad.payments[0], replace(bad.payments[1], address=_address(bad, 1)))
    bad.wallets = (bad.registered, replace(_savings(), retired=CREATED))
    return bad


@case("ROTATION")
def payment_to_somebody_else_than_the_successor() -> Draft:
    bad = draft()
    bad.wallets = (replace(bad.registered, successor=_savings().descriptor),)
    return bad


def _savings() -> RegisteredWallet:
    """The second account of the same seed."""
    text = account_descriptor(ScriptKind.WPKH, master("ana"), NETWORK, account=1)
    return RegisteredWallet(name="Savings", network=NETWORK, descriptor=text)


def _to_savings(bad: Draft, index: int) -> Draft:
    """Let output `index` pay the second account of the same seed, which the vault has registered."""
    savings = _savings()
    bad.wallets = (bad.registered, savings)
    descriptor = parse_descriptor(savings.descriptor, NETWORK)
    scripts = derive_scripts(descriptor, 1, 0)
    bad.outputs[index] = script_fields(scripts, output=True) + origin_field(
        descriptor, scripts, 1, 0, output=True
    )
    return move(bad, index, TxOutput(bad.transaction.outputs[index].amount, scripts.script_pubkey))


def _address(bad: Draft, index: int) -> str:
    return render_address(bad.transaction.outputs[index].script, NETWORK) or ""
