"""BIP-32, 44, 49, 84 and 86 as published, and what is refused as an extended key."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest

from strongroom.core.bitcoin.address import render_address
from strongroom.core.bitcoin.branch_keys import ChildKeys
from strongroom.core.bitcoin.keys import (
    HARDENED,
    MasterKey,
    parse_extended_key,
    parse_path,
    render_path,
)
from strongroom.core.bitcoin.mnemonic import parse_mnemonic, seed_from_mnemonic
from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.descriptor.account import account_descriptor
from strongroom.core.descriptor.derive import derive_scripts
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.errors import Violation
from strongroom.core.network import Network
from strongroom.core.secret import Secret
from tests.vectors.published import read_published

BIP32 = read_published("bip32")
ACCOUNTS = read_published("accounts")


def master(number: int = 1) -> MasterKey:
    return MasterKey.from_seed(Secret(bytes([number]) * 32))


@pytest.mark.parametrize(("seed", "path", "xpub"), BIP32["keys"])
def test_private_derivation(seed: str, path: str, xpub: str) -> None:
    root = MasterKey.from_seed(Secret(bytes.fromhex(seed)))
    assert root.derive_public(parse_path(path)).text(Network.MAINNET) == xpub


@pytest.mark.parametrize(("seed", "path", "xpub"), BIP32["keys"])
def test_public_derivation_gives_the_same(seed: str, path: str, xpub: str) -> None:
    steps = parse_path(path)
    if not steps or steps[-1] >= HARDENED:
        return
    root = MasterKey.from_seed(Secret(bytes.fromhex(seed)))
    parent = root.derive_public(steps[:-1])
    child = parent.derive(steps[-1])
    assert child.text(Network.MAINNET) == xpub
    assert ChildKeys(parent).at(steps[-1]) == child.public_key
    assert parse_extended_key(xpub, Network.MAINNET) == child


@pytest.mark.parametrize(("text", "reason"), BIP32["invalid"])
def test_published_invalid_keys_are_refused(text: str, reason: str) -> None:
    with pytest.raises(Violation) as stop:
        parse_extended_key(text, Network.MAINNET)
    assert stop.value.rule == "DESCRIPTOR", reason
    assert text not in str(stop.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text[:-1] + ("1" if text[-1] != "1" else "2"), "checksum"),
        (lambda text: text.lower(), "checksum"),
        (lambda text: text[:0], "checksum"),
        (lambda text: text[:20], "checksum"),
        (lambda text: text * 3, "length"),
        (lambda text: "1" + text, "checksum"),
    ],
)
def test_a_damaged_key_is_refused(change: Callable[[str], str], said: str) -> None:
    text = master().derive_public(()).text(Network.MAINNET)
    with pytest.raises(Violation, match=said):
        parse_extended_key(change(text), Network.MAINNET)


def test_a_key_of_another_network_is_refused() -> None:
    text = master().derive_public((HARDENED,)).text(Network.REGTEST)
    assert text.startswith("tpub")
    with pytest.raises(Violation, match="testnet4 or signet or regtest, the wallet is of mainnet"):
        parse_extended_key(text, Network.MAINNET)
    assert parse_extended_key(text, Network.SIGNET) == master().derive_public((HARDENED,))


def test_slip132_keys_are_refused_by_name() -> None:
    zpub = (
        "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mG"
        "DtKsAYz2oz2AGutZYs"
    )
    with pytest.raises(Violation, match="SLIP-132"):
        parse_extended_key(zpub, Network.MAINNET)


@pytest.mark.parametrize(("kind", "network", "branch", "index", "address"), ACCOUNTS["addresses"])
def test_published_accounts(kind: str, network: str, branch: int, index: int, address: str) -> None:
    words = parse_mnemonic(ACCOUNTS["mnemonic"])
    root = MasterKey.from_seed(seed_from_mnemonic(words, Secret(b"")))
    chain = Network(network)
    descriptor = parse_descriptor(account_descriptor(ScriptKind(kind), root, chain), chain)
    script = derive_scripts(descriptor, branch, index).script_pubkey
    assert render_address(script, chain) == address


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("m", ()),
        ("m/84h/1h/0h", (84 | HARDENED, 1 | HARDENED, HARDENED)),
        ("84'/0", (84 | HARDENED, 0)),
        ("m/2147483647h", (0xFFFF_FFFF,)),
    ],
)
def test_paths(text: str, path: tuple[int, ...]) -> None:
    assert parse_path(text) == path
    assert parse_path(render_path(path)) == path


@pytest.mark.parametrize(
    "text", ["", "m/", "/0", "0H", "00", "-1", "+1", "2147483648", "1h'", "٣", "1 "]
)
def test_bad_paths_are_refused(text: str) -> None:
    with pytest.raises(Violation) as stop:
        parse_path(text)
    assert stop.value.rule == "DESCRIPTOR"


def test_public_keys_have_no_hardened_children() -> None:
    key = master().derive_public(())
    with pytest.raises(Violation, match="no hardened child 0h"):
        key.derive(HARDENED)
    with pytest.raises(Violation, match="no hardened child 5h"):
        ChildKeys(key).at(HARDENED + 5)


def test_children_of_a_branch_are_those_of_the_key() -> None:
    parent = master().derive_public((HARDENED,))
    children = ChildKeys(parent)
    for index in (0, 5, HARDENED - 1):
        assert not children.has(index)
        assert children.at(index) == children.derive(index) == parent.derive(index).public_key
        assert children.has(index)
    children.keep(5, b"what was kept")
    assert children.at(5) == b"what was kept"


@pytest.mark.parametrize("size", [0, 15, 65])
def test_seeds_of_other_sizes_are_refused(size: int) -> None:
    with pytest.raises(Violation, match=f"{size} bytes"):
        MasterKey.from_seed(Secret(bytes(size)))


def test_private_keys_show_nothing() -> None:
    root = master()
    node = root.derive_private((HARDENED, 3))
    for shown in (repr(root), repr(node), str(root), str(node)):
        assert node.secret.hex() not in shown
        assert shown.startswith("<")
    for private in (root, node):
        with pytest.raises(TypeError):
            pickle.dumps(private)


def test_wiping_a_node_leaves_its_master() -> None:
    root = master()
    node = root.derive_private(())
    node.wipe()
    assert node.secret == b""
    assert root.derive_public(()).fingerprint == root.fingerprint
