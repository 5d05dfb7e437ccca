"""One digest over everything that people were shown, so that an approval fits one review only."""

from __future__ import annotations

import hashlib

from strongroom.core.review.model import Review
from strongroom.core.text import canonical_json


def review_digest(review: Review) -> bytes:
    """SHA-256 over the request, the PSBT, the descriptor and every fact and finding of `review`."""
    return hashlib.sha256(
        canonical_json(
            {
                "change": [[c.index, c.address, c.amount, c.position] for c in review.change],
                "conditions": review.conditions,
                "descriptor": review.descriptor.text,
                "fee": review.fee,
                "findings": [[f.rule, f.severity.value, f.message] for f in review.findings],
                "inputs": [
                    [str(i.outpoint), i.amount, *(h.hex() for h in (i.sighash, *i.leaf_sighashes))]
                    for i in review.inputs
                ],
                "psbt": hashlib.sha256(review.request.psbt).hexdigest(),
                "recipients": [
                    [
                        *(r.index, r.address or (r.data or b"").hex(), r.amount),
                        *(r.payee, r.reference, r.is_self, r.is_known, r.book_name, r.other_wallet),
                    ]
                    for r in review.recipients
                ],
                "request": review.request.digest.hex(),
                "txid": review.txid,
            }
        )
    ).digest()
