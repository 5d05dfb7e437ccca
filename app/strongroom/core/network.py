"""The four networks and the constants that tell them apart."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkConstants:
    """Prefixes and the genesis block of one network."""

    hrp: str
    p2pkh: int
    p2sh: int
    xpub: bytes
    coin_type: int
    genesis_hash: str


class Network(Enum):
    """A Bitcoin network by the name that people and manifests use."""

    MAINNET = "mainnet"
    TESTNET4 = "testnet4"
    SIGNET = "signet"
    REGTEST = "regtest"

    @property
    def constants(self) -> NetworkConstants:
        """The prefixes and the genesis hash of this network."""
        return _CONSTANTS[self]


def _test(hrp: str, genesis_hash: str) -> NetworkConstants:
    return NetworkConstants(
        hrp=hrp,
        p2pkh=0x6F,
        p2sh=0xC4,
        xpub=bytes.fromhex("043587cf"),
        coin_type=1,
        genesis_hash=genesis_hash,
    )


_CONSTANTS = {
    Network.MAINNET: NetworkConstants(
        hrp="bc",
        p2pkh=0x00,
        p2sh=0x05,
        xpub=bytes.fromhex("0488b21e"),
        coin_type=0,
        genesis_hash="000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
    ),
    Network.TESTNET4: _test(
        "tb", "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043"
    ),
    Network.SIGNET: _test("tb", "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6"),
    Network.REGTEST: _test(
        "bcrt", "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"
    ),
}
