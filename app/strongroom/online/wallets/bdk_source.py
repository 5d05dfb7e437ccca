"""The chain by a server, and wallets by BDK with SQLite: for people who run no node.

A server is believed less than a node of one's own: its blocks have to carry their work, and a second source
can be named whose answers must agree. Wallet files hold public descriptors and what is known of coins.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from strongroom.core.bitcoin.codec import sha256d
from strongroom.core.bitcoin.transaction import parse_transaction, render_txid, transaction_id
from strongroom.core.bundle.model import ChainAnchor
from strongroom.core.errors import Fault
from strongroom.core.moment import parse_unix
from strongroom.online.wallets.bdk_wallet import BdkWallet
from strongroom.online.wallets.port import NodeFacts
from strongroom.online.wallets.servers import estimated_rate

if TYPE_CHECKING:
    from pathlib import Path

    from strongroom.core.descriptor.model import Descriptor
    from strongroom.core.network import Network
    from strongroom.online.wallets.servers import Server

_HINT = "use a server that follows the chain of your wallet"


@dataclass(frozen=True, slots=True)
class ServerSource:
    """A server, and the folder for the files of wallets."""

    server: Server
    folder: Path
    _wallets: dict[str, BdkWallet] = field(default_factory=dict)

    def facts(self) -> NodeFacts:
        """What the server says of itself."""
        height = self.server.tip().height
        return NodeFacts(
            software=self.server.name, version=0, chain="", blocks=height, headers=height
        )

    def check_chain(self, network: Network) -> ChainAnchor:
        """The tip of `network`; raises NODE-CHAIN if the server is on another chain or forges work.

        The header that the server gives has to hash to the block hash that it names, and below the target
        that it states: a fork with another proof of work does not.
        """
        genesis = self.server.block_hash(0)
        if genesis != network.constants.genesis_hash:
            raise Fault(
                "NODE-CHAIN",
                f"{self.server.name} has genesis block {genesis}, the wallet is of {network.value}",
                hint=_HINT,
            )
        tip = self.server.tip()
        worked = sha256d(tip.raw)
        if worked[::-1].hex() != tip.block_hash or int.from_bytes(worked, "little") > _target(
            tip.raw
        ):
            raise Fault(
                "NODE-CHAIN",
                f"the newest block of {self.server.name}, {tip.block_hash}, does not carry its work",
                hint=_HINT,
            )
        return ChainAnchor(
            network=network,
            genesis_hash=genesis,
            tip_height=tip.height,
            tip_hash=tip.block_hash,
            tip_time=parse_unix(int.from_bytes(tip.raw[68:72], "little")),
        )

    def check_accepts(self, transaction: bytes) -> bool:
        """False: a server tells only by refusing the transaction itself."""
        del transaction
        return False

    def send(self, transaction: bytes) -> str:
        """The txid of `transaction`, now handed to the network."""
        self.server.send(transaction)
        parsed = parse_transaction(transaction, rule="PROGRAM")
        return render_txid(transaction_id(parsed))

    def fee_rate(self, target_blocks: int) -> int:
        """Thousandths of sat/vB that confirm within `target_blocks`; NODE-RPC without an estimate."""
        return estimated_rate(self.server, target_blocks)

    def block_hash(self, height: int) -> str:
        """The hash of the block at `height`."""
        return self.server.block_hash(height)

    def wallet(self, name: str, descriptor: Descriptor) -> BdkWallet:
        """The wallet `name`, which watches `descriptor`, in a file of its own."""
        path = self.folder / f"{name}.sqlite"
        return self._wallets.setdefault(name, BdkWallet(self.server, path, descriptor))


def _target(header: bytes) -> int:
    """The highest hash that the header's `bits` allow."""
    bits = int.from_bytes(header[72:76], "little")
    exponent, mantissa = bits >> 24, bits & 0x7FFFFF
    return mantissa << (8 * (exponent - 3)) if exponent >= 3 else 0  # noqa: PLR2004 - compact form
