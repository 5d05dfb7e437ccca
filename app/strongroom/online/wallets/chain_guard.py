"""Which chain a node follows, decided before anything else is asked of it.

A node that follows a forked coin still says `chain: main` and has the same genesis block, and an
ordinary signature is valid on both chains. So its name is not enough: the deployments that it
enforces, its warnings and the size of its block headers are looked at too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from strongroom.core.bundle.model import ChainAnchor
from strongroom.core.errors import Fault
from strongroom.core.moment import parse_unix
from strongroom.core.network import Network

if TYPE_CHECKING:
    from strongroom.online.wallets.reply import Reply
    from strongroom.online.wallets.rpc import RpcClient

OLDEST_VERSION = 250000
HEADER_SIZE = 80
_CHAIN_NAMES = {
    "main": Network.MAINNET,
    "testnet4": Network.TESTNET4,
    "signet": Network.SIGNET,
    "regtest": Network.REGTEST,
}
_FORKS = ("blake2b", "reduced_data", "long_coinbase_maturity")
_HINT = "point Strongroom at a node of Bitcoin Core that follows the chain of your wallet"


def check_version(network_info: Reply) -> int:
    """The node's version as a number, at least 25.0; raises NODE-CHAIN below that."""
    version = network_info.at("version").integer()
    if version < OLDEST_VERSION:
        name = network_info.at("subversion").text()
        raise Fault(
            "NODE-CHAIN",
            f"the node is {name}, version {version}; the oldest that is supported is 25.0",
            hint="update the node",
        )
    return version


def check_chain(rpc: RpcClient, network: Network) -> ChainAnchor:
    """The tip of `network`; raises NODE-CHAIN if the node is on another chain, a fork, or behind."""
    check_version(rpc.call("getnetworkinfo"))
    info = rpc.call("getblockchaininfo")
    _check_network(rpc, info, network)
    if network is Network.MAINNET:
        _check_fork(rpc, info)
    blocks, headers = info.at("blocks").integer(), info.at("headers").integer()
    if info.at("initialblockdownload").flag() or headers > blocks:
        raise Fault(
            "NODE-CHAIN",
            f"the node is behind: it has {blocks} blocks of {headers} known headers",
            hint="wait until the node has caught up (on regtest: mine a block)",
        )
    tip_hash = info.at("bestblockhash").text()
    _check_header_size(rpc, tip_hash)
    return ChainAnchor(
        network=network,
        genesis_hash=network.constants.genesis_hash,
        tip_height=blocks,
        tip_hash=tip_hash,
        tip_time=parse_unix(rpc.call("getblockheader", tip_hash).at("time").integer()),
    )


def _check_network(rpc: RpcClient, info: Reply, network: Network) -> None:
    chain = info.at("chain").text()
    genesis = rpc.call("getblockhash", 0).text()
    if _CHAIN_NAMES.get(chain) is not network or genesis != network.constants.genesis_hash:
        raise Fault(
            "NODE-CHAIN",
            f"the node follows {chain} with genesis block {genesis}, the wallet is of "
            f"{network.value}",
            hint=_HINT,
        )


def _check_fork(rpc: RpcClient, info: Reply) -> None:
    deployments = rpc.call("getdeploymentinfo")
    named = {*deployments.keys(), *deployments.at("deployments").keys()}
    warnings = info.at("warnings").value if info.has("warnings") else ""
    words = f"{warnings} {rpc.call('getnetworkinfo').at('subversion').text()}"
    check_software(" ".join((words, *named)))


def check_software(words: str) -> None:
    """NODE-CHAIN: nothing that a node on mainnet says of itself names a fork that it enforces."""
    found = [fork for fork in _FORKS if fork in words.lower()]
    if found:
        raise Fault(
            "NODE-CHAIN",
            f"the node follows a fork of Bitcoin: it enforces {', '.join(found)}",
            hint=_HINT,
        )


def _check_header_size(rpc: RpcClient, block_hash: str) -> None:
    size = len(rpc.call("getblockheader", block_hash, False).text()) // 2  # noqa: FBT003 - by position
    if size != HEADER_SIZE:
        raise Fault(
            "NODE-CHAIN",
            f"the node's newest block header has {size} bytes where Bitcoin's have {HEADER_SIZE}",
            hint=_HINT,
        )
