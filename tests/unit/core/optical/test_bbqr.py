"""BBQr: what is split comes back, in any order, and nothing else is taken."""

from __future__ import annotations

import base64
import hashlib
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strongroom.core.errors import Violation
from strongroom.core.optical.bbqr import (
    SIZE_CAP,
    FileType,
    is_whole,
    join_file,
    split_file,
)

NOISE = hashlib.shake_256(b"noise").digest(2000)


@given(
    data=st.binary(min_size=1, max_size=3000),
    kind=st.sampled_from(FileType),
    capacity=st.integers(47, 400),
    order=st.randoms(use_true_random=False),
)
def test_parts_come_back_in_any_order_twice_and_in_small_letters(
    data: bytes, kind: FileType, capacity: int, order: random.Random
) -> None:
    parts = split_file(data, kind, capacity=capacity)
    assert all(len(part) <= capacity for part in parts)
    assert len({len(part) for part in parts[:-1]}) <= 1
    scanned = [part.lower() if order.random() < 0.5 else part for part in (*parts, *parts[:2])]
    order.shuffle(scanned)
    assert join_file(scanned) == (kind, data)


def test_what_does_not_shrink_is_not_compressed() -> None:
    assert split_file(NOISE, FileType.BINARY, capacity=154)[0].startswith("B$2B")
    assert split_file(bytes(2000), FileType.BINARY, capacity=154)[0].startswith("B$ZB")


def test_the_series_is_whole_with_its_last_part_and_not_before() -> None:
    parts = split_file(NOISE, FileType.PSBT, capacity=154)
    assert len(parts) == 23
    assert [is_whole(parts[:count]) for count in (1, 22, 23)] == [False, False, True]


def test_hex_parts_of_other_software_are_read() -> None:
    assert join_file(["B$HU0201BBCC", "B$HU0200AA"]) == (FileType.TEXT, b"\xaa\xbb\xcc")


def _packed(data: bytes) -> str:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -10)
    return base64.b32encode(deflate.compress(data) + deflate.flush()).decode().rstrip("=")


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["https://example.org"],
        ["B$HU0100"],
        ["B$HU0101AA"],
        ["B$HU0000AA"],
        ["B$HU0100ABC"],
        ["B$HQ0100AA"],
        ["B$9U0100AA"],
        ["B$HU0200AA", "B$HU0200BB", "B$HU0201AA"],
        ["B$2U0100A"],
        ["B$ZU0100AAAAAAAA"],
        [f"B$ZU0100{_packed(bytes(SIZE_CAP + 1))}"],
        [f"B$ZU0100{_packed(b'once')}AAAAAAAA"],
    ],
)
def test_anything_else_is_refused(lines: list[str]) -> None:
    with pytest.raises(Violation) as stop:
        join_file(lines)
    assert stop.value.rule == "SCAN"
