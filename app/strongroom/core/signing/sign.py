"""From an approval to signatures: two signers must agree, a second library verifies, nothing else changes.

Before the first signature the PSBT is read again from its bytes and every signature hash is computed again; a
difference from what was approved stops everything. Either all inputs are signed with all of our keys or
nothing leaves this module.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from strongroom.core.approval import Approval
from strongroom.core.bitcoin.curve import public_key_of
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
from strongroom.core.descriptor.ownership import find_own_key, places_of
from strongroom.core.errors import Violation
from strongroom.core.parallel import map_in_parallel
from strongroom.core.progress import Progress, silent
from strongroom.core.psbt.reader import check_roundtrip, parse_psbt
from strongroom.core.psbt.writer import add_input_fields
from strongroom.core.review.digest import review_digest
from strongroom.core.review.inputs import review_inputs
from strongroom.core.review.model import Review, ReviewedInput
from strongroom.core.signing.only_adds import check_only_adds

PARTIAL_SIG = b"\x02"
TAP_KEY_SIG = b"\x13"
TAP_SCRIPT_SIG = b"\x14"
SIGHASH_DEFAULT = 0

_Signed = tuple[tuple[bytes, bytes], InputSignatureRecord]


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
    present = {key.fingerprint for key in review.descriptor.keys}
    signers = tuple(
        _Signer.prepare(review.descriptor, master)
        for master in masters
        if master.fingerprint in present
    )
    made = map_in_parallel(partial(_sign_input, review, signers), review.inputs, progress)
    signed = add_input_fields(
        review.psbt,
        {
            item.index: tuple(field for field, _ in done)
            for item, done in zip(review.inputs, made, strict=True)
        },
    )
    records = tuple(record for done in made for _, record in done)
    added = check_only_adds(review.psbt, parse_psbt(signed))
    if not records or len(added) != len(records):
        raise Violation(
            "SIGN-ONLY-ADDS", f"{len(records)} signatures were made, {len(added)} were added"
        )
    return SignedRequest(approval=approval, psbt=signed, records=records)


def _sign_input(
    review: Review, signers: tuple[_Signer, ...], item: ReviewedInput
) -> tuple[_Signed, ...]:
    """What each signer adds to the input, but for signatures that it has already."""
    there = {key for key, _ in review.psbt.raw_inputs[item.index]}
    return tuple(
        (field, record)
        for signer in signers
        if signer.name not in item.signed_by
        for field, record in signer.sign_input(item)
        if field[0] not in there
    )


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
class _Key:
    """One of our keys at its place in the wallet, with its two branch nodes derived once."""

    place: int
    nodes: tuple[PrivateNode, PrivateNode]

    def secret(self, item: ReviewedInput) -> bytes:
        """The secret for `item`."""
        return self.nodes[item.branch].child_secret(item.position)


@dataclass(frozen=True, slots=True, repr=False)
class _Signer:
    """One of our master keys with each of its keys in the wallet."""

    name: str
    descriptor: Descriptor
    keys: tuple[_Key, ...]

    @classmethod
    def prepare(cls, descriptor: Descriptor, master: MasterKey) -> _Signer:
        first = find_own_key(descriptor, master)
        account = master.derive_private(descriptor.keys[first].origin_path)
        keys = []
        for place in places_of(descriptor, first):
            receive, change = (account.derive(b) for b in descriptor.keys[place].branches)
            keys.append(_Key(place, (receive, change)))
        return cls(master.fingerprint.hex(), descriptor, tuple(keys))

    def sign_input(self, item: ReviewedInput) -> Iterator[_Signed]:
        """A signature for every place that our keys have in the input's scripts."""
        for key in self.keys:
            secret, public_key = key.secret(item), item.scripts.public_keys[key.place]
            try:
                yield from self._sign_place(key.place, secret, public_key, item)
            except Violation:
                _check_key(secret, public_key, item)
                raise

    def _sign_place(
        self, place: int, secret: bytes, public_key: bytes, item: ReviewedInput
    ) -> Iterator[_Signed]:
        if not self.descriptor.kind.is_taproot:
            yield _sign_ecdsa(secret, public_key, item), self._record(item, public_key)
            return
        if place == 0 and self.descriptor.has_key_path:
            yield _sign_key_path(secret, public_key, item), self._record(item, public_key[1:])
        for number, leaf in enumerate(item.scripts.leaves):
            if place in leaf.places:
                field = _sign_leaf(secret, public_key[1:], item, number)
                yield field, self._record(item, public_key[1:])

    def _record(self, item: ReviewedInput, public_key: bytes) -> InputSignatureRecord:
        return InputSignatureRecord(
            index=item.index, fingerprint=self.name, public_key=public_key.hex()
        )


def _check_key(secret: bytes, public_key: bytes, item: ReviewedInput) -> None:
    """INPUT-KEY: our key is the script's, whose signatures it could not make otherwise."""
    if public_key_of(secret) != public_key:
        raise Violation(
            "INPUT-KEY", f"input {item.index}: the key that we derive is not in the script"
        )


def _sign_ecdsa(secret: bytes, public_key: bytes, item: ReviewedInput) -> tuple[bytes, bytes]:
    signature = sign_ecdsa(secret, item.sighash)
    verify_ecdsa(public_key, item.sighash, signature, rule="SIGN-VERIFY")
    return PARTIAL_SIG + public_key, signature + bytes((item.sighash_type,))


def _sign_key_path(secret: bytes, public_key: bytes, item: ReviewedInput) -> tuple[bytes, bytes]:
    tweaked = taproot_tweak_secret(secret, public_key, item.scripts.merkle_root)
    signature = sign_schnorr(tweaked, item.sighash)
    verify_schnorr(item.scripts.script_pubkey[2:], item.sighash, signature, rule="SIGN-VERIFY")
    return TAP_KEY_SIG, signature + _suffix(item)


def _sign_leaf(
    secret: bytes, public_key: bytes, item: ReviewedInput, number: int
) -> tuple[bytes, bytes]:
    sighash = item.leaf_sighashes[number]
    signature = sign_schnorr(secret, sighash)
    verify_schnorr(public_key, sighash, signature, rule="SIGN-VERIFY")
    named = TAP_SCRIPT_SIG + public_key + item.scripts.leaves[number].leaf_hash
    return named, signature + _suffix(item)


def _suffix(item: ReviewedInput) -> bytes:
    return b"" if item.sighash_type == SIGHASH_DEFAULT else bytes((item.sighash_type,))
