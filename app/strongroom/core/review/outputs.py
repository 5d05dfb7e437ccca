"""Each output told apart: what leaves, what is proven to come back, and what is only data.

Keeps the rules CHANGE-* and OUTPUT-*. An output is change only if the registered descriptor gives its
script on the change branch; a false claim is an attack and never shown as a plain recipient. What another
wallet of the vault is proven to own leaves this one, and is shown as what it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from strongroom.core.bitcoin.address import render_address
from strongroom.core.bitcoin.model import TxOutput
from strongroom.core.descriptor.model import Descriptor
from strongroom.core.errors import Violation
from strongroom.core.progress import Progress, silent
from strongroom.core.psbt.model import Psbt, PsbtOutput
from strongroom.core.review.claims import Claim, field_mismatch, find_claim, names_wallet
from strongroom.core.review.findings import warn_of
from strongroom.core.review.model import Change, Finding, Recipient, ReviewedInput, Severity
from strongroom.core.vault.model import Policy

OP_RETURN = 0x6A
CHANGE_BRANCH = 1
DATA_LIMIT = 83
DUST_FEERATE = 3
OUTPUT_OVERHEAD = 9
SPEND_WITNESS, SPEND_LEGACY = 67, 148


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputReview:
    """Recipients and change in the order of the transaction, and what was noticed."""

    recipients: tuple[Recipient, ...]
    change: tuple[Change, ...]
    findings: tuple[Finding, ...]


def review_outputs(
    psbt: Psbt,
    descriptor: Descriptor,
    inputs: tuple[ReviewedInput, ...],
    own: frozenset[bytes],
    policy: Policy,
    *,
    others: Mapping[str, Descriptor] = MappingProxyType({}),
    progress: Progress = silent,
) -> OutputReview:
    """Every output of `psbt`; `own` are the master fingerprints of the vault's seeds.

    `others` are the vault's other wallets by name. Raises CHANGE-FALSE, OUTPUT-ZERO or OUTPUT-SCRIPT.
    """
    recipients: list[Recipient] = []
    change: list[Change] = []
    received: list[Claim] = []
    spent = {item.scripts.script_pubkey for item in inputs}
    pairs = zip(psbt.transaction.outputs, psbt.outputs, strict=True)
    for index, (output, fields) in enumerate(pairs):
        _check_value(index, output)
        claim, other = _owner(index, output, fields, descriptor, own=own, others=others)
        address = render_address(output.script, descriptor.network)
        if claim is not None and claim.branch == CHANGE_BRANCH and address is not None:
            change.append(
                Change(
                    index=index,
                    address=address,
                    amount=output.amount,
                    branch=claim.branch,
                    position=claim.position,
                )
            )
        else:
            received += [claim] if claim else []
            is_self = claim is not None or output.script in spent
            recipients.append(_recipient(index, output, address, is_self=is_self, other=other))
        progress(index + 1, len(psbt.outputs))
    findings = (
        *_change_findings(change, received, inputs, policy),
        *_recipient_findings(recipients),
        *_dust_findings(psbt),
    )
    return OutputReview(recipients=tuple(recipients), change=tuple(change), findings=findings)


def dust_limit(script: bytes) -> int:
    """The amount in satoshis below which nodes do not relay an output, at Core's 3 sat/vB."""
    is_witness = len(script) >= 4 and (script[0] == 0 or 0x51 <= script[0] <= 0x60)  # noqa: PLR2004 - shortest witness program
    spend = SPEND_WITNESS if is_witness else SPEND_LEGACY
    return DUST_FEERATE * (len(script) + OUTPUT_OVERHEAD + spend)


def _is_data(script: bytes) -> bool:
    return script[:1] == bytes((OP_RETURN,))


def _check_value(index: int, output: TxOutput) -> None:
    if _is_data(output.script):
        if output.amount:
            raise Violation(
                "OUTPUT-ZERO", f"output {index} is OP_RETURN and burns {output.amount} sat"
            )
    elif output.amount == 0:
        raise Violation("OUTPUT-ZERO", f"output {index} pays nothing to {output.script.hex()}")


def _owner(
    index: int,
    output: TxOutput,
    fields: PsbtOutput,
    descriptor: Descriptor,
    *,
    own: frozenset[bytes],
    others: Mapping[str, Descriptor],
) -> tuple[Claim | None, str]:
    """The proven claim on `descriptor`, or the name of another wallet that is proven to own the output."""
    try:
        claim = _own_claim(index, output, fields, descriptor, own)
    except Violation:
        other = _other_wallet(output, fields, others)
        if not other:
            raise
        return None, other
    return claim, "" if claim else _other_wallet(output, fields, others)


def _other_wallet(output: TxOutput, fields: PsbtOutput, others: Mapping[str, Descriptor]) -> str:
    for name, descriptor in others.items():
        try:
            claim = find_claim(descriptor, (*fields.derivations, *fields.tap_derivations))
        except Violation:
            continue
        if claim and claim.scripts.script_pubkey == output.script:
            return name
    return ""


def _own_claim(
    index: int,
    output: TxOutput,
    fields: PsbtOutput,
    descriptor: Descriptor,
    own: frozenset[bytes],
) -> Claim | None:
    origins = (*fields.derivations, *fields.tap_derivations)
    if not names_wallet(descriptor, origins) and not any(o.fingerprint in own for o in origins):
        return None
    try:
        claim = find_claim(descriptor, origins)
    except Violation as stop:
        raise Violation("CHANGE-FALSE", f"output {index}: {stop.message}", hint=stop.hint) from stop
    if claim is None:
        raise Violation(
            "CHANGE-FALSE",
            f"output {index} carries our fingerprint at a place that the wallet does not have",
            hint="treat the request as forged",
        )
    mismatch = field_mismatch(claim, fields)
    if claim.scripts.script_pubkey != output.script or mismatch is not None:
        wrong = mismatch or "script"
        raise Violation(
            "CHANGE-FALSE",
            f"output {index} of {output.amount} sat claims to be ours at branch {claim.branch}, index "
            f"{claim.position}, and its {wrong} is not",
            hint="this is how change is stolen: treat the request as forged",
        )
    return claim


def _recipient(
    index: int, output: TxOutput, address: str | None, *, is_self: bool, other: str
) -> Recipient:
    is_data = _is_data(output.script)
    if address is None and not is_data:
        raise Violation(
            "OUTPUT-SCRIPT", f"output {index} has no address on this network: {output.script.hex()}"
        )
    return Recipient(
        index=index,
        address=address,
        amount=output.amount,
        payee="",
        reference="",
        is_self=is_self,
        is_known=False,
        data=output.script if is_data else None,
        other_wallet=other,
    )


def _change_findings(
    change: list[Change],
    received: list[Claim],
    inputs: tuple[ReviewedInput, ...],
    policy: Policy,
) -> Iterable[Finding]:
    if len(change) > 1:
        yield Finding(
            rule="CHANGE-MANY",
            severity=Severity.WARN,
            message=f"there are {len(change)} change outputs",
        )
    highest = max(item.position for item in inputs) + policy.change_gap
    yield from warn_of(
        "CHANGE-PATH",
        (
            f"{what} goes to index {item.position}, above the {highest} that is expected; "
            "a wallet that is restored may not look that far"
            for what, items in (("change", change), ("a payment to our own wallet", received))
            for item in items
            if item.position > highest
        ),
    )


def _recipient_findings(recipients: list[Recipient]) -> Iterable[Finding]:
    counts = Counter(r.address for r in recipients if r.address is not None)
    yield from warn_of(
        "OUTPUT-DUPLICATE",
        (
            f"{address} is paid {count} times in this transaction"
            for address, count in counts.items()
            if count > 1
        ),
    )
    for recipient in recipients:
        if recipient.is_self or recipient.other_wallet:
            whose = (
                f"wallet {recipient.other_wallet}" if recipient.other_wallet else "our own wallet"
            )
            yield Finding(
                rule="OUTPUT-SELF",
                severity=Severity.SHOW,
                message=f"output {recipient.index} pays {whose}, at {recipient.address}",
            )
        if recipient.data is not None:
            yield _data_finding(recipient.index, recipient.data)


def _data_finding(index: int, script: bytes) -> Finding:
    text = "".join(chr(b) if 0x20 <= b < 0x7F else "." for b in script[1:])  # noqa: PLR2004 - printable ASCII
    return Finding(
        rule="OUTPUT-DATA",
        severity=Severity.WARN if len(script) > DATA_LIMIT else Severity.SHOW,
        message=f"output {index} publishes {len(script)} bytes: {script.hex()} ({text})",
    )


def _dust_findings(psbt: Psbt) -> Iterable[Finding]:
    outputs = enumerate(psbt.transaction.outputs)
    return warn_of(
        "OUTPUT-DUST",
        (
            f"output {index} of {output.amount} sat is below the dust limit of {limit} sat"
            for index, output in outputs
            if not _is_data(output.script) and output.amount < (limit := dust_limit(output.script))
        ),
    )
