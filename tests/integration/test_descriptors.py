"""Addresses of scripts and trees as the real node and BDK derive them."""

from __future__ import annotations

import bdkpython as bdk
import pytest

from strongroom.core.bitcoin.address import render_address
from strongroom.core.descriptor.checksum import descriptor_checksum
from strongroom.core.descriptor.derive import derive_scripts
from strongroom.core.descriptor.model import Descriptor
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.descriptor.unspendable import NUMS
from strongroom.core.network import Network
from strongroom.online.wallets.core_wallet import branch_text
from tests.integration.node import RegtestNode
from tests.unit.core.descriptor.test_miniscript import K1, K2, K3, LATER, SAFE

pytestmark = pytest.mark.integration
V0 = [*(f"wsh({body})" for body in SAFE), f"sh(wsh({SAFE[0]}))"]
PLAIN_TREES = [
    f"tr({NUMS.hex()},pk({K1}))",
    f"tr({K1},and_v(v:pk({K2}),older(144)))",
    f"tr({K1},multi_a(2,{K2},{K3}))",
    f"tr({K1},{{multi_a(2,{K3},{K2}),{{pk({LATER}),pkh({K2})}}}})",
    f"tr({K1},{{{{pk({K2}),pk({K3})}},{{pk({LATER}),and_v(v:pk({K2}),older(9))}}}})",
]
SORTED_TREE = f"tr({K1},{{sortedmulti_a(2,{K3},{K2}),{{pk({LATER}),pkh({K2})}}}})"
OTHER_TREES = [f"tr({NUMS.hex()},{body})" for body in SAFE if "multi(" not in body]


def derived(body: str) -> tuple[Descriptor, list[list[str | None]]]:
    found = parse_descriptor(f"{body}#{descriptor_checksum(body)}", Network.REGTEST)
    scripts = [
        [derive_scripts(found, branch, index).script_pubkey for index in range(3)]
        for branch in (0, 1)
    ]
    return found, [[render_address(one, Network.REGTEST) for one in each] for each in scripts]


@pytest.mark.parametrize("body", [*V0, *PLAIN_TREES, SORTED_TREE])
def test_the_node_derives_the_same(body: str, node: RegtestNode) -> None:
    found, ours = derived(body)
    for branch in (0, 1):
        assert node.rpc("deriveaddresses", branch_text(found, branch), [0, 2]) == ours[branch]


@pytest.mark.parametrize("body", [*V0, *PLAIN_TREES, *OTHER_TREES])
def test_bdk_derives_the_same(body: str) -> None:
    """Some nodes refuse OP_IF in leaves; rust-miniscript, under BDK, does not."""
    found, ours = derived(body)
    theirs = bdk.Descriptor(found.text, bdk.NetworkKind.TEST).to_single_descriptors()
    for branch in (0, 1):
        addresses = [theirs[branch].derive_address(n, bdk.Network.REGTEST) for n in range(3)]
        assert [str(address) for address in addresses] == ours[branch]
