"""Bitcoin Core as the source of the chain and the keeper of watch-only wallets.

The node chooses coins and estimates fees. It is never asked to sign, its PSBTs are completed here
with full previous transactions, and what it returns is proven by the core before it is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from strongroom.core.errors import Fault, Violation
from strongroom.core.money import Sats
from strongroom.core.vault.model import Policy
from strongroom.online.wallets.chain_guard import check_chain
from strongroom.online.wallets.core_funding import render_amount
from strongroom.online.wallets.core_wallet import CoreWallet
from strongroom.online.wallets.port import NodeFacts

if TYPE_CHECKING:
    from strongroom.core.bundle.model import ChainAnchor
    from strongroom.core.descriptor.model import Descriptor
    from strongroom.core.network import Network
    from strongroom.online.wallets.rpc import RpcClient


@dataclass(frozen=True, slots=True)
class CoreNode:
    """A Bitcoin Core node."""

    rpc: RpcClient

    def facts(self) -> NodeFacts:
        """What the node says of itself."""
        network, chain = self.rpc.call("getnetworkinfo"), self.rpc.call("getblockchaininfo")
        return NodeFacts(
            software=network.at("subversion").text(),
            version=network.at("version").integer(),
            chain=chain.at("chain").text(),
            blocks=chain.at("blocks").integer(),
            headers=chain.at("headers").integer(),
        )

    def check_chain(self, network: Network) -> ChainAnchor:
        """The tip of `network`; raises NODE-CHAIN if this is another chain, a fork or behind."""
        return check_chain(self.rpc, network)

    def check_accepts(self, transaction: bytes) -> bool:
        """True: the memory pool would take `transaction`; raises NODE-REJECT with the reason."""
        answers = self.rpc.call("testmempoolaccept", [transaction.hex()], _highest_feerate())
        answer = answers.items()[0]
        if not answer.at("allowed").flag():
            reason = answer.at("reject-reason").text() if answer.has("reject-reason") else "unknown"
            raise Violation(
                "NODE-REJECT",
                f"the node would refuse the transaction: {reason}",
                hint="if a coin was spent elsewhere, cancel the request and make a new one",
            )
        return True

    def send(self, transaction: bytes) -> str:
        """The txid of `transaction`, now in the memory pool."""
        return self.rpc.call("sendrawtransaction", transaction.hex(), _highest_feerate()).text()

    def fee_rate(self, target_blocks: int) -> int:
        """Thousandths of sat/vB that confirm within `target_blocks`; NODE-RPC without an estimate."""
        answer = self.rpc.call("estimatesmartfee", target_blocks)
        if not answer.has("feerate"):
            raise Fault(
                "NODE-RPC",
                "the node can not estimate a fee",
                hint="give one with --fee-rate",
            )
        return int(answer.at("feerate").sats())  # BTC/kvB in satoshis is sat/kvB: thousandths

    def block_hash(self, height: int) -> str:
        """The hash of the block at `height`."""
        return self.rpc.call("getblockhash", height).text()

    def wallet(self, name: str, descriptor: Descriptor) -> CoreWallet:
        """The node's wallet `name`, which watches `descriptor`."""
        return CoreWallet(self.rpc, name, descriptor)


def _highest_feerate() -> str:
    """The default policy's cap on the feerate, in the BTC/kvB that the node expects."""
    return render_amount(Sats(Policy().fee_rate * 1000))
