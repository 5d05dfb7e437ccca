"""A PSBT in the other version says the same and loses nothing that the other version can say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.psbt.convert import render_as
from strongroom.core.psbt.reader import check_roundtrip, parse_psbt
from tests.vectors.factory import draft


@pytest.mark.parametrize("kind", list(ScriptKind), ids=lambda k: k.value)
def test_there_and_back(kind: ScriptKind) -> None:
    made = draft(kind, locktime=700)
    made.global_fields.append((b"\xfc\x01a\x00", b"kept"))
    forms = {}
    for version in (0, 2):
        made.psbt_version = version
        forms[version] = made.psbt()
    zero, two = parse_psbt(forms[0]), parse_psbt(forms[2])
    check_roundtrip(two)
    assert (zero.transaction, zero.inputs, zero.outputs) == (
        two.transaction,
        two.inputs,
        two.outputs,
    )
    for psbt in (zero, two):
        for version in (0, 2):
            assert render_as(psbt, version) == forms[version]


def test_a_lock_of_an_input_becomes_the_transactions() -> None:
    made = draft()
    made.psbt_version = 2
    made.inputs[0].append((b"\x12", (650).to_bytes(4, "little")))
    again = parse_psbt(render_as(parse_psbt(made.psbt()), 0))
    assert again.transaction == replace(made.transaction, locktime=650)
