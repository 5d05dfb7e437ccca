"""The ways to a PSBT: a payment, emptying a wallet, a higher fee, taking back, paying for a parent.

Each way gives a `Proposal`. What it does is proven by the review that follows, whoever built it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from strongroom.core.bitcoin.address import parse_address
from strongroom.core.descriptor.derive import CHANGE
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.descriptor.places import Place
from strongroom.core.errors import Fault, Violation
from strongroom.core.money import Sats, render_sats
from strongroom.core.psbt.creator import PlannedOutput
from strongroom.core.psbt.reader import parse_psbt
from strongroom.core.review.fee import virtual_size
from strongroom.online.building.coins import Order, check_free, in_order, leased, take_in_turn
from strongroom.online.building.sweep import (
    FINAL_BUT_LOCKABLE,
    REPLACEABLE,
    owed_for,
    spend,
    spent_again,
    sweep,
)
from strongroom.online.cross_check import check_rates
from strongroom.online.receive import derive_address, node_wallet
from strongroom.online.wallets.port import Spending

if TYPE_CHECKING:
    from strongroom.core.bitcoin.model import OutPoint
    from strongroom.core.bundle.model import Payment
    from strongroom.core.descriptor.model import Descriptor
    from strongroom.online.records import WatchedWallet
    from strongroom.online.store import Store
    from strongroom.online.wallets.port import ChainSource, Coin
    from strongroom.online.wallets.port import WatchedWallet as NodeWallet

_OP_RETURN, _PUSHDATA1, _PUSHDATA2 = 0x6A, 0x4C, 0x4D
_DIRECT, _ONE_BYTE, DATA_CAP = 75, 255, 9_950
_RELAY_STEP = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person wants done; `fee_rate_millisats` None leaves the feerate to the source's estimate.

    `drain` takes whatever the payments leave, its amount is not looked at. `coins` are spent exactly;
    `payment_list` is the SHA-256 of the CSV file that `payments` came from (64 hex digits).
    """

    payments: tuple[Payment, ...]
    drain: Payment | None = None
    coins: tuple[OutPoint, ...] = ()
    order: Order = Order.AUTO
    data: bytes = b""
    locktime: int = 0
    fee_rate_millisats: int | None = None
    target_blocks: int = 6
    is_replaceable: bool = True
    payment_list: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A PSBT that nobody has looked at yet, and what it claims to be for. `replaces` is a txid."""

    psbt: bytes
    payments: tuple[Payment, ...]
    replaces: str | None = None
    payment_list: str | None = None


@dataclass(frozen=True, slots=True)
class Workbench:
    """A wallet, where its coins are looked up, and the block height at which leases are judged.

    `second` is another source, which has to agree.
    """

    store: Store
    source: ChainSource
    watched: WatchedWallet
    height: int
    second: ChainSource | None = None

    @property
    def descriptor(self) -> Descriptor:
        """The wallet's descriptor."""
        return parse_descriptor(self.watched.file.descriptor, self.watched.file.network)

    @property
    def wallet(self) -> NodeWallet:
        """The wallet at its source."""
        return node_wallet(self.source, self.watched)

    def fee_rate(self, asked: int | None, target_blocks: int) -> int:
        """The feerate that was asked for, or else the estimate that the sources agree on."""
        if asked is not None:
            return asked
        rate = self.source.fee_rate(target_blocks)
        if self.second is not None:
            check_rates(rate, self.second.fee_rate(target_blocks))
        return rate

    def agreed_rate(self, asked: Asked) -> int | None:
        """The feerate that was asked for or that two sources agree on; None leaves it to the wallet's."""
        if self.second is None:
            return asked.fee_rate_millisats
        return self.fee_rate(asked.fee_rate_millisats, asked.target_blocks)

    def out_of_reach(self, coins: tuple[Coin, ...]) -> frozenset[OutPoint]:
        """What may not be spent: leased or frozen."""
        labels = self.store.labels(self.watched.file.name)
        frozen = (coin.outpoint for coin in coins if labels.is_frozen(coin.outpoint))
        return frozenset((*leased(self.store, self.watched.file.name, self.height), *frozen))

    def change(self) -> PlannedOutput:
        """An output of any amount to the next change address, derived here too; NODE-RPC if not."""
        given = self.wallet.change_address()
        if derive_address(self.descriptor, CHANGE, given.index) != given.address:
            raise Fault("NODE-RPC", f"{given.address} is not change address {given.index}")
        script = parse_address(given.address, self.watched.file.network)
        return PlannedOutput(amount=Sats(0), script=script, place=Place(CHANGE, given.index))


def propose(bench: Workbench, asked: Asked) -> Proposal:
    """The payments that were asked for; raises ADDRESS, FUNDS or NODE-*."""
    network = bench.watched.file.network
    for payment in (*asked.payments, *((asked.drain,) if asked.drain else ())):
        parse_address(payment.address, network)
    coins = bench.wallet.coins()
    reach = bench.out_of_reach(coins)
    name = bench.watched.file.name
    labels = bench.store.labels(name)
    check_free(asked.coins, coins, leased(bench.store, name, bench.height), labels)
    free = tuple(coin for coin in coins if coin.outpoint not in reach and coin.confirmations > 0)
    if asked.drain is not None:
        picked = tuple(coin for coin in coins if coin.outpoint in asked.coins) or free
        return _drain(bench, asked, asked.drain, picked)
    spending = Spending(
        outputs=tuple((payment.address, payment.amount) for payment in asked.payments),
        fee_rate_millisats=bench.agreed_rate(asked),
        target_blocks=asked.target_blocks,
        is_replaceable=asked.is_replaceable,
        reserved=reach,
        coins=asked.coins,
        data=asked.data,
        locktime=asked.locktime,
    )
    if asked.order is Order.AUTO or asked.coins:
        psbt = bench.wallet.fund(spending)
    else:
        psbt = take_in_turn(
            in_order(free, asked.order),
            sum(payment.amount for payment in asked.payments),
            lambda points: bench.wallet.fund(replace(spending, coins=points)),
        )
    return Proposal(psbt=psbt, payments=asked.payments, payment_list=asked.payment_list)


def _drain(bench: Workbench, asked: Asked, drain: Payment, coins: tuple[Coin, ...]) -> Proposal:
    if not coins:
        raise Violation("FUNDS", "there is no coin that may be spent")
    network = bench.watched.file.network
    rate = bench.fee_rate(asked.fee_rate_millisats, asked.target_blocks)
    sequence = REPLACEABLE if asked.is_replaceable else FINAL_BUT_LOCKABLE
    fixed = [
        PlannedOutput(amount=p.amount, script=parse_address(p.address, network))
        for p in asked.payments
    ]
    if asked.data:
        fixed.append(PlannedOutput(amount=Sats(0), script=data_script(asked.data)))
    last = PlannedOutput(amount=Sats(0), script=parse_address(drain.address, network))
    spent = tuple(spend(bench.wallet, coin, sequence=sequence) for coin in coins)
    psbt = sweep(bench.descriptor, spent, (*fixed, last), rate, locktime=asked.locktime)
    rest = parse_psbt(psbt).transaction.outputs[-1].amount
    payments = (*asked.payments, replace(drain, amount=rest))
    return Proposal(psbt=psbt, payments=payments, payment_list=asked.payment_list)


def propose_taking_back(
    bench: Workbench, old_psbt: bytes, old_fee: int, replaces: str, rate: int
) -> Proposal:
    """The coins of a sent, unconfirmed payment back to the wallet, in place of it; raises RBF.

    The fee has to be higher than before by what a node asks for relaying it again, 1 sat/vB.
    """
    coins = spent_again(old_psbt, bench.descriptor)
    psbt = sweep(bench.descriptor, coins, (bench.change(),), rate)
    transaction = parse_psbt(psbt).transaction
    size = virtual_size(transaction, bench.descriptor)
    fee = -(-size * rate // 1000)
    least = old_fee + -(-size * _RELAY_STEP // 1000)
    if fee < least:
        raise Violation(
            "RBF",
            f"taking back at this feerate would cost {render_sats(fee)}, nodes want more than "
            f"{render_sats(least - 1)}",
            hint=f"--fee-rate {-(-least // size)} is enough",
        )
    return Proposal(psbt=psbt, payments=(), replaces=replaces)


def propose_paying_for(bench: Workbench, parent: str, rate: int) -> Proposal:
    """A child that lifts the unconfirmed transaction `parent` to `rate`; raises FUNDS or REQUEST-STATE."""
    entry = bench.wallet.pool_entry(parent)
    if entry is None:
        raise Violation("REQUEST-STATE", f"{parent} is not waiting to be confirmed")
    coins = bench.wallet.coins()
    reach = bench.out_of_reach(coins)
    ours = tuple(
        coin
        for coin in coins
        if str(coin.outpoint).startswith(parent) and coin.outpoint not in reach
    )
    if not ours:
        raise Violation("FUNDS", f"{parent} pays nothing to the wallet that may be spent")
    spent = tuple(spend(bench.wallet, coin) for coin in ours)
    owed = owed_for(entry, rate)
    psbt = sweep(bench.descriptor, spent, (bench.change(),), rate, owed=owed)
    return Proposal(psbt=psbt, payments=())


def data_script(data: bytes) -> bytes:
    """The OP_RETURN script that carries `data`."""
    size = len(data)
    if size <= _DIRECT:
        push = bytes((size,))
    elif size <= _ONE_BYTE:
        push = bytes((_PUSHDATA1, size))
    else:
        push = bytes((_PUSHDATA2,)) + size.to_bytes(2, "little")
    return bytes((_OP_RETURN,)) + push + data
