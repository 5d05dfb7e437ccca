"""Amounts, feerates and payments as people write them."""

from __future__ import annotations

import hashlib

import pytest

from strongroom.core.money import parse_amount
from strongroom.online.payments import (
    parse_fee_rate,
    parse_payment,
    parse_payment_file,
)


@pytest.mark.parametrize(
    ("text", "sats"),
    [
        ("1sat", 1),
        ("50000 sats", 50_000),
        ("0.5btc", 50_000_000),
        ("0.00000001BTC", 1),
        ("1.1 btc", 110_000_000),
        ("21000000btc", 2_100_000_000_000_000),
    ],
)
def test_an_amount_with_a_unit_is_exact(text: str, sats: int) -> None:
    assert parse_amount(text) == sats


@pytest.mark.parametrize(
    "text",
    [
        "1", "0.5", "", "btc", "-1sat", "1.5sat", "0sat", "0btc", "0.000000001btc", "1e3sat",
        "21000000.00000001btc", "1,5btc", "\uff10\uff11sat", "1 mbtc", ".5btc", "99999999999999999sat",
    ],
)  # fmt: skip
def test_an_amount_without_one_clear_meaning_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"amount|between"):
        parse_amount(text)


@pytest.mark.parametrize(("text", "rate"), [("1", 1000), ("12.5", 12_500), ("0.001", 1)])
def test_a_feerate_is_in_thousandths(text: str, rate: int) -> None:
    assert parse_fee_rate(text) == rate


@pytest.mark.parametrize("text", ["0", "0.0", "-1", "1.2345", "", "fast"])
def test_a_feerate_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="feerate"):
        parse_fee_rate(text)


def test_a_payment_has_payee_and_reference_after_the_amount() -> None:
    payment = parse_payment("bc1qx, 0.5btc, Alice Ltd, INV-1, second half")
    assert (payment.address, payment.amount) == ("bc1qx", 50_000_000)
    assert (payment.payee, payment.reference) == ("Alice Ltd", "INV-1, second half")


def test_a_payment_may_stop_after_the_amount() -> None:
    assert parse_payment("bc1qx,7sat").payee == ""


@pytest.mark.parametrize("text", ["bc1qx", ",1sat", "bc1qx,1", "bc1qx 1sat", ""])
def test_a_payment_without_address_or_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"amount|ADDRESS"):
        parse_payment(text)


def test_a_payment_file_names_the_line_that_is_wrong() -> None:
    head = b"address,amount,payee,reference\r\n"
    good = parse_payment_file(head + b'a,1sat,"Alice, Ltd",INV-1\r\n\r\nb,2 btc,,\r\n')
    assert [(p.address, p.amount, p.payee) for p in good.payments] == [
        ("a", 1, "Alice, Ltd"),
        ("b", 200_000_000, ""),
    ]
    with pytest.raises(ValueError, match="line 3: '2' is not an amount"):
        parse_payment_file(head + b"a,1sat,,\nb,2,,\n")


@pytest.mark.parametrize(
    ("column", "cell", "sats"),
    [("amount_btc", "1.5", 150_000_000), ("amount_sat", "1500", 1500), ("amount", "1500sat", 1500)],
)
def test_a_payment_file_states_its_unit(column: str, cell: str, sats: int) -> None:
    data = f"address,{column},payee,reference\na,{cell},,\n".encode()
    found = parse_payment_file(data)
    assert [p.amount for p in found.payments] == [sats]
    assert found.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("column", "cell"),
    [("amount_sat", "1.5"), ("amount_sat", "1sat"), ("amount_btc", "1btc"), ("amount_btc", ""),
     ("amount", "1"), ("amount_sat", "1,000"), ("amount_btc", "1e-3"), ("amount_btc", "0.000000001")],
)  # fmt: skip
def test_an_amount_that_contradicts_the_unit_is_refused(column: str, cell: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        parse_payment_file(f'address,{column},payee,reference\na,"{cell}",,\n'.encode())


@pytest.mark.parametrize(
    "data",
    [
        b"", b"a,1sat\n", b"amount,address,payee,reference\n", b"\xff",
        b"address,amount,payee\n", b"address,amount_eur,payee,reference\na,1,,\n",
        b"address,amount,payee,reference\n",
    ],
)  # fmt: skip
def test_a_payment_file_without_the_columns_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"first line|UTF-8|no payment"):
        parse_payment_file(data)


def test_a_cell_with_a_unit_below_a_unit_is_told_what_the_first_line_says() -> None:
    with pytest.raises(
        ValueError, match=r"^line 2: '0\.02btc' is not an amount in btc, as the first"
    ):
        parse_payment_file(b"address,amount_btc,payee,reference\na,0.02btc,,\n")
