"""Addresses of scripts and trees as the real node and BDK derive them."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, partial

import bdkpython as bdk
import pytest

from strongroom.core.bitcoin.address import render_address
from strongroom.core.descriptor.checksum import descriptor_checksum
from strongroom.core.descriptor.derive import derive_scripts
from strongroom.core.descriptor.model import Descriptor
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.descriptor.unspendable import NUMS
from strongroom.core.errors import Violation
from strongroom.core.network import Network
from strongroom.online.wallets.core_wallet import branch_text
from strongroom.online.wallets.rpc import RpcRefused
from tests.integration.node import RegtestNode
from tests.unit.core.descriptor.test_miniscript import K1, K2, K3, LATER, SAFE
from tests.unit.core.descriptor.wallets import key
from tests.vectors.expressions import Expressions

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


def bdk_derives_the_same(body: str) -> bool:
    found, ours = derived(body)
    theirs = bdk.Descriptor(found.text, bdk.NetworkKind.TEST).to_single_descriptors()
    return ours == [
        [str(theirs[branch].derive_address(n, bdk.Network.REGTEST)) for n in range(3)]
        for branch in (0, 1)
    ]


@pytest.mark.parametrize("body", [*V0, *PLAIN_TREES, *OTHER_TREES])
def test_bdk_derives_the_same(body: str) -> None:
    """Some nodes refuse OP_IF in leaves; rust-miniscript, under BDK, does not."""
    assert bdk_derives_the_same(body)


def compared(node: RegtestNode, body: str) -> str:
    """Who reads an expression to the addresses that we read it to; `nobody` when the node refuses it too."""
    try:
        found, ours = derived(body)
    except Violation:
        with pytest.raises(RpcRefused):
            node.rpc("getdescriptorinfo", re.sub(r"<(\d+);\d+>", r"\1", body))
        return "nobody"
    try:
        theirs = node.rpc("deriveaddresses", branch_text(found, 1), [0, 2])
    except RpcRefused:
        return "BDK" if bdk_derives_the_same(body) else f"we alone: {body}"
    return "node" if theirs == ours[1] else f"differs: {body}"


@pytest.mark.parametrize(
    ("around", "readers"),
    [("wsh({})", {"node", "nobody"}), (f"tr({K3},{{}})", {"node", "nobody", "BDK"})],
)
def test_made_up_expressions(around: str, readers: set[str], node: RegtestNode) -> None:
    """The same are sane to us and to the node (to BDK if it forbids OP_IF in leaves), at the same addresses."""
    cosigner = cache(partial(key, branches="/<4;5>/*"))
    counted: Counter[str] = Counter()
    for number in range(400):
        made = Expressions(number, cosigner, tapscript="tr" in around).make(number % 5)
        counted[compared(node, around.format(made))] += 1
    assert {*counted} <= readers
    assert counted["nobody"] > 100
    assert counted["node"] > 80
