"""BIP-322 as published."""

from __future__ import annotations

from typing import Any

import pytest

from strongroom.core.bitcoin.address import parse_address
from strongroom.core.errors import Violation
from strongroom.core.network import Network
from strongroom.core.proof.challenge import message_hash
from strongroom.core.proof.message import challenge_of, verify_message
from tests.vectors.published import read_published

BIP322 = read_published("bip322")
NEEDS_AN_INTERPRETER = frozenset({"p2tr-time-lock", "p2wsh-time-lock"})


@pytest.mark.parametrize("case", BIP322["hashes"])
def test_published_transactions(case: dict[str, str]) -> None:
    message = case["message"].encode()
    to_spend, to_sign = challenge_of(message, parse_address(case["address"], Network.MAINNET))
    assert message_hash(message).hex() == case["message_hash"]
    assert to_spend[::-1].hex() == case["to_spend_tx_hash"]
    assert to_sign[::-1].hex() == case["to_sign_tx_hash"]


@pytest.mark.parametrize("case", BIP322["good"], ids=lambda case: case["type"])
def test_published_signatures(case: dict[str, Any]) -> None:
    for signature in case["bip322_signatures"]:
        arguments = (case["message"].encode(), case["address"], signature, Network.MAINNET)
        if case["type"] in NEEDS_AN_INTERPRETER:
            with pytest.raises(Violation) as stop:
                verify_message(*arguments)
            assert stop.value.rule == "PROOF-SCRIPT"
            continue
        verdict = verify_message(*arguments)
        form = signature[:3] if signature[:3] in {"ful", "pof"} else "smp"
        assert verdict.form == form
        assert bool(verdict.coins) == (form == "pof")


@pytest.mark.parametrize("case", BIP322["bad"], ids=lambda case: case["description"])
def test_published_signatures_that_are_none(case: dict[str, str]) -> None:
    with pytest.raises(Violation) as stop:
        verify_message(
            case["message"].encode(), case["address"], case["signature"], Network.MAINNET
        )
    assert stop.value.rule == "PROOF"
