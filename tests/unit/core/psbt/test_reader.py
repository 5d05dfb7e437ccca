"""The reader takes one spelling of each PSBT and names the rule that any other one breaks."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace

import pytest

from strongroom.core.bitcoin.codec import render_compact_size
from strongroom.core.bitcoin.model import TxInput, TxOutput
from strongroom.core.bitcoin.transaction import render_output, render_transaction, transaction_id
from strongroom.core.errors import Violation
from strongroom.core.money import Sats
from strongroom.core.psbt.model import KeyOrigin, PreviousTransaction, UnknownField
from strongroom.core.psbt.reader import check_roundtrip, decode_psbt_file, parse_psbt, split_psbt
from strongroom.core.psbt.writer import render_psbt
from tests.unit.core.psbt.example import (
    DER,
    KEY,
    ORIGIN,
    PATH,
    X_ONLY,
    Draft,
    number,
    previous,
    unsigned,
    version0,
    version2,
)

MAKERS = (version0, version2)


def refuse(data: bytes) -> Violation:
    with pytest.raises(Violation) as stop:
        parse_psbt(data)
    return stop.value


@pytest.mark.parametrize("make", MAKERS)
def test_splitting_gives_the_maps_and_reads_no_further(make: Callable[[], Draft]) -> None:
    draft = make()
    whole, maps = parse_psbt(draft.render()), split_psbt(draft.render())
    assert (maps.version, maps.raw_global) == (whole.version, whole.raw_global)
    assert (maps.raw_inputs, maps.raw_outputs) == (whole.raw_inputs, whole.raw_outputs)
    draft.inputs[1][b"\x03"] = b"not a number"
    assert refuse(draft.render()).rule == "PSBT-CANONICAL"
    assert dict(split_psbt(draft.render()).raw_inputs[1])[b"\x03"] == b"not a number"
    with pytest.raises(Violation) as stop:
        split_psbt(draft.render() + b"\x00")
    assert stop.value.rule == "PSBT-CANONICAL"


@pytest.mark.parametrize("make", MAKERS)
def test_reads_every_field(make: Callable[[], Draft]) -> None:
    draft = make()
    draft.inputs[1] |= {
        b"\x02" + KEY: DER + b"\x01",
        b"\x04": b"redeem",
        b"\x05": b"witness",
        b"\x07": b"sig",
        b"\x08": b"\x01\x02ab",
        b"\x13": b"k" * 64,
        b"\x14" + X_ONLY + b"\x44" * 32: b"s" * 65,
        b"\x16" + X_ONLY: b"\x01" + b"\x44" * 32 + ORIGIN,
        b"\x17": X_ONLY,
        b"\x18": b"\x55" * 32,
    }
    draft.outputs[0] |= {
        b"\x00": b"redeem",
        b"\x01": b"witness",
        b"\x05": X_ONLY,
        b"\x06": b"\x01\xc0\x02ab\x01\xc0\x02cd",
        b"\x07" + X_ONLY: b"\x00" + ORIGIN,
    }
    psbt = parse_psbt(draft.render())
    assert psbt.transaction == unsigned()
    first, second = psbt.inputs
    spent = previous(0)
    assert first.previous_transaction == PreviousTransaction(
        txid=transaction_id(spent), outputs=spent.outputs
    )
    assert first.witness_utxo == spent.outputs[0]
    assert first.derivations == (KeyOrigin(KEY, b"\xaa\xbb\xcc\xdd", PATH),)
    assert (first.sighash_type, first.partial_signatures) == (1, ())
    assert second.partial_signatures == ((KEY, DER + b"\x01"),)
    assert (second.redeem_script, second.witness_script) == (b"redeem", b"witness")
    assert (second.final_script_sig, second.final_script_witness) == (b"sig", b"\x01\x02ab")
    assert second.tap_key_signature == b"k" * 64
    assert second.tap_script_signatures == ((X_ONLY + b"\x44" * 32, b"s" * 65),)
    assert second.tap_derivations == (KeyOrigin(X_ONLY, b"\xaa\xbb\xcc\xdd", PATH),)
    assert (second.tap_internal_key, second.tap_merkle_root) == (X_ONLY, b"\x55" * 32)
    output = psbt.outputs[0]
    assert (output.redeem_script, output.witness_script) == (b"redeem", b"witness")
    assert (output.tap_internal_key, len(output.tap_derivations)) == (X_ONLY, 1)
    assert psbt.unknown_fields == ()


@pytest.mark.parametrize("make", MAKERS)
def test_writes_back_what_it_read(make: Callable[[], Draft]) -> None:
    data = make().render()
    psbt = parse_psbt(data)
    check_roundtrip(psbt)
    assert render_psbt(psbt) == data


def test_lists_unknown_and_proprietary_fields() -> None:
    draft = version0()
    draft.head[b"\xfc\x05strg\x01"] = b"x"
    draft.inputs[1][b"\xfd\x00\x01key"] = b""
    draft.outputs[0][b"\x77"] = b"y"
    assert parse_psbt(draft.render()).unknown_fields == (
        UnknownField("global map", b"\xfc\x05strg\x01"),
        UnknownField("input 1", b"\xfd\x00\x01key"),
        UnknownField("output 0", b"\x77"),
    )


def test_inputs_that_share_a_previous_transaction_share_its_reading() -> None:
    draft = version0()
    draft.inputs[1][b"\x00"] = bytes(bytearray(draft.inputs[0][b"\x00"]))
    first, second = parse_psbt(draft.render()).inputs
    assert first.previous_transaction is second.previous_transaction


Change = tuple[str, str, bytes, bytes | None]
LONG_PATH = b"\xaa" * 4 + number(1) * 13
CHANGES: dict[str, tuple[str, str, bytes, bytes | None]] = {
    # name: rule, map, key, value (None removes the field); maps are h, i0, o1 of a version 0 PSBT
    "version-1": ("PSBT-MAGIC", "h", b"\xfb", number(1)),
    "version-3": ("PSBT-MAGIC", "h", b"\xfb", number(3)),
    "version-short": ("PSBT-CANONICAL", "h", b"\xfb", b"\x00"),
    "no-unsigned-tx": ("PSBT-UNSIGNED-TX", "h", b"\x00", None),
    "unsigned-tx-key-data": ("PSBT-CANONICAL", "h", b"\x00\x01", b""),
    "xpub-size": ("PSBT-CANONICAL", "h", b"\x01" + b"x" * 77, ORIGIN),
    "xpub-depth": ("PSBT-CANONICAL", "h", b"\x01" + bytes(4) + b"\x02" + bytes(73), ORIGIN),
    "xpub-path": ("PSBT-SIZE", "h", b"\x01" + bytes(4) + b"\x0d" + bytes(73), LONG_PATH),
    "message-text": ("PSBT-CANONICAL", "h", b"\x09", b"\xff"),
    "v2-count": ("PSBT-MAGIC", "h", b"\x04", b"\x02"),
    "v2-outpoint": ("PSBT-MAGIC", "i0", b"\x0e", bytes(32)),
    "v2-amount": ("PSBT-MAGIC", "o1", b"\x03", bytes(8)),
    "previous-short": ("PSBT-CANONICAL", "i0", b"\x00", render_transaction(previous(0))[:-1]),
    "previous-long": ("PSBT-CANONICAL", "i0", b"\x00", render_transaction(previous(0)) + b"\x00"),
    "previous-empty": ("PSBT-CANONICAL", "i0", b"\x00", b""),
    "previous-huge": ("PSBT-SIZE", "i0", b"\x00", bytes(4_000_001)),
    "utxo-short": ("PSBT-CANONICAL", "i0", b"\x01", bytes(7)),
    "utxo-long": ("PSBT-CANONICAL", "i0", b"\x01", bytes(10)),
    "utxo-key-data": ("PSBT-CANONICAL", "i0", b"\x01\x00", bytes(9)),
    "sig-key-size": ("PSBT-CANONICAL", "i0", b"\x02" + KEY[1:], DER + b"\x01"),
    "sig-key-start": ("PSBT-CANONICAL", "i0", b"\x02\x05" + KEY[1:], DER + b"\x01"),
    "sig-empty": ("PSBT-CANONICAL", "i0", b"\x02" + KEY, b""),
    "sig-no-type": ("PSBT-CANONICAL", "i0", b"\x02" + KEY, DER),
    "sig-long": ("PSBT-CANONICAL", "i0", b"\x02" + KEY, DER + b"\x01\x01"),
    "sig-r-size": ("PSBT-CANONICAL", "i0", b"\x02" + KEY, b"\x30\x06\x02\x09" + bytes(5)),
    "sig-s-size": ("PSBT-CANONICAL", "i0", b"\x02" + KEY, DER[:7] + b"\x01\x01\x01"),
    "sig-s-tag": ("PSBT-CANONICAL", "i0", b"\x02" + KEY, DER[:5] + b"\x03\x01\x01\x01"),
    "sighash-short": ("PSBT-CANONICAL", "i0", b"\x03", b"\x01"),
    "path-odd": ("PSBT-CANONICAL", "i0", b"\x06" + KEY, ORIGIN[:-1]),
    "path-none": ("PSBT-CANONICAL", "i0", b"\x06" + KEY, b""),
    "path-long": ("PSBT-SIZE", "i0", b"\x06" + KEY, LONG_PATH),
    "witness-short": ("PSBT-CANONICAL", "i0", b"\x08", b"\x02\x00"),
    "tap-sig-size": ("PSBT-CANONICAL", "i0", b"\x13", bytes(66)),
    "tap-script-key": ("PSBT-CANONICAL", "i0", b"\x14" + X_ONLY, bytes(64)),
    "tap-script-sig": ("PSBT-CANONICAL", "i0", b"\x14" + X_ONLY * 2, bytes(63)),
    "control-block": ("PSBT-CANONICAL", "i0", b"\x15" + bytes(34), b"\xc0"),
    "leaf-empty": ("PSBT-CANONICAL", "i0", b"\x15" + bytes(33), b""),
    "tap-path-hashes": ("PSBT-CANONICAL", "i0", b"\x16" + X_ONLY, b"\x02" + bytes(32) + ORIGIN),
    "tap-path-long": ("PSBT-SIZE", "i0", b"\x16" + X_ONLY, b"\x00" + LONG_PATH),
    "internal-key": ("PSBT-CANONICAL", "i0", b"\x17", KEY),
    "merkle-root": ("PSBT-CANONICAL", "i0", b"\x18", b""),
    "type-longer": ("PSBT-CANONICAL", "i0", b"\xfd\x10\x00", b""),
    "type-short": ("PSBT-CANONICAL", "i0", b"\xfd\x10", b""),
    "out-path": ("PSBT-SIZE", "o1", b"\x02" + KEY, LONG_PATH),
    "out-tree-empty": ("PSBT-CANONICAL", "o1", b"\x06", b""),
    "out-tree-depth": ("PSBT-CANONICAL", "o1", b"\x06", b"\x81\xc0\x00"),
    "out-tree-version": ("PSBT-CANONICAL", "o1", b"\x06", b"\x01\xc1\x00"),
    "out-tree-script": ("PSBT-CANONICAL", "o1", b"\x06", b"\x01\xc0\x02a"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_one_wrong_field(name: str) -> None:
    rule, where, key, value = CHANGES[name]
    draft = version0()
    fields = {"h": draft.head, "i0": draft.inputs[0], "o1": draft.outputs[1]}[where]
    fields.pop(key[:1], None)
    if value is not None:
        fields[key] = value
    stop = refuse(draft.render())
    assert stop.rule == rule
    assert len(stop.message) < 400


CHANGES_V2 = {
    "no-tx-version": ("PSBT-UNSIGNED-TX", "h", b"\x02", None),
    "no-input-count": ("PSBT-UNSIGNED-TX", "h", b"\x04", None),
    "no-output-count": ("PSBT-UNSIGNED-TX", "h", b"\x05", None),
    "no-inputs": ("PSBT-UNSIGNED-TX", "h", b"\x04", b"\x00"),
    "many-inputs": ("PSBT-SIZE", "h", b"\x04", render_compact_size(10_001)),
    "many-outputs": ("PSBT-SIZE", "h", b"\x05", render_compact_size(10_001)),
    "count-longer": ("PSBT-CANONICAL", "h", b"\x04", b"\xfd\x02\x00"),
    "count-left-over": ("PSBT-CANONICAL", "h", b"\x04", b"\x02\x00"),
    "one-input-less": ("PSBT-CANONICAL", "h", b"\x04", b"\x01"),
    "one-output-more": ("PSBT-CANONICAL", "h", b"\x05", b"\x03"),
    "unsigned-tx": ("PSBT-MAGIC", "h", b"\x00", render_transaction(unsigned())),
    "tx-version": ("PSBT-UNSIGNED-TX", "h", b"\x02", number(4)),
    "no-txid": ("PSBT-UNSIGNED-TX", "i0", b"\x0e", None),
    "no-index": ("PSBT-UNSIGNED-TX", "i0", b"\x0f", None),
    "txid-size": ("PSBT-CANONICAL", "i0", b"\x0e", bytes(33)),
    "time-lock": ("PSBT-CANONICAL", "i0", b"\x11", number(499_999_999)),
    "height-lock": ("PSBT-CANONICAL", "i0", b"\x12", number(500_000_000)),
    "height-zero": ("PSBT-CANONICAL", "i0", b"\x12", number(0)),
    "no-amount": ("PSBT-UNSIGNED-TX", "o1", b"\x03", None),
    "amount-negative": ("PSBT-UNSIGNED-TX", "o1", b"\x03", b"\xff" * 8),
    "no-script": ("PSBT-UNSIGNED-TX", "o1", b"\x04", None),
}


@pytest.mark.parametrize("name", CHANGES_V2)
def test_one_wrong_field_of_version_2(name: str) -> None:
    rule, where, key, value = CHANGES_V2[name]
    draft = version2()
    fields = {"h": draft.head, "i0": draft.inputs[0], "o1": draft.outputs[1]}[where]
    if value is None:
        del fields[key]
    else:
        fields[key] = value
    assert refuse(draft.render()).rule == rule


def test_locks_that_no_transaction_satisfies() -> None:
    draft = version2()
    draft.inputs[0][b"\x12"] = number(800_000)
    draft.inputs[1][b"\x11"] = number(1_700_000_000)
    stop = refuse(draft.render())
    assert stop.rule == "PSBT-UNSIGNED-TX"
    assert "800000" in stop.message
    assert "1700000000" in stop.message


TRANSACTIONS: dict[str, Callable[[], bytes]] = {
    "script-sig": lambda: render_transaction(
        replace(
            unsigned(),
            inputs=(unsigned().inputs[0], TxInput(unsigned().inputs[1].outpoint, 0, b"\x51")),
        )
    ),
    "witness": lambda: render_transaction(
        replace(
            unsigned(),
            inputs=(TxInput(unsigned().inputs[0].outpoint, 0, b"", (b"x",)), unsigned().inputs[1]),
        )
    ),
    "version-0": lambda: render_transaction(replace(unsigned(), version=0)),
    "version-4": lambda: render_transaction(replace(unsigned(), version=4)),
    "version-negative": lambda: render_transaction(replace(unsigned(), version=-1)),
    "no-input": lambda: render_transaction(replace(unsigned(), inputs=())),
    "no-output": lambda: render_transaction(replace(unsigned(), outputs=())),
    "amount-negative": lambda: render_transaction(
        replace(unsigned(), outputs=(TxOutput(Sats(-1), b""), unsigned().outputs[1]))
    ),
}


@pytest.mark.parametrize("name", TRANSACTIONS)
def test_transactions_that_are_not_to_be_signed(name: str) -> None:
    draft = version0()
    draft.head[b"\x00"] = TRANSACTIONS[name]()
    assert refuse(draft.render()).rule == "PSBT-UNSIGNED-TX"


def test_transaction_bytes_are_canonical() -> None:
    draft, raw = version0(), render_transaction(unsigned())
    for wrong in (raw + b"\x00", raw[:-1], raw[:4] + b"\xfd\x02\x00" + raw[5:]):
        draft.head[b"\x00"] = wrong
        assert refuse(draft.render()).rule == "PSBT-CANONICAL"


def test_counts_are_capped_before_anything_is_built() -> None:
    draft, raw = version0(), render_transaction(unsigned())
    draft.head[b"\x00"] = raw[:4] + render_compact_size(2**40) + raw[5:]
    assert refuse(draft.render()).rule == "PSBT-SIZE"
    draft.head[b"\x00"] = render_transaction(unsigned(outputs=10_001))
    assert refuse(draft.render()).rule == "PSBT-SIZE"


def test_no_more_bytes_and_fields_than_the_machine_has_room_for() -> None:
    assert refuse(b"psbt\xff" + bytes(32 * 1024 * 1024)).rule == "PSBT-SIZE"
    many = b"".join(b"\x04\x70" + n.to_bytes(3, "little") + b"\x00" for n in range(500_001))
    stop = refuse(b"psbt\xff" + many)
    assert stop.rule == "PSBT-SIZE"
    assert "500000" in stop.message


def test_a_key_stands_once() -> None:
    data = version0().render()
    field = b"\x01\x03\x04" + number(1)
    assert data.count(field) == 2
    stop = refuse(data.replace(field, field * 2, 1))
    assert stop.rule == "PSBT-DUPLICATE-KEY"
    assert stop.message.startswith("input 0: key 03 stands twice, again at byte ")


def test_framing() -> None:
    data = version0().render()
    assert refuse(data + b"\x00").rule == "PSBT-CANONICAL"
    field = b"\x01\x03\x04" + number(1)
    longer = b"\xfd\x01\x00" + field[1:]
    assert refuse(data.replace(field, longer, 1)).rule == "PSBT-CANONICAL"
    longer = field[:2] + b"\xfd\x04\x00" + field[3:]
    assert refuse(data.replace(field, longer, 1)).rule == "PSBT-CANONICAL"


@pytest.mark.parametrize("make", MAKERS)
def test_every_prefix_is_refused(make: Callable[[], Draft]) -> None:
    data = make().render()
    for end in range(len(data)):
        rule = refuse(data[:end]).rule
        assert rule == ("PSBT-MAGIC" if end < 5 else "PSBT-CANONICAL")


def test_roundtrip_sees_a_transaction_that_is_not_the_raw_one() -> None:
    for make in MAKERS:
        psbt = parse_psbt(make().render())
        tx = psbt.transaction
        first = tx.inputs[0]
        for other in (
            replace(tx, version=1),
            replace(tx, locktime=501),
            replace(tx, inputs=(first._replace(sequence=0), tx.inputs[1])),
            replace(tx, inputs=tx.inputs[::-1]),
            replace(tx, outputs=(TxOutput(Sats(5), b""), tx.outputs[1])),
        ):
            with pytest.raises(Violation, match="PSBT-ROUNDTRIP"):
                check_roundtrip(replace(psbt, transaction=other))


def test_negative_amounts_of_previous_outputs_are_left_to_the_review() -> None:
    draft = version0()
    draft.inputs[0][b"\x01"] = render_output(TxOutput(Sats(-5), b""))
    assert parse_psbt(draft.render()).inputs[0].witness_utxo == TxOutput(Sats(-5), b"")


def test_file_forms() -> None:
    data = version0().render()
    text = base64.b64encode(data)
    lines = b"\r\n".join(text[at : at + 76] for at in range(0, len(text), 76)) + b"\n"
    for form in (data, text, lines, data.hex().encode(), data.hex().upper().encode() + b"\n"):
        assert decode_psbt_file(form) == data


@pytest.mark.parametrize(
    "wrong", [b"", b"hello", b"cHNidP8", b"cHNidP8B=", b"70736274ff0", b"\xff\xfe", b"cHNidP9="]
)
def test_other_files(wrong: bytes) -> None:
    with pytest.raises(Violation) as stop:
        decode_psbt_file(wrong)
    assert stop.value.rule == "PSBT-MAGIC"


def test_base64_has_no_stray_bits() -> None:
    text = base64.b64encode(b"psbt\xff\x00\x00")
    assert text == b"cHNidP8AAA=="
    stray = b"cHNidP8AAB=="
    with pytest.raises(Violation, match="stray bits"):
        decode_psbt_file(stray)
