"""What this companion has asked for before, in the form that the review compares against.

The vault's own history decides at the station. This one lets the same rules speak while a request is
still being made: a payment asked for twice is seen before anybody carries a stick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from strongroom.core.bundle.manifest import parse_request_manifest
from strongroom.core.review.build import Known
from strongroom.core.vault.model import (
    History,
    HistoryEntry,
    Policy,
    RegisteredWallet,
    SignedPayment,
)

if TYPE_CHECKING:
    from strongroom.core.wallet_file import WalletFile
    from strongroom.online.records import RequestRecord
    from strongroom.online.store import Store


def known_here(store: Store, wallet: WalletFile, before: int, height: int) -> Known:
    """What the review of request number `before` of `wallet` may know: no seeds, default limits.

    Requests that were given up do not count, nor those whose lease has ended at block `height`.
    """
    registered = RegisteredWallet(
        name=wallet.name, network=wallet.network, descriptor=wallet.descriptor
    )
    entries = tuple(
        _entry(store, record)
        for record in store.requests(wallet.name)
        if record.sequence < before and _counts(record, height)
    )
    return Known(wallets=(registered,), policy=Policy(), history=History(entries=entries), own=None)


def _counts(record: RequestRecord, height: int) -> bool:
    if record.stage.is_open:
        return record.leases_at(height)
    return not record.stage.is_given_up


def _entry(store: Store, record: RequestRecord) -> HistoryEntry:
    manifest = parse_request_manifest(store.archive(record).manifest)
    return HistoryEntry(
        wallet=record.wallet,
        request_id=record.request_id,
        request_digest=record.digest,
        sequence=record.sequence,
        txid=record.txid,
        spent=record.spent,
        payments=tuple(
            SignedPayment(address=p.address, amount=p.amount, reference=p.reference)
            for p in manifest.payments
        ),
        fee=manifest.fee,
        tip_height=manifest.anchor.tip_height,
        tip_time=manifest.anchor.tip_time,
        declared=manifest.created,
    )


def paid_here(store: Store, wallet: WalletFile, before: int, height: int) -> frozenset[str]:
    """The addresses that requests before number `before` of `wallet` pay."""
    entries = known_here(store, wallet, before, height).history.entries
    return frozenset(payment.address for entry in entries for payment in entry.payments)
