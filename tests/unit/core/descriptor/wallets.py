"""Descriptors for tests, from seeds of one repeated byte."""

from __future__ import annotations

from strongroom.core.bitcoin.keys import MasterKey
from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.descriptor.account import cosigner_key
from strongroom.core.descriptor.checksum import descriptor_checksum
from strongroom.core.network import Network
from strongroom.core.secret import Secret

NETWORK = Network.REGTEST


def master(number: int) -> MasterKey:
    """The master key of the seed of 32 bytes `number`."""
    return MasterKey.from_seed(Secret(bytes([number]) * 32))


def key(
    number: int,
    kind: ScriptKind = ScriptKind.WSH_MULTI,
    network: Network = NETWORK,
    branches: str = "/<0;1>/*",
) -> str:
    """The cosigner key of seed `number`, with its branches."""
    return cosigner_key(kind, master(number), network) + branches


def keys(
    count: int,
    kind: ScriptKind = ScriptKind.WSH_MULTI,
    network: Network = NETWORK,
    branches: str = "/<0;1>/*",
) -> str:
    """The first `count` cosigner keys, with commas between them."""
    return ",".join(key(number, kind, network, branches) for number in range(1, count + 1))


def sealed(body: str) -> str:
    """`body` with its checksum."""
    return f"{body}#{descriptor_checksum(body)}"
