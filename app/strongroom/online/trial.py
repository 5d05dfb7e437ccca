"""Whether a transaction would be taken, before it is sent: by a source that can tell, or by trying it here.

Bitcoin Core has `testmempoolaccept`; servers and filters have nothing like it. Then coins, lock and size are
checked here, and its scripts by Bitcoin Core's own code where that is installed. What was not tried is said.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from strongroom.core.bitcoin.transaction import parse_transaction, render_transaction
from strongroom.core.bundle.manifest import parse_request_manifest
from strongroom.core.errors import Violation
from strongroom.core.psbt.reader import parse_psbt
from strongroom.online.receive import node_wallet

if TYPE_CHECKING:
    from types import ModuleType

    from strongroom.core.bitcoin.model import OutPoint, Transaction, TxOutput
    from strongroom.core.bundle.model import ChainAnchor
    from strongroom.online.cross_check import Sources
    from strongroom.online.intake import Taken
    from strongroom.online.store import Store

_RULE = "NODE-REJECT"
_WEIGHT_CAP = 400_000  # MAX_STANDARD_TX_WEIGHT of Bitcoin Core
_WITNESS_SCALE = 4
_TIMES = 500_000_000  # BIP-65: from here on a lock time is a time
_FINAL = 0xFFFF_FFFF
_KERNEL = "scripts (pip install 'strongroom[kernel]' runs them by Bitcoin Core's code)"
_FEES = "the least fee that memory pools take now"


class Judge(Enum):
    """Who said that a transaction would be taken."""

    SOURCE = "source"
    SECOND = "second"
    HERE = "here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A transaction that nothing speaks against; what was tried here, and what could not be."""

    judge: Judge
    tried: tuple[str, ...] = ()
    untried: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.judge is not Judge.HERE:
            place = "memory pool of the node" if self.judge is Judge.SOURCE else "second source"
            return f"The {place} would take it."
        return (
            "No source says beforehand whether it would take this. "
            f"Tried here: {', '.join(self.tried)}. Not tried: {', '.join(self.untried)}."
        )


def try_out(store: Store, taken: Taken, sources: Sources, anchor: ChainAnchor, raw: bytes) -> Trial:
    """That the transaction in `raw` would be taken, as far as can be known; NODE-REJECT else."""
    if sources.first.check_accepts(raw):
        return Trial(judge=Judge.SOURCE)
    if sources.second is not None and sources.second.check_accepts(raw):
        return Trial(judge=Judge.SECOND)
    transaction = parse_transaction(raw, rule=_RULE)
    spent = _spent(taken)
    _check_coins(store, taken, sources, transaction, spent)
    _check_lock(transaction, anchor)
    _check_weight(transaction)
    kernel = _load_kernel()
    if kernel is not None:
        _check_scripts(kernel, raw, spent)
    scripts = ("scripts by Bitcoin Core's code",) if kernel else ()
    return Trial(
        judge=Judge.HERE,
        tried=("coins unspent by the source", "lock time", "size", *scripts),
        untried=(_FEES,) if kernel else (_KERNEL, _FEES),
    )


def _spent(taken: Taken) -> tuple[TxOutput, ...]:
    """The coins of the request, by its previous transactions."""
    psbt = parse_psbt(taken.psbt)
    found = []
    for given, fields in zip(psbt.transaction.inputs, psbt.inputs, strict=True):
        previous = fields.previous_transaction
        coin = previous.outputs[given.outpoint.vout] if previous else fields.witness_utxo
        if coin is not None:
            found.append(coin)
    return tuple(found)


def _check_coins(
    store: Store,
    taken: Taken,
    sources: Sources,
    transaction: Transaction,
    spent: tuple[TxOutput, ...],
) -> None:
    wallet = node_wallet(sources.first, taken.watched)
    replaced = _replaced(store, taken)
    for given, coin in zip(transaction.inputs, spent, strict=True):
        if given.outpoint not in replaced and wallet.output(given.outpoint) != coin:
            raise Violation(
                _RULE,
                f"the source knows no unspent coin {given.outpoint}",
                hint="if it was spent elsewhere, cancel the request and make a new one",
            )


def _replaced(store: Store, taken: Taken) -> frozenset[OutPoint]:
    """The coins of the transaction that this one replaces: they are spent, by it."""
    txid = parse_request_manifest(taken.request.manifest).replaces
    records = store.requests(taken.record.wallet) if txid is not None else ()
    return frozenset(
        point for record in records if record.txid == txid for point, _ in record.spent
    )


def _check_lock(transaction: Transaction, anchor: ChainAnchor) -> None:
    lock = transaction.locktime
    if all(given.sequence == _FINAL for given in transaction.inputs):
        return
    now = anchor.tip_height if lock < _TIMES else int(anchor.tip_time.timestamp())
    if lock > now:
        raise Violation(
            _RULE,
            f"its lock time {lock} is not reached; the newest block is {anchor.tip_height}, "
            f"of {anchor.tip_time:%Y-%m-%d %H:%M} UTC",
            hint="send it again when it is reached",
        )


def _check_weight(transaction: Transaction) -> None:
    bare = len(render_transaction(transaction, witness=False))
    weight = bare * (_WITNESS_SCALE - 1) + len(render_transaction(transaction))
    if weight > _WEIGHT_CAP:
        raise Violation(
            _RULE,
            f"its weight is {weight}; nodes pass on {_WEIGHT_CAP} at most",
            hint="make two requests of it",
        )


def _load_kernel() -> ModuleType | None:
    """Bitcoin Core's consensus code, if the extra `kernel` is installed."""
    try:
        return importlib.import_module("pbk")
    except ImportError:
        return None


def _check_scripts(kernel: ModuleType, raw: bytes, spent: tuple[TxOutput, ...]) -> None:
    """NODE-REJECT: Bitcoin Core's interpreter takes every input, by all rules of consensus."""
    flags = kernel.ScriptVerificationFlags
    rules = (
        flags.P2SH
        | flags.DERSIG
        | flags.NULLDUMMY
        | flags.CHECKLOCKTIMEVERIFY
        | flags.CHECKSEQUENCEVERIFY
        | flags.WITNESS
        | flags.TAPROOT
    )
    transaction = kernel.Transaction(raw)
    coins = [kernel.TransactionOutput(kernel.ScriptPubkey(c.script), c.amount) for c in spent]
    known = kernel.script.PrecomputedTransactionData(transaction, coins)
    for index, coin in enumerate(spent):
        script = kernel.ScriptPubkey(coin.script)
        try:
            is_good = script.verify(coin.amount, transaction, known, index, rules)
        except kernel.ScriptVerifyException:
            is_good = False
        if not is_good:
            raise Violation(
                _RULE,
                f"Bitcoin Core's code refuses the script of input {index}",
                hint="do not send it: the program that finalised it is at fault",
            )
