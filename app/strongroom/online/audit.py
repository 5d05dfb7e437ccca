"""Looking back: what a wallet held at a block, and whether the record of requests is whole and true."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from strongroom.core.bitcoin.address import render_address
from strongroom.core.bitcoin.model import OutPoint
from strongroom.core.bitcoin.transaction import parse_transaction, transaction_id
from strongroom.core.bundle.manifest import parse_request_manifest
from strongroom.core.descriptor.places import Place, ScriptIndex
from strongroom.core.errors import Stop, Violation
from strongroom.core.money import Sats
from strongroom.online.answers import check_answer
from strongroom.online.approvers import signed_by
from strongroom.online.intake import check_transcript
from strongroom.online.records import Stage
from strongroom.online.requests import review_bundle

if TYPE_CHECKING:
    from strongroom.core.descriptor.model import Descriptor
    from strongroom.online.records import RequestRecord
    from strongroom.online.store import Store
    from strongroom.online.wallets.port import PastTransaction

GAP = 1000
RULE = "AUDIT-LOG"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCoin:
    """A coin that was unspent at the height in question."""

    outpoint: OutPoint
    amount: Sats
    address: str
    place: Place
    height: int


def coins_at(
    descriptor: Descriptor, transactions: tuple[PastTransaction, ...], height: int
) -> tuple[HeldCoin, ...]:
    """The wallet's coins after block `height`, from its transactions alone; in order of outpoint.

    Scripts are derived here, up to `GAP` places behind the last one that was used. Every txid is the hash of
    the bytes that came with it; which block they are in is the source's word.
    """
    mined = [t for t in transactions if t.height is not None and t.height <= height]
    scripts = ScriptIndex(descriptor, GAP)
    made: dict[OutPoint, HeldCoin] = {}
    spent: set[OutPoint] = set()
    for past in mined:
        transaction = parse_transaction(past.raw, rule="NODE-RPC")
        txid = transaction_id(transaction)
        spent.update(given.outpoint for given in transaction.inputs)
        for vout, output in enumerate(transaction.outputs):
            place = scripts.find(output.script)
            if place is not None:
                point = OutPoint(txid, vout)
                made[point] = HeldCoin(
                    outpoint=point,
                    amount=output.amount,
                    address=render_address(output.script, descriptor.network) or "",
                    place=place,
                    height=past.height or 0,
                )
    left = (coin for point, coin in made.items() if point not in spent)
    return tuple(sorted(left, key=lambda coin: str(coin.outpoint)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """One request: the heads of its journal, and what is wrong with its record ("" if nothing)."""

    record: RequestRecord
    heads: tuple[str, ...]
    problem: Stop | None = None


def audit_requests(store: Store) -> tuple[Audited, ...]:
    """Every request, its whole record checked again: journal, bundle, approvals, answers, transcripts."""
    found = []
    records = store.requests()
    for record in records:
        heads = store.journal(record).heads
        try:
            _audit(store, record, _before(record, records))
            problem = None
        except Stop as stop:
            problem = stop
        found.append(Audited(record=record, heads=heads, problem=problem))
    return tuple(found)


def _before(record: RequestRecord, records: tuple[RequestRecord, ...]) -> frozenset[str]:
    """The digests that may come before: of the number before, which a request that was given up gives back."""
    return frozenset(
        other.digest
        for other in records
        if (other.wallet, other.sequence + 1) == (record.wallet, record.sequence)
    )


def _audit(store: Store, record: RequestRecord, before: frozenset[str]) -> None:
    watched, archive = store.wallet(record.wallet), store.archive(record)
    digest = hashlib.sha256(archive.manifest).hexdigest()
    manifest = parse_request_manifest(archive.manifest)
    if (digest, manifest.request_id) != (record.digest, record.request_id):
        raise Violation(RULE, f"the bundle has digest {digest}, the record {record.digest}")
    previous = manifest.previous_digest
    if previous not in before if record.sequence > 1 else previous is not None:
        raise Violation(RULE, f"it follows {previous}, which is not here with the number before it")
    review = review_bundle(store, watched.file, archive)
    spent = tuple((item.outpoint, item.amount) for item in review.inputs)
    if (review.txid, spent) != (record.txid, record.spent):
        raise Violation(RULE, f"the record does not say what the PSBT of {record.request_id} does")
    signed_by(archive, store.trust(record.wallet))
    answers = store.answers(record)
    for data in answers:
        answer = check_answer(data, record, archive, watched)
        check_transcript(store.transcript(record, data), answer.manifest.transcript_head)
    if record.stage is Stage.ANSWERED and not answers:
        raise Violation(RULE, "it is said to be answered, and there is no answer")
