"""Requests and answers in words and in JSON: every fact from the review, none from the manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from strongroom.core.moment import render_moment
from strongroom.core.money import render_btc, render_sats
from strongroom.core.review.model import Severity
from strongroom.core.words import pgp_words
from strongroom.online.cli.desk import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from strongroom.core.bundle.model import BundleArchive
    from strongroom.core.review.model import Finding, Recipient, Review
    from strongroom.core.text import JsonObject
    from strongroom.online.cli.desk import Desk

_WORDS_IN_ROW = 4


def render_rate(millisats: int) -> str:
    """A feerate in sat/vB with as many decimals as it has."""
    whole, rest = divmod(millisats, 1000)
    decimals = f".{rest:03d}".rstrip("0").rstrip(".")
    return f"{whole}{decimals} sat/vB"


def facts(review: Review, archive: BundleArchive, stage: str) -> JsonObject:
    """The request as one JSON object."""
    manifest = review.request.manifest
    return {
        "request_id": manifest.request_id,
        "stage": stage,
        "digest": review.request.digest.hex(),
        "words": list(pgp_words(review.request.digest)),
        "wallet": review.wallet_name,
        "network": review.descriptor.network.value,
        "conditions": review.conditions,
        "sequence": manifest.sequence,
        "previous_digest": manifest.previous_digest,
        "created": render_moment(manifest.created),
        "expires": render_moment(manifest.expires),
        "expires_height": manifest.expires_height,
        "purpose": manifest.purpose,
        "requester": manifest.requester,
        "txid": review.txid,
        "recipients": [_recipient(recipient) for recipient in review.recipients],
        "change": [
            {"address": item.address, "amount_sat": item.amount, "index": item.position}
            for item in review.change
        ],
        "inputs": [
            {
                "outpoint": str(item.outpoint),
                "amount_sat": item.amount,
                "signed_by": list(item.signed_by),
            }
            for item in review.inputs
        ],
        "total_in_sat": review.total_in,
        "fee_sat": review.fee,
        "fee_rate": render_rate(review.fee_rate_millisats).split()[0],
        "virtual_size": review.virtual_size,
        "payment_list": manifest.payment_list,
        "findings": [finding_facts(finding) for finding in review.findings],
        "approvals": [signature.fingerprint for signature in archive.signatures],
    }


def finding_facts(finding: Finding) -> JsonObject:
    """A finding as one JSON object."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
    }


def _recipient(recipient: Recipient) -> JsonObject:
    return {
        "address": recipient.address,
        "data": recipient.data.hex() if recipient.data is not None else None,
        "amount_sat": recipient.amount,
        "payee": recipient.payee,
        "reference": recipient.reference,
        "is_self": recipient.is_self,
    }


def print_request(desk: Desk, review: Review, archive: BundleArchive, stage: str) -> None:
    """The request for people, ending with its sheet of numbered words."""
    manifest, sent = review.request.manifest, sum(r.amount for r in review.recipients)
    for finding in review.findings:
        if finding.severity is Severity.WARN:
            desk.say(f"warning  {finding.rule}: {finding.message}")
    desk.say(
        f"Request {manifest.request_id}, number {manifest.sequence} of wallet {manifest.wallet}"
    )
    lines = (
        ("stage", stage),
        ("network", review.descriptor.network.value),
        ("spent by", review.conditions),
        ("purpose", manifest.purpose or "-"),
        ("requester", manifest.requester or "-"),
        *([("list", f"SHA-256 {manifest.payment_list}")] if manifest.payment_list else []),
        ("created", render_moment(manifest.created)),
        ("expires", f"{render_moment(manifest.expires)}, block {manifest.expires_height}"),
        ("leaves", f"{render_btc(sent)} to {plural(len(review.recipients), 'recipient')}"),
        ("fee", _fee_line(review)),
        ("change", f"{render_btc(sum(c.amount for c in review.change))}, proven ours"),
        ("txid", review.txid),
    )
    for name, value in lines:
        desk.say(f"  {name:<10} {value}")
    desk.out.print(_recipients_table(review))
    for finding in review.findings:
        if finding.severity is Severity.SHOW:
            desk.say(f"  {finding.rule}: {finding.message}")
    signers = ", ".join(s.fingerprint for s in archive.signatures) or "nobody yet"
    desk.say(f"  approved by {signers}")
    print_sheet(desk, review.request.digest)


def _fee_line(review: Review) -> str:
    share = f"{review.fee_share_permille / 10:.1f} %"
    rate = render_rate(review.fee_rate_millisats)
    return f"{render_sats(review.fee)}, {rate}, {review.virtual_size} vB, {share}"


def _recipients_table(review: Review) -> Table:
    table = Table(box=None, pad_edge=True)
    table.add_column("recipient", overflow="fold", min_width=20)
    table.add_column("amount", justify="right", no_wrap=True)
    table.add_column("payee (claimed)", overflow="fold")
    table.add_column("reference (claimed)", overflow="fold")
    for recipient in review.recipients:
        data = (recipient.data or b"").hex()
        table.add_row(
            Text(recipient.address or f"data {data}"),
            render_btc(recipient.amount),
            Text(recipient.payee + (" (our own wallet)" if recipient.is_self else "")),
            Text(recipient.reference),
        )
    return table


def print_sheet(desk: Desk, digest: bytes) -> None:
    """The digest as 32 numbered words: the station asks for some of them by number."""
    desk.say(f"\nRequest sheet. Digest {digest.hex()}")
    for row in numbered_words(pgp_words(digest)):
        desk.say(row)


def numbered_words(words: tuple[str, ...]) -> Iterator[str]:
    """Rows of four words with their numbers, which fit 80 columns."""
    for start in range(0, len(words), _WORDS_IN_ROW):
        row = enumerate(words[start : start + _WORDS_IN_ROW], start=start + 1)
        yield "  ".join(f"{number:2} {word:<12}" for number, word in row).rstrip()
