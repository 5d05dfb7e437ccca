"""Fields are added at the end of an input's map; every byte that was there stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from strongroom.core.errors import Fault
from strongroom.core.psbt.reader import parse_psbt
from strongroom.core.psbt.writer import add_input_fields
from tests.unit.core.psbt.example import DER, KEY, Draft, version0, version2

FIELD = (b"\x02" + KEY, DER + b"\x01")


@pytest.mark.parametrize("make", [version0, version2])
def test_adds_in_place(make: Callable[[], Draft]) -> None:
    draft = make()
    psbt = parse_psbt(draft.render())
    signed = add_input_fields(psbt, {1: (FIELD, (b"\x13", b"k" * 64))})
    draft.inputs[1] |= {FIELD[0]: FIELD[1], b"\x13": b"k" * 64}
    assert signed == draft.render()
    again = parse_psbt(signed)
    assert again.inputs[1].partial_signatures == ((KEY, FIELD[1]),)
    assert again.version == psbt.version


def test_refuses_to_replace() -> None:
    psbt = parse_psbt(version0().render())
    for wrong in ({0: ((b"\x03", b""),)}, {0: (FIELD, FIELD)}, {2: (FIELD,)}, {-1: (FIELD,)}):
        with pytest.raises(Fault) as stop:
            add_input_fields(psbt, wrong)
        assert stop.value.rule == "PROGRAM"
