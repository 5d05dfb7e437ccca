"""Two sources that must tell the same before a request is made: the chain, the coins, and what a fee is.

One server can lie about all three. The coins' amounts are proven by previous transactions anyway; that they
exist and are unspent is not, nor is a fee estimate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from strongroom.core.errors import Fault, Violation
from strongroom.core.psbt.reader import parse_psbt

if TYPE_CHECKING:
    from strongroom.core.bundle.model import ChainAnchor
    from strongroom.online.wallets.port import ChainSource, WatchedWallet

RULE = "NODE-DIFFER"
_BLOCKS_APART = 2
_TIMES = 3
_HINT = "find out which of them is wrong before anything is signed"


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a wallet is watched, and the second source that has to agree, if one is named."""

    first: ChainSource
    second: ChainSource | None = None


def check_tips(first: ChainSource, anchor: ChainAnchor, second: ChainSource) -> None:
    """NODE-DIFFER: both follow one chain, two blocks apart at most; raises NODE-CHAIN for the second."""
    other = second.check_chain(anchor.network)
    if abs(other.tip_height - anchor.tip_height) > _BLOCKS_APART:
        raise Fault(
            RULE,
            f"one source is at block {anchor.tip_height}, the second at {other.tip_height}",
            hint="wait until both have caught up",
        )
    height = min(other.tip_height, anchor.tip_height)
    ours, theirs = first.block_hash(height), second.block_hash(height)
    if ours != theirs:
        raise Fault(
            RULE, f"block {height} is {ours} to one source, {theirs} to the second", hint=_HINT
        )


def check_rates(first: int, second: int) -> None:
    """NODE-DIFFER: two estimates, in thousandths of sat/vB, that are within a factor of three."""
    if max(first, second) > _TIMES * min(first, second):
        raise Fault(
            RULE,
            f"one source estimates {first / 1000:.3f} sat/vB, the second {second / 1000:.3f}",
            hint="give a feerate with --fee-rate",
        )


def check_coins(psbt: bytes, second: WatchedWallet) -> None:
    """NODE-DIFFER: the second source knows every coin of `psbt` as unspent, with this amount and script."""
    parsed = parse_psbt(psbt)
    for spent, fields in zip(parsed.transaction.inputs, parsed.inputs, strict=True):
        previous = fields.previous_transaction
        ours = previous.outputs[spent.outpoint.vout] if previous else fields.witness_utxo
        theirs = second.output(spent.outpoint)
        if theirs is None:
            raise Violation(
                RULE, f"the second source knows no unspent coin {spent.outpoint}", hint=_HINT
            )
        if ours != theirs:
            raise Violation(
                RULE,
                f"{spent.outpoint} is worth {ours.amount if ours else 0} sat to one source, "
                f"{theirs.amount} sat to the second, or its script differs",
                hint=_HINT,
            )
