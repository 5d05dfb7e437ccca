"""A node that follows a forked coin, or is behind, is refused before it is asked for anything."""

from __future__ import annotations

import pytest

from strongroom.core.errors import Fault
from strongroom.core.network import Network
from strongroom.online.wallets.chain_guard import check_chain
from strongroom.online.wallets.rpc import CookieFile, RpcClient
from tests.integration.node import RegtestNode

pytestmark = pytest.mark.integration


def _rpc(node: RegtestNode) -> RpcClient:
    return RpcClient(node.url, CookieFile(node.cookie))


def test_a_node_at_the_tip_is_taken(node: RegtestNode) -> None:
    anchor = check_chain(_rpc(node), Network.REGTEST)
    assert anchor.tip_hash == node.rpc("getbestblockhash")
    assert anchor.tip_height == node.rpc("getblockcount")


@pytest.mark.parametrize("network", [Network.MAINNET, Network.TESTNET4, Network.SIGNET])
def test_a_node_of_another_network_is_refused(node: RegtestNode, network: Network) -> None:
    with pytest.raises(Fault, match="follows regtest") as caught:
        check_chain(_rpc(node), network)
    assert caught.value.rule == "NODE-CHAIN"


def test_a_node_without_blocks_is_behind() -> None:
    with RegtestNode() as fresh, pytest.raises(Fault, match="0 blocks of 0 known headers"):
        check_chain(_rpc(fresh), Network.REGTEST)


def test_a_forked_node_on_mainnet_is_refused() -> None:
    with RegtestNode(chain="main") as forked:
        deployments = forked.rpc("getdeploymentinfo")
        if "blake2b" not in deployments and "reduced_data" not in deployments["deployments"]:
            pytest.skip("this node follows Bitcoin on mainnet")
        with pytest.raises(Fault, match="follows a fork of Bitcoin") as caught:
            check_chain(_rpc(forked), Network.MAINNET)
    assert caught.value.rule == "NODE-CHAIN"


def test_a_node_that_is_not_there_is_a_fault(node: RegtestNode) -> None:
    client = RpcClient("http://127.0.0.1:1", CookieFile(node.cookie))
    with pytest.raises(Fault, match="no answer from the node") as caught:
        client.call("getblockcount")
    assert caught.value.rule == "NODE-RPC"


def test_a_refusal_carries_method_code_and_reason(node: RegtestNode) -> None:
    client = RpcClient(node.url, CookieFile(node.cookie))
    with pytest.raises(Fault, match=r"refused getblockhash: Block height out of range \(code -8\)"):
        client.call("getblockhash", 10_000_000)
