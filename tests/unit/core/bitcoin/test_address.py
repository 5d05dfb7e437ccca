"""Addresses both ways, and what people are told about a wrong one."""

from __future__ import annotations

import hashlib

import pytest
from embit import bech32

from strongroom.core.bitcoin.address import group_address, parse_address, render_address
from strongroom.core.errors import Violation
from strongroom.core.network import Network
from tests.vectors.published import read_published

ADDRESSES = read_published("addresses")


@pytest.mark.parametrize(("text", "network", "script"), ADDRESSES["valid"])
def test_published_addresses(text: str, network: str, script: str) -> None:
    chain = Network(network)
    assert parse_address(text, chain).hex() == script
    rendered = render_address(bytes.fromhex(script), chain)
    assert rendered in {text, text.lower()}


@pytest.mark.parametrize("network", list(Network))
@pytest.mark.parametrize(("text", "reason"), ADDRESSES["invalid"])
def test_published_invalid_addresses_are_refused(text: str, reason: str, network: Network) -> None:
    with pytest.raises(Violation) as stop:
        parse_address(text, network)
    assert stop.value.rule == "ADDRESS", reason


V0 = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
V1 = "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"
P2PKH = "1FsSia9rv4NeEwvJ2GvXrX7LyxYspbN2mo"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds a character"),
        (f"{V0} ", "holds a character"),
        (f"{V0}\n", "holds a character"),
        ("bc1q٣", "holds a character"),
        (V0[:-1] + "q", "wrong checksum"),
        (V0[:20] + V0[21:], "wrong checksum"),
        (V0[:-1] + "T", "mixes upper and lower case"),
        ("tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7", "testnet4 or signet"),
        ("bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", "of regtest"),
        ("mzK2FFDEhxqHcmrJw1ysqFkVyhUULo45hZ", "testnet4 or signet or regtest"),
        (P2PKH[:-1] + "p", "wrong checksum"),
        (f"1{P2PKH}", "wrong checksum"),
        (V0 + "q" * 60, "90 are the most"),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh", "checksum of its witness version 0"),
        ("bc1pw5dgrnzv", "witness version 1 with 1 bytes"),
        ("BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", "witness version 0 with 16 bytes"),
        ("bc1zw508d6qejxtdg4y5r3zarvaryvqyzf3du", "bits that belong to no byte"),
    ],
)
def test_refusals_say_why(text: str, said: str) -> None:
    with pytest.raises(Violation, match=said) as stop:
        parse_address(text, Network.MAINNET)
    assert stop.value.rule == "ADDRESS"


@pytest.mark.parametrize("network", list(Network))
def test_a_private_key_in_the_place_of_an_address_is_not_quoted(network: Network) -> None:
    key = "L4rK1yDtCWekvXuE6oXD9jCYfFNV2cWRpVuPLBcCU2z8TrisoyY1"
    with pytest.raises(Violation) as stop:
        parse_address(key, network)
    assert key[:8] not in str(stop.value)


@pytest.mark.parametrize(
    "script",
    [
        "",
        "6a",
        "6a0568656c6c6f",
        "51",
        "0015751e76e8199196d454941c45d1b3a323f1433bd600",
        "0020751e76e8199196d454941c45d1b3a323f1433bd6",
        "5101aa",
        "5229" + "00" * 41,
        "6120" + "00" * 32,
        "a914373b819a068f32b7a6b38b6b38729647cfde01c288",
        "76a914a31c06bd463e3923bc1aadbde48b16976c08071788ad",
        "21" + "02" * 33 + "ac",
    ],
)
def test_scripts_without_an_address(script: str) -> None:
    assert render_address(bytes.fromhex(script), Network.MAINNET) is None


def test_the_longest_and_the_shortest_witness_program() -> None:
    for script in (b"\x51\x02\x4e\x73", b"\x60\x28" + bytes(40)):
        address = render_address(script, Network.REGTEST)
        assert address is not None
        assert parse_address(address, Network.REGTEST) == script


def test_groups_of_four() -> None:
    assert group_address(V1).split(" ")[0] == "bc1p"
    assert group_address(V1).replace(" ", "") == V1
    assert group_address("abcde") == "abcd e"


@pytest.mark.parametrize("network", list(Network))
@pytest.mark.parametrize("size", range(2, 41))
def test_another_encoder_writes_the_same(network: Network, size: int) -> None:
    program = hashlib.sha512(bytes((size,))).digest()[:size]
    for version in range(17):
        if version or size in {20, 32}:
            script = bytes((0x50 + version if version else 0, size)) + program
            expected = bech32.encode(network.constants.hrp, version, program)
            assert render_address(script, network) == expected
