"""The review: everything that signing would do, from a verified request and what the vault knows.

`review_request` is the only place where what people see is computed. The order is that of the rule
table: container, inputs, outputs, fee, time, request, policy and history; the first rule that blocks raises.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from strongroom.core.acyclic import no_search_for_cycles
from strongroom.core.bitcoin.transaction import render_txid, transaction_id
from strongroom.core.bundle.model import Payment, RequestManifest, VerifiedRequest
from strongroom.core.descriptor.model import Descriptor
from strongroom.core.descriptor.summary import render_summary
from strongroom.core.errors import Violation
from strongroom.core.money import Sats
from strongroom.core.progress import Progress, portion, silent
from strongroom.core.psbt.model import Psbt
from strongroom.core.psbt.reader import check_roundtrip, parse_psbt
from strongroom.core.review.agreement import check_continues, check_equal, check_height
from strongroom.core.review.digest import review_digest
from strongroom.core.review.fee import review_fee, virtual_size
from strongroom.core.review.inputs import review_inputs
from strongroom.core.review.lifecycle import check_alive, check_destinations
from strongroom.core.review.memory import (
    check_replacement,
    of_wallets,
    paid_addresses,
    review_history,
    review_policy,
)
from strongroom.core.review.model import Finding, Recipient, Review, ReviewedInput, Severity
from strongroom.core.review.outputs import review_outputs
from strongroom.core.review.registered import (
    check_coin_type,
    check_xpubs,
    find_wallet,
    parse_registered,
)
from strongroom.core.review.timing import review_timing
from strongroom.core.vault.model import History, Policy, RegisteredWallet

READ, JUDGED = 25, 95  # of a hundred: the PSBT is read; all inputs and outputs are judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the reviewing side knows. `own` are the master fingerprints of its seeds.

    The coordinator holds no seeds: with `own` None, whose signature is missing is not checked.
    """

    wallets: tuple[RegisteredWallet, ...]
    policy: Policy
    history: History
    own: frozenset[bytes] | None


@no_search_for_cycles()
def review_request(request: VerifiedRequest, known: Known, progress: Progress = silent) -> Review:
    """What signing `request` would do, every fact recomputed.

    Raises Violation with the id of the first rule that blocks.
    """
    manifest, policy = request.manifest, known.policy
    wallet = find_wallet(manifest, known.wallets)
    check_alive(wallet)
    descriptor = parse_registered(wallet)
    others = {w.name: parse_registered(w) for w in known.wallets if w != wallet}
    check_coin_type(descriptor)
    psbt = parse_psbt(request.psbt, portion(progress, 0, READ))
    check_roundtrip(psbt)
    check_whole(psbt)
    check_xpubs(psbt, descriptor)
    findings = list(check_unknown_fields(psbt, policy))
    proven = READ + (JUDGED - READ) * len(psbt.inputs) // (len(psbt.inputs) + len(psbt.outputs))
    inputs = review_inputs(
        psbt, descriptor, tuple(others.values()), portion(progress, READ, proven)
    )
    check_unsigned(inputs, descriptor, known.own)
    check_destinations(wallet, known.wallets, psbt)
    findings += partly_signed(inputs)
    outputs = review_outputs(
        psbt,
        descriptor,
        inputs,
        known.own or frozenset(),
        policy,
        others=others,
        progress=portion(progress, proven, JUDGED),
    )
    total_in = Sats(sum(item.amount for item in inputs))
    fee, fee_findings = review_fee(
        total_in,
        outputs.recipients,
        sum(c.amount for c in outputs.change),
        virtual_size(psbt.transaction, descriptor),
        policy,
    )
    findings += [*outputs.findings, *fee_findings]
    chain = frozenset(w.name for w in known.wallets if w.network is wallet.network)
    check_height(request, of_wallets(known.history, chain))
    findings += review_timing(psbt.transaction, descriptor, manifest, policy)
    findings += check_equal(manifest, outputs.recipients, outputs.change, fee.fee)
    recipients = _with_claims(outputs.recipients, manifest, known)
    txid = render_txid(transaction_id(psbt.transaction))
    findings += check_continues(request, known.history)
    findings += check_replacement(manifest, inputs, recipients, fee.fee, known.history)
    findings += review_history(txid, manifest, inputs, recipients, known.history)
    findings += review_policy(
        manifest, inputs, recipients, of_wallets(known.history, chain), policy
    )
    review = Review(
        request=request,
        wallet_name=wallet.name,
        conditions=render_summary(descriptor, dict(wallet.signers)),
        descriptor=descriptor,
        kind=descriptor.kind,
        psbt=psbt,
        inputs=inputs,
        recipients=recipients,
        change=outputs.change,
        total_in=total_in,
        total_out=Sats(total_in - fee.fee),
        fee=fee.fee,
        virtual_size=fee.virtual_size,
        fee_rate_millisats=fee.rate_millisats,
        fee_share_permille=fee.share_permille,
        findings=tuple(findings),
        txid=txid,
        digest=b"",
    )
    return replace(review, digest=review_digest(review))


def check_whole(psbt: Psbt) -> None:
    """PSBT-UNSIGNED-TX: nobody means to add inputs or outputs to it any more (BIP-370, TX_MODIFIABLE)."""
    if psbt.modifiable:
        raise Violation(
            "PSBT-UNSIGNED-TX",
            f"the PSBT says that it may still be changed (TX_MODIFIABLE 0x{psbt.modifiable:02x})",
            hint="a signature covers the whole transaction; have the coordinator finish building it",
        )


def check_unknown_fields(psbt: Psbt, policy: Policy) -> tuple[Finding, ...]:
    """PSBT-UNKNOWN-FIELD: refused, or listed where the policy allows them."""
    if not psbt.unknown_fields:
        return ()
    listed = ", ".join(f"{f.scope}: type {f.key.hex()}" for f in psbt.unknown_fields)
    message = f"{len(psbt.unknown_fields)} unknown fields ({listed})"
    if policy.block_unknown_fields:
        raise Violation(
            "PSBT-UNKNOWN-FIELD",
            message,
            hint="have the coordinator leave them out; they could carry anything",
        )
    return (Finding(rule="PSBT-UNKNOWN-FIELD", severity=Severity.SHOW, message=message),)


def partly_signed(inputs: tuple[ReviewedInput, ...]) -> Iterator[Finding]:
    """SIG-EXISTING: who has signed some inputs and not all, and which."""
    for name in dict.fromkeys(name for item in inputs for name in item.signed_by):
        missing = [str(item.index) for item in inputs if name not in item.signed_by]
        if missing:
            yield Finding(
                rule="SIG-EXISTING",
                severity=Severity.SHOW,
                message=f"[{name}] has signed {len(inputs) - len(missing)} of {len(inputs)} inputs, and "
                f"not {', '.join(missing)}",
            )


def check_unsigned(
    inputs: tuple[ReviewedInput, ...], descriptor: Descriptor, own: frozenset[bytes] | None
) -> None:
    """INPUT-NOTHING: one of our keys is in the wallet, and has an input left to sign."""
    if own is None:
        return
    ours = {key.fingerprint.hex() for key in descriptor.keys if key.fingerprint in own}
    if not ours:
        names = ", ".join(sorted(f.hex() for f in own)) or "none"
        raise Violation("INPUT-NOTHING", f"the wallet has none of this vault's keys ({names})")
    if all(ours <= set(item.signed_by) for item in inputs):
        raise Violation(
            "INPUT-NOTHING",
            f"every input is signed already by {', '.join(sorted(ours))}",
            hint="the answer exists: check it on the online computer",
        )


def _with_claims(
    recipients: tuple[Recipient, ...], manifest: RequestManifest, known: Known
) -> tuple[Recipient, ...]:
    """Recipients with payee and reference as claimed, and what the vault knows of their addresses.

    Equal payments take their claims in order.
    """
    paid, book = paid_addresses(known.history), dict(known.policy.address_book)
    claims: dict[tuple[str | None, int], list[Payment]] = {}
    for payment in reversed(manifest.payments):
        claims.setdefault((payment.address, payment.amount), []).append(payment)
    named = []
    for recipient in recipients:
        address = recipient.address or ""
        left = claims.get((address, recipient.amount))
        claim = left.pop() if left else None
        named.append(
            replace(
                recipient,
                payee=claim.payee if claim else "",
                reference=claim.reference if claim else "",
                is_known=address in paid or address in book,
                book_name=book.get(address, ""),
            )
        )
    return tuple(named)
