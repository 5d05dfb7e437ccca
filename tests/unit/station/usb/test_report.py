"""A report descriptor is a keyboard's if a keyboard is in it, and nothing that is more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strongroom.station.usb.report import Usage, application_usages, is_keyboard
from tests.unit.station.usb.devices import (
    KEYBOARD_REPORT,
    MEDIA_KEYS,
    MOUSE_REPORT,
    VENDOR_REPORT,
)


def test_keyboards_are_known() -> None:
    assert application_usages(KEYBOARD_REPORT) == (Usage(1, 6),)
    assert is_keyboard(KEYBOARD_REPORT)
    assert is_keyboard(KEYBOARD_REPORT + MEDIA_KEYS)


@pytest.mark.parametrize(
    "report",
    [
        MOUSE_REPORT,
        MEDIA_KEYS,
        VENDOR_REPORT,
        KEYBOARD_REPORT + MOUSE_REPORT,
        KEYBOARD_REPORT + VENDOR_REPORT,
        KEYBOARD_REPORT[:-1],
        KEYBOARD_REPORT + b"\xc0",
        KEYBOARD_REPORT + b"\xb4",
        KEYBOARD_REPORT + b"\xfe\x01\x01\x01",
        KEYBOARD_REPORT + b"\x27\x00",
        b"",
        # a mouse inside a keyboard's collection, as an application of its own
        KEYBOARD_REPORT[:-1] + MOUSE_REPORT + b"\xc0",
    ],
    ids=lambda report: report.hex()[-24:],
)
def test_anything_else_is_none(report: bytes) -> None:
    assert not is_keyboard(report)


def test_pages_are_kept_taken_back_and_written_whole() -> None:
    kept = bytes.fromhex("0501a4050cb40906a101c0")
    whole = bytes.fromhex("050c0b06000100a101c0")
    assert is_keyboard(kept)
    assert is_keyboard(whole)


@given(data=st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    assert is_keyboard(data) in {True, False}
