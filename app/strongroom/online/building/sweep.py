"""Transactions whose last output takes what is left: draining, taking a payment back, paying for a parent.

The wallet's engine has no part in these: coins, outputs and fee are computed here, and the review proves
them like those of any other request.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from strongroom.core.bitcoin.transaction import parse_transaction
from strongroom.core.descriptor.places import Place
from strongroom.core.errors import Violation
from strongroom.core.money import Sats, render_sats
from strongroom.core.psbt.creator import CoinSpent, PlannedOutput, create_psbt
from strongroom.core.psbt.fields import IN_NON_WITNESS_UTXO
from strongroom.core.psbt.reader import parse_psbt
from strongroom.core.review.fee import virtual_size
from strongroom.core.review.inputs import review_inputs
from strongroom.core.review.outputs import dust_limit

if TYPE_CHECKING:
    from strongroom.core.descriptor.model import Descriptor
    from strongroom.online.wallets.port import Coin, PoolEntry, WatchedWallet

REPLACEABLE, FINAL_BUT_LOCKABLE = 0xFFFF_FFFD, 0xFFFF_FFFE


def sweep(
    descriptor: Descriptor,
    coins: tuple[CoinSpent, ...],
    outputs: tuple[PlannedOutput, ...],
    rate: int,
    *,
    owed: int = 0,
    locktime: int = 0,
) -> bytes:
    """A PSBT of `coins` and `outputs`; the amount of the last output is all that the others leave.

    The fee is `rate` thousandths of sat/vB, and `owed` satoshis on top. Raises FUNDS when the rest is dust.
    """
    *fixed, last = outputs
    placeholder = replace(last, amount=Sats(1))
    draft = create_psbt(descriptor, coins, (*fixed, placeholder), locktime=locktime)
    size = virtual_size(parse_psbt(draft).transaction, descriptor)
    fee = -(-size * rate // 1000) + max(0, owed)
    total = sum(_amount(coin) for coin in coins)
    rest = total - sum(output.amount for output in fixed) - fee
    if rest < dust_limit(last.script):
        raise Violation(
            "FUNDS",
            f"the coins are worth {render_sats(total)}; after {render_sats(fee)} of fee "
            f"{render_sats(rest)} would be left, which is dust or less",
            hint="take a lower feerate or more coins",
        )
    filled = replace(last, amount=Sats(rest))
    return create_psbt(descriptor, coins, (*fixed, filled), locktime=locktime)


def spend(wallet: WatchedWallet, coin: Coin, *, sequence: int = REPLACEABLE) -> CoinSpent:
    """`coin` with the transaction that made it."""
    txid = str(coin.outpoint).partition(":")[0]
    return CoinSpent(
        outpoint=coin.outpoint,
        previous=wallet.previous(txid),
        place=coin.place,
        sequence=sequence,
    )


def spent_again(data: bytes, descriptor: Descriptor) -> tuple[CoinSpent, ...]:
    """The coins of an earlier PSBT, to be spent in its stead."""
    psbt = parse_psbt(data)
    proof = bytes((IN_NON_WITNESS_UTXO,))
    return tuple(
        CoinSpent(
            outpoint=item.outpoint,
            previous=dict(fields)[proof],
            place=Place(item.branch, item.position),
            sequence=REPLACEABLE,
        )
        for item, fields in zip(review_inputs(psbt, descriptor), psbt.raw_inputs, strict=True)
    )


def owed_for(parent: PoolEntry, rate: int) -> int:
    """What is missing until the unconfirmed `parent` pays `rate` thousandths of sat/vB itself."""
    return -(-parent.virtual_size * rate // 1000) - parent.fee


def _amount(coin: CoinSpent) -> Sats:
    previous = parse_transaction(coin.previous, rule="INPUT-PREVTX")
    return previous.outputs[coin.outpoint.vout].amount
