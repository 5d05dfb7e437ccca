"""Proofs by our own wallets: each form is made, judged, carried between signers, and refused when wrong."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from strongroom.core.bitcoin.model import OutPoint, ScriptKind
from strongroom.core.descriptor.account import account_descriptor
from strongroom.core.descriptor.checksum import checksum_of
from strongroom.core.descriptor.model import Descriptor
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.errors import Violation
from strongroom.core.money import Sats
from strongroom.core.proof.file import CoinClaim, Proof, parse_proof, render_proof
from strongroom.core.proof.message import verify_message
from strongroom.core.proof.prove import finish_proof, missing_signers, proof_address, sign_proof
from tests.unit.core.descriptor.wallets import NETWORK, keys, master, sealed

COINS = tuple(
    CoinClaim(outpoint=OutPoint(bytes([n]) * 32, n), amount=Sats(1000 * n), branch=n % 2, index=n)
    for n in (1, 2)
)
BODIES = {
    ScriptKind.SH_MULTI: "sh(sortedmulti(2,{}))",
    ScriptKind.SH_WSH_MULTI: "sh(wsh(multi(2,{})))",
    ScriptKind.WSH_MULTI: "wsh(sortedmulti(2,{}))",
}


def wallet(kind: ScriptKind) -> Descriptor:
    if kind in BODIES:
        return parse_descriptor(sealed(BODIES[kind].format(keys(3, kind))), NETWORK)
    return parse_descriptor(account_descriptor(kind, master(1), NETWORK), NETWORK)


def asked(descriptor: Descriptor, coins: tuple[CoinClaim, ...] = ()) -> Proof:
    return Proof(
        wallet="w",
        checksum=checksum_of(descriptor),
        message="nonce 7, block 00aa",
        branch=0,
        index=4,
        coins=coins,
    )


def signed(descriptor: Descriptor, coins: tuple[CoinClaim, ...] = ()) -> Proof:
    proof = asked(descriptor, coins)
    for number in (1, 3) if descriptor.threshold > 1 else (1,):
        proof = sign_proof(parse_proof(render_proof(proof)), descriptor, master(number))
    return proof


SINGLE = (ScriptKind.PKH, ScriptKind.SH_WPKH, ScriptKind.WPKH, ScriptKind.TR)


@pytest.mark.parametrize("kind", [*SINGLE, *BODIES])
def test_a_message_is_signed_and_holds(kind: ScriptKind) -> None:
    descriptor = wallet(kind)
    text = finish_proof(signed(descriptor), descriptor)
    address = proof_address(asked(descriptor), descriptor)
    assert verify_message(b"nonce 7, block 00aa", address, text, NETWORK).coins == ()
    native = kind in {ScriptKind.WPKH, ScriptKind.TR, ScriptKind.WSH_MULTI}
    assert text.startswith("smp" if native else "ful")
    with pytest.raises(Violation, match="PROOF"):
        verify_message(b"nonce 8, block 00aa", address, text, NETWORK)


@pytest.mark.parametrize("kind", [ScriptKind.SH_WPKH, ScriptKind.TR, ScriptKind.WSH_MULTI])
def test_funds_are_proven(kind: ScriptKind) -> None:
    descriptor = wallet(kind)
    text = finish_proof(signed(descriptor, COINS), descriptor)
    address = proof_address(asked(descriptor), descriptor)
    verdict = verify_message(b"nonce 7, block 00aa", address, text, NETWORK)
    assert verdict.coins == tuple((coin.outpoint, coin.amount) for coin in COINS)


def test_a_coin_that_is_claimed_for_more_than_was_signed_is_found() -> None:
    descriptor = wallet(ScriptKind.WPKH)
    text = finish_proof(signed(descriptor, COINS), descriptor)
    raw = base64.b64decode(text[3:])
    more = raw.replace((1000).to_bytes(8, "little"), (9000).to_bytes(8, "little"))
    assert more != raw
    with pytest.raises(Violation, match="PROOF: input 1"):
        verify_message(
            b"nonce 7, block 00aa",
            proof_address(asked(descriptor), descriptor),
            "pof" + base64.b64encode(more).decode(),
            NETWORK,
        )


def test_a_coin_twice_is_refused() -> None:
    descriptor = wallet(ScriptKind.WPKH)
    with pytest.raises(Violation, match="counts a coin twice"):
        finish_proof(signed(descriptor, (COINS[0], COINS[0])), descriptor)


def test_one_signer_of_two_is_not_enough() -> None:
    descriptor = wallet(ScriptKind.WSH_MULTI)
    proof = sign_proof(asked(descriptor, COINS), descriptor, master(2))
    assert missing_signers(proof, descriptor) == 1
    with pytest.raises(Violation, match="1 signatures, 2 are needed"):
        finish_proof(proof, descriptor)
    again = sign_proof(proof, descriptor, master(2))
    assert missing_signers(again, descriptor) == 1


def test_a_signature_that_was_changed_on_the_way_is_found() -> None:
    descriptor = wallet(ScriptKind.WSH_MULTI)
    proof = signed(descriptor)
    first, *rest = proof.signatures
    other = sign_proof(replace(asked(descriptor), message="other"), descriptor, master(1))
    with pytest.raises(Violation, match="PROOF"):
        finish_proof(
            replace(
                proof, signatures=(replace(first, signature=other.signatures[0].signature), *rest)
            ),
            descriptor,
        )


def test_a_strangers_seed_signs_nothing() -> None:
    descriptor = wallet(ScriptKind.WSH_MULTI)
    with pytest.raises(Violation) as stop:
        sign_proof(asked(descriptor), descriptor, master(9))
    assert stop.value.rule == "WALLET-KEY"


def test_a_proof_of_another_wallet_is_refused() -> None:
    descriptor = wallet(ScriptKind.WPKH)
    with pytest.raises(Violation, match="another wallet"):
        sign_proof(replace(asked(descriptor), checksum="qqqqqqqq"), descriptor, master(1))


def test_legacy_wallets_prove_no_funds_and_scripts_nothing() -> None:
    legacy = wallet(ScriptKind.PKH)
    with pytest.raises(Violation) as stop:
        sign_proof(asked(legacy, COINS), legacy, master(1))
    assert stop.value.rule == "PROOF-SCRIPT"
    body = f"wsh(and_v(v:pk({keys(1)}),older(10)))"
    script = parse_descriptor(sealed(body), NETWORK)
    with pytest.raises(Violation) as stop:
        sign_proof(asked(script), script, master(1))
    assert stop.value.rule == "PROOF-SCRIPT"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"version": 1', b'"version": 2'),
        (b'"branch": 0,', b'"branch": 2,'),
        (b'"coins": []', b'"coins": [{}]'),
        (b'"wallet": "w"', b'"wallet": "w", "more": 1'),
    ],
)
def test_a_file_of_another_form_is_refused(old: bytes, new: bytes) -> None:
    data = render_proof(asked(wallet(ScriptKind.WPKH)))
    assert old in data
    with pytest.raises(Violation) as stop:
        parse_proof(data.replace(old, new))
    assert stop.value.rule == "PROOF"
