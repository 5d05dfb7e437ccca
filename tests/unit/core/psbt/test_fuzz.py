"""No bytes bring the reader down: it reads them, or it stops by a rule."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strongroom.core.errors import Violation
from strongroom.core.psbt.reader import check_roundtrip, decode_psbt_file, parse_psbt
from strongroom.core.psbt.writer import render_psbt
from strongroom.core.rules import RULE_IDS
from tests.unit.core.psbt.example import version0, version2
from tests.vectors.published import read_published

SEEDS = [
    version0().render(),
    version2().render(),
    *(
        decode_psbt_file(text.encode())
        for *_, expected, text in read_published("psbt")["cases"]
        if isinstance(expected, int)
    ),
]
PSBT_RULES = {rule for rule in RULE_IDS if rule.startswith("PSBT-")}
Edit = tuple[int, int, bytes]
EDITS = st.lists(
    st.tuples(
        st.integers(0, 2**16),  # where
        st.integers(0, 9),  # how many bytes go
        st.binary(max_size=9),  # which come
    ),
    min_size=1,
    max_size=4,
)
BYTE_FLIPS = st.lists(
    st.tuples(st.integers(0, 2**16), st.just(1), st.binary(min_size=1, max_size=1)),
    min_size=1,
    max_size=3,
)


def change(data: bytes, edits: list[Edit]) -> bytes:
    for where, gone, come in edits:
        at = 5 + where % (len(data) - 5)
        data = data[:at] + come + data[at + gone :]
    return data


def check_reading(data: bytes) -> None:
    """Whatever is read at all is read in full: written again, it is the same."""
    try:
        psbt = parse_psbt(data)
    except Violation as stop:
        refused = stop
    else:
        check_roundtrip(psbt)
        assert render_psbt(psbt) == data
        assert parse_psbt(data) == psbt
        return
    assert refused.rule in PSBT_RULES
    assert refused.message


@settings(max_examples=250, deadline=None, database=None)
@given(st.sampled_from(SEEDS), st.one_of(EDITS, BYTE_FLIPS))
def test_changed_psbts(data: bytes, edits: list[Edit]) -> None:
    check_reading(change(data, edits))


@settings(max_examples=100, deadline=None, database=None)
@given(st.binary(max_size=300))
def test_noise(noise: bytes) -> None:
    check_reading(b"psbt\xff" + noise)
    with pytest.raises(Violation, match="PSBT-MAGIC"):
        decode_psbt_file(b"n" + noise)


@pytest.mark.slow
@settings(
    max_examples=100_000, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
@given(st.sampled_from(SEEDS), st.one_of(EDITS, BYTE_FLIPS))
def test_changed_psbts_at_length(data: bytes, edits: list[Edit]) -> None:
    check_reading(change(data, edits))


@pytest.mark.slow
def test_every_byte_of_every_seed() -> None:
    for data in SEEDS[:2]:
        for at in range(len(data)):
            for value in range(256):
                check_reading(data[:at] + bytes((value,)) + data[at + 1 :])
