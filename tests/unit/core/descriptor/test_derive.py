"""Scripts as others derive them, and whose key is whose."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from strongroom.core.bitcoin.address import render_address
from strongroom.core.bitcoin.codec import hash160
from strongroom.core.bitcoin.keys import HARDENED, parse_path, render_path
from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.descriptor.account import account_descriptor, account_path, cosigner_key
from strongroom.core.descriptor.derive import _branch_children, derive_ahead, derive_scripts
from strongroom.core.descriptor.ownership import find_own_key
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.descriptor.scripts import multi_script, sh_script
from strongroom.core.errors import Fault, Violation
from strongroom.core.network import Network
from tests.unit.core.descriptor.wallets import NETWORK, key, keys, master, sealed
from tests.vectors.published import read_published

SINGLE = (ScriptKind.PKH, ScriptKind.SH_WPKH, ScriptKind.WPKH, ScriptKind.TR)


@pytest.mark.parametrize(
    ("wallet", "branch", "index", "address"), read_published("multisig")["addresses"]
)
def test_addresses_are_those_of_another_library(
    wallet: tuple[str, str, int, str], branch: int, index: int, address: str
) -> None:
    form, kind, count, branches = wallet
    inner = keys(count, ScriptKind[kind], Network.MAINNET, f"/<{branches}>/*")
    descriptor = parse_descriptor(sealed(form.format(inner)), Network.MAINNET)
    script = derive_scripts(descriptor, branch, index).script_pubkey
    assert render_address(script, Network.MAINNET) == address


@pytest.mark.parametrize(("public_keys", "script", "address"), read_published("bip67")["cases"])
def test_published_key_order(public_keys: list[str], script: str, address: str) -> None:
    ordered = tuple(sorted(bytes.fromhex(text) for text in public_keys))
    rendered = multi_script(2, ordered)
    assert rendered.hex() == script
    assert render_address(sh_script(rendered), Network.MAINNET) == address


def test_sorting_changes_the_script_and_not_the_order_of_keys() -> None:
    plain = parse_descriptor(sealed(f"wsh(multi(2,{keys(5)}))"), NETWORK)
    ordered = parse_descriptor(sealed(f"wsh(sortedmulti(2,{keys(5)}))"), NETWORK)
    for index in range(5):
        one, two = derive_scripts(plain, 0, index), derive_scripts(ordered, 0, index)
        assert one.public_keys == two.public_keys
        assert two.witness_script == multi_script(2, tuple(sorted(one.public_keys)))
        assert one.witness_script == multi_script(2, one.public_keys)


@pytest.mark.parametrize("kind", SINGLE)
def test_script_codes_of_single_keys(kind: ScriptKind) -> None:
    text = account_descriptor(kind, master(1), NETWORK)
    scripts = derive_scripts(parse_descriptor(text, NETWORK), 1, 7)
    path = (*account_path(kind, NETWORK), 1, 7)
    public_key = master(1).derive_public(path).public_key
    assert scripts.public_keys == (public_key,)
    if kind is ScriptKind.TR:
        assert scripts.internal_key == public_key[1:]
        assert scripts.script_code == scripts.script_pubkey
    else:
        assert scripts.internal_key is None
        assert scripts.script_code == b"\x76\xa9\x14" + hash160(public_key) + b"\x88\xac"
    nested = b"\x00\x14" + hash160(public_key) if kind is ScriptKind.SH_WPKH else None
    assert scripts.redeem_script == nested
    assert scripts.witness_script is None


def test_script_codes_of_multisig() -> None:
    for form, kind in (
        ("sh({})", ScriptKind.SH_MULTI),
        ("wsh({})", ScriptKind.WSH_MULTI),
        ("sh(wsh({}))", ScriptKind.SH_WSH_MULTI),
    ):
        text = sealed(form.format(f"multi(2,{keys(3, kind)})"))
        scripts = derive_scripts(parse_descriptor(text, NETWORK), 0, 0)
        script = multi_script(2, scripts.public_keys)
        program = b"\x00\x20" + hashlib.sha256(script).digest()
        assert scripts.script_code == script
        assert scripts.witness_script == (None if kind is ScriptKind.SH_MULTI else script)
        redeem = {ScriptKind.SH_MULTI: script, ScriptKind.SH_WSH_MULTI: program}.get(kind)
        assert scripts.redeem_script == redeem


def test_other_branches_and_indexes_are_refused() -> None:
    descriptor = parse_descriptor(sealed(f"wpkh({key(1)})"), NETWORK)
    for branch in (-1, 2):
        with pytest.raises(Fault, match="neither receive nor change"):
            derive_scripts(descriptor, branch, 0)
    for index in (-1, HARDENED):
        with pytest.raises(Violation, match="no hardened child"):
            derive_scripts(descriptor, 0, index)


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (ScriptKind.PKH, "m/44h/1h/0h"),
        (ScriptKind.SH_WPKH, "m/49h/1h/0h"),
        (ScriptKind.WPKH, "m/84h/1h/0h"),
        (ScriptKind.TR, "m/86h/1h/0h"),
        (ScriptKind.SH_MULTI, "m/45h"),
        (ScriptKind.SH_WSH_MULTI, "m/48h/1h/0h/1h"),
        (ScriptKind.WSH_MULTI, "m/48h/1h/0h/2h"),
    ],
)
def test_standard_paths(kind: ScriptKind, path: str) -> None:
    assert render_path(account_path(kind, NETWORK)) == path
    origin = f"[{master(3).fingerprint.hex()}{path[1:]}]"
    assert cosigner_key(kind, master(3), NETWORK).startswith(f"{origin}tpub")


def test_mainnet_and_other_accounts() -> None:
    assert account_path(ScriptKind.TR, Network.MAINNET, 5) == parse_path("m/86h/0h/5h")
    with pytest.raises(Violation, match="no account 1"):
        account_path(ScriptKind.SH_MULTI, NETWORK, 1)
    with pytest.raises(Violation, match="keys of all signers"):
        account_descriptor(ScriptKind.WSH_MULTI, master(1), NETWORK)


def test_own_keys_are_found() -> None:
    descriptor = parse_descriptor(sealed(f"wsh(sortedmulti(2,{keys(3)}))"), NETWORK)
    assert [find_own_key(descriptor, master(n)) for n in (1, 2, 3)] == [0, 1, 2]


def test_a_wallet_without_our_key_is_refused() -> None:
    descriptor = parse_descriptor(sealed(f"wsh(sortedmulti(2,{keys(3)}))"), NETWORK)
    with pytest.raises(Violation, match="of the wallet's 3 keys none derive") as stop:
        find_own_key(descriptor, master(9))
    assert stop.value.rule == "WALLET-KEY"


def test_two_keys_of_one_seed_are_refused() -> None:
    first = cosigner_key(ScriptKind.WSH_MULTI, master(1), NETWORK)
    second = cosigner_key(ScriptKind.WSH_MULTI, master(1), NETWORK, 1)
    text = sealed(f"wsh(multi(1,{first}/<0;1>/*,{second}/<0;1>/*))")
    with pytest.raises(Violation, match="2 keys derive"):
        find_own_key(parse_descriptor(text, NETWORK), master(1))


def test_a_key_that_only_looks_like_ours_is_refused() -> None:
    ours = master(1).fingerprint.hex()
    forged = key(2).replace(master(2).fingerprint.hex(), ours)
    descriptor = parse_descriptor(sealed(f"wsh(multi(1,{forged},{key(3)}))"), NETWORK)
    with pytest.raises(Violation, match=f"key 1 carries our fingerprint .{ours}") as stop:
        find_own_key(descriptor, master(1))
    assert stop.value.rule == "WALLET-KEY"


def test_the_kept_branches_are_those_of_the_whole_descriptor() -> None:
    descriptor = parse_descriptor(sealed(f"wpkh({key(1)})"), NETWORK)
    other = replace(descriptor, keys=parse_descriptor(sealed(f"wpkh({key(2)})"), NETWORK).keys)
    assert derive_scripts(descriptor, 0, 0) != derive_scripts(other, 0, 0)


def test_scripts_that_are_derived_ahead_are_the_same() -> None:
    places = [(branch, index) for branch in (0, 1) for index in range(40)]
    ahead, fresh = (
        parse_descriptor(
            sealed(f"wsh(sortedmulti(2,{keys(3, ScriptKind.WSH_MULTI, NETWORK)}))"), NETWORK
        )
        for _ in range(2)
    )
    for forget in (derive_scripts.cache_clear, _branch_children.cache_clear):
        forget()
    expected = [derive_scripts(fresh, *place) for place in places]
    for forget in (derive_scripts.cache_clear, _branch_children.cache_clear):
        forget()
    derive_ahead(ahead, places)
    children, _ = _branch_children(ahead)[1]
    assert all(child.has(39) and not child.has(40) for child in children)
    assert [derive_scripts(ahead, *place) for place in places] == expected
