"""The embedded chain in the place of a node: what tests and the demo do with either."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self

from strongroom.core.bitcoin.address import parse_address, render_address
from strongroom.core.money import render_btc
from strongroom.core.network import Network
from tests.embedded.chain import EmbeddedChain
from tests.embedded.esplora import EsploraServer

if TYPE_CHECKING:
    from types import TracebackType


class EmbeddedNode:
    """A chain of its own with an Esplora server; no process, no port but the server's."""

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="strongroom-chain-")
        self.chain = EmbeddedChain(Path(self._folder.name))
        self.server = EsploraServer(self.chain)
        self.server.__enter__()
        self._handed_out = 0
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.server.__exit__(kind, error, trace)
        self._folder.cleanup()

    @property
    def access(self) -> tuple[str, ...]:
        """The options of `wallet add` that lead here."""
        return ("--node", f"esplora+{self.server.url}")

    def mine(self, count: int) -> None:
        """`count` more blocks."""
        with self.server.lock:
            self.chain.mine(count)

    def fund(self, address: str, amount: str) -> None:
        """A block's whole reward to `address`, ready to be spent; the amount is the chain's, not `amount`."""
        del amount
        with self.server.lock:
            self.chain.pay_by_mining(parse_address(address, Network.REGTEST))

    def new_address(self) -> str:
        """An address whose key nobody has."""
        self._handed_out += 1
        key = hashlib.sha256(b"somebody %d" % self._handed_out).digest()
        address = render_address(b"\x51\x20" + key, Network.REGTEST)
        assert address is not None
        return address

    def confirmations(self, txid: str) -> int:
        """How deep a transaction is."""
        return self.chain.confirmations(txid)

    def received(self, address: str) -> str:
        """What confirmed transactions paid to `address`, in bitcoin."""
        total = self.chain.received(parse_address(address, Network.REGTEST))
        return render_btc(total).removesuffix(" BTC")
