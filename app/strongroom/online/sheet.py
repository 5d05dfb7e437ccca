"""The request sheet: one page to print, with the 32 words and all that the review says, for the room.

Every fact is the review's own, as at the station; what the request only claims is marked so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from strongroom.core.bitcoin.address import group_address
from strongroom.core.moment import render_moment
from strongroom.core.money import render_btc, render_sats
from strongroom.core.words import pgp_words
from strongroom.online.paper.document import Document, Facts, Grid, Heading, Paragraph, Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from strongroom.core.bundle.model import BundleArchive
    from strongroom.core.review.model import Recipient, Review

_PEOPLE = 4


def _facts(review: Review, archive: BundleArchive) -> Iterator[tuple[str, str]]:
    manifest = review.request.manifest
    leaving = sum(r.amount for r in review.recipients if not r.is_self)
    rate = review.fee_rate_millisats
    yield "Wallet", f"{review.wallet_name}, {manifest.anchor.network.value}"
    yield "Leaves", f"{render_btc(leaving)} ({render_sats(leaving)})"
    yield "Fee", f"{render_btc(review.fee)}, {rate // 1000}.{rate % 1000:03d} sat/vB"
    yield "Change", f"{render_btc(sum(c.amount for c in review.change))}, proven this wallet's"
    yield "Transaction", review.txid
    yield "Expires", f"{render_moment(manifest.expires)}, block {manifest.expires_height}"
    yield "Asked by (claimed)", manifest.requester or "-"
    yield "For (claimed)", manifest.purpose or "-"
    if manifest.payment_list:
        yield "Payment list (SHA-256)", manifest.payment_list
    yield "Approvals", ", ".join(s.fingerprint for s in archive.signatures) or "none yet"


def _recipient(recipient: Recipient) -> tuple[str, str, str]:
    """Amount, address in groups of four or data in hex, and what is claimed of it."""
    where = group_address(recipient.address) if recipient.address else (recipient.data or b"").hex()
    own = "our own wallet" if recipient.is_self else ""
    claimed = ", ".join(filter(None, (recipient.payee, recipient.reference, own)))
    return render_btc(recipient.amount), where, claimed


def sheet_document(review: Review, archive: BundleArchive) -> Document:
    """The sheet as a document for paper."""
    manifest = review.request.manifest
    recipients = (
        (amount, where, claimed or "-")
        for amount, where, claimed in map(_recipient, review.recipients)
    )
    return Document(
        title=f"Request {manifest.request_id}, number {manifest.sequence}",
        blocks=(
            Heading("Its 32 words"),
            Words(tuple(pgp_words(review.request.digest))),
            Paragraph(f"SHA-256 {review.request.digest.hex()}"),
            Heading("What signing would do"),
            Facts(tuple(_facts(review, archive))),
            *(Paragraph(f"WARNING {f.rule}: {f.message}", strong=True) for f in review.warnings),
            Heading(f"Recipients: {len(review.recipients)}"),
            Grid(("Amount", "Address", "Claimed by the request"), tuple(recipients), (4, 9, 5)),
            Heading("In the room"),
            Grid(("Name", "Role", "Signature"), (("",) * 3,) * _PEOPLE, (4, 2, 4)),
        ),
    )
