"""The keyboard of the boot menu is named where secrets are typed, and types what it should."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from strongroom.station.keyboards import LAYOUTS, chosen_layout, describe_keyboard

KEYMAPS = Path(__file__).parents[3] / "image" / "keymaps"
KEYS = 49
LETTER, DEAD, HOLE = 0x0B, 0x04, 0x0200
DEAD_KEYS = 6


def read_keymap(name: str) -> dict[int, tuple[int, ...]]:
    """The numbers of each key."""
    keys = {}
    for line in (KEYMAPS / f"{name}.keys").read_text().splitlines():
        code, *numbers = line.partition("#")[0].split()
        keys[int(code)] = tuple(int(number, 16) for number in numbers)
    return keys


def character(number: int) -> str:
    """What the number types at once: a dead key nothing."""
    kind = number >> 8
    if kind in {0, LETTER}:
        return chr(number & 0xFF)
    return "" if number == HOLE or kind == DEAD else chr(number ^ 0xF000)


@pytest.mark.parametrize(
    ("line", "layout"),
    [
        ("root=/dev/ram0 strongroom.keys=de quiet", "de"),
        ("strongroom.keys=dvorak", "dvorak"),
        ("root=/dev/ram0", "us"),
        ("strongroom.keys=../x", "us"),
        ("strongroom.keys=", "us"),
    ],
)
def test_the_layout_is_the_one_of_the_boot_menu(line: str, layout: str) -> None:
    assert chosen_layout(line) == layout


def test_the_menu_the_files_and_the_names_are_the_same() -> None:
    menu = (KEYMAPS.parent / "boot" / "grub.cfg").read_text()
    offered = re.search(r"for layout in ([a-z ]+); do", menu)
    assert offered is not None
    assert offered[1].split() == list(LAYOUTS)
    assert {path.stem for path in KEYMAPS.glob("*.keys")} == set(LAYOUTS)


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_printable_ascii_character_can_be_typed(name: str) -> None:
    keys = read_keymap(name)
    assert len(keys) == KEYS
    assert all(len(numbers) == 4 for numbers in keys.values())
    typed = {character(number) for numbers in keys.values() for number in numbers}
    # the kernel gives the accent itself when a space follows its dead key
    dead = {n & 0xFF for numbers in keys.values() for n in numbers if n >> 8 == DEAD}
    assert max(dead, default=0) < DEAD_KEYS
    typed |= {"`'^~\","[place] for place in dead}
    assert {chr(code) for code in range(0x20, 0x7F)} <= typed


@pytest.mark.parametrize("console", ["tty1", "ttyS0"])
def test_secrets_are_typed_knowing_how_they_are_read(console: str) -> None:
    described = describe_keyboard("cz", console)
    assert ("Czech" in described) == (console == "tty1")
