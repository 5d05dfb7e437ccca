"""QR codes on a screen: the right modules, a light border, and keys that turn their pages."""

from __future__ import annotations

import pytest
from qrcodegen import QrCode, QrSegment

from strongroom.station.tui.codes import QUIET, draw_code, version_for
from tests.unit.station.samples import ADDRESS_CODES, ANSWER_CODE
from tests.unit.station.screens import press, text, told

HALVES = {"█": "11", "▀": "10", "▄": "01", " ": "00"}


def _modules(lines: list[str]) -> list[str]:
    """Rows of modules, 1 for light, out of lines of half blocks."""
    return ["".join(HALVES[half][row] for half in line) for line in lines for row in range(2)]


def test_a_page_offers_its_codes() -> None:
    assert "q QR codes" in text(told(*ADDRESS_CODES, pressed=""))
    assert "q QR codes" not in text(told(pressed="q"))


def test_an_address_is_one_code() -> None:
    seen = text(told(*ADDRESS_CODES, pressed="q<down>"))
    assert "bcrt 1ppp" in seen
    assert "Part" not in seen


def test_a_file_is_a_series() -> None:
    shown = told(ANSWER_CODE)
    assert "Part 1 of 4" in text(shown)
    shown.tick()
    assert "Part 2 of 4" in text(shown)
    press(shown, " ")
    shown.tick()
    assert "Part 2 of 4" in text(shown)
    assert "Part 1 of 4" in text(press(shown, "<left>"))
    assert "Part 4 of 4" in text(press(shown, "<left>"))


def test_escape_goes_back_to_the_page() -> None:
    assert "Receive addresses" in text(told(*ADDRESS_CODES, pressed="q<esc>")).splitlines()[0]


@pytest.mark.parametrize("version", range(1, 11))
def test_half_blocks_are_the_modules_with_a_light_border(version: int) -> None:
    rows = _modules(list(draw_code("MATCHES", version)))
    size = 17 + 4 * version
    expected = QrCode.encode_segments(
        QrSegment.make_segments("MATCHES"), QrCode.Ecc.LOW, version, version, boostecl=False
    )
    inner = [row[QUIET : QUIET + size] for row in rows[QUIET : QUIET + size]]
    places = range(size)
    assert inner == [
        "".join("01"[not expected.get_module(column, row)] for column in places) for row in places
    ]
    border = [*rows[:QUIET], *rows[QUIET + size :]]
    border += [row[:QUIET] + row[QUIET + size :] for row in rows]
    assert set("".join(border)) == {"1"}


@pytest.mark.parametrize(
    ("columns", "rows", "version"), [(80, 23, 5), (80, 24, 5), (80, 49, 5), (100, 47, 10)]
)
def test_the_version_is_the_largest_that_fits(columns: int, rows: int, version: int) -> None:
    assert version_for(columns, rows) == version
