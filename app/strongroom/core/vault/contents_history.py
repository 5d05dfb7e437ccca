"""The vault's signing history as JSON, and back."""

from __future__ import annotations

import re

from strongroom.core.bitcoin.model import OutPoint
from strongroom.core.fields import Fields
from strongroom.core.moment import render_moment
from strongroom.core.money import MAX_MONEY, Sats
from strongroom.core.text import JsonObject
from strongroom.core.vault.model import History, HistoryEntry, SignedPayment

ENTRIES_CAP = 100_000
INPUTS_CAP = 10_000
WHOLE_CAP = 2**53 - 1
"""The largest whole number that every JSON reader takes (RFC 7493)."""
TEXT_CAP = 1024
DIGEST = re.compile(r"[0-9a-f]{64}")
_DIGEST_FORM = "64 lower-case hex digits"


def parse_history(fields: Fields) -> History:
    """The history in `fields`; raises the rule of `fields`."""
    history = History(
        entries=tuple(map(_parse_entry, fields.take_objects("entries", cap=ENTRIES_CAP))),
        transcript_head=fields.take_match_or_none("transcript_head", DIGEST, form=_DIGEST_FORM),
        last_declared=fields.take_moment_or_none("last_declared"),
    )
    fields.check_end()
    return history


def render_history(history: History) -> JsonObject:
    """`history` as `parse_history` reads it."""
    last = history.last_declared
    return {
        "entries": [_render_entry(entry) for entry in history.entries],
        "transcript_head": history.transcript_head,
        "last_declared": None if last is None else render_moment(last),
    }


def take_amount(fields: Fields, name: str = "amount") -> Sats:
    """An amount in satoshis from 0 to 21 million bitcoin."""
    return Sats(fields.take_int(name, low=0, high=MAX_MONEY))


def _parse_entry(fields: Fields) -> HistoryEntry:
    entry = HistoryEntry(
        wallet=fields.take_text("wallet", cap=TEXT_CAP),
        request_id=fields.take_text("request_id", cap=TEXT_CAP),
        request_digest=fields.take_match("request_digest", DIGEST, form=_DIGEST_FORM),
        sequence=fields.take_int("sequence", low=0, high=WHOLE_CAP),
        txid=fields.take_match("txid", DIGEST, form=_DIGEST_FORM),
        spent=tuple(map(_parse_spent, fields.take_objects("spent", cap=INPUTS_CAP))),
        payments=tuple(map(_parse_payment, fields.take_objects("payments", cap=INPUTS_CAP))),
        fee=take_amount(fields, "fee"),
        tip_height=fields.take_int("tip_height", low=0, high=WHOLE_CAP),
        tip_time=fields.take_moment("tip_time"),
        declared=fields.take_moment("declared"),
    )
    fields.check_end()
    return entry


def _render_entry(entry: HistoryEntry) -> JsonObject:
    return {
        "wallet": entry.wallet,
        "request_id": entry.request_id,
        "request_digest": entry.request_digest,
        "sequence": entry.sequence,
        "txid": entry.txid,
        "spent": [
            {"txid": point.txid[::-1].hex(), "vout": point.vout, "amount": amount}
            for point, amount in entry.spent
        ],
        "payments": [
            {"address": paid.address, "amount": paid.amount, "reference": paid.reference}
            for paid in entry.payments
        ],
        "fee": entry.fee,
        "tip_height": entry.tip_height,
        "tip_time": render_moment(entry.tip_time),
        "declared": render_moment(entry.declared),
    }


def _parse_spent(fields: Fields) -> tuple[OutPoint, Sats]:
    txid = fields.take_hex("txid", size=32)[::-1]
    spent = OutPoint(txid, fields.take_int("vout", low=0, high=2**32 - 1)), take_amount(fields)
    fields.check_end()
    return spent


def _parse_payment(fields: Fields) -> SignedPayment:
    payment = SignedPayment(
        address=fields.take_text("address", cap=TEXT_CAP),
        amount=take_amount(fields),
        reference=fields.take_text("reference", cap=TEXT_CAP, empty=True),
    )
    fields.check_end()
    return payment
