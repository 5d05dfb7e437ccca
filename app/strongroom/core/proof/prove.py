"""Signing a BIP-322 challenge with the keys of a registered wallet, and putting the signatures together.

The virtual transaction spends its own first output, which is in no block, so what is signed can move no coin.
Every input is signed with SIGHASH_ALL, or DEFAULT for taproot. A proof of funds is made for segwit wallets
only, since their signatures commit to amounts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from strongroom.core.bitcoin.address import render_address
from strongroom.core.bitcoin.codec import render_compact_size, render_var_bytes
from strongroom.core.bitcoin.keys import MasterKey
from strongroom.core.bitcoin.model import ScriptKind, Transaction, TxInput, TxOutput
from strongroom.core.bitcoin.sighash import ALL, SighashContext
from strongroom.core.bitcoin.signatures import (
    check_backend,
    sign_ecdsa,
    sign_schnorr,
    taproot_tweak_secret,
)
from strongroom.core.bitcoin.transaction import render_output, render_transaction
from strongroom.core.descriptor.checksum import checksum_of
from strongroom.core.descriptor.derive import derive_scripts
from strongroom.core.descriptor.model import DerivedScripts, Descriptor
from strongroom.core.descriptor.ownership import find_own_key
from strongroom.core.errors import Violation
from strongroom.core.money import Sats
from strongroom.core.proof.challenge import signing, spending
from strongroom.core.proof.file import Proof, ProofSignature
from strongroom.core.proof.message import render_full, render_funds, render_simple, verify_message
from strongroom.core.proof.spend import RULE, Unjudged
from strongroom.core.psbt.maps import render_pair
from strongroom.core.review.inputs import Sighashes

_SINGLE = frozenset((ScriptKind.PKH, ScriptKind.SH_WPKH, ScriptKind.WPKH, ScriptKind.TR))
_MULTI = frozenset((ScriptKind.SH_MULTI, ScriptKind.SH_WSH_MULTI, ScriptKind.WSH_MULTI))
_MAGIC = b"psbt\xff"
_DEFAULT = 0
_FUNDS_VERSION = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Challenge:
    """`to_sign` with the scripts and outputs of its inputs."""

    transaction: Transaction
    spent: tuple[TxOutput, ...]
    scripts: tuple[DerivedScripts, ...]
    places: tuple[tuple[int, int], ...]


def proof_address(proof: Proof, descriptor: Descriptor) -> str:
    """The address that the message is signed for; raises PROOF unless the proof is of this wallet."""
    if proof.checksum != checksum_of(descriptor):
        raise Violation(RULE, f"the proof is of another wallet, #{proof.checksum}")
    script = derive_scripts(descriptor, proof.branch, proof.index).script_pubkey
    address = render_address(script, descriptor.network)
    if address is None:
        raise Unjudged("a script without an address")
    return address


def sign_proof(proof: Proof, descriptor: Descriptor, master: MasterKey) -> Proof:
    """`proof` with the signatures of the one key of `master`; those that are there stay.

    Raises PROOF, PROOF-SCRIPT, WALLET-KEY, or a rule of signing.
    """
    check_backend()
    proof_address(proof, descriptor)
    challenge = _challenge(proof, descriptor)
    place = find_own_key(descriptor, master)
    key = descriptor.keys[place]
    account = master.derive_private(key.origin_path)
    made = []
    hasher = Sighashes(descriptor, SighashContext(challenge.transaction, challenge.spent))
    for number, (branch, index) in enumerate(challenge.places):
        node = account.derive(key.branches[branch]).derive(index)
        scripts = challenge.scripts[number]
        if node.public_key() != scripts.public_keys[place]:
            raise Violation("INPUT-KEY", f"input {number}: the key that we derive is not in it")
        if descriptor.kind.is_taproot:
            secret = taproot_tweak_secret(node.secret, node.public_key(), scripts.merkle_root)
            signature = sign_schnorr(secret, hasher.of(number, scripts, _DEFAULT))
        else:
            signature = sign_ecdsa(node.secret, hasher.of(number, scripts, ALL)) + bytes((ALL,))
        made.append(ProofSignature(input=number, public_key=node.public_key(), signature=signature))
    known = {(each.input, each.public_key) for each in made}
    kept = (each for each in proof.signatures if (each.input, each.public_key) not in known)
    return replace(proof, signatures=(*kept, *made))


def missing_signers(proof: Proof, descriptor: Descriptor) -> int:
    """How many signers are still needed."""
    count = min(
        sum(each.input == number for each in proof.signatures)
        for number in range(1 + len(proof.coins))
    )
    return max(0, descriptor.threshold - count)


def finish_proof(proof: Proof, descriptor: Descriptor) -> str:
    """The BIP-322 signature that the collected ones make, judged as a stranger would; raises PROOF.

    Simple where a witness says it all, else full; a proof of funds when there are coins.
    """
    challenge = _challenge(proof, descriptor)
    inputs = tuple(
        _final_input(given, number, proof, descriptor, challenge.scripts[number])
        for number, given in enumerate(challenge.transaction.inputs)
    )
    signed = replace(challenge.transaction, inputs=inputs)
    if proof.coins:
        text = render_funds(_final_psbt(proof, challenge, signed))
    elif inputs[0].script_sig:
        text = render_full(signed)
    else:
        text = render_simple(inputs[0].witness)
    address = proof_address(proof, descriptor)
    verify_message(proof.message.encode(), address, text, descriptor.network)
    return text


def _challenge(proof: Proof, descriptor: Descriptor) -> _Challenge:
    if descriptor.kind not in _SINGLE | _MULTI:
        raise Unjudged(f"a wallet of {descriptor.kind.value}")
    if proof.coins and not descriptor.kind.is_segwit:
        raise Violation(
            "PROOF-SCRIPT",
            f"a proof of funds is not made for {descriptor.kind.value}",
            hint="its signatures do not commit to amounts; prove an address by message instead",
        )
    places = ((proof.branch, proof.index), *((c.branch, c.index) for c in proof.coins))
    scripts = tuple(derive_scripts(descriptor, branch, index) for branch, index in places)
    amounts = (Sats(0), *(coin.amount for coin in proof.coins))
    spent = tuple(
        TxOutput(amount, each.script_pubkey) for amount, each in zip(amounts, scripts, strict=True)
    )
    transaction = signing(
        proof.message.encode(),
        scripts[0].script_pubkey,
        tuple(coin.outpoint for coin in proof.coins),
        version=_FUNDS_VERSION if proof.coins else 0,
    )
    return _Challenge(transaction=transaction, spent=spent, scripts=scripts, places=places)


def _final_input(
    given: TxInput, number: int, proof: Proof, descriptor: Descriptor, scripts: DerivedScripts
) -> TxInput:
    found = {e.public_key: e.signature for e in proof.signatures if e.input == number}
    keys = sorted(scripts.public_keys) if descriptor.is_sorted else list(scripts.public_keys)
    there = [key for key in keys if key in found][: descriptor.threshold]
    if len(there) < descriptor.threshold:
        raise Violation(
            RULE, f"input {number} has {len(there)} signatures, {descriptor.threshold} are needed"
        )
    signatures = tuple(found[key] for key in there)
    redeem = scripts.redeem_script
    match descriptor.kind:
        case ScriptKind.TR:
            return given._replace(witness=signatures)
        case ScriptKind.PKH:
            return given._replace(script_sig=_push(signatures[0]) + _push(there[0]))
        case ScriptKind.WPKH | ScriptKind.SH_WPKH:
            nested = b"" if redeem is None else _push(redeem)
            return given._replace(script_sig=nested, witness=(signatures[0], there[0]))
        case ScriptKind.SH_MULTI:
            pushes = b"\x00" + b"".join(map(_push, (*signatures, scripts.script_code)))
            return given._replace(script_sig=pushes)
        case _:
            nested = b"" if redeem is None else _push(redeem)
            stack = (b"", *signatures, scripts.script_code)
            return given._replace(script_sig=nested, witness=stack)


def _final_psbt(proof: Proof, challenge: _Challenge, signed: Transaction) -> bytes:
    first = spending(proof.message.encode(), challenge.scripts[0].script_pubkey)
    parts = [_MAGIC, render_pair(b"\x00", render_transaction(challenge.transaction)), b"\x00"]
    for number, given in enumerate(signed.inputs):
        if number == 0:
            parts.append(render_pair(b"\x00", render_transaction(first)))
        parts.append(render_pair(b"\x01", render_output(challenge.spent[number])))
        if given.script_sig:
            parts.append(render_pair(b"\x07", given.script_sig))
        stack = b"".join(map(render_var_bytes, given.witness))
        parts.append(render_pair(b"\x08", render_compact_size(len(given.witness)) + stack))
        parts.append(b"\x00")
    return b"".join((*parts, b"\x00"))


def _push(data: bytes) -> bytes:
    if len(data) < 0x4C:  # noqa: PLR2004 - the largest plain push
        return bytes((len(data),)) + data
    if len(data) <= 0xFF:  # noqa: PLR2004 - one byte of length
        return b"\x4c" + bytes((len(data),)) + data
    return b"\x4d" + len(data).to_bytes(2, "little") + data
