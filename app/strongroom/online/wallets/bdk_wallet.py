"""A watch-only wallet of BDK in SQLite, kept up to date from a server.

BDK chooses coins and hands out places; each PSBT is made anew from the registered descriptor with the
transaction that BDK proposes, so that its inputs carry their full previous transactions.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from strongroom.core.bitcoin.model import OutPoint
from strongroom.core.bitcoin.transaction import parse_transaction, render_txid
from strongroom.core.descriptor.derive import CHANGE
from strongroom.core.descriptor.places import Place, ScriptIndex, find_place
from strongroom.core.errors import Fault, Violation
from strongroom.core.money import Sats
from strongroom.core.psbt.convert import render_as
from strongroom.core.psbt.creator import CoinSpent, PlannedOutput, create_psbt
from strongroom.core.psbt.reader import parse_psbt
from strongroom.online.building.sweep import sweep
from strongroom.online.wallets.bdk_calls import load_bdk
from strongroom.online.wallets.bdk_open import GAP, open_wallet
from strongroom.online.wallets.bdk_policy import path_without_locks
from strongroom.online.wallets.port import Balance, Coin, NewAddress, PastTransaction, PoolEntry
from strongroom.online.wallets.servers import estimated_rate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from strongroom.core.bitcoin.model import Transaction, TxOutput
    from strongroom.core.descriptor.model import Descriptor
    from strongroom.online.wallets.port import Spending
    from strongroom.online.wallets.servers import Server

_REPLACEABLE, _PLAIN = 0xFFFF_FFFD, 0xFFFF_FFFE


@dataclass(slots=True)
class BdkWallet:
    """The wallet in the file at `path`; opened and brought up to date when it is first needed."""

    server: Server
    path: Path
    descriptor: Descriptor
    _open: Any = None
    _persister: Any = None
    _is_current: bool = False

    def create(self, *, since: int | None, progress: Callable[[float], None]) -> None:
        """Make the file and look for coins; a server has no shorter way than all of them."""
        del since
        progress(0.0)
        self._synced()
        progress(1.0)

    def _wallet(self) -> Any:  # noqa: ANN401 - BDK's Wallet
        if self._open is None:
            self._open, self._persister = open_wallet(self.path, self.descriptor)
        return self._open

    def engine(self) -> Any:  # noqa: ANN401 - BDK's Wallet
        """BDK's wallet as it is, for the server that knows the chain by it."""
        return self._wallet()

    def refresh(self) -> None:
        """Look for coins again."""
        self._is_current = False
        self._synced()

    def remember(self, transaction: bytes, now: int) -> None:
        """A transaction of the wallet that was sent at `now` (Unix time), which no server will tell of."""
        bdk = load_bdk()
        sent = bdk.UnconfirmedTx(tx=bdk.Transaction(transaction), last_seen=now)
        self._wallet().apply_unconfirmed_txs([sent])
        self._wallet().persist(self._persister)

    def _synced(self) -> Any:  # noqa: ANN401 - BDK's Wallet
        wallet = self._wallet()
        if not self._is_current:
            self.server.update(wallet)
            wallet.persist(self._persister)
            self._is_current = True
        return wallet

    def derived(self, branch: int, count: int) -> tuple[str, ...]:
        """The first `count` addresses of a branch, as BDK derives them."""
        wallet = self._wallet()
        return tuple(
            str(wallet.peek_address(_keychain(branch), index).address) for index in range(count)
        )

    def new_address(self) -> NewAddress:
        """The next address to receive on."""
        return self._handed_out(0)

    def change_address(self) -> NewAddress:
        """The next address of the change branch."""
        return self._handed_out(1)

    def _handed_out(self, branch: int) -> NewAddress:
        wallet = self._synced()
        found = wallet.reveal_next_address(_keychain(branch))
        wallet.persist(self._persister)
        return NewAddress(address=str(found.address), index=int(found.index))

    def balance(self) -> Balance:
        """What the wallet holds."""
        found = self._synced().balance()
        pending = found.trusted_pending.to_sat() + found.untrusted_pending.to_sat()
        return Balance(
            confirmed=Sats(found.confirmed.to_sat()),
            pending=Sats(pending),
            immature=Sats(found.immature.to_sat()),
        )

    def coins(self) -> tuple[Coin, ...]:
        """Every unspent output, unconfirmed ones too, each found again by our own derivation."""
        wallet = self._synced()
        tip = int(wallet.latest_checkpoint().height)
        return tuple(self._coin(output, tip) for output in wallet.list_unspent())

    def _coin(self, output: Any, tip: int) -> Coin:  # noqa: ANN401 - BDK's LocalOutput
        point = OutPoint(bytes.fromhex(str(output.outpoint.txid))[::-1], int(output.outpoint.vout))
        script = bytes(output.txout.script_pubkey.to_bytes())
        place = find_place(self.descriptor, script, int(output.derivation_index))
        if place is None:
            raise Fault("NODE-RPC", f"BDK lists {point}, which is not the wallet's")
        height = _height(output.chain_position)
        wallet = self._wallet()
        address = wallet.peek_address(_keychain(place.branch), place.index).address
        return Coin(
            outpoint=point,
            amount=Sats(output.txout.value.to_sat()),
            address=str(address),
            place=place,
            confirmations=0 if height is None else tip - height + 1,
        )

    def previous(self, txid: str) -> bytes:
        """The whole transaction `txid`."""
        found = self._find(txid)
        if found is not None:
            return bytes(found.transaction.serialize())
        return self.server.transaction(txid)

    def _find(self, txid: str) -> Any:  # noqa: ANN401 - BDK's CanonicalTx or None
        return self._synced().get_tx(load_bdk().Txid.from_string(txid))

    def history(self) -> tuple[PastTransaction, ...]:
        """Every transaction that pays to the wallet or spends from it."""
        return tuple(
            PastTransaction(
                raw=bytes(found.transaction.serialize()), height=_height(found.chain_position)
            )
            for found in self._synced().transactions()
        )

    def output(self, point: OutPoint) -> TxOutput | None:
        """One of the wallet's coins as the server has it; None if it is spent or unknown."""
        return self.server.output(self._synced(), point)

    def pool_entry(self, txid: str) -> PoolEntry | None:
        """What an unconfirmed transaction of the wallet pays, with those ancestors that are the wallet's too.

        Servers do not tell of other ancestors.
        """
        size, fee = 0, Sats(0)
        waiting, seen = [txid], {txid}
        while waiting:
            found = self._find(waiting.pop())
            if found is None or found.chain_position.is_confirmed():
                continue
            size += int(found.transaction.vsize())
            fee = Sats(fee + self._fee_of(found.transaction))
            parents = {str(given.previous_output.txid) for given in found.transaction.input()}
            waiting += parents - seen
            seen |= parents
        return PoolEntry(virtual_size=size, fee=fee) if size else None

    def _fee_of(self, transaction: Any) -> int:  # noqa: ANN401 - BDK's Transaction
        try:
            return int(self._wallet().calculate_fee(transaction).to_sat())
        except Exception as error:
            if not type(error).__module__.startswith("bdkpython"):
                raise
            raise Violation(
                "REQUEST-STATE",
                f"what {transaction.compute_txid()} pays is not known here, so the child's fee can not be set",
                hint="give the child a fee of its own: request create --coin ... --fee-rate ...",
            ) from error

    def spent_in_chain(self, points: tuple[OutPoint, ...]) -> frozenset[OutPoint]:
        """Those of the wallet's coins that a transaction in a block has spent."""
        mined = (past for past in self.history() if past.height is not None)
        spent = {
            given.outpoint
            for past in mined
            for given in parse_transaction(past.raw, rule="NODE-RPC").inputs
        }
        return frozenset(spent.intersection(points))

    def knows(self, txid: str) -> bool:
        """Whether a transaction of the wallet with this id is in the chain or the memory pool."""
        return self._find(txid) is not None

    def confirmations(self, txid: str) -> int:
        """How deep a transaction of the wallet is; 0 in the memory pool, -1 if it is gone."""
        self._is_current = False  # asked again of the server each time
        found = self._find(txid)
        if found is None:
            return -1
        height = _height(found.chain_position)
        return 0 if height is None else int(self._wallet().latest_checkpoint().height) - height + 1

    def fund(self, spending: Spending) -> bytes:
        """A PSBT that does `spending`; raises FUNDS when the wallet can not pay, NODE-RPC else."""
        bdk = load_bdk()
        wallet = self._synced()
        network = wallet.network()
        rate = spending.fee_rate_millisats
        if rate is None:
            rate = estimated_rate(self.server, spending.target_blocks)
        builder = bdk.TxBuilder().fee_rate(_fee_rate(bdk, rate))
        for address, amount in spending.outputs:
            script = bdk.Address(address, network).script_pubkey()
            builder = builder.add_recipient(script, bdk.Amount.from_sat(amount))
        if spending.data:
            builder = builder.add_data(spending.data)
        if spending.coins:
            builder = builder.add_utxos([_point(bdk, p) for p in spending.coins])
            builder = builder.manually_selected_only()
        builder = builder.unspendable([_point(bdk, point) for point in spending.reserved])
        builder = builder.nlocktime(_lock(bdk, spending.locktime))  # BDK's own would be the tip
        sequence = _REPLACEABLE if spending.is_replaceable else _PLAIN
        builder = builder.set_exact_sequence(sequence)
        for branch in (0, 1):
            policy = wallet.policies(_keychain(branch))
            if policy is not None and policy.requires_path():
                path = path_without_locks(policy.as_string())
                builder = builder.policy_path(path, _keychain(branch))
        return self._made(lambda: builder.finish(wallet))

    def bump(self, txid: str, fee_rate_millisats: int) -> bytes:
        """A PSBT that replaces the wallet's unconfirmed `txid` at a higher feerate; RBF, FUNDS else."""
        bdk = load_bdk()
        wallet = self._synced()
        if any(wallet.policies(_keychain(branch)).requires_path() for branch in (0, 1)):
            return self._bumped_here(txid, fee_rate_millisats)
        rate = _fee_rate(bdk, fee_rate_millisats)
        builder = bdk.BumpFeeTxBuilder(bdk.Txid.from_string(txid), rate)
        return self._made(lambda: builder.finish(wallet))

    def _bumped_here(self, txid: str, fee_rate_millisats: int) -> bytes:
        """The same as `bump` for scripts with several ways: BDK can not be told which. The change pays."""
        found = self._find(txid)
        if found is None or found.chain_position.is_confirmed():
            raise Violation("RBF", f"{txid} is not waiting to be confirmed")
        transaction = parse_transaction(bytes(found.transaction.serialize()), rule="NODE-RPC")
        coins, outputs = self._places(transaction)
        change = next((o for o in outputs if o.place and o.place.branch == CHANGE), None)
        if change is None:
            raise Violation(
                "RBF",
                f"{txid} has no change that could pay a higher fee",
                hint="make a child pay: strongroom request lift",
            )
        kept = tuple(output for output in outputs if output is not change)
        locktime = transaction.locktime
        return sweep(self.descriptor, coins, (*kept, change), fee_rate_millisats, locktime=locktime)

    def _made(self, finish: Callable[[], Any]) -> bytes:
        """BDK's transaction as a PSBT of our own making."""
        try:
            proposed = base64.b64decode(finish().serialize())
        except Exception as error:
            if not type(error).__module__.startswith("bdkpython"):
                raise
            raise _funding_stop(error) from error
        transaction = parse_psbt(proposed).transaction
        coins, outputs = self._places(transaction)
        self._wallet().persist(self._persister)
        return create_psbt(
            self.descriptor,
            coins,
            outputs,
            locktime=transaction.locktime,
            version=transaction.version,
        )

    def _places(
        self, transaction: Transaction
    ) -> tuple[tuple[CoinSpent, ...], tuple[PlannedOutput, ...]]:
        """Inputs and outputs of a transaction, with their places in the wallet."""
        scripts = ScriptIndex(self.descriptor, GAP)
        coins = []
        for given in transaction.inputs:
            previous = self.previous(render_txid(given.outpoint.txid))
            spent = parse_transaction(previous, rule="NODE-RPC").outputs[given.outpoint.vout]
            coins.append(
                CoinSpent(
                    outpoint=given.outpoint,
                    previous=previous,
                    place=scripts.find(spent.script) or Place(0, 0),
                    sequence=given.sequence,
                )
            )
        outputs = tuple(
            PlannedOutput(amount=o.amount, script=o.script, place=scripts.find(o.script))
            for o in transaction.outputs
        )
        return tuple(coins), outputs

    def finish(self, psbt: bytes) -> bytes:
        """The transaction of a PSBT that has all its signatures; raises SIG-EXISTING else."""
        bdk = load_bdk()
        text = base64.b64encode(render_as(parse_psbt(psbt), 0)).decode("ascii")
        done = bdk.Psbt(text).finalize()
        if not done.could_finalize:
            raise Violation("SIG-EXISTING", "BDK can not finalise the PSBT: signatures are missing")
        return bytes(done.psbt.extract_tx_unchecked_fee_rate().serialize())


def _keychain(branch: int) -> Any:  # noqa: ANN401 - BDK's KeychainKind
    bdk = load_bdk()
    return bdk.KeychainKind.INTERNAL if branch else bdk.KeychainKind.EXTERNAL


def _height(position: Any) -> int | None:  # noqa: ANN401 - BDK's ChainPosition
    return (
        int(position.confirmation_block_time.block_id.height) if position.is_confirmed() else None
    )


def _point(bdk: Any, point: OutPoint) -> Any:  # noqa: ANN401 - BDK's module and OutPoint
    return bdk.OutPoint(txid=bdk.Txid.from_string(render_txid(point.txid)), vout=point.vout)


def _lock(bdk: Any, locktime: int) -> Any:  # noqa: ANN401 - BDK's module and LockTime
    is_height = locktime < 500_000_000  # noqa: PLR2004 - BIP-65
    return bdk.LockTime.BLOCKS(locktime) if is_height else bdk.LockTime.SECONDS(locktime)


def _fee_rate(bdk: Any, millisats: int) -> Any:  # noqa: ANN401 - BDK's module and FeeRate
    return bdk.FeeRate.from_sat_per_kwu(-(-millisats // 4))


def _funding_stop(error: Exception) -> Violation | Fault:
    """What stopped BDK, in the words of the rule that it belongs to."""
    kind, said = type(error).__name__, " ".join(str(error).split())
    if kind in {"CoinSelection", "InsufficientFunds", "NoUtxosSelected", "OutputBelowDustLimit"}:
        return Violation(
            "FUNDS",
            f"the wallet can not pay this: {said}",
            hint="see `strongroom wallet balance`; coins of open requests are set aside",
        )
    if kind in {
        "TransactionNotFound",
        "TransactionConfirmed",
        "IrreplaceableTransaction",
        "FeeRateTooLow",
        "FeeTooLow",
    }:
        return Violation("RBF", f"it can not be replaced: {kind} {said}")
    return Fault("NODE-RPC", f"BDK does not build this: {kind} {said}")
