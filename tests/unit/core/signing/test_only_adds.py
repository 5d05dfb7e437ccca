"""SIGN-ONLY-ADDS: whatever an answer does beyond adding whole-transaction signatures is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.unit.core.psbt.example import (
    DER,
    KEY,
    ORIGIN,
    X_ONLY,
    Draft,
    number,
    unsigned,
    version0,
    version2,
)
from tests.vectors.published import read_published

from strongroom.core.bitcoin.transaction import render_transaction
from strongroom.core.errors import Violation
from strongroom.core.psbt.reader import decode_psbt_file, parse_psbt
from strongroom.core.signing.only_adds import AddedSignature, check_only_adds

SIG = b"\x02" + KEY
LEAF = b"\x44" * 32


def check(change: Callable[[Draft], None], make: Callable[[], Draft]) -> tuple[AddedSignature, ...]:
    request, response = make(), make()
    change(response)
    return check_only_adds(parse_psbt(request.render()), parse_psbt(response.render()))


def add_all(draft: Draft) -> None:
    draft.inputs[0] = {SIG: DER + b"\x01"} | draft.inputs[0]
    draft.inputs[1] |= {
        b"\x13": b"k" * 64,
        b"\x14" + X_ONLY + LEAF: b"s" * 64 + b"\x01",
    }


@pytest.mark.parametrize("make", [version0, version2])
def test_signatures_may_be_added(make: Callable[[], Draft]) -> None:
    assert check(add_all, make) == (
        AddedSignature(index=0, kind="PARTIAL_SIG", public_key=KEY, signature=DER + b"\x01"),
        AddedSignature(index=1, kind="TAP_KEY_SIG", public_key=b"", signature=b"k" * 64),
        AddedSignature(
            index=1,
            kind="TAP_SCRIPT_SIG",
            public_key=X_ONLY,
            signature=b"s" * 64 + b"\x01",
            leaf_hash=LEAF,
        ),
    )


def test_the_order_of_fields_means_nothing() -> None:
    def turn(draft: Draft) -> None:
        draft.inputs = [dict(reversed(fields.items())) for fields in draft.inputs]
        draft.head = dict(reversed(draft.head.items()))

    assert check(turn, version2) == ()


def _remove(fields: dict[bytes, bytes], key: bytes) -> None:
    del fields[key]


def _replace(draft: Draft, other: Draft) -> None:
    draft.head, draft.inputs, draft.outputs = other.head, other.inputs, other.outputs


def _swap_outputs(draft: Draft) -> None:
    tx = unsigned()
    other = type(tx)(
        version=tx.version,
        inputs=tx.inputs,
        outputs=tx.outputs[::-1],
        locktime=tx.locktime,
    )
    draft.head[b"\x00"] = render_transaction(other)


REFUSED: dict[str, Callable[[Draft], None]] = {
    "utxo-changed": lambda d: d.inputs[0].update({b"\x01": bytes(9)}),
    "utxo-removed": lambda d: _remove(d.inputs[0], b"\x01"),
    "previous-removed": lambda d: _remove(d.inputs[1], b"\x00"),
    "sighash-changed": lambda d: d.inputs[0].update({b"\x03": number(0x81)}),
    "sighash-removed": lambda d: _remove(d.inputs[0], b"\x03"),
    "path-changed": lambda d: d.outputs[0].update({b"\x02" + KEY: ORIGIN[:-4] + number(8)}),
    "path-removed": lambda d: d.outputs[0].clear(),
    "path-added": lambda d: d.outputs[0].update({b"\x02\x03" + KEY[1:]: ORIGIN}),
    "redeem-added": lambda d: d.inputs[0].update({b"\x04": b"x"}),
    "final-added": lambda d: d.inputs[0].update({b"\x08": b"\x01\x00"}),
    "unknown-added": lambda d: d.inputs[0].update({b"\x80": b"x"}),
    "proprietary-added": lambda d: d.head.update({b"\xfc\x01x\x00": b"x"}),
    "two-byte-type": lambda d: d.inputs[0].update({b"\xfd\x13\x01": b"x"}),
    "version-stated": lambda d: d.head.update({b"\xfb": number(0)}),
    "inputs-swapped": lambda d: d.inputs.reverse(),
    "outputs-swapped": _swap_outputs,
    "output-added": lambda d: _replace(d, version0(unsigned(2, 3))),
    "input-added": lambda d: _replace(d, version0(unsigned(3, 2))),
    "other-version": lambda d: _replace(d, version2()),
    "signature-in-output": lambda d: d.outputs[0].update({b"\x13": b"k" * 64}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_anything_else_is_refused(name: str) -> None:
    with pytest.raises(Violation) as stop:
        check(REFUSED[name], version0)
    assert stop.value.rule == "SIGN-ONLY-ADDS"
    assert stop.value.hint


def test_a_signature_that_was_there_stays() -> None:
    def signed(last: bytes) -> bytes:
        draft = version0()
        draft.inputs[0][SIG] = DER[:-1] + last + b"\x01"
        return draft.render()

    request = parse_psbt(signed(b"\x01"))
    assert check_only_adds(request, request) == ()
    for answer in (signed(b"\x02"), version0().render()):
        with pytest.raises(Violation, match="SIGN-ONLY-ADDS"):
            check_only_adds(request, parse_psbt(answer))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (SIG, DER + b"\x02"),
        (SIG, DER + b"\x03"),
        (SIG, DER + b"\x81"),
        (SIG, DER + b"\x00"),
        (b"\x13", b"k" * 64 + b"\x00"),
        (b"\x13", b"k" * 64 + b"\x02"),
        (b"\x13", b"k" * 64 + b"\x81"),
        (b"\x14" + X_ONLY + LEAF, b"s" * 64 + b"\x83"),
    ],
)
def test_signatures_commit_to_the_whole_transaction(key: bytes, value: bytes) -> None:
    with pytest.raises(Violation) as stop:
        check(lambda draft: draft.inputs[1].update({key: value}), version0)
    assert stop.value.rule == "SIGHASH-TYPE"
    assert f"0x{value[-1]:02x}" in stop.value.message


def test_bip174_signers() -> None:
    published = read_published("bip174_signing")
    request, combined, finalized = (
        parse_psbt(decode_psbt_file(published[name].encode()))
        for name in ("updated", "combined", "finalized")
    )
    for text in published["answers"]:
        answer = parse_psbt(decode_psbt_file(text.encode()))
        added = check_only_adds(request, answer)
        assert [(each.index, each.kind) for each in added] == [
            (0, "PARTIAL_SIG"),
            (1, "PARTIAL_SIG"),
        ]
        assert len(check_only_adds(answer, combined)) == 2
    with pytest.raises(Violation, match="SIGN-ONLY-ADDS"):
        check_only_adds(combined, finalized)
