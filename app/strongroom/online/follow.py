"""What has become of requests, by the chain: sent, confirmed, or overtaken by another transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strongroom.online.receive import node_wallet
from strongroom.online.records import Stage

if TYPE_CHECKING:
    from strongroom.online.records import RequestRecord, WatchedWallet
    from strongroom.online.store import Store
    from strongroom.online.wallets.port import ChainSource
    from strongroom.online.wallets.port import WatchedWallet as NodeWallet


def follow(store: Store, source: ChainSource, watched: WatchedWallet) -> tuple[RequestRecord, ...]:
    """The wallet's requests, each at the stage that the chain says. The caller holds the store's lock.

    A request whose coin was spent in a block by another transaction is invalid from then on; one whose
    own transaction turns up, whoever sent it, is sent.
    """
    wallet = node_wallet(source, watched)
    return tuple(_settled(store, record, wallet) for record in store.requests(watched.file.name))


def _settled(store: Store, record: RequestRecord, wallet: NodeWallet) -> RequestRecord:
    txid = record.sent or record.txid
    if record.stage is not Stage.BROADCAST and not record.stage.is_open:
        return record
    depth = wallet.confirmations(txid) if wallet.knows(txid) else None
    if depth is not None and depth > 0:
        return store.advance(record, Stage.CONFIRMED, sent=txid)
    if depth == 0:
        return _advanced(store, record, Stage.BROADCAST, txid)
    if wallet.spent_in_chain(tuple(point for point, _ in record.spent)):
        return store.advance(record, Stage.INVALID)
    return record


def _advanced(store: Store, record: RequestRecord, stage: Stage, txid: str) -> RequestRecord:
    return record if record.stage is stage else store.advance(record, stage, sent=txid)
