"""Text for the console: drawable, whole, and within the width."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from strongroom.station.media.protocol import Stick
from strongroom.station.tui import kit
from strongroom.station.tui.frame import render_sticks
from strongroom.station.tui.screens import (
    confirm,
    files,
    menu,
    moment,
    passphrases,
    policy,
    review,
    start,
    wallets,
    words,
)
from strongroom.station.tui.text import (
    WIDTH,
    broken,
    grouped,
    render_size,
    visible,
    word_rows,
    wrapped,
)
from tests.unit.station.screens import words_of

MODULES = (confirm, files, menu, moment, passphrases, policy, review, start, wallets, words)
SOURCES = sorted(Path(kit.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_the_font_has_every_character_of_every_string(source: Path) -> None:
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert node.value.encode("cp437") or not node.value


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_screen_has_help(module: object) -> None:
    screens = [
        value
        for name, value in vars(module).items()
        if name.endswith("Screen") and name != "Screen" and issubclass(value, kit.Screen)
    ]
    assert screens
    assert all(screen.help for screen in screens)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("Ünïté ½", "Ünïté ½"),
        ("Łódź", "\\u{141}ód\\u{17a}"),
        ("\u202eevil", "\\u{202e}evil"),
        ("a\u0301", "a\\u{301}"),
        ("\x1b[31m", "\\u{1b}[31m"),
        ("日本", "\\u{65e5}\\u{672c}"),
    ],
)
def test_what_can_not_be_drawn_is_named(text: str, expected: str) -> None:
    assert visible(text) == expected


@pytest.mark.parametrize("text", ["word " * 100, "x" * 500, "a" * 75 + " bb", ""])
def test_wrapping_drops_nothing_and_fits(text: str) -> None:
    lines = wrapped(text, indent=10)
    assert max(map(len, lines)) <= WIDTH
    assert words_of("".join(lines)) == words_of(text)


def test_codes_are_whole_in_groups_and_in_lines() -> None:
    code = "0123456789" * 13
    assert words_of("".join(grouped(code, indent=9))) == code
    assert words_of("".join(broken(code, indent=9))) == code
    assert max(map(len, (*grouped(code, indent=9), *broken(code, indent=9)))) <= WIDTH


def test_digests_are_thirty_two_numbered_words() -> None:
    rows = word_rows(bytes(range(32)))
    assert len(rows) == 8
    assert " ".join(rows).split()[::2] == [str(place) for place in range(1, 33)]
    assert max(map(len, word_rows(bytes((0x22, 0x9B) * 16), indent=2))) <= WIDTH


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_000, "1 kB"),
        (64_000_000, "64 MB"),
        (31_900_000_000, "32 GB"),
        (2_000_000_000_000, "2 TB"),
    ],
)
def test_sizes(size: int, expected: str) -> None:
    assert render_size(size) == expected


@pytest.mark.parametrize("count", range(30))
def test_any_number_of_sticks_fits_the_footer(count: int) -> None:
    stick = Stick(id="sdb1#1", label="W" * 16, filesystem="FAT32", size=64_000_000)
    line = render_sticks((stick,) * count, 78)
    assert len(line) <= 78
    assert "none" in line or str(count) in line or count == 1


def test_an_amount_is_never_broken_over_two_lines() -> None:
    amount = "2 100 000 000 000 000 sat"
    for pad in range(60, 77):
        lines = wrapped(f"{'x' * pad} {amount} in 12 345 blocks, 7.0 % of it")
        text = "\n".join(lines)
        assert all(part in text for part in (amount, "12 345 blocks", "7.0 %"))
        assert max(map(len, lines)) <= WIDTH
