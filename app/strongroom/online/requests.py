"""Making a request: the node proposes a transaction, the core proves what it does, people approve it.

Rules kept here: payments are those that were asked for, change is what our own derivation proves, the
fee is inputs minus outputs; what the node says of any of them is compared and never copied. The
request is put through the review that the station will apply before it is shown to anyone.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import reduce
from typing import TYPE_CHECKING

from strongroom.core.bitcoin.address import parse_address
from strongroom.core.bundle.manifest import parse_request_manifest, render_request_manifest
from strongroom.core.bundle.model import (
    BundleArchive,
    ChangeOutput,
    DetachedSignature,
    MemberDigest,
    RequestManifest,
    VerifiedRequest,
)
from strongroom.core.bundle.verify import check_member
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.errors import Violation
from strongroom.core.money import Sats
from strongroom.core.psbt.reader import parse_psbt
from strongroom.core.review.build import review_request
from strongroom.core.review.inputs import review_inputs
from strongroom.core.review.outputs import review_outputs
from strongroom.core.vault.model import Policy
from strongroom.online.memory import known_here
from strongroom.online.receive import node_wallet
from strongroom.online.records import RequestRecord, Stage
from strongroom.online.wallets.port import Spending

if TYPE_CHECKING:
    from datetime import datetime

    from strongroom.core.bundle.model import ChainAnchor, Payment
    from strongroom.core.review.model import Review
    from strongroom.core.wallet_file import WalletFile
    from strongroom.online.records import WatchedWallet
    from strongroom.online.store import Store
    from strongroom.online.wallets.port import ChainSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person wants done. `fee_rate_millisats` None leaves the feerate to the node's estimate."""

    payments: tuple[Payment, ...]
    purpose: str
    requester: str
    lifetime_hours: int
    lifetime_blocks: int
    fee_rate_millisats: int | None = None
    target_blocks: int = 6
    is_replaceable: bool = True
    replaces: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A request of this companion with everything that can be said of it here."""

    record: RequestRecord
    archive: BundleArchive
    review: Review


@dataclass(frozen=True, slots=True, kw_only=True)
class _Funded:
    """What the node proposed, with change and fee as the core proves them."""

    anchor: ChainAnchor
    psbt: bytes
    change: tuple[ChangeOutput, ...]
    fee: Sats

    @classmethod
    def prove(cls, data: bytes, anchor: ChainAnchor, wallet: WalletFile) -> _Funded:
        """Change by our own derivation, the fee by the inputs' full previous transactions."""
        descriptor, psbt = parse_descriptor(wallet.descriptor, wallet.network), parse_psbt(data)
        inputs = review_inputs(psbt, descriptor)
        outputs = review_outputs(psbt, descriptor, inputs, frozenset(), Policy())
        total_in = sum(item.amount for item in inputs)
        total_out = sum(output.amount for output in psbt.transaction.outputs)
        return cls(
            anchor=anchor,
            psbt=data,
            change=tuple(ChangeOutput(address=c.address, amount=c.amount) for c in outputs.change),
            fee=Sats(total_in - total_out),
        )


def create_request(
    store: Store, source: ChainSource, watched: WatchedWallet, asked: Asked, now: datetime
) -> Bundle:
    """A reviewed request without approvals, remembered in `store`.

    Raises NODE-*, ADDRESS, FUNDS, or the rule that the station would refuse it by. The caller holds
    the store's lock.
    """
    for payment in asked.payments:
        parse_address(payment.address, watched.file.network)
    anchor = source.check_chain(watched.file.network)
    spending = _spending(store, watched.file, asked)
    psbt = node_wallet(source, watched).fund(spending)
    return _keep(store, watched, _Funded.prove(psbt, anchor, watched.file), asked, now)


def bump_request(
    store: Store,
    source: ChainSource,
    watched: WatchedWallet,
    old: RequestRecord,
    *,
    rate: int,
    now: datetime,
) -> Bundle:
    """A request that replaces the sent but unconfirmed `old` at `rate` thousandths of sat/vB.

    It pays the same, to the satoshi; only fee and change differ, which the review proves (RBF).
    Raises as `create_request` does. The caller holds the store's lock.
    """
    before = parse_request_manifest(store.archive(old).manifest)
    asked = Asked(
        payments=before.payments,
        purpose=before.purpose,
        requester=before.requester,
        lifetime_hours=(before.expires - before.created) // timedelta(hours=1),
        lifetime_blocks=before.expires_height - before.anchor.tip_height,
        replaces=old.txid,
    )
    anchor = source.check_chain(watched.file.network)
    psbt = node_wallet(source, watched).bump(old.sent, rate)
    return _keep(store, watched, _Funded.prove(psbt, anchor, watched.file), asked, now)


def _keep(
    store: Store, watched: WatchedWallet, funded: _Funded, asked: Asked, now: datetime
) -> Bundle:
    """The request around `funded`, put through the review and remembered."""
    wallet = watched.file
    manifest = _manifest(asked, wallet, funded, store.last_in_chain(wallet.name), now)
    archive = BundleArchive(
        manifest=render_request_manifest(manifest), psbt=funded.psbt, signatures=()
    )
    review = review_bundle(store, wallet, archive)
    record = RequestRecord(
        request_id=manifest.request_id,
        wallet=wallet.name,
        sequence=manifest.sequence,
        digest=review.request.digest.hex(),
        created=now,
        txid=review.txid,
        spent=tuple((item.outpoint, item.amount) for item in review.inputs),
        stage=Stage.DRAFT,
    )
    store.save(record, archive)
    return Bundle(record=record, archive=archive, review=review)


def _spending(store: Store, wallet: WalletFile, asked: Asked) -> Spending:
    held = (record for record in store.requests(wallet.name) if record.stage.is_open)
    return Spending(
        outputs=tuple((payment.address, payment.amount) for payment in asked.payments),
        fee_rate_millisats=asked.fee_rate_millisats,
        target_blocks=asked.target_blocks,
        is_replaceable=asked.is_replaceable,
        reserved=frozenset(point for record in held for point, _ in record.spent),
    )


def _manifest(
    asked: Asked, wallet: WalletFile, funded: _Funded, last: RequestRecord | None, now: datetime
) -> RequestManifest:
    return RequestManifest(
        request_id=f"{now:%Y%m%d}-{secrets.token_hex(4)}",
        sequence=last.sequence + 1 if last is not None else 1,
        previous_digest=last.digest if last is not None else None,
        created=now,
        expires=now + timedelta(hours=asked.lifetime_hours),
        expires_height=funded.anchor.tip_height + asked.lifetime_blocks,
        anchor=funded.anchor,
        wallet=wallet.name,
        descriptor_checksum=wallet.descriptor.rpartition("#")[2],
        payments=asked.payments,
        change=funded.change,
        fee=funded.fee,
        purpose=asked.purpose,
        requester=asked.requester,
        replaces=asked.replaces,
        psbt=MemberDigest(size=len(funded.psbt), sha256=hashlib.sha256(funded.psbt).hexdigest()),
    )


def review_bundle(store: Store, wallet: WalletFile, archive: BundleArchive) -> Review:
    """What the station would show of a request, as far as that is known without its vault.

    Approvals are not judged, since the trust list is the vault's. Raises the rule that blocks.
    """
    manifest = parse_request_manifest(archive.manifest)
    check_member(archive.psbt, manifest.psbt)
    request = VerifiedRequest(
        manifest=manifest,
        digest=hashlib.sha256(archive.manifest).digest(),
        psbt=archive.psbt,
        signers=tuple(signature.fingerprint for signature in archive.signatures),
        declared=manifest.created,
    )
    return review_request(request, known_here(store, wallet, manifest.sequence))


def with_approval(archive: BundleArchive, signature: DetachedSignature) -> BundleArchive:
    """`archive` with one more approval; the same person's earlier one is replaced."""
    others = [s for s in archive.signatures if s.fingerprint != signature.fingerprint]
    ordered = sorted((*others, signature), key=lambda s: s.fingerprint)
    return replace(archive, signatures=tuple(ordered))


def with_approvals_of(archive: BundleArchive, other: BundleArchive) -> BundleArchive:
    """`archive` with the approvals in `other`, which is the same request; BUNDLE-DIGEST else."""
    if (archive.manifest, archive.psbt) != (other.manifest, other.psbt):
        raise Violation(
            "BUNDLE-DIGEST",
            f"the file is request {hashlib.sha256(other.manifest).hexdigest()}, ours is "
            f"{hashlib.sha256(archive.manifest).hexdigest()}",
            hint="approvals are for one request, byte for byte",
        )
    return reduce(with_approval, other.signatures, archive)
