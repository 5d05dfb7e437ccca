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
from typing import TYPE_CHECKING

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
from strongroom.core.money import Sats, render_sats
from strongroom.core.psbt.reader import parse_psbt
from strongroom.core.review.build import review_request
from strongroom.core.review.inputs import review_inputs
from strongroom.core.review.outputs import review_outputs
from strongroom.core.vault.model import Policy
from strongroom.online.building.advice import Background, advise
from strongroom.online.building.proposal import (
    Asked,
    Proposal,
    Workbench,
    propose,
    propose_paying_for,
    propose_taking_back,
)
from strongroom.online.building.wrap import propose_wrapped
from strongroom.online.cross_check import check_coins, check_tips
from strongroom.online.follow import follow
from strongroom.online.memory import known_here, paid_here
from strongroom.online.receive import node_wallet
from strongroom.online.records import RequestRecord, Stage

if TYPE_CHECKING:
    from datetime import datetime

    from strongroom.core.bundle.model import ChainAnchor
    from strongroom.core.review.model import Finding, Review
    from strongroom.core.wallet_file import WalletFile
    from strongroom.online.cross_check import Sources
    from strongroom.online.payments import PaymentFile
    from strongroom.online.records import WatchedWallet
    from strongroom.online.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """For what, by whom, how long a station may sign, and what it may cost at most.

    `highest_fee` is in satoshis, `highest_rate` in thousandths of sat/vB; the review has caps of its own.
    """

    purpose: str
    requester: str
    lifetime_hours: int
    lifetime_blocks: int
    highest_fee: int | None = None
    highest_rate: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A request of this companion with everything that can be said of it here."""

    record: RequestRecord
    archive: BundleArchive
    review: Review
    advice: tuple[Finding, ...] = ()


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
    store: Store,
    sources: Sources,
    watched: WatchedWallet,
    asked: Asked,
    terms: Terms,
    *,
    now: datetime,
) -> Bundle:
    """A reviewed request without approvals, remembered in `store`.

    Raises NODE-*, ADDRESS, FUNDS, or the rule that the station would refuse it by. The caller holds
    the store's lock.
    """
    bench, anchor = _workbench(store, sources, watched)
    return _keep(bench, propose(bench, asked), anchor, terms, now)


def bump_request(
    store: Store,
    sources: Sources,
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
    bench, anchor = _workbench(store, sources, watched)
    before = parse_request_manifest(store.archive(_still_sent(store, old)).manifest)
    proposal = Proposal(
        psbt=bench.wallet.bump(old.sent, rate),
        payments=before.payments,
        replaces=old.txid,
        payment_list=before.payment_list,
    )
    return _keep(bench, proposal, anchor, _terms_of(before), now)


def take_back_request(
    store: Store,
    sources: Sources,
    watched: WatchedWallet,
    old: RequestRecord,
    *,
    rate: int,
    now: datetime,
) -> Bundle:
    """A request that replaces the sent but unconfirmed `old` and pays its coins back to the wallet."""
    bench, anchor = _workbench(store, sources, watched)
    archive = store.archive(_still_sent(store, old))
    before = parse_request_manifest(archive.manifest)
    proposal = propose_taking_back(bench, archive.psbt, before.fee, old.txid, rate)
    return _keep(bench, proposal, anchor, _terms_of(before), now)


def lift_transaction(
    store: Store,
    sources: Sources,
    watched: WatchedWallet,
    parent: str,
    terms: Terms,
    *,
    rate: int,
    now: datetime,
) -> Bundle:
    """A request whose fee lifts the unconfirmed transaction `parent`, which pays to the wallet."""
    bench, anchor = _workbench(store, sources, watched)
    return _keep(bench, propose_paying_for(bench, parent, rate), anchor, terms, now)


def wrap_request(
    store: Store,
    sources: Sources,
    watched: WatchedWallet,
    file: bytes,
    *,
    listed: PaymentFile | None,
    terms: Terms,
    now: datetime,
) -> Bundle:
    """A request of the plain PSBT in `file`, which other software made for the wallet."""
    bench, anchor = _workbench(store, sources, watched)
    payments, digest = (listed.payments, listed.sha256) if listed else ((), None)
    return _keep(bench, propose_wrapped(bench, file, payments, digest), anchor, terms, now)


def _workbench(
    store: Store, sources: Sources, watched: WatchedWallet
) -> tuple[Workbench, ChainAnchor]:
    """What every new request starts from: the right chain, and requests at their true stage."""
    source, second = sources.first, sources.second
    anchor = source.check_chain(watched.file.network)
    if second is not None:
        check_tips(source, anchor, second)
    follow(store, source, watched)
    return Workbench(store, source, watched, anchor.tip_height, second), anchor


def _still_sent(store: Store, record: RequestRecord) -> RequestRecord:
    """`record` as it is now, which has to be sent and unconfirmed; raises REQUEST-STATE."""
    now = store.request(record.request_id)
    if now.stage is not Stage.BROADCAST:
        raise Violation(
            "REQUEST-STATE",
            f"request {now.request_id} is {now.stage.value}; only a sent one can be replaced",
        )
    return now


def _terms_of(manifest: RequestManifest) -> Terms:
    return Terms(
        purpose=manifest.purpose,
        requester=manifest.requester,
        lifetime_hours=(manifest.expires - manifest.created) // timedelta(hours=1),
        lifetime_blocks=manifest.expires_height - manifest.anchor.tip_height,
    )


def _keep(
    bench: Workbench, proposal: Proposal, anchor: ChainAnchor, terms: Terms, now: datetime
) -> Bundle:
    """The request around `proposal`, put through the review and remembered."""
    store, wallet = bench.store, bench.watched.file
    if bench.second is not None:
        check_coins(proposal.psbt, node_wallet(bench.second, bench.watched))
    funded = _Funded.prove(proposal.psbt, anchor, wallet)
    manifest = _manifest(
        terms, proposal, wallet, funded, last=store.last_in_chain(wallet.name), now=now
    )
    archive = BundleArchive(
        manifest=render_request_manifest(manifest), psbt=funded.psbt, signatures=()
    )
    review = review_bundle(store, wallet, archive)
    _check_caps(review, terms)
    record = RequestRecord(
        request_id=manifest.request_id,
        wallet=wallet.name,
        sequence=manifest.sequence,
        digest=review.request.digest.hex(),
        created=now,
        txid=review.txid,
        spent=tuple((item.outpoint, item.amount) for item in review.inputs),
        expires_height=manifest.expires_height,
    )
    store.save_new(record, archive)
    background = Background(
        coins=bench.wallet.coins(),
        labels=store.labels(wallet.name),
        book=store.book(),
        paid=paid_here(store, wallet, manifest.sequence, anchor.tip_height),
    )
    return Bundle(record=record, archive=archive, review=review, advice=advise(review, background))


def _check_caps(review: Review, terms: Terms) -> None:
    if terms.highest_fee is not None and review.fee > terms.highest_fee:
        raise Violation(
            "FEE-ABSOLUTE",
            f"the fee would be {render_sats(review.fee)}, more than the {render_sats(terms.highest_fee)} "
            "that you allow",
        )
    if (
        terms.highest_rate is not None
        and review.fee * 1000 > terms.highest_rate * review.virtual_size
    ):
        raise Violation(
            "FEE-RATE",
            f"the feerate would be {review.fee_rate_millisats / 1000:.3f} sat/vB, more than the "
            f"{terms.highest_rate / 1000:.3f} that you allow",
        )


def _manifest(
    terms: Terms,
    proposal: Proposal,
    wallet: WalletFile,
    funded: _Funded,
    *,
    last: RequestRecord | None,
    now: datetime,
) -> RequestManifest:
    return RequestManifest(
        request_id=f"{now:%Y%m%d}-{secrets.token_hex(4)}",
        sequence=last.sequence + 1 if last is not None else 1,
        previous_digest=last.digest if last is not None else None,
        created=now,
        expires=now + timedelta(hours=terms.lifetime_hours),
        expires_height=funded.anchor.tip_height + terms.lifetime_blocks,
        anchor=funded.anchor,
        wallet=wallet.name,
        descriptor_checksum=wallet.descriptor.rpartition("#")[2],
        payments=proposal.payments,
        change=funded.change,
        fee=funded.fee,
        purpose=terms.purpose,
        requester=terms.requester,
        replaces=proposal.replaces,
        psbt=MemberDigest(size=len(funded.psbt), sha256=hashlib.sha256(funded.psbt).hexdigest()),
        payment_list=proposal.payment_list,
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
    height = manifest.anchor.tip_height
    return review_request(request, known_here(store, wallet, manifest.sequence, height))


def with_approval(archive: BundleArchive, signature: DetachedSignature) -> BundleArchive:
    """`archive` with one more approval; the same person's earlier one is replaced."""
    others = [s for s in archive.signatures if s.fingerprint != signature.fingerprint]
    ordered = sorted((*others, signature), key=lambda s: s.fingerprint)
    return replace(archive, signatures=tuple(ordered))


def check_same(archive: BundleArchive, other: BundleArchive) -> None:
    """BUNDLE-DIGEST: `other` is the same request, whatever approvals either has."""
    if (archive.manifest, archive.psbt) != (other.manifest, other.psbt):
        raise Violation(
            "BUNDLE-DIGEST",
            f"the file is request {hashlib.sha256(other.manifest).hexdigest()}, ours is "
            f"{hashlib.sha256(archive.manifest).hexdigest()}",
            hint="approvals are for one request, byte for byte",
        )
