"""The request sheet: one page to print, with the 32 words and all that the review says, for the room.

Every fact is the review's own, as at the station; what the request only claims is marked so.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from strongroom.core.bitcoin.address import group_address
from strongroom.core.moment import render_moment
from strongroom.core.money import render_btc, render_sats
from strongroom.core.words import pgp_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from strongroom.core.bundle.model import BundleArchive
    from strongroom.core.review.model import Recipient, Review

_ROW = 4
_STYLE = """
@page { size: A4; margin: 16mm }
body { font: 10pt/1.35 sans-serif; color: #000; background: #fff; max-width: 180mm; margin: auto }
h1 { font-size: 15pt; margin: 0 } h2 { font-size: 11pt; margin: 5mm 0 1mm }
table { border-collapse: collapse; width: 100% }
td, th { text-align: left; padding: 1mm 2mm; vertical-align: top }
.words td { border: 0.3mm solid #000; font: 11pt monospace; width: 25% }
.words b { color: #555; font-weight: normal }
.mono { font-family: monospace; overflow-wrap: anywhere } .amount { white-space: nowrap }
.recipients tr, .people tr { border-bottom: 0.2mm solid #999; break-inside: avoid }
.people td { height: 9mm }
.warning { border-left: 1.5mm solid #000; padding-left: 2mm; margin: 1mm 0 }
"""


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


def render_text_sheet(review: Review, archive: BundleArchive) -> str:
    """The sheet as plain text, 100 columns at most but for long names."""
    manifest = review.request.manifest
    lines = [f"STRONGROOM REQUEST SHEET   {manifest.request_id}, number {manifest.sequence}", ""]
    words = list(enumerate(pgp_words(review.request.digest), start=1))
    lines.extend(
        "".join(f"{n:>4} {word:<14}" for n, word in words[start : start + _ROW])
        for start in range(0, len(words), _ROW)
    )
    lines += ["", f"SHA-256 {review.request.digest.hex()}", ""]
    lines += [f"{name:<24}{value}" for name, value in _facts(review, archive)]
    for finding in review.warnings:
        lines.append(f"WARNING {finding.rule}: {finding.message}")
    lines += ["", f"{len(review.recipients)} RECIPIENTS"]
    for recipient in review.recipients:
        amount, where, claimed = _recipient(recipient)
        lines += [f"{amount:>22}  {where}", f"{'':>22}  claimed: {claimed or '-'}"]
    lines += ["", "IN THE ROOM (name, role, signature)", *("_" * 80 for _ in range(4))]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def render_html_sheet(review: Review, archive: BundleArchive) -> str:
    """The sheet as one HTML page that needs nothing else; every text in it is escaped."""
    manifest = review.request.manifest
    words = list(enumerate(pgp_words(review.request.digest), start=1))
    rows = "".join(
        "<tr>"
        + "".join(f"<td><b>{n}</b> {escape(word)}</td>" for n, word in words[start : start + _ROW])
        + "</tr>"
        for start in range(0, len(words), _ROW)
    )
    facts = "".join(
        f"<tr><th>{escape(name)}</th><td class='mono'>{escape(value)}</td></tr>"
        for name, value in _facts(review, archive)
    )
    warnings = "".join(
        f"<p class='warning'><b>{escape(f.rule)}</b> {escape(f.message)}</p>"
        for f in review.warnings
    )
    recipients = "".join(
        f"<tr><td class='amount'>{escape(amount)}</td><td class='mono'>{escape(where)}</td>"
        f"<td>{escape(claimed)}</td></tr>"
        for amount, where, claimed in map(_recipient, review.recipients)
    )
    people = "<tr><td></td><td></td><td></td></tr>" * 4
    title = escape(f"Request {manifest.request_id}, number {manifest.sequence}")
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{title}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{title}</h1><h2>Its 32 words</h2><table class='words'>{rows}</table>"
        f"<p class='mono'>SHA-256 {review.request.digest.hex()}</p>"
        f"<h2>What signing would do</h2><table>{facts}</table>{warnings}"
        f"<h2>{len(review.recipients)} recipients (amount, address, claimed by the request)</h2>"
        f"<table class='recipients'>{recipients}</table>"
        "<h2>In the room (name, role, signature)</h2>"
        f"<table class='people'>{people}</table></body></html>\n"
    )
