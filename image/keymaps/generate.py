#!/usr/bin/python3
"""Writes the keyboard layouts of this folder: generate.py CKBCOMP XKB.

CKBCOMP is the program of that name in Debian's console-setup, XKB the folder /usr/share/X11/xkb of xkb-data.
The layouts are kept here as what they are, short lists of facts, so that the build needs neither.

A line is a key: its code, and what it gives alone, with Shift, with AltGr and with both, as KDSKBENT takes it.
Dead keys stay only where the kernel shows the accent itself when nothing fits under it, so that a typed
passphrase never holds a character that is not on the keys that were pressed.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

LAYOUTS = {
    "us": ("us", ""),
    "gb": ("gb", ""),
    "de": ("de", ""),
    "fr": ("fr", ""),
    "es": ("es", ""),
    "it": ("it", ""),
    "ch": ("ch", ""),
    "se": ("se", ""),
    "no": ("no", ""),
    "dk": ("dk", ""),
    "pt": ("pt", ""),
    "pl": ("pl", ""),
    "cz": ("cz", ""),
    "hu": ("hu", ""),
    "dvorak": ("us", "dvorak"),
}
KEYS = (*range(2, 14), *range(16, 28), *range(30, 42), *range(43, 54), 57, 86)
LEVELS = 4
LETTER, DEAD = 0x0B00, 0x0400
BYTE = 0x100  # from here on a character is named by its number in Unicode, in another form
HOLE = 0x0200
DEAD_KEYS = ("grave", "acute", "circumflex", "tilde", "diaeresis", "cedilla")
SHOWN = "`'^~\","
_CODE = re.compile(r"(\+?)U\+([0-9a-f]{4})")


def value_of(name: str) -> tuple[int, str]:
    """The number of one symbol, and how it looks."""
    match = _CODE.fullmatch(name)
    if match:
        code = int(match[2], 16)
        is_letter = match[1] and code < BYTE
        number = LETTER | code if is_letter else code if code < BYTE else code ^ 0xF000
        return number, chr(code)
    dead = name.removeprefix("dead_")
    if dead in DEAD_KEYS:
        place = DEAD_KEYS.index(dead)
        return DEAD | place, f"dead{SHOWN[place]}"
    return HOLE, "none"


def render(text: str) -> str:
    """The keys of one layout, as lines."""
    lines = []
    for line in text.splitlines():
        match = re.match(r"keycode +([0-9]+) = (.*)", line)
        if match and int(match[1]) in KEYS:
            symbols = [value_of(name) for name in match[2].split()[:LEVELS]]
            numbers = " ".join(f"{number:04x}" for number, _ in symbols)
            looks = " ".join("space" if look == " " else look for _, look in symbols)
            lines.append(f"{int(match[1]):2} {numbers}  # {looks}\n")
    return "".join(lines)


def main(ckbcomp: str, xkb: str) -> None:
    """Write every layout beside this file."""
    for name, (layout, variant) in LAYOUTS.items():
        done = subprocess.run(  # noqa: S603 - the two paths of the command line
            [ckbcomp, f"-I{xkb}", "-model", "pc105", "-layout", layout, "-variant", variant],
            capture_output=True,
            text=True,
            check=True,
        )
        Path(__file__).with_name(f"{name}.keys").write_text(render(done.stdout), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
