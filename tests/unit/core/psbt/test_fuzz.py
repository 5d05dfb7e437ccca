"""No bytes bring the reader down: it reads them, or it stops by a rule."""

from __future__ import annotations

import base64
import contextlib
import logging
import signal
from collections.abc import Iterator
from random import Random
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strongroom.core.errors import Violation
from strongroom.core.psbt.convert import render_as
from strongroom.core.psbt.reader import check_roundtrip, decode_psbt_file, parse_psbt
from strongroom.core.psbt.writer import render_psbt
from strongroom.core.rules import RULE_IDS
from tests.vectors.mutations import mutated, samples

PSBT_RULES = {rule for rule in RULE_IDS if rule.startswith("PSBT-")}
LOG = logging.getLogger(__name__)
AT_LENGTH = 1_000_000
HANG_SECONDS = 60  # a thousand times what the largest of these takes


def check_reading(data: bytes) -> bool:
    """Whether it is read; whatever is read at all is read in full: written again, it is the same."""
    try:
        psbt = parse_psbt(data)
    except Violation as stop:
        refused = stop
    else:
        check_roundtrip(psbt)
        assert render_psbt(psbt) == data
        assert parse_psbt(render_as(psbt, 0)).transaction == psbt.transaction
        return True
    assert refused.rule in PSBT_RULES
    assert refused.message
    return False


def check_decoding(number: int, data: bytes) -> None:
    """A file that holds `data` as text, whole or spoilt, is decoded to `data` or refused."""
    die = Random(number)  # noqa: S311 - no secret, and the same each time
    text = die.choice((base64.b64encode(data), data.hex().encode(), data.hex().upper().encode()))
    assert decode_psbt_file(text) == data
    at = die.randrange(len(text))
    spoilt = text[:at] + die.randbytes(die.randrange(3)) + text[at + die.randrange(3) :]
    with contextlib.suppress(Violation):
        assert decode_psbt_file(spoilt).startswith(b"psbt\xff")


@contextlib.contextmanager
def no_hang() -> Iterator[None]:
    """Stop after `HANG_SECONDS`, with the place where it hung."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"no answer after {HANG_SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(HANG_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def fuzz(start: int, count: int) -> tuple[int, int]:
    """How many of `count` inputs were read and how many refused; raises for any other end."""
    read = 0
    for number in range(start, start + count):
        name, data = mutated(number)
        try:
            with no_hang():
                read += check_reading(data)
                if number % 10 == 0:
                    check_decoding(number, data)
        except Exception as error:
            raise AssertionError(f"number {number}, from {name}: {data.hex()}") from error
    return read, count - read


def test_samples_are_read() -> None:
    assert len(samples()) >= 60
    for sample in samples():
        assert check_reading(sample.data), sample.name


def test_changed_psbts() -> None:
    read, refused = fuzz(0, 3_000)
    assert read > 300
    assert refused > 1_000


@settings(max_examples=100, deadline=None, database=None)
@given(st.binary(max_size=300))
def test_noise(noise: bytes) -> None:
    check_reading(b"psbt\xff" + noise)
    with pytest.raises(Violation, match="PSBT-MAGIC"):
        decode_psbt_file(b"n" + noise)


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_a_million_changed_psbts() -> None:
    read, refused = fuzz(0, AT_LENGTH)
    LOG.info("%d inputs: %d read, %d refused by a rule", AT_LENGTH, read, refused)
    assert read > AT_LENGTH // 10
    assert refused > AT_LENGTH // 3


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_every_byte_of_small_psbts() -> None:
    small = [sample.data for sample in samples() if len(sample.data) < 700][:4]
    assert small
    for data in small:
        for at in range(len(data)):
            for value in range(256):
                check_reading(data[:at] + bytes((value,)) + data[at + 1 :])
