"""Taking answers in: each is checked, kept, and combined with those that came before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from strongroom.core.bitcoin.transaction import render_txid, transaction_id
from strongroom.core.bundle.manifest import parse_request_manifest
from strongroom.core.errors import Fault, Violation
from strongroom.core.transcript.chain import verify_chain
from strongroom.online.answers import (
    Answer,
    check_answer,
    check_final,
    combine,
    find_request,
    standing,
)
from strongroom.online.receive import node_wallet
from strongroom.online.records import Stage

if TYPE_CHECKING:
    from strongroom.core.bundle.model import BundleArchive
    from strongroom.online.answers import Standing
    from strongroom.online.records import RequestRecord, WatchedWallet
    from strongroom.online.store import Store
    from strongroom.online.wallets.port import ChainSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A request with all its checked answers, combined."""

    record: RequestRecord
    watched: WatchedWallet
    request: BundleArchive
    answers: tuple[Answer, ...]
    psbt: bytes
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A response as it came from the stick, and the record of the sitting that lay beside it."""

    response: bytes
    transcript: bytes | None = None


def check_transcript(data: bytes | None, head: str) -> None:
    """TRANSCRIPT: the record is whole, and holds the event that the response names as its head."""
    if data is None:
        return
    transcript = verify_chain(data)
    if not any(event.chain.hex() == head for event in transcript.events):
        raise Violation(
            "TRANSCRIPT",
            f"the record beside the answer does not hold the event {head} that the answer names",
            hint="bring the record of the sitting that gave this answer",
        )


def take_answers(store: Store, brought: tuple[Brought, ...]) -> Taken:
    """The request that was answered, all its answers checked, kept and combined.

    Raises WALLET-UNKNOWN, REQUEST-STATE, or the rule that an answer breaks; then none is kept.
    """
    datas = tuple(item.response for item in brought)
    records = {find_request(store, data).request_id for data in datas}
    if len(records) != 1:
        raise Violation(
            "REQUEST-STATE",
            f"the files answer {len(records)} different requests: {', '.join(records)}",
        )
    with store.locked():
        record = store.request(records.pop())
        if record.stage.is_given_up:
            raise Violation("REQUEST-STATE", f"request {record.request_id} is {record.stage.value}")
        watched, request = store.wallet(record.wallet), store.archive(record)
        fresh = [check_answer(data, record, request, watched) for data in datas]
        earlier = [
            check_answer(data, record, request, watched)
            for data in store.answers(record)
            if data not in datas
        ]
        for item, answer in zip(brought, fresh, strict=True):
            check_transcript(item.transcript, answer.manifest.transcript_head)
        for item in brought:
            store.add_answer(record, item.response, item.transcript)
        if record.stage.is_open:
            record = store.advance(record, Stage.ANSWERED)
    answers = (*fresh, *earlier)
    psbt = combine(request, answers)
    return Taken(
        record=record,
        watched=watched,
        request=request,
        answers=answers,
        psbt=psbt,
        standing=standing(psbt, watched.file),
    )


def finish(taken: Taken, source: ChainSource) -> tuple[str, bytes]:
    """The txid and bytes of the final transaction, which is what was asked for (SIGN-ONLY-ADDS)."""
    raw = node_wallet(source, taken.watched).finish(taken.psbt)
    return render_txid(transaction_id(check_final(raw, taken.request))), raw


def send(store: Store, taken: Taken, source: ChainSource, txid: str, raw: bytes) -> None:
    """The transaction is in the network, and remembered; raises NODE-REJECT, or NODE-RPC by a server."""
    source.check_accepts(raw)
    sent = source.send(raw)
    if sent != txid:
        raise Fault("NODE-RPC", f"the node says it sent {sent}, the transaction is {txid}")
    replaced = parse_request_manifest(taken.request.manifest).replaces
    with store.locked():
        store.advance(taken.record, Stage.BROADCAST, sent=txid)
        for record in store.requests(taken.record.wallet):
            if replaced is not None and record.txid == replaced:
                store.advance(record, Stage.REPLACED)
