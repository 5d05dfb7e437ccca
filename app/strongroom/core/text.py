"""Text and JSON from outside, held to the one form that has one reading.

Why: approvers sign bytes and people read screens, so two parsers, or a parser and an eye, must
never make different things of the same file. Kept here: UTF-8 without a byte order mark; one top-
level object; no duplicate keys; integers within 64 bits and no other numbers; caps on depth,
lengths and size; characters that can be seen and that stay where they are written. A character
that is refused is named by its code point and never repeated raw. The set of assigned characters
is that of Python's `unicodedata`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NoReturn, TypeAlias, Union

from strongroom.core.errors import Violation

JsonValue: TypeAlias = Union[  # noqa: UP007 - a recursive alias has to be quoted in parts
    bool, int, str, Sequence["JsonValue"], Mapping[str, "JsonValue"], None
]
JsonObject: TypeAlias = Mapping[str, JsonValue]

SIZE_CAP = 64 * 1024 * 1024
DEPTH_CAP = 8
ITEMS_CAP = 100_000
STRING_CAP = 16 * 1024
BLOCK_CAP = 512 * 1024

_INT_LOW, _INT_HIGH = -(2**63), 2**63 - 1
_INT_DIGITS = 20
# Takes a string without an end as well: looking for one from each of its quotes would take hours.
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")
_MARKS_IN_A_ROW = 4
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Blank or ignorable (Default_Ignorable_Code_Point) although filed as a letter, mark or symbol.
_UNSEEN = frozenset(
    {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0}
    | {*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0000, 0xE1000)}
)


def render_visible(text: str, *, cap: int = 64) -> str:
    """`text` for an error message: all but printable ASCII as `U+XXXX`, cut after `cap`."""
    shown = "".join(c if " " <= c <= "~" else f"<U+{ord(c):04X}>" for c in text[:cap])
    return f"{shown}..." if len(text) > cap else shown


def check_characters(
    text: str, *, where: str, rule: str = "BUNDLE-TEXT", lines: bool = False
) -> None:
    """Every character of `text` is seen, stays where it is written and is composed (NFC).

    Refused: control and escape characters, bidi controls, zero-width and other ignorable ones, line
    and paragraph separators, spaces other than U+0020, private use, surrogates, unassigned and
    tag characters, piles of combining marks. `lines` lets U+000A through, for armored blocks.
    """
    if text.isascii() and text.isprintable():
        return
    marks = (
        _MARKS_IN_A_ROW  # a mark without a base would sit on what the screen shows before the text
    )
    for position, character in enumerate(text, start=1):
        category = unicodedata.category(character)
        if lines and character == "\n":
            continue
        if (
            category in _UNSEEN_CATEGORIES
            or (category == "Zs" and character != " ")
            or ord(character) in _UNSEEN
        ):
            _refuse_character(character, position, where=where, rule=rule)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > _MARKS_IN_A_ROW:
            _refuse_character(character, position, where=where, rule=rule)
    if not unicodedata.is_normalized("NFC", text):
        raise Violation(
            rule,
            f"{where} is not in composed Unicode form: {render_visible(text)}",
            hint="type the text again, with composed characters (NFC)",
        )


def _refuse_character(character: str, position: int, *, where: str, rule: str) -> NoReturn:
    name = unicodedata.name(character, "")
    shown = f"U+{ord(character):04X}" + (f" {name}" if name else "")
    raise Violation(
        rule,
        f"{where} holds {shown} at position {position}",
        hint="only characters that can be seen are allowed; type the text again",
    )


def check_text(
    text: str, *, where: str, cap: int, rule: str = "BUNDLE-TEXT", empty: bool = False
) -> str:
    """`text` itself, one line of at most `cap` visible characters with no space around it."""
    if len(text) > cap:
        raise Violation(rule, f"{where} is {len(text)} characters long and the cap is {cap}")
    check_characters(text, where=where, rule=rule)
    if text != text.strip(" "):
        raise Violation(rule, f"{where} begins or ends with a space: {render_visible(text)!r}")
    if not text and not empty:
        raise Violation(rule, f"{where} is empty")
    return text


def parse_strict_json(
    data: bytes,
    *,
    rule: str,
    text_rule: str = "BUNDLE-TEXT",
    cap: int = SIZE_CAP,
    blocks: frozenset[str] = frozenset(),
) -> JsonObject:
    """The one object that `data` is, with every key once and every character visible.

    `blocks` names the keys whose strings may have several lines (armored OpenPGP). Raises
    `Violation` with `rule` for structure and with `text_rule` for characters. RFC 8259, narrowed to
    I-JSON (RFC 7493) and further: no number with a fraction or an exponent, no negative zero.
    """
    if len(data) > cap:
        raise Violation(rule, f"the JSON text is {len(data)} bytes long and the cap is {cap}")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Violation(rule, f"the JSON text is not UTF-8 at byte {error.start}") from None
    _check_depth(text, rule)
    try:
        value = _decoder(rule).decode(text)
    except json.JSONDecodeError as error:
        reason = error.msg[:1].lower() + error.msg[1:]
        raise Violation(rule, f"not JSON at character {error.pos}: {reason}") from None
    if not isinstance(value, dict):
        raise Violation(rule, f"the JSON text is {_kind(value)} and an object is expected")
    _check_strings(value, where="", rule=rule, text_rule=text_rule, blocks=blocks)
    return value


def _check_depth(text: str, rule: str) -> None:
    # Counted before parsing, since the parser recurses.
    depth = 0
    for bracket in _BRACKET.finditer(_STRING.sub("", text)):
        depth += 1 if bracket.group() in "[{" else -1
        if depth > DEPTH_CAP:
            raise Violation(rule, f"the JSON text is nested deeper than {DEPTH_CAP} levels")


def _decoder(rule: str) -> json.JSONDecoder:
    def unique(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
        found = dict(pairs)
        if len(found) != len(pairs):
            ((most, _),) = Counter(key for key, _ in pairs).most_common(1)
            twice = render_visible(most)
            raise Violation(rule, f"the key {twice!r} stands twice in one JSON object")
        return found

    def whole(digits: str) -> int:
        number = int(digits) if len(digits) <= _INT_DIGITS else None
        if number is None or not _INT_LOW <= number <= _INT_HIGH:
            raise Violation(rule, f"the number {render_visible(digits, cap=24)} is beyond 64 bits")
        if digits == "-0":
            raise Violation(rule, "a JSON number is -0")
        return number

    def refuse(token: str) -> NoReturn:
        shown = render_visible(token, cap=24)
        raise Violation(rule, f"the number {shown} is not a whole number in plain digits")

    return json.JSONDecoder(
        object_pairs_hook=unique, parse_int=whole, parse_float=refuse, parse_constant=refuse
    )


def _check_strings(
    value: JsonValue, *, where: str, rule: str, text_rule: str, blocks: frozenset[str]
) -> None:
    if isinstance(value, str):
        lines = where.rpartition(".")[2] in blocks
        cap = BLOCK_CAP if lines else STRING_CAP
        if len(value) > cap:
            raise Violation(rule, f"{where} is {len(value)} characters long and the cap is {cap}")
        check_characters(value, where=where, rule=text_rule, lines=lines)
    elif isinstance(value, dict | list):
        if len(value) > ITEMS_CAP:
            raise Violation(
                rule,
                f"{where or 'the JSON text'} has {len(value)} items and the cap is {ITEMS_CAP}",
            )
        items = value.items() if isinstance(value, dict) else enumerate(value, start=1)
        for key, item in items:
            if isinstance(key, str):
                check_characters(key, where=f"a key of {where or 'the JSON text'}", rule=text_rule)
                inner = f"{where}.{render_visible(key)}" if where else render_visible(key)
            else:
                inner = f"{where}[{key}]"
            _check_strings(item, where=inner, rule=rule, text_rule=text_rule, blocks=blocks)


def _kind(value: JsonValue) -> str:
    names = {bool: "true or false", int: "a number", str: "a string", dict: "an object"}
    return "null" if value is None else names.get(type(value), "an array")


def canonical_json(value: JsonObject) -> bytes:
    """The one compact rendering of `value`: keys sorted, no spaces, UTF-8, no newline."""
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def readable_json(value: JsonObject) -> bytes:
    """The one rendering of `value` for eyes: keys sorted, two spaces deep, UTF-8, a newline."""
    text = json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()
