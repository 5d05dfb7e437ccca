"""Blocks and a memory pool on Bitcoin Core's consensus code (py-bitcoinkernel), without a node.

The kernel decides about blocks and scripts. It knows no transaction by its id and has no memory pool, so
this keeps an index beside it, and the few rules of a pool that a wallet meets: known coins, no conflict but
for a higher fee, 1 sat/vB at least.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import pbk

from strongroom.core.bitcoin.codec import sha256d
from strongroom.core.bitcoin.model import OutPoint, Transaction, TxInput, TxOutput
from strongroom.core.bitcoin.transaction import (
    parse_transaction,
    render_transaction,
    transaction_id,
)
from strongroom.core.money import COIN, Sats
from strongroom.core.network import Network
from tests.finalised import rejected_inputs

if TYPE_CHECKING:
    from pathlib import Path

SUBSIDY = 50 * COIN
MATURITY = 100
_BITS = 0x207FFFFF
_TARGET = 0x7FFFFF << (8 * (0x20 - 3))
_NOBODY = b"\x51\x20" + hashlib.sha256(b"nobody").digest()
_COMMITMENT = bytes.fromhex("6a24aa21a9ed")
_ZERO = bytes(32)


class RefusedError(Exception):
    """Why a transaction or block was not taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A transaction with where it is: `height` None in the memory pool."""

    raw: bytes
    transaction: Transaction
    fee: int
    height: int | None


@dataclass
class EmbeddedChain:
    """A chain in `folder`: headers, the txids of each block in order, transactions, and who spends what."""

    folder: Path
    headers: list[bytes] = field(default_factory=list)
    blocks: list[list[bytes]] = field(default_factory=list)
    entries: dict[bytes, Entry] = field(default_factory=dict)
    spenders: dict[OutPoint, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._manager = pbk.load_chainman(self.folder, pbk.ChainType.REGTEST)
        self._manager.import_blocks([])  # activates the genesis block
        genesis = bytes.fromhex(
            "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac7"
            "2c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4adae5494dffff7f2002000000"
        )
        wanted = Network.REGTEST.constants.genesis_hash
        if sha256d(genesis)[::-1].hex() != wanted:
            raise RefusedError("the genesis block is not regtest's")
        self.headers.append(genesis)
        self.blocks.append([])

    @property
    def height(self) -> int:
        """The height of the newest block, as the kernel says."""
        return int(self._manager.get_active_chain().height)

    def hash_at(self, height: int) -> str:
        """The hash of a block as people see it."""
        return sha256d(self.headers[height])[::-1].hex()

    def output(self, point: OutPoint) -> TxOutput | None:
        """An output of a known transaction, spent or not."""
        entry = self.entries.get(point.txid)
        if entry is None or point.vout >= len(entry.transaction.outputs):
            return None
        return entry.transaction.outputs[point.vout]

    def mine(self, count: int, script: bytes = _NOBODY) -> Self:
        """`count` more blocks that pay to `script`; the first takes the whole memory pool."""
        for _ in range(count):
            self._mine_one(script)
        return self

    def pay_by_mining(self, script: bytes) -> None:
        """A coin of 50 bitcoin for `script`, ready to be spent."""
        self.mine(1, script)
        self.mine(MATURITY)

    def send(self, raw: bytes) -> str:
        """The txid of a transaction that is now in the memory pool; raises RefusedError with the reason."""
        try:
            transaction = parse_transaction(raw, rule="PROGRAM")
        except Exception as error:
            raise RefusedError("TX decode failed") from error
        txid = transaction_id(transaction)
        if txid in self.entries:
            raise RefusedError("txn-already-known")
        fee = self._check(raw, transaction)
        self._replace(transaction, fee)
        self._keep(txid, Entry(raw=raw, transaction=transaction, fee=fee, height=None))
        return txid[::-1].hex()

    def confirmations(self, txid: str) -> int:
        """How deep a transaction is; 0 in the memory pool. Raises KeyError for an unknown one."""
        height = self.entries[bytes.fromhex(txid)[::-1]].height
        return 0 if height is None else self.height - height + 1

    def received(self, script: bytes) -> int:
        """What confirmed transactions paid to `script`, in satoshis."""
        mined = (entry for entry in self.entries.values() if entry.height is not None)
        return sum(o.amount for e in mined for o in e.transaction.outputs if o.script == script)

    def _keep(self, txid: bytes, entry: Entry) -> None:
        self.entries[txid] = entry
        for given in entry.transaction.inputs:
            self.spenders[given.outpoint] = txid

    def _check(self, raw: bytes, transaction: Transaction) -> int:
        spent = []
        for given in transaction.inputs:
            output = self.output(given.outpoint)
            if output is None:
                raise RefusedError("bad-txns-inputs-missingorspent")
            spender = self.spenders.get(given.outpoint)
            if spender is not None and self.entries[spender].height is not None:
                raise RefusedError("bad-txns-inputs-missingorspent")
            spent.append(output)
        fee = sum(o.amount for o in spent) - sum(o.amount for o in transaction.outputs)
        if fee < len(raw) // 4:
            raise RefusedError("min relay fee not met")
        if rejected_inputs(raw, spent):
            raise RefusedError("mandatory-script-verify-flag-failed")
        return fee

    def _replace(self, transaction: Transaction, fee: int) -> None:
        conflicts = {
            self.spenders[given.outpoint]
            for given in transaction.inputs
            if given.outpoint in self.spenders
        }
        if conflicts and fee <= sum(self.entries[txid].fee for txid in conflicts):
            raise RefusedError("insufficient fee, rejecting replacement")
        for txid in conflicts:
            for given in self.entries.pop(txid).transaction.inputs:
                self.spenders.pop(given.outpoint, None)

    def _mine_one(self, script: bytes) -> None:
        height = self.height + 1
        pool = [entry for entry in self.entries.values() if entry.height is None]
        coinbase = _coinbase(height, script, pool)
        raws = [render_transaction(coinbase), *(entry.raw for entry in pool)]
        ids = [transaction_id(coinbase), *(transaction_id(entry.transaction) for entry in pool)]
        header = self._solved(_merkle_root(ids))
        block = header + bytes((len(raws),)) + b"".join(raws)
        self._manager.process_block(pbk.Block(block))
        if self.height != height:  # process_block does not raise for a block that does not connect
            raise RefusedError(f"the kernel did not take block {height}")
        self.headers.append(header)
        self.blocks.append(ids)
        self._keep(ids[0], Entry(raw=raws[0], transaction=coinbase, fee=0, height=height))
        for txid, entry in zip(ids[1:], pool, strict=True):
            mined = Entry(
                raw=entry.raw, transaction=entry.transaction, fee=entry.fee, height=height
            )
            self.entries[txid] = mined

    def _solved(self, root: bytes) -> bytes:
        before = self.headers[-1]
        moment = max(int.from_bytes(before[68:72], "little") + 1, int(time.time()))
        start = (0x20000000).to_bytes(4, "little") + sha256d(before) + root
        start += moment.to_bytes(4, "little") + _BITS.to_bytes(4, "little")
        nonce = 0
        while int.from_bytes(sha256d(start + nonce.to_bytes(4, "little")), "little") > _TARGET:
            nonce += 1
        return start + nonce.to_bytes(4, "little")


def _coinbase(height: int, script: bytes, pool: list[Entry]) -> Transaction:
    """The block's first transaction, committing to the witnesses of `pool` (BIP-141)."""
    witness_ids = [_ZERO, *(sha256d(entry.raw) for entry in pool)]
    commitment = sha256d(_merkle_root(witness_ids) + _ZERO)
    reward = (SUBSIDY >> (height // 150)) + sum(entry.fee for entry in pool)
    number = height.to_bytes((height.bit_length() + 8) // 8, "little")
    small = bytes((0x50 + height, 0x00)) if height <= 16 else bytes((len(number),)) + number
    return Transaction(
        version=2,
        inputs=(
            TxInput(
                outpoint=OutPoint(_ZERO, 0xFFFFFFFF),
                sequence=0xFFFFFFFF,
                script_sig=small + b"\x02sr",
                witness=(_ZERO,),
            ),
        ),
        outputs=(
            TxOutput(Sats(reward), script),
            TxOutput(Sats(0), _COMMITMENT + commitment),
        ),
        locktime=0,
    )


def _merkle_root(ids: list[bytes]) -> bytes:
    level = ids
    while len(level) > 1:
        if len(level) % 2:
            level = [*level, level[-1]]
        level = [sha256d(level[i] + level[i + 1]) for i in range(0, len(level), 2)]
    return level[0]
