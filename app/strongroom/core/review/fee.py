"""What the transaction costs: the fee, the size that it will have, and the caps of the policy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from strongroom.core.bitcoin.codec import render_compact_size
from strongroom.core.bitcoin.model import ScriptKind, Transaction
from strongroom.core.bitcoin.transaction import render_transaction
from strongroom.core.descriptor.miniscript.compile import compile_script
from strongroom.core.descriptor.miniscript.node import Node
from strongroom.core.descriptor.miniscript.size import largest_witness
from strongroom.core.descriptor.model import Descriptor, TreeLeaf
from strongroom.core.errors import Violation
from strongroom.core.money import Sats, render_sats
from strongroom.core.review.model import Finding, Recipient, Severity
from strongroom.core.vault.model import Policy

ECDSA_SIZE = 72  # 71 bytes of DER with low R, and the hash type
KEY_SIZE = 33
SCHNORR_SIZE = 64
X_ONLY_SIZE = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """The fee, its rate in thousandths of sat/vB and its share in thousandths of what is sent."""

    fee: Sats
    virtual_size: int
    rate_millisats: int
    share_permille: int
    of_inputs: bool


def virtual_size(transaction: Transaction, descriptor: Descriptor) -> int:
    """The size in vbytes that the signed transaction will have at most (BIP-141 section 4).

    All inputs are of `descriptor`; each signature is counted with 72 bytes, the most that a
    signature with a low R takes, so the true size may be a byte or so smaller. Where a script can be spent in
    several ways, the largest one counts.
    """
    script_sig, witness = _spend_sizes(descriptor)
    base = len(render_transaction(transaction, witness=False))
    base += len(transaction.inputs) * (script_sig + len(render_compact_size(script_sig)) - 1)
    total = base + (2 + len(transaction.inputs) * witness if witness else 0)
    return (3 * base + total + 3) // 4


def review_fee(
    total_in: int,
    recipients: tuple[Recipient, ...],
    change_total: int,
    size: int,
    policy: Policy,
) -> tuple[Fee, tuple[Finding, ...]]:
    """The fee within every cap of `policy`.

    Raises FEE-NEGATIVE, FEE-ABSOLUTE, FEE-RATE or FEE-SHARE.
    """
    leaves = sum(r.amount for r in recipients if not r.is_self)
    kept = sum(r.amount for r in recipients if r.is_self) + change_total
    amount = total_in - leaves - kept
    if amount < 0:
        raise Violation(
            "FEE-NEGATIVE", f"outputs of {leaves + kept} sat exceed inputs of {total_in} sat"
        )
    base = leaves or total_in
    fee = Fee(
        fee=Sats(amount),
        virtual_size=size,
        rate_millisats=amount * 1000 // size,
        share_permille=amount * 1000 // base,
        of_inputs=not leaves,
    )
    _check_caps(fee, base, policy)
    return fee, tuple(_fee_findings(fee, base, policy))


def _check_caps(fee: Fee, base: int, policy: Policy) -> None:
    remedy = "build the request anew with a lower fee, or change the policy in the vault"
    if fee.fee > policy.fee_absolute:
        raise Violation(
            "FEE-ABSOLUTE",
            f"the fee is {render_sats(fee.fee)}, over the cap of {render_sats(policy.fee_absolute)}",
            hint=remedy,
        )
    if fee.fee > policy.fee_rate * fee.virtual_size:
        raise Violation(
            "FEE-RATE",
            f"the feerate is {fee.rate_millisats / 1000:.1f} sat/vB, over the cap of {policy.fee_rate}",
            hint=remedy,
        )
    if fee.fee * 100 > base * policy.fee_share_block:
        raise Violation(
            "FEE-SHARE",
            f"the fee of {render_sats(fee.fee)} is {fee.share_permille / 10:.1f} % of the "
            f"{render_sats(base)} {_of_what(fee)}, over the cap of {policy.fee_share_block} %",
            hint=remedy,
        )


def _fee_findings(fee: Fee, base: int, policy: Policy) -> Iterable[Finding]:
    if fee.fee * 100 > base * policy.fee_share_warn:
        yield Finding(
            rule="FEE-SHARE",
            severity=Severity.WARN,
            message=f"the fee of {render_sats(fee.fee)} is {fee.share_permille / 10:.1f} % of the "
            f"{render_sats(base)} {_of_what(fee)}, over {policy.fee_share_warn} %",
        )
    if fee.fee * 1000 < policy.fee_relay_millisats * fee.virtual_size:
        yield Finding(
            rule="FEE-RELAY",
            severity=Severity.WARN,
            message=f"the feerate of {fee.rate_millisats / 1000:.3f} sat/vB is below the "
            f"{policy.fee_relay_millisats / 1000:.1f} sat/vB that nodes relay",
        )


def _of_what(fee: Fee) -> str:
    return "that come in" if fee.of_inputs else "that are sent"


def _spend_sizes(descriptor: Descriptor) -> tuple[int, int]:
    """Bytes of scriptSig and of witness that spend one coin, on the largest path that there is."""
    if descriptor.kind is ScriptKind.TR_TREE:
        return 0, max(_leaf_size(leaf) for leaf in descriptor.leaves)
    if descriptor.policy is not None:
        nested = descriptor.kind is ScriptKind.SH_WSH_SCRIPT
        return 35 if nested else 0, _script_size(descriptor.policy)
    return _fixed_sizes(descriptor)


def _script_size(node: Node) -> int:
    keys = (bytes(KEY_SIZE),) * (max(node.all_keys()) + 1)
    satisfied = largest_witness(node, signature=ECDSA_SIZE, key=KEY_SIZE)
    script = len(compile_script(node, keys))
    items, size = (satisfied.items, satisfied.size) if satisfied else (0, 0)
    counted = len(render_compact_size(items + 1))
    return counted + size + len(render_compact_size(script)) + script


def _leaf_size(leaf: TreeLeaf) -> int:
    keys = (bytes(X_ONLY_SIZE),) * (max(leaf.node.all_keys()) + 1)
    satisfied = largest_witness(leaf.node, signature=SCHNORR_SIZE, key=X_ONLY_SIZE)
    script = len(compile_script(leaf.node, keys))
    control = 33 + 32 * leaf.depth
    items, size = (satisfied.items, satisfied.size) if satisfied else (0, 0)
    lengths = sum(len(render_compact_size(n)) for n in (items + 2, script, control))
    return lengths + size + script + control


def _fixed_sizes(descriptor: Descriptor) -> tuple[int, int]:
    keys, needed = len(descriptor.keys), descriptor.threshold
    script = 3 + 34 * keys
    signatures = 1 + needed * (1 + ECDSA_SIZE)
    in_witness = 1 + signatures + len(render_compact_size(script)) + script
    in_script_sig = signatures + (2 if script <= 0xFF else 3) + script  # noqa: PLR2004 - OP_PUSHDATA1
    one_key = 1 + (1 + ECDSA_SIZE) + (1 + KEY_SIZE)
    return {
        ScriptKind.PKH: (one_key - 1, 0),
        ScriptKind.SH_WPKH: (23, one_key),
        ScriptKind.WPKH: (0, one_key),
        ScriptKind.TR: (0, 1 + 1 + 64),
        ScriptKind.SH_MULTI: (in_script_sig, 0),
        ScriptKind.SH_WSH_MULTI: (35, in_witness),
        ScriptKind.WSH_MULTI: (0, in_witness),
    }[descriptor.kind]
