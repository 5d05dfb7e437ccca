"""Signature hashes against Bitcoin Core's vectors, BIP-143's examples and BIP-341's wallet vectors."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from strongroom.core.bitcoin.codec import render_var_bytes, sha256d, tagged_hash
from strongroom.core.bitcoin.model import OutPoint, Transaction, TxInput, TxOutput
from strongroom.core.bitcoin.sighash import SighashContext, without_codeseparators
from strongroom.core.bitcoin.transaction import parse_transaction, render_output, render_transaction
from strongroom.core.errors import Violation
from strongroom.core.money import Sats
from tests.vectors.published import read_published

TAPROOT = read_published("sighash_bip341")
SPENT = tuple(TxOutput(Sats(amount), bytes.fromhex(script)) for amount, script in TAPROOT["spent"])
TX = parse_transaction(bytes.fromhex(TAPROOT["transaction"]), rule="X")


def test_legacy() -> None:
    cases = read_published("sighash_legacy")["cases"]
    assert len(cases) == 500
    for raw, code, index, sighash_type, expected in cases:
        context = SighashContext(parse_transaction(bytes.fromhex(raw), rule="X"), ())
        found = context.legacy(index, bytes.fromhex(code), sighash_type)
        assert found[::-1].hex() == expected


def test_legacy_in_any_order() -> None:
    tx = Transaction(
        version=1,
        inputs=tuple(TxInput(OutPoint(bytes((n,)) * 32, n), n) for n in range(9)),
        outputs=SPENT,
        locktime=0,
    )
    context = SighashContext(tx, ())
    alone = [SighashContext(tx, ()).legacy(n, b"\x51", 1) for n in range(9)]
    assert len(set(alone)) == 9
    assert [context.legacy(n, b"\x51", 1) for n in range(9)] == alone
    assert [context.legacy(n, b"\x51", 1) for n in (7, 3, 3, 8, 0)] == [
        alone[n] for n in (7, 3, 3, 8, 0)
    ]


@pytest.mark.parametrize("index", [0, 63, 64, 65, 127, 128, 199])
def test_legacy_is_over_the_whole_transaction(index: int) -> None:
    points = [OutPoint(bytes((n,)) * 32, n) for n in range(200)]
    blank = [TxInput(point, 7 + n) for n, point in enumerate(points)]
    tx = Transaction(version=2, inputs=tuple(blank), outputs=SPENT, locktime=500)
    blank[index] = TxInput(points[index], 7 + index, b"\x51" * 30)
    whole = render_transaction(replace(tx, inputs=tuple(blank))) + b"\x01\x00\x00\x00"
    assert SighashContext(tx, ()).legacy(index, b"\x51" * 30, 1) == sha256d(whole)


def test_legacy_hashes_that_are_computed_ahead_are_the_same() -> None:
    points = (OutPoint(bytes((n,)) * 32, n) for n in range(99))
    inputs = tuple(TxInput(point, 7) for point in points)
    tx = Transaction(version=2, inputs=inputs, outputs=SPENT, locktime=500)
    alone, ahead = SighashContext(tx, ()), SighashContext(tx, ())
    codes = [bytes((0x51, n)) for n in range(99)]
    ahead.legacy_ahead(codes)
    for index, code in enumerate(codes):
        assert ahead.legacy(index, code, 1) == alone.legacy(index, code, 1)
        assert ahead.legacy(index, b"\x52", 1) == alone.legacy(index, b"\x52", 1)
        assert ahead.legacy(index, code, 2) == alone.legacy(index, code, 2)


def test_legacy_single_without_its_output_is_one() -> None:
    tx = Transaction(version=1, inputs=TX.inputs[:2], outputs=TX.outputs[:1], locktime=0)
    assert SighashContext(tx, ()).legacy(1, b"", 3) == b"\x01" + bytes(31)


@pytest.mark.parametrize("case", read_published("sighash_bip143")["cases"])
def test_segwit_v0(case: list[str | int]) -> None:
    _, raw, index, code, amount, sighash_type, expected = case
    tx = parse_transaction(bytes.fromhex(str(raw)), rule="X")
    spent = (TxOutput(Sats(int(amount)), b""),) * len(tx.inputs)
    found = SighashContext(tx, spent).segwit_v0(
        int(index), bytes.fromhex(str(code)), int(sighash_type)
    )
    assert found.hex() == expected


def test_taproot_key_path() -> None:
    context = SighashContext(TX, SPENT)
    for index, sighash_type, expected in TAPROOT["cases"]:
        assert context.taproot(index, sighash_type).hex() == expected


def test_taproot_script_path_and_annex() -> None:
    leaf, annex = b"\x77" * 32, b"\x50abc"
    one = TX.inputs[1]
    message = b"".join(
        (
            b"\x00\x83",
            TX.version.to_bytes(4, "little"),
            TX.locktime.to_bytes(4, "little"),
            b"\x03",
            one.outpoint.txid + one.outpoint.vout.to_bytes(4, "little"),
            render_output(SPENT[1]),
            one.sequence.to_bytes(4, "little"),
            hashlib.sha256(render_var_bytes(annex)).digest(),
            hashlib.sha256(render_output(TX.outputs[1])).digest(),
            leaf + b"\x00\xff\xff\xff\xff",
        )
    )
    found = SighashContext(TX, SPENT).taproot(1, 0x83, leaf_hash=leaf, annex=annex)
    assert found == tagged_hash("TapSighash", message)


@pytest.mark.parametrize(
    ("index", "sighash_type"), [(0, 4), (0, 0x80), (0, 256), (8, 3), (8, 0x83)]
)
def test_taproot_types_that_do_not_exist(index: int, sighash_type: int) -> None:
    with pytest.raises(Violation) as stop:
        SighashContext(TX, SPENT).taproot(index, sighash_type)
    assert stop.value.rule == "SIGHASH-TYPE"


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("ab", ""),
        ("51ab52ab", "5152"),
        ("02abab", "02abab"),
        ("4c02ababab", "4c02abab"),
        ("4d0200ababab", "4d0200abab"),
        ("05abab", "05abab"),
        ("ab4c", "4c"),
        ("ab4dab", "4dab"),
        ("ab4effffffffab", "4effffffffab"),
    ],
)
def test_codeseparators(script: str, expected: str) -> None:
    assert without_codeseparators(bytes.fromhex(script)).hex() == expected
