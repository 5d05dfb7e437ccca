"""The wallet file both ways, and strictly."""

from __future__ import annotations

import json
from typing import Any

import pytest

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.descriptor.account import account_descriptor
from strongroom.core.errors import Violation
from strongroom.core.network import Network
from strongroom.core.wallet_file import (
    WalletFile,
    check_name,
    parse_wallet_file,
    render_wallet_file,
)
from tests.unit.core.descriptor.wallets import NETWORK, master

FILE = WalletFile(
    name="Treasury 1",
    network=NETWORK,
    descriptor=account_descriptor(ScriptKind.WPKH, master(1), NETWORK),
    certificate="-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabcd\n-----END PGP PUBLIC KEY BLOCK-----\n",
)


def changed(**fields: Any) -> bytes:  # noqa: ANN401 - any JSON value
    return json.dumps({**json.loads(render_wallet_file(FILE)), **fields}).encode()


def test_both_ways() -> None:
    assert parse_wallet_file(render_wallet_file(FILE)) == FILE
    assert parse_wallet_file(changed(certificate="")).certificate == ""


@pytest.mark.parametrize("name", ["a", "Treasury", "cold-2_b.1 x", "x" * 32])
def test_names(name: str) -> None:
    check_name(name)
    assert parse_wallet_file(changed(name=name)).name == name


@pytest.mark.parametrize(
    "name", ["", " a", "a ", ".a", "a.", "..", "x" * 33, "a/b", "a\\b", "a:b", "ä", "a\n", "a\tb"]
)
def test_bad_names_are_refused(name: str) -> None:
    with pytest.raises(Violation, match="is not a name for a wallet") as stop:
        check_name(name)
    assert stop.value.rule == "WALLET-FORMAT"


@pytest.mark.parametrize(
    ("fields", "rule", "said"),
    [
        ({"format": "strongroom-vault"}, "WALLET-FORMAT", "wallet.format"),
        ({"version": 2}, "WALLET-FORMAT", "wallet.version"),
        ({"version": True}, "WALLET-FORMAT", "wallet.version"),
        ({"network": "testnet3"}, "WALLET-FORMAT", "not a network: 'testnet3'"),
        ({"network": None}, "WALLET-FORMAT", "wallet.network"),
        ({"network": Network.MAINNET.value}, "DESCRIPTOR", "the wallet is of mainnet"),
        ({"descriptor": ""}, "WALLET-FORMAT", "wallet.descriptor"),
        ({"descriptor": FILE.descriptor[:-1]}, "DESCRIPTOR", "7 characters"),
        ({"certificate": 1}, "WALLET-FORMAT", "wallet.certificate"),
        ({"name": "../x"}, "WALLET-FORMAT", "not a name"),
        ({"more": 1}, "WALLET-FORMAT", "unknown field 'more'"),
    ],
)
def test_refusals_say_why(fields: dict[str, Any], rule: str, said: str) -> None:
    with pytest.raises(Violation, match=said) as stop:
        parse_wallet_file(changed(**fields))
    assert stop.value.rule == rule


def test_a_missing_field_and_no_json_are_refused() -> None:
    for data in (b"", b"[]", b"{}", b'{"format":"strongroom-wallet"}', b"\xff"):
        with pytest.raises(Violation) as stop:
            parse_wallet_file(data)
        assert stop.value.rule == "WALLET-FORMAT"
