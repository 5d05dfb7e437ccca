"""BIP-380's checksum as published, and every single mistake noticed."""

from __future__ import annotations

import pytest

from strongroom.core.descriptor.checksum import (
    check_checksum,
    checksum_of,
    descriptor_checksum,
)
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.errors import Violation
from tests.unit.core.descriptor.wallets import NETWORK, key, sealed
from tests.vectors.published import read_published


@pytest.mark.parametrize(("text", "good"), read_published("descriptors")["checksums"])
def test_published_checksums(text: str, *, good: bool) -> None:
    if good:
        assert check_checksum(text) == text.partition("#")[0]
        return
    with pytest.raises(Violation) as stop:
        check_checksum(text)
    assert stop.value.rule == "DESCRIPTOR"


def test_every_changed_character_is_noticed() -> None:
    text = sealed("wpkh(key/<0;1>/*)")
    for place in range(len(text)):
        changed = text[:place] + ("x" if text[place] != "x" else "y") + text[place + 1 :]
        with pytest.raises(Violation):
            check_checksum(changed)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raw(deadbeef)", "no checksum"),
        ("raw(deadbeef)#89f8spx", "7 characters, 8"),
        ("raw(deadbeef)#89f8spxn", "'89f8spxn' is not that"),
        ("raw(deadbeef)#89F8SPXM", "not that"),
        ("raw(\u00fc)#00000000", r"U\+00FC at position 5"),
        ("raw(deadbeef)\n#00000000", r"U\+000A at position 14"),
    ],
)
def test_refusals_say_why(text: str, said: str) -> None:
    with pytest.raises(Violation, match=said):
        check_checksum(text)


def test_the_checksum_of_a_descriptor() -> None:
    body = f"wpkh({key(1)})"
    assert checksum_of(parse_descriptor(sealed(body), NETWORK)) == descriptor_checksum(body)
