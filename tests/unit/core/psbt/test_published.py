"""The reader against the vectors of BIP-174, BIP-370, BIP-371 and BIP-373.

Where a BIP calls a PSBT without inputs valid, the station refuses it: there is nothing to sign.
"""

from __future__ import annotations

import pytest

from strongroom.core.errors import Violation
from strongroom.core.psbt.reader import check_roundtrip, decode_psbt_file, parse_psbt
from strongroom.core.psbt.writer import render_psbt
from tests.vectors.published import read_published

CASES = read_published("psbt")["cases"]
NOTHING_TO_SIGN = {"bip174/valid/8", "bip174/valid/9"}
NO_LOCK_TIME = "bip370/valid/locktime/9"


@pytest.mark.parametrize(
    ("place", "expected", "text"),
    [(place, expected, text) for place, _, expected, text in CASES],
    ids=[place for place, *_ in CASES],
)
def test_published(place: str, expected: str | int, text: str) -> None:
    if isinstance(expected, str):
        assert "invalid" in place or place in {*NOTHING_TO_SIGN, NO_LOCK_TIME}
        with pytest.raises(Violation) as stop:
            parse_psbt(decode_psbt_file(text.encode()))
        assert stop.value.rule == expected
        return
    assert "invalid" not in place
    data = decode_psbt_file(text.encode())
    psbt = parse_psbt(data)
    check_roundtrip(psbt)
    assert render_psbt(psbt) == data
    assert psbt.transaction.locktime == expected


def test_only_what_is_not_acted_on_is_listed() -> None:
    """Fields of no BIP, and those of signing schemes that this signer leaves alone (MuSig2)."""
    listed = {
        place: {field.key[0] for field in psbt.unknown_fields}
        for place, _, expected, text in CASES
        if isinstance(expected, int)
        and (psbt := parse_psbt(decode_psbt_file(text.encode()))).unknown_fields
    }
    assert listed.pop("bip174/valid/6") == {0xF0}
    assert listed
    for place, types in listed.items():
        assert place.startswith("bip373"), place
        assert types <= {0x08, 0x1A, 0x1B, 0x1C}
