"""Text and JSON: what parsers and eyes could read in two ways is refused by its rule."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strongroom.core import text
from strongroom.core.errors import Violation
from strongroom.core.text import (
    JsonObject,
    canonical_json,
    check_characters,
    check_text,
    parse_strict_json,
    readable_json,
    render_visible,
)
from tests.vectors.published import read_published

SUITE, MORE, TEXTS = (read_published(name) for name in ("json_suite", "json_more", "texts"))
RULES = {"structure": "BUNDLE-FORMAT", "characters": "BUNDLE-TEXT"}


def parse(data: bytes) -> JsonObject:
    return parse_strict_json(data, rule="BUNDLE-FORMAT")


def stop_of(data: bytes) -> Violation:
    with pytest.raises(Violation) as stop:
        parse(data)
    assert stop.value.message.isprintable()
    return stop.value


def outcome(data: bytes) -> str:
    try:
        parse(data)
    except Violation as stop:
        return stop.rule
    return "read"


def inside(document: str) -> bytes:
    return b'{"v":' + base64.b64decode(document) + b"}"


@pytest.mark.parametrize(("name", "document"), SUITE["accept"])
def test_valid_documents_are_read_as_others_read_them(name: str, document: str) -> None:
    assert parse(inside(document)) == json.loads(inside(document)), name


@pytest.mark.parametrize(("name", "document", "what"), SUITE["stricter"])
def test_valid_documents_that_our_format_leaves_out(name: str, document: str, what: str) -> None:
    assert stop_of(inside(document)).rule == RULES[what], name


@pytest.mark.parametrize(("name", "document"), SUITE["reject"])
def test_invalid_documents(name: str, document: str) -> None:
    for data in (base64.b64decode(document), inside(document)):
        assert stop_of(data).rule == "BUNDLE-FORMAT", name


@pytest.mark.parametrize(("name", "document"), SUITE["either"])
def test_documents_on_which_parsers_differ(name: str, document: str) -> None:
    assert stop_of(inside(document)).rule in RULES.values(), name


@pytest.mark.parametrize(("name", "document"), MORE["reject"])
def test_more_documents_on_which_parsers_differ(name: str, document: str) -> None:
    assert stop_of(base64.b64decode(document)).rule in RULES.values(), name


@pytest.mark.parametrize(("name", "document"), MORE["accept"])
def test_odd_and_harmless_documents(name: str, document: str) -> None:
    data = base64.b64decode(document)
    assert parse(data) == json.loads(data), name


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 100_000,
        b'[{"":' * 50_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b'{"n":' + b"9" * 5000 + b"}",
        b'{"n":-9223372036854775809}',
        b'{"s":"' + b"A" * (text.STRING_CAP + 1) + b'"}',
        b'{"s":[' + b"0," * text.ITEMS_CAP + b"0]}",
        b'{"a":"' + b"\\" * 100_001 + b'"}',
    ],
    ids=lambda data: repr(data[:12]),
)
def test_sizes_and_depths_have_caps(data: bytes) -> None:
    assert stop_of(data).rule == "BUNDLE-FORMAT"


def test_a_cap_on_the_whole() -> None:
    with pytest.raises(Violation, match="4 bytes long and the cap is 3"):
        parse_strict_json(b"{  }", rule="BUNDLE-FORMAT", cap=3)


def test_brackets_in_strings_are_no_depth() -> None:
    assert parse(b'{"a":"\\"[[[[[[[[[[","b":"{{{{{{{{{{"}') == {"a": '"[[[[[[[[[[', "b": "{" * 10}


def test_whole_numbers_of_64_bits() -> None:
    low, high = -(2**63), 2**63 - 1
    assert parse(b'{"low":%d,"high":%d}' % (low, high)) == {"low": low, "high": high}


def test_only_named_keys_hold_several_lines() -> None:
    data = b'{"certificate":"a\\nb"}'
    assert stop_of(data).rule == "BUNDLE-TEXT"
    blocks = frozenset({"certificate"})
    assert parse_strict_json(data, rule="X", blocks=blocks) == {"certificate": "a\nb"}
    with pytest.raises(Violation):
        parse_strict_json(b'{"certificate":"a\\tb"}', rule="X", blocks=blocks)


@pytest.mark.parametrize("hidden", TEXTS["hidden"], ids=ascii)
def test_what_can_not_be_seen_is_named_by_code_point(hidden: str) -> None:
    with pytest.raises(Violation) as stop:
        check_characters(hidden, where="payee")
    assert stop.value.rule == "BUNDLE-TEXT"
    assert stop.value.message.isascii()
    assert stop.value.message.isprintable()
    assert "U+" in stop.value.message


@pytest.mark.parametrize("visible", TEXTS["visible"], ids=ascii)
def test_what_can_be_seen_is_let_through(visible: str) -> None:
    check_characters(visible, where="payee")


@pytest.mark.parametrize(
    "character", ["\u200b", "\u202e", "\x1b", "\x85", "\u2028", "\xad", "\ue000"]
)
def test_the_message_says_which_and_where(character: str) -> None:
    with pytest.raises(Violation, match=rf"payee holds U\+{ord(character):04X}.* at position 3"):
        check_text(f"ab{character}c", where="payee", cap=64)


@pytest.mark.parametrize("wrong", ["", " a", "a ", "a" * 65])
def test_a_line_for_people(wrong: str) -> None:
    with pytest.raises(Violation) as stop:
        check_text(wrong, where="payee", cap=64)
    assert stop.value.rule == "BUNDLE-TEXT"


def test_an_empty_line_where_it_may_be() -> None:
    assert check_text("", where="purpose", cap=64, empty=True) == ""


def test_accents_are_few_and_stand_on_something() -> None:
    check_characters("q\u0300\u0301", where="payee")
    for wrong in ("\u0301a", "q" + "\u0300" * 5):
        with pytest.raises(Violation):
            check_characters(wrong, where="payee")


plain = st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S")), max_size=12)


@given(st.dictionaries(plain, st.none() | st.integers(-9, 9) | plain | st.lists(plain, max_size=3)))
def test_what_is_rendered_is_read_back(value: dict[str, object]) -> None:
    assert parse(canonical_json(value)) == value  # type: ignore[arg-type]
    assert parse(readable_json(value)) == value  # type: ignore[arg-type]


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda t: t.encode("utf-8", "replace")))
def test_any_bytes_are_read_or_refused_by_name(data: bytes) -> None:
    for document in (data, b'{"a":' + data + b"}"):
        assert outcome(document) in {"read", *RULES.values()}


def test_canonical_is_sorted_compact_and_utf8() -> None:
    value = {"b": [1, None, True], "a": "é"}
    assert canonical_json(value) == '{"a":"é","b":[1,null,true]}'.encode()
    assert canonical_json(dict(reversed(value.items()))) == canonical_json(value)


def test_text_for_messages() -> None:
    assert render_visible("a\x1b\u202eb") == "a<U+001B><U+202E>b"
    assert render_visible("x" * 65) == "x" * 64 + "..."


@pytest.mark.timeout(20)
def test_a_string_without_end_is_refused_at_once() -> None:
    """Whoever looks for its end from each of its quotes looks for hours."""
    for data in (
        b'{"a":"' + b'\\"' * 500_000,
        b'"' * 1_000_001 + b"\\",
        b'{"a":"' + b"\\" * 999_999,
    ):
        with pytest.raises(Violation):
            parse_strict_json(data, rule="X")
