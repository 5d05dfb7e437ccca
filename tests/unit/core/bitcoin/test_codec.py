"""Compact sizes have one spelling, and a reader gives every byte once or refuses."""

from __future__ import annotations

import hashlib

import pytest

from strongroom.core.bitcoin.codec import (
    Reader,
    hash160,
    render_compact_size,
    render_var_bytes,
    sha256d,
    tagged_hash,
)
from strongroom.core.errors import Violation

SIZES = {
    0: "00",
    0xFC: "fc",
    0xFD: "fdfd00",
    0xFFFF: "fdffff",
    0x1_0000: "fe00000100",
    0xFFFF_FFFF: "feffffffff",
    0x1_0000_0000: "ff0000000001000000",
    2**64 - 1: "ffffffffffffffffff",
}


@pytest.mark.parametrize(("number", "text"), SIZES.items())
def test_compact_size(number: int, text: str) -> None:
    assert render_compact_size(number).hex() == text
    reader = Reader(bytes.fromhex(text), rule="PSBT-CANONICAL")
    assert reader.compact_size() == number
    reader.check_end()


@pytest.mark.parametrize(
    "text", ["", "fd", "fdfc00", "fd0000", "feffff0000", "ffffffffff00000000", "fe000001", "ff00"]
)
def test_other_spellings(text: str) -> None:
    with pytest.raises(Violation) as stop:
        Reader(bytes.fromhex(text), rule="PSBT-CANONICAL").compact_size()
    assert stop.value.rule == "PSBT-CANONICAL"


def test_reader_takes_everything_once() -> None:
    reader = Reader(bytes(range(1, 24)) + b"\x02hi" + b"\xff" * 12, rule="X")
    assert reader.u8() == 1
    assert reader.u16() == 0x0302
    assert reader.u32() == 0x07060504
    assert reader.u64() == 0x0F0E0D0C0B0A0908
    assert reader.take(8) == bytes(range(16, 24))
    assert reader.var_bytes() == b"hi"
    assert (reader.i32(), reader.i64()) == (-1, -1)
    assert reader.at_end()
    with pytest.raises(Violation, match="1 bytes are announced at byte 38 where 0 are left"):
        reader.u8()


def test_left_over_bytes_are_counted() -> None:
    reader = Reader(b"abc", rule="X")
    reader.take(1)
    with pytest.raises(Violation, match="X: 2 bytes are left over at byte 1"):
        reader.check_end()


def test_hashes() -> None:
    empty = "5df6e0e2761359d30a8275058e299fcc0381534545f55cf43e41983f5d4c9456"
    assert sha256d(b"").hex() == empty
    assert hash160(b"").hex() == "b472a266d0bd89c13706a4132ccfb16f7c3b9fcb"
    tag = sha256_of(b"TapLeaf")
    assert tagged_hash("TapLeaf", b"x") == sha256_of(tag + tag + b"x")
    assert tagged_hash("TapLeaf", b"x") == sha256_of(tag + tag + b"x")


def sha256_of(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def test_var_bytes() -> None:
    assert render_var_bytes(b"a" * 253) == b"\xfd\xfd\x00" + b"a" * 253
