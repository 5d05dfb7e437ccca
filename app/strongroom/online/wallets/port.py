"""What the companion asks of a node or server, whichever kind it is.

Two ports: `ChainSource` knows the chain, `WatchedWallet` one wallet on it. Both are asked for facts
that the core then proves again; neither is believed on an address, an amount or a change output.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from strongroom.core.bitcoin.model import OutPoint, TxOutput
    from strongroom.core.bundle.model import ChainAnchor
    from strongroom.core.descriptor.model import Descriptor
    from strongroom.core.descriptor.places import Place
    from strongroom.core.money import Sats
    from strongroom.core.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeFacts:
    """What a node says of itself; hashes are as people see them."""

    software: str
    version: int
    chain: str
    blocks: int
    headers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What a wallet holds, by how sure it is."""

    confirmed: Sats
    pending: Sats
    immature: Sats


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAddress:
    """An address that the source handed out, and where on the receive branch it says it is."""

    address: str
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coin:
    """An unspent output of the wallet, at a place that our own derivation has confirmed."""

    outpoint: OutPoint
    amount: Sats
    address: str
    place: Place
    confirmations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolEntry:
    """An unconfirmed transaction with all of its unconfirmed ancestors: vbytes and fees of them all."""

    virtual_size: int
    fee: Sats


@dataclass(frozen=True, slots=True, kw_only=True)
class PastTransaction:
    """A transaction that concerns the wallet; `height` is its block's, None in the memory pool."""

    raw: bytes
    height: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What a new transaction shall do: pay `outputs` (address, amount), leave `reserved` alone.

    With `coins`, exactly these are spent; else the source chooses. `data` goes into an OP_RETURN.
    `fee_rate_millisats` is in thousandths of sat/vB; without it the source aims at being confirmed
    within `target_blocks`.
    """

    outputs: tuple[tuple[str, Sats], ...]
    fee_rate_millisats: int | None
    target_blocks: int
    is_replaceable: bool
    reserved: frozenset[OutPoint]
    coins: tuple[OutPoint, ...] = ()
    data: bytes = b""
    locktime: int = 0


class ChainSource(Protocol):
    """The chain, and the way into it."""

    def facts(self) -> NodeFacts:
        """What the source says of itself."""

    def check_chain(self, network: Network) -> ChainAnchor:
        """The tip of `network`; raises NODE-CHAIN if this is another chain, a fork or behind."""

    def check_accepts(self, transaction: bytes) -> bool:
        """True if the memory pool would take `transaction`, False if the source can not say.

        Raises NODE-REJECT with the reason.
        """

    def send(self, transaction: bytes) -> str:
        """The txid of `transaction`, now in the memory pool."""

    def fee_rate(self, target_blocks: int) -> int:
        """Thousandths of sat/vB that confirm within `target_blocks`, as the source estimates."""

    def block_hash(self, height: int) -> str:
        """The hash of the block at `height`."""

    def wallet(self, name: str, descriptor: Descriptor) -> WatchedWallet:
        """The wallet `name`, which watches `descriptor`."""


class WatchedWallet(Protocol):
    """A wallet that holds no keys."""

    def create(self, *, since: int | None, progress: Callable[[float], None]) -> None:
        """Make the wallet and look for its coins from block `since` on (None: from now on)."""

    def derived(self, branch: int, count: int) -> tuple[str, ...]:
        """The first `count` addresses of a branch, as the source derives them."""

    def new_address(self) -> NewAddress:
        """The next address to receive on."""

    def change_address(self) -> NewAddress:
        """The next address of the change branch."""

    def balance(self) -> Balance:
        """What the wallet holds."""

    def coins(self) -> tuple[Coin, ...]:
        """Every unspent output, unconfirmed ones too."""

    def previous(self, txid: str) -> bytes:
        """The whole transaction `txid`, which concerns the wallet."""

    def history(self) -> tuple[PastTransaction, ...]:
        """Every transaction that pays to the wallet or spends from it."""

    def output(self, point: OutPoint) -> TxOutput | None:
        """One of the wallet's coins as the source has it; None if it is spent or unknown."""

    def pool_entry(self, txid: str) -> PoolEntry | None:
        """What an unconfirmed transaction of the wallet and its ancestors pay; None if it is none."""

    def spent_in_chain(self, points: tuple[OutPoint, ...]) -> frozenset[OutPoint]:
        """Those of the wallet's coins that a transaction in a block has spent."""

    def fund(self, spending: Spending) -> bytes:
        """A PSBT that does `spending`, every input with its full previous transaction."""

    def bump(self, txid: str, fee_rate_millisats: int) -> bytes:
        """A PSBT that replaces the wallet's unconfirmed `txid`; raises RBF if that can not be."""

    def finish(self, psbt: bytes) -> bytes:
        """The transaction of a PSBT that has all its signatures; raises SIGN-ONLY-ADDS else."""

    def confirmations(self, txid: str) -> int:
        """How deep a transaction of the wallet is; 0 in the memory pool, below 0 in conflict."""

    def knows(self, txid: str) -> bool:
        """Whether the source has a transaction of the wallet with this id."""
