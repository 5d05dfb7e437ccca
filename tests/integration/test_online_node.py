"""The node fixture runs a real node, and stops it."""

from __future__ import annotations

import pytest

from tests.integration.node import RegtestNode

pytestmark = pytest.mark.integration


def test_a_node_mines_funds_restarts_and_stops() -> None:
    with RegtestNode() as node:
        node.fund(node.rpc("getnewaddress", wallet="miner"), "1.5")
        height = node.rpc("getblockcount")
        node.stop()
        node.start()
        assert node.rpc("getblockcount") == height == 102
        folder = node.datadir
    assert not folder.exists()
