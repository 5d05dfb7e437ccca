"""From an approval to signatures: two signers must agree, a second library verifies, nothing else changes.

Before the first signature the PSBT is read again from its bytes and every signature hash is computed again; a
difference from what was approved stops everything. Either all inputs are signed with all of our keys or
nothing leaves this module.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from strongroom.core.approval import Approval
from strongroom.core.bitcoin.keys import MasterKey, PrivateNode
from strongroom.core.bitcoin.signatures import (
    check_backend,
    sign_ecdsa,
    sign_schnorr,
    taproot_tweak_secret,
    verify_ecdsa,
    verify_schnorr,
)
from strongroom.core.bundle.model import InputSignatureRecord
from strongroom.core.descriptor.model import Descriptor
from strongroom.core.descriptor.ownership import find_own_key
from strongroom.core.errors import Violation
from strongroom.core.progress import Progress, silent
from strongroom.core.psbt.reader import check_roundtrip, parse_psbt
from strongroom.core.psbt.writer import add_input_fields
from strongroom.core.review.digest import review_digest
from strongroom.core.review.inputs import review_inputs
from strongroom.core.review.model import ReviewedInput
from strongroom.core.signing.only_adds import check_only_adds

PARTIAL_SIG = b"\x02"
TAP_KEY_SIG = b"\x13"
SIGHASH_DEFAULT = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRequest:
    """The request's PSBT with our signatures added, and which key signed which input."""

    approval: Approval
    psbt: bytes
    records: tuple[InputSignatureRecord, ...]


def sign(
    approval: Approval, masters: tuple[MasterKey, ...], progress: Progress = silent
) -> SignedRequest:
    """Sign every input of the approved request with each of `masters` that the wallet has.

    Raises APPROVAL-DIGEST when the request is not what was approved, INPUT-KEY when a derived key is not
    the script's, SIGN-BACKEND, SIGN-NONCE, SIGN-VERIFY or SIGN-ONLY-ADDS.
    """
    check_backend()
    review = approval.review
    check_unchanged(approval)
    additions: dict[int, tuple[tuple[bytes, bytes], ...]] = {}
    records: list[InputSignatureRecord] = []
    present = {key.fingerprint for key in review.descriptor.keys}
    signers = tuple(
        _Signer.prepare(review.descriptor, master)
        for master in masters
        if master.fingerprint in present
    )
    for done, item in enumerate(review.inputs, start=1):
        fields = []
        for signer in signers:
            if signer.name in item.signed_by:
                continue
            field, record = signer.sign_input(item)
            fields.append(field)
            records.append(record)
        additions[item.index] = tuple(fields)
        progress(done, len(review.inputs))
    signed = add_input_fields(review.psbt, additions)
    added = check_only_adds(review.psbt, parse_psbt(signed))
    if not records or len(added) != len(records):
        raise Violation(
            "SIGN-ONLY-ADDS", f"{len(records)} signatures were made, {len(added)} were added"
        )
    return SignedRequest(approval=approval, psbt=signed, records=tuple(records))


def check_unchanged(approval: Approval) -> None:
    """APPROVAL-DIGEST: the bytes, their meaning and every signature hash are those that were approved."""
    review = approval.review
    request = review.request
    if hashlib.sha256(request.psbt).hexdigest() != request.manifest.psbt.sha256:
        raise _changed("its PSBT has another digest")
    if review_digest(review) != approval.digest:
        raise _changed("the review has another digest")
    again = parse_psbt(request.psbt)
    check_roundtrip(again)
    if again != review.psbt or review_inputs(again, review.descriptor) != review.inputs:
        raise _changed("read a second time, it says something else")


def _changed(what: str) -> Violation:
    return Violation(
        "APPROVAL-DIGEST",
        f"the request is not the one that was approved: {what}",
        hint="start again; if it happens twice, do not use this machine",
    )


@dataclass(frozen=True, slots=True, repr=False)
class _Signer:
    """One of our master keys at its place in the wallet, with its two branch nodes derived once."""

    name: str
    place: int
    descriptor: Descriptor
    nodes: tuple[PrivateNode, PrivateNode]

    @classmethod
    def prepare(cls, descriptor: Descriptor, master: MasterKey) -> _Signer:
        place = find_own_key(descriptor, master)
        key = descriptor.keys[place]
        account = master.derive_private(key.origin_path)
        receive, change = (account.derive(branch) for branch in key.branches)
        return cls(key.fingerprint.hex(), place, descriptor, (receive, change))

    def sign_input(self, item: ReviewedInput) -> tuple[tuple[bytes, bytes], InputSignatureRecord]:
        node = self.nodes[item.branch].derive(item.position)
        public_key = node.public_key()
        if public_key != item.scripts.public_keys[self.place]:
            raise Violation(
                "INPUT-KEY", f"input {item.index}: the key that we derive is not in the script"
            )
        if self.descriptor.kind.is_taproot:
            field = _sign_taproot(node.secret, item)
            public_key = public_key[1:]
        else:
            field = _sign_ecdsa(node.secret, public_key, item)
        record = InputSignatureRecord(
            index=item.index, fingerprint=self.name, public_key=public_key.hex()
        )
        return field, record


def _sign_ecdsa(secret: bytes, public_key: bytes, item: ReviewedInput) -> tuple[bytes, bytes]:
    signature = sign_ecdsa(secret, item.sighash)
    verify_ecdsa(public_key, item.sighash, signature, rule="SIGN-VERIFY")
    return PARTIAL_SIG + public_key, signature + bytes((item.sighash_type,))


def _sign_taproot(secret: bytes, item: ReviewedInput) -> tuple[bytes, bytes]:
    signature = sign_schnorr(taproot_tweak_secret(secret, None), item.sighash)
    verify_schnorr(item.scripts.script_pubkey[2:], item.sighash, signature, rule="SIGN-VERIFY")
    suffix = b"" if item.sighash_type == SIGHASH_DEFAULT else bytes((item.sighash_type,))
    return TAP_KEY_SIG, signature + suffix
