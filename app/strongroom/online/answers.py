"""What comes back from the station: bound to its request, checked, and only then combined.

An answer may add signatures to its request and do nothing else. Other software finalises answers with
SIGHASH_NONE, rewritten change paths or smuggled fields; nothing reaches the node here before

    1. the answer names the digest of a request of ours, and its own members' digests hold,
    2. a vault of the wallet has signed it,
    3. its PSBT differs from the request's by signatures only (SIGN-ONLY-ADDS, SIGHASH-TYPE),
    4. each signature verifies over our own signature hash, for a key of the wallet (SIG-EXISTING),
    5. what it says was signed is what was signed (BUNDLE-EQUAL).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from strongroom.core.bitcoin.transaction import parse_transaction
from strongroom.core.bundle.archive import parse_archive
from strongroom.core.bundle.manifest import parse_response_manifest
from strongroom.core.bundle.verify import verify_response
from strongroom.core.descriptor.missing import signatures_missing
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.errors import Violation
from strongroom.core.psbt.reader import parse_psbt
from strongroom.core.psbt.writer import add_input_fields
from strongroom.core.review.build import check_unknown_fields
from strongroom.core.review.inputs import review_inputs
from strongroom.core.signing.only_adds import check_only_adds
from strongroom.core.vault.model import Policy
from strongroom.online.trust import check_vault_signature

if TYPE_CHECKING:
    from strongroom.core.bitcoin.model import Transaction
    from strongroom.core.bundle.model import BundleArchive, ResponseManifest
    from strongroom.core.descriptor.model import Descriptor
    from strongroom.core.psbt.model import Psbt
    from strongroom.core.wallet_file import WalletFile
    from strongroom.online.records import RequestRecord, WatchedWallet
    from strongroom.online.store import Store

_FINAL_RULE = "PSBT-CANONICAL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A checked answer. `vault` is the fingerprint of the vault that signed it, "" if none is pinned.

    `added` are the raw fields per input; `signers` are master fingerprints (hex).
    """

    record: RequestRecord
    manifest: ResponseManifest
    digest: str
    added: tuple[tuple[tuple[bytes, bytes], ...], ...]
    signers: tuple[str, ...]
    vault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Which keys have signed: `counts` pairs each master fingerprint with its number of inputs.

    `missing` is how many signatures more the input needs that needs most; None when its lock is not reached, so
    that no signatures spend it.
    """

    threshold: int
    inputs: int
    counts: tuple[tuple[str, int], ...]
    missing: int | None

    @property
    def signed(self) -> tuple[str, ...]:
        """Keys that have signed every input."""
        return tuple(name for name, count in self.counts if count == self.inputs)

    @property
    def partly(self) -> tuple[tuple[str, int], ...]:
        """Keys that have signed some inputs and not all, with how many."""
        return tuple((name, count) for name, count in self.counts if 0 < count < self.inputs)

    @property
    def is_complete(self) -> bool:
        """Whether every input has the signatures that it needs."""
        return self.missing == 0

    @property
    def could_sign(self) -> tuple[str, ...]:
        """Keys that have not signed every input yet."""
        return tuple(name for name, count in self.counts if count < self.inputs)


def find_request(store: Store, data: bytes) -> RequestRecord:
    """The request that the answer in `data` says it belongs to; raises WALLET-UNKNOWN."""
    claimed = parse_response_manifest(parse_archive(data).manifest)
    found = [r for r in store.requests() if r.digest == claimed.request_digest]
    if not found:
        raise Violation(
            "WALLET-UNKNOWN",
            f"the answer is to request {claimed.request_id} with digest {claimed.request_digest}, "
            "which was not made here",
            hint="check it on the computer that made the request, or with its --home",
        )
    return found[0]


def check_answer(
    data: bytes, record: RequestRecord, request: BundleArchive, watched: WatchedWallet
) -> Answer:
    """The answer in `data` to `request`, everything in it proven; raises the rule that it breaks."""
    archive = parse_archive(data)
    digest = hashlib.sha256(request.manifest).digest()
    response = verify_response(archive, digest)
    vault = check_vault_signature(archive, watched.certificates)
    ours, theirs = parse_psbt(request.psbt), parse_psbt(response.psbt)
    check_only_adds(ours, theirs)
    check_unknown_fields(theirs, Policy())
    descriptor = parse_descriptor(watched.file.descriptor, watched.file.network)
    before = _signed(ours, descriptor)
    fresh = _signed(theirs, descriptor) - before
    _check_records(response.manifest, fresh)
    return Answer(
        record=record,
        manifest=response.manifest,
        digest=response.digest.hex(),
        added=tuple(
            tuple(pair for pair in new if pair not in set(old))
            for old, new in zip(ours.raw_inputs, theirs.raw_inputs, strict=True)
        ),
        signers=tuple(sorted({name for _, name in fresh})),
        vault=vault,
    )


def _signed(psbt: Psbt, descriptor: Descriptor) -> set[tuple[int, str]]:
    """(input, master fingerprint) of each signature, all of them verified."""
    inputs = review_inputs(psbt, descriptor)
    return {(item.index, name) for item in inputs for name in item.signed_by}


def _check_records(manifest: ResponseManifest, fresh: set[tuple[int, str]]) -> None:
    claimed = {(record.index, record.fingerprint) for record in manifest.signatures}
    if claimed != fresh:
        odd = ", ".join(f"input {index} by {name}" for index, name in sorted(claimed ^ fresh))
        raise Violation(
            "BUNDLE-EQUAL",
            f"the answer's record of signatures is not what its PSBT holds: {odd}",
        )
    if not fresh:
        raise Violation("INPUT-NOTHING", "the answer holds no signature that the request had not")


def combine(request: BundleArchive, answers: tuple[Answer, ...]) -> bytes:
    """The request's own PSBT with every answer's signatures, and nothing else of theirs."""
    psbt = parse_psbt(request.psbt)
    additions: dict[int, tuple[tuple[bytes, bytes], ...]] = {}
    for index in range(len(psbt.inputs)):
        fields = {key: value for answer in reversed(answers) for key, value in answer.added[index]}
        if fields:
            additions[index] = tuple(sorted(fields.items()))
    return add_input_fields(psbt, additions) if additions else request.psbt


def standing(psbt: bytes, wallet: WalletFile) -> Standing:
    """Who has signed `psbt`, every signature verified once more."""
    descriptor = parse_descriptor(wallet.descriptor, wallet.network)
    parsed = parse_psbt(psbt)
    inputs = review_inputs(parsed, descriptor)
    counts = Counter(name for item in inputs for name in item.signed_by)
    names = tuple(dict.fromkeys(key.fingerprint.hex() for key in descriptor.keys))
    missing = [
        signatures_missing(
            descriptor,
            frozenset(map(bytes.fromhex, item.signed_by)),
            parsed.transaction,
            item.index,
        )
        for item in inputs
    ]
    known = [count for count in missing if count is not None]
    return Standing(
        threshold=descriptor.threshold,
        inputs=len(inputs),
        counts=tuple((name, counts[name]) for name in names),
        missing=max(known) if len(known) == len(missing) else None,
    )


def check_final(raw: bytes, request: BundleArchive) -> Transaction:
    """The final transaction, known to spend and to pay exactly what was asked; SIGN-ONLY-ADDS else."""
    final = parse_transaction(raw, rule=_FINAL_RULE)
    asked = parse_psbt(request.psbt).transaction
    if _effect(final) != _effect(asked):
        raise Violation(
            "SIGN-ONLY-ADDS",
            "the finalised transaction does not spend and pay what the request does",
            hint="do not send it: the node that finalised it is at fault",
        )
    return final


def _effect(transaction: Transaction) -> tuple[object, ...]:
    """Everything but the signatures."""
    spends = tuple((item.outpoint, item.sequence) for item in transaction.inputs)
    return transaction.version, transaction.locktime, spends, transaction.outputs
