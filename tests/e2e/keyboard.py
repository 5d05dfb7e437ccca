"""One notation for key presses, spelled for a serial line and for a keyboard.

`"O<enter>"` is the letter O and then Enter. A name in angle brackets is one key, with modifiers in
front where wanted: `<f1>`, `<ctrl-c>`, `<shift-tab>`, `<ctrl-alt-delete>`. `<lt>` is the character
`<`. The keyboard is a US one, as the station's kernel expects. A key that a console cannot send is
refused here, never dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"<([a-z0-9-]+)>|([^<])", re.DOTALL)
_MODIFIERS = ("ctrl", "alt", "shift")

# Named keys: what a terminal sends, and QEMU's name of the key.
_NAMED = {
    "enter": (b"\r", "ret"),
    "esc": (b"\x1b", "esc"),
    "tab": (b"\t", "tab"),
    "backspace": (b"\x7f", "backspace"),
    "space": (b" ", "spc"),
    "up": (b"\x1b[A", "up"),
    "down": (b"\x1b[B", "down"),
    "right": (b"\x1b[C", "right"),
    "left": (b"\x1b[D", "left"),
    "home": (b"\x1b[1~", "home"),
    "insert": (b"\x1b[2~", "insert"),
    "delete": (b"\x1b[3~", "delete"),
    "end": (b"\x1b[4~", "end"),
    "pageup": (b"\x1b[5~", "pgup"),
    "pagedown": (b"\x1b[6~", "pgdn"),
    "sysrq": (None, "sysrq"),
} | {
    f"f{number}": (b"\x1b[%d~" % code, f"f{number}")
    for number, code in enumerate((11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24), start=1)
}

# Characters of a US keyboard that are not on a key of their own name: (plain, with shift) -> key.
_PUNCTUATION = {
    "`~": "grave_accent",
    "-_": "minus",
    "=+": "equal",
    "[{": "bracket_left",
    "]}": "bracket_right",
    "\\|": "backslash",
    ";:": "semicolon",
    "'\"": "apostrophe",
    ",<": "comma",
    ".>": "dot",
    "/?": "slash",
} | {pair: pair[0] for pair in ("1!", "2@", "3#", "4$", "5%", "6^", "7&", "8*", "9(", "0)")}
_PLAIN = {pair[0]: key for pair, key in _PUNCTUATION.items()} | {" ": "spc", "\n": "ret"}
_SHIFTED = {pair[1]: key for pair, key in _PUNCTUATION.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One press: a character or the name of a key, with the modifiers held down."""

    name: str
    modifiers: tuple[str, ...] = ()


def parse_keys(text: str) -> tuple[Key, ...]:
    """Return the presses that `text` spells; raise ValueError where it spells none."""
    keys: list[Key] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ValueError(f"no key is spelled {text[position:]!r}; the character < is <lt>")
        keys.append(_parse_name(match[1]) if match[1] else Key(name=match[2]))
        position = match.end()
    return tuple(keys)


def _parse_name(token: str) -> Key:
    *modifiers, name = token.split("-")
    if name == "lt" and not modifiers:
        return Key(name="<")
    known = name in _NAMED or (len(name) == 1 and modifiers)
    if not known or any(modifier not in _MODIFIERS for modifier in modifiers):
        raise ValueError(f"no key is called <{token}>")
    return Key(name=name, modifiers=tuple(modifiers))


def serial_bytes(key: Key) -> bytes:
    """Return what a terminal sends for this key; raise ValueError if it can send nothing for it."""
    plain = _NAMED[key.name][0] if key.name in _NAMED else key.name.encode()
    match key.modifiers:
        case () if plain is not None:
            return b"\r" if plain == b"\n" else plain
        case ("ctrl",) if len(key.name) == 1:
            return bytes([ord(key.name) & 0x1F])
        case ("alt",) if len(key.name) == 1:
            return b"\x1b" + key.name.encode()
        case ("shift",) if key.name == "tab":
            return b"\x1b[Z"
        case _:
            raise ValueError(f"a serial line has no bytes for {key}")


def key_codes(key: Key) -> tuple[str, ...]:
    """Return QEMU's names of the keys to hold together; raise ValueError if a US board has none."""
    name = key.name
    if name in _NAMED:
        return (*key.modifiers, _NAMED[name][1])
    if name in _PLAIN:
        return (*key.modifiers, _PLAIN[name])
    if name in _SHIFTED:
        return (*key.modifiers, "shift", _SHIFTED[name])
    if name.isascii() and name.isalpha():
        return (*key.modifiers, *(("shift",) if name.isupper() else ()), name.lower())
    raise ValueError(f"a US keyboard has no key for {name!r}")
