"""The forms that BIP-380 to 390 publish, with a wallet's keys in them, as we and the real node read them.

What the node refuses, we refuse. What it reads we read to the same addresses, or refuse by the form's name.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import count

import pytest

from strongroom.core.bitcoin.address import render_address
from strongroom.core.descriptor.checksum import descriptor_checksum
from strongroom.core.descriptor.derive import derive_scripts
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.descriptor.unspendable import NUMS
from strongroom.core.errors import Violation
from strongroom.core.network import Network
from strongroom.online.wallets.core_wallet import branch_text
from strongroom.online.wallets.rpc import RpcRefused
from tests.integration.node import RegtestNode
from tests.unit.core.descriptor.wallets import key
from tests.vectors.published import read_published

pytestmark = pytest.mark.integration

KEY = re.compile(
    r"(?:\[[^\]]*\])?(?:xp(?:ub|rv)\w+|[5KL][1-9A-HJ-NP-Za-km-z]{50,51}|(?:0[234])?[0-9a-f]{64}(?:[0-9a-f]{64})?)"
    r"(?:/[^,(){}]*)?(?=[,(){}])"
)
REFUSED_BY_NAME = (
    "combo is several",
    "raw names a script",
    "addr names an address",
    "rawtr hides",
    "pk has no address",
    "without sh or wsh has no address",
    "is a form that wallets do not use",
    r"musig.* is not supported",
)


def with_wallet_keys(body: str) -> str:
    """`body` with a key of a wallet for each key in it; BIP-341's unspendable key stays."""
    numbers = count(1)
    return KEY.sub(lambda m: NUMS.hex() if m[0] == NUMS.hex() else key(next(numbers)), body)


def sealed(body: str) -> str:
    return f"{body}#{descriptor_checksum(body)}"


def node_reads(node: RegtestNode, text: str) -> bool:
    try:
        node.rpc("getdescriptorinfo", text)
    except RpcRefused:
        return False
    return True


def outcome(node: RegtestNode, body: str) -> str:
    receive = re.sub(r"<0;1>", "0", body)
    if not node_reads(node, receive):
        with pytest.raises(Violation) as stop:
            parse_descriptor(sealed(body), Network.REGTEST)
        assert stop.value.rule == "DESCRIPTOR"
        return "both refuse"
    try:
        found = parse_descriptor(sealed(body), Network.REGTEST)
    except Violation as stop:
        named = (reason for reason in REFUSED_BY_NAME if re.search(reason, stop.message))
        return next(named, f"{body} is refused, since {stop.message}")
    for branch in (0, 1):
        scripts = [derive_scripts(found, branch, index).script_pubkey for index in range(3)]
        addresses = [render_address(script, Network.REGTEST) for script in scripts]
        assert node.rpc("deriveaddresses", branch_text(found, branch), [0, 2]) == addresses
    return "same addresses"


def test_published_forms(node: RegtestNode) -> None:
    published = read_published("descriptors")["cases"]
    cases = [body for _, kind, body in published if kind in {"valid", "invalid"}]
    counted = Counter(outcome(node, with_wallet_keys(body)) for body in cases)
    assert counted.total() == len(cases) == 131
    assert {*counted} <= {"same addresses", "both refuse", *REFUSED_BY_NAME}
    assert counted["same addresses"] > 50
    assert counted["both refuse"] > 50


def test_what_the_node_refuses_as_published_we_refuse(node: RegtestNode) -> None:
    refused = 0
    for _, kind, body in read_published("descriptors")["cases"]:
        text = f"wpkh({body})" if kind.startswith("key") else body
        refused += not node_reads(node, text)
        with pytest.raises(Violation, match="DESCRIPTOR"):
            parse_descriptor(sealed(text), Network.REGTEST)
    assert refused > 60
