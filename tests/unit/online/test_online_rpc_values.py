"""What a node answers is taken by type, and an amount exactly or not at all."""

from __future__ import annotations

from decimal import Decimal

import pytest

from strongroom.core.errors import Fault
from strongroom.core.money import Sats
from strongroom.online.wallets.core_rpc import render_amount
from strongroom.online.wallets.rpc import Json, Reply, parse_node_url


@pytest.mark.parametrize(
    ("value", "sats"),
    [
        (Decimal("0.00000001"), 1),
        (Decimal("20999999.99999999"), 2_099_999_999_999_999),
        (Decimal("1E-8"), 1),
        (Decimal("-0.1"), -10_000_000),
        (2, 200_000_000),
    ],
)
def test_an_amount_is_exact(value: Json, sats: int) -> None:
    assert Reply("m", value).sats() == sats


@pytest.mark.parametrize("value", [Decimal("0.000000001"), 21_000_001, "1.0", True, None])
def test_an_amount_that_is_none_is_a_fault(value: Json) -> None:
    with pytest.raises(Fault) as caught:
        Reply("getbalances", value).sats()
    assert caught.value.rule == "NODE-RPC"
    assert "getbalances" in caught.value.message


def test_members_of_another_type_are_faults() -> None:
    reply = Reply("m", {"a": 1, "b": True, "c": [1], "d": "x"})
    assert reply.at("a").integer() == 1
    assert reply.at("b").flag()
    assert [item.integer() for item in reply.at("c").items()] == [1]
    for wrong in (
        lambda: reply.at("z"),
        lambda: reply.at("b").integer(),
        lambda: reply.at("a").flag(),
        lambda: reply.at("a").text(),
        lambda: reply.at("d").items(),
        lambda: reply.at("d").keys(),
    ):
        with pytest.raises(Fault):
            wrong()


@pytest.mark.parametrize(
    ("amount", "text"), [(1, "0.00000001"), (100_000_000, "1.00000000"), (123, "0.00000123")]
)
def test_an_amount_leaves_as_text(amount: int, text: str) -> None:
    assert render_amount(Sats(amount)) == text


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("127.0.0.1:8332", "http://127.0.0.1:8332"),
        ("http://localhost:18443/", "http://localhost:18443"),
        ("https://[::1]:8332", "https://[::1]:8332"),
    ],
)
def test_the_address_of_a_node(text: str, url: str) -> None:
    assert parse_node_url(text) == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "http://host",
        "ftp://host:1",
        "http://host:1/wallet/x",
        "http://u:p@host:1",
        "host:99999",
    ],
)
def test_what_is_no_address_of_a_node(text: str) -> None:
    with pytest.raises(Fault) as caught:
        parse_node_url(text)
    assert caught.value.rule == "NODE-RPC"
    assert "p@" not in caught.value.message
