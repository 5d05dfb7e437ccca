"""From an approval to signatures: two signers must agree, a second library verifies, nothing else changes.

Before the first signature the PSBT is read again from its bytes and every signature hash is computed again; a
difference from what was approved stops everything. Either all inputs are signed with all of our keys or
nothing leaves this module.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from strongroom.core.acyclic import no_search_for_cycles
from strongroom.core.approval import Approval
from strongroom.core.bitcoin.keys import MasterKey
from strongroom.core.bitcoin.signatures import check_backend
from strongroom.core.bundle.model import InputSignatureRecord
from strongroom.core.descriptor.derive import derive_scripts
from strongroom.core.errors import Violation
from strongroom.core.parallel import map_in_parallel
from strongroom.core.progress import Progress, portion, silent, watched
from strongroom.core.psbt.reader import check_roundtrip, split_psbt
from strongroom.core.psbt.writer import add_input_fields
from strongroom.core.review.digest import review_digest
from strongroom.core.review.inputs import Sighashes, prove_outputs
from strongroom.core.review.model import Review
from strongroom.core.signing.only_adds import check_only_adds
from strongroom.core.signing.tasks import Signer, SigningTask


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRequest:
    """The request's PSBT with our signatures added, and which key signed which input."""

    approval: Approval
    psbt: bytes
    records: tuple[InputSignatureRecord, ...]


@no_search_for_cycles()
def sign(
    approval: Approval, masters: tuple[MasterKey, ...], progress: Progress = silent
) -> SignedRequest:
    """Sign every input of the approved request with each of `masters` that the wallet has.

    Raises APPROVAL-DIGEST when the request is not what was approved, INPUT-KEY when a derived key is not
    the script's, SIGN-BACKEND, SIGN-NONCE, SIGN-VERIFY or SIGN-ONLY-ADDS.
    """
    check_backend()
    review = approval.review
    check_unchanged(approval, portion(progress, 0, 30))
    present = {key.fingerprint for key in review.descriptor.keys}
    signers = tuple(
        Signer.prepare(review.descriptor, master)
        for master in masters
        if master.fingerprint in present
    )
    tasks = tuple(_tasks(review, signers))
    signatures = map_in_parallel(SigningTask.perform, tasks, portion(progress, 30, 95))
    additions: dict[int, tuple[tuple[bytes, bytes], ...]] = {}
    for task, signature in zip(tasks, signatures, strict=True):
        added = additions.get(task.record.index, ())
        additions[task.record.index] = (*added, (task.field, signature))
    signed = add_input_fields(review.psbt, additions)
    found = check_only_adds(review.psbt, split_psbt(signed))
    if not tasks or len(found) != len(tasks):
        raise Violation(
            "SIGN-ONLY-ADDS", f"{len(tasks)} signatures were made, {len(found)} were added"
        )
    return SignedRequest(
        approval=approval, psbt=signed, records=tuple(task.record for task in tasks)
    )


def _tasks(review: Review, signers: tuple[Signer, ...]) -> Iterator[SigningTask]:
    """What there is to sign, input by input, but for signatures that are there already."""
    for item in review.inputs:
        there = dict(review.psbt.raw_inputs[item.index])
        for signer in signers:
            if signer.name in item.signed_by:
                continue
            tasks = [task for task in signer.tasks(item) if task.field not in there]
            if not tasks:
                raise Violation(
                    "INPUT-KEY",
                    f"input {item.index}: there is nothing that [{signer.name}] can sign",
                )
            yield from tasks


def check_unchanged(approval: Approval, progress: Progress = silent) -> None:
    """APPROVAL-DIGEST: the bytes, their meaning and every signature hash are those that were approved.

    Scripts are asked for at the places that were proven to be ours, not at those that the PSBT claims.
    """
    review = approval.review
    request = review.request
    if hashlib.sha256(request.psbt).hexdigest() != request.manifest.psbt.sha256:
        raise _changed("its PSBT has another digest")
    if review_digest(review) != approval.digest:
        raise _changed("the review has another digest")
    if not split_psbt(request.psbt).says_the_same(review.psbt):
        raise _changed("read a second time, it says something else")
    check_roundtrip(review.psbt)
    spent = prove_outputs(review.psbt, review.descriptor)
    hasher = Sighashes.prepare(review.psbt, review.descriptor, spent)
    pairs = tuple(zip(review.inputs, spent, strict=True))
    for item, output in watched(pairs, progress):
        scripts = derive_scripts(review.descriptor, item.branch, item.position)
        hashes = hasher.all_of(item.index, scripts, item.sighash_type)
        if (scripts, output.script, output.amount, *hashes) != (
            *(item.scripts, item.scripts.script_pubkey, item.amount),
            *(item.sighash, *item.leaf_sighashes),
        ):
            raise _changed(f"input {item.index}, hashed a second time, gives something else")


def _changed(what: str) -> Violation:
    return Violation(
        "APPROVAL-DIGEST",
        f"the request is not the one that was approved: {what}",
        hint="start again; if it happens twice, do not use this machine",
    )
