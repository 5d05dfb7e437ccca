"""A version 2 PSBT in version 0 says the same and loses nothing that version 0 can say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.psbt.reader import check_roundtrip, parse_psbt
from strongroom.core.psbt.version0 import render_version0
from tests.vectors.factory import draft


@pytest.mark.parametrize("kind", list(ScriptKind), ids=lambda k: k.value)
def test_the_same_in_version_0(kind: ScriptKind) -> None:
    made = draft(kind, locktime=700)
    made.global_fields.append((b"\xfc\x01a\x00", b"kept"))
    wanted = made.psbt()
    made.psbt_version = 2
    psbt = parse_psbt(made.psbt())
    assert render_version0(psbt) == wanted
    again = parse_psbt(wanted)
    check_roundtrip(again)
    assert again.transaction == psbt.transaction
    assert (again.inputs, again.outputs) == (psbt.inputs, psbt.outputs)
    assert render_version0(again) == wanted


def test_a_lock_of_an_input_becomes_the_transactions() -> None:
    made = draft()
    made.psbt_version = 2
    made.inputs[0].append((b"\x12", (650).to_bytes(4, "little")))
    again = parse_psbt(render_version0(parse_psbt(made.psbt())))
    assert again.transaction == replace(made.transaction, locktime=650)
