"""Transactions come back byte for byte, and a previous one proves the same as a whole one."""

from __future__ import annotations

import contextlib

import pytest

from strongroom.core.bitcoin.model import OutPoint, Transaction, TxInput, TxOutput
from strongroom.core.bitcoin.transaction import (
    parse_previous_transaction,
    parse_transaction,
    render_transaction,
    render_txid,
    transaction_id,
)
from strongroom.core.errors import Violation
from strongroom.core.money import Sats
from tests.vectors.published import read_published

RULE = "INPUT-PREVTX"
LEGACY = [bytes.fromhex(case[0]) for case in read_published("sighash_legacy")["cases"]]
SEGWIT = Transaction(
    version=2,
    inputs=(
        TxInput(OutPoint(b"\x01" * 32, 3), 0xFFFFFFFD, b"\x51" * 300, (b"", b"s" * 300)),
        TxInput(OutPoint(b"\x02" * 32, 0), 0, b""),
    ),
    outputs=(TxOutput(Sats(2**40), b"\x00" * 260), TxOutput(Sats(0), b"")),
    locktime=7,
)


@pytest.mark.parametrize("raw", [*LEGACY[::10], render_transaction(SEGWIT)])
def test_round_trip(raw: bytes) -> None:
    tx = parse_transaction(raw, rule=RULE)
    assert render_transaction(tx) == raw
    assert parse_previous_transaction(raw, rule=RULE) == (transaction_id(tx), tx.outputs)


def test_txid_of_the_genesis_coinbase() -> None:
    script = (
        "04ffff001d0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e20"
        "6272696e6b206f66207365636f6e64206261696c6f757420666f722062616e6b73"
    )
    key = (
        "4104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f355"
        "04e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac"
    )
    tx = Transaction(
        version=1,
        inputs=(TxInput(OutPoint(bytes(32), 0xFFFFFFFF), 0xFFFFFFFF, bytes.fromhex(script)),),
        outputs=(TxOutput(Sats(50 * 100_000_000), bytes.fromhex(key)),),
        locktime=0,
    )
    expected = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
    assert render_txid(transaction_id(tx)) == expected


def test_a_txid_leaves_the_witness_out() -> None:
    bare = parse_transaction(render_transaction(SEGWIT, witness=False), rule=RULE)
    assert all(not given.witness for given in bare.inputs)
    assert transaction_id(bare) == transaction_id(SEGWIT)


@pytest.mark.parametrize("raw", [LEGACY[0], render_transaction(SEGWIT)], ids=["legacy", "segwit"])
def test_both_readers_refuse_the_same(raw: bytes) -> None:
    wrong = [raw[:end] for end in range(0, len(raw), 7)]
    wrong += [raw + b"\x00", raw[:4] + b"\x00" + raw[4:], raw[:4] + b"\x00\x02" + raw[6:]]
    wrong += [raw[:4] + b"\xfd\x02\x00" + raw[5:], raw[:4] + b"\xff" * 9 + raw[5:]]
    for data in wrong:
        for read in (parse_transaction, parse_previous_transaction):
            with pytest.raises(Violation) as stop:
                read(data, rule=RULE)
            assert stop.value.rule == RULE


def test_a_witness_form_has_a_witness() -> None:
    bare = render_transaction(SEGWIT, witness=False)
    empty = bare[:4] + b"\x00\x01" + bare[4:-4] + b"\x00\x00" + bare[-4:]
    for read in (parse_transaction, parse_previous_transaction):
        with pytest.raises(Violation, match="no witness"):
            read(empty, rule=RULE)


@pytest.mark.parametrize("raw", [LEGACY[0], render_transaction(SEGWIT)], ids=["legacy", "segwit"])
def test_a_size_beyond_all_memory_ends_the_bytes(raw: bytes) -> None:
    refused = 0
    for at in range(4, len(raw)):
        data = raw[:at] + b"\xff" * 9 + raw[at + 1 :]
        with contextlib.suppress(Violation):
            parse_transaction(data, rule=RULE)
        try:
            parse_previous_transaction(data, rule=RULE)
        except Violation:
            refused += 1
    assert refused > len(raw) // 2


@pytest.mark.parametrize("raw", LEGACY[:5])
def test_any_changed_byte_reads_the_same_way_twice(raw: bytes) -> None:
    for at in range(len(raw)):
        data = raw[:at] + bytes((raw[at] ^ 0xFF,)) + raw[at + 1 :]
        try:
            tx = parse_transaction(data, rule=RULE)
        except Violation:
            with pytest.raises(Violation):
                parse_previous_transaction(data, rule=RULE)
        else:
            assert parse_previous_transaction(data, rule=RULE) == (transaction_id(tx), tx.outputs)
