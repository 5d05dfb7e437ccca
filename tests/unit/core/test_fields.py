"""Typed reading of an object: a field too few, too many or of another type is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from strongroom.core.errors import Violation
from strongroom.core.fields import Fields
from strongroom.core.text import JsonObject

WORD = re.compile("[a-z]+")


def fields(value: JsonObject) -> Fields:
    return Fields(value, where="manifest", rule="BUNDLE-FORMAT")


WRONG: dict[str, tuple[object, Callable[[Fields], object]]] = {
    "true is no number": (True, lambda f: f.take_int("v", low=0, high=9)),
    "a digit in quotes is no number": ("1", lambda f: f.take_int("v", low=0, high=9)),
    "null is no number": (None, lambda f: f.take_int("v", low=0, high=9)),
    "below the range": (-1, lambda f: f.take_int("v", low=0, high=9)),
    "above the range": (10, lambda f: f.take_int("v", low=0, high=9)),
    "one is not true": (1, lambda f: f.take_bool("v")),
    "a number is no string": (1, lambda f: f.take_block("v")),
    "a match with something after it": ("ab\n", lambda f: f.take_match("v", WORD, form="a word")),
    "upper-case hex": ("AB", lambda f: f.take_hex("v")),
    "half a byte": ("abc", lambda f: f.take_hex("v")),
    "too few bytes": ("ab", lambda f: f.take_hex("v", size=2)),
    "true is not version 1": (True, lambda f: f.take_constant("v", 1)),
    "another format": ("x", lambda f: f.take_constant("v", "y")),
    "a time with a zone": ("2026-11-24T03:00:00+00:00", lambda f: f.take_moment("v")),
    "a day that is none": ("2026-02-30T03:00:00Z", lambda f: f.take_moment("v")),
    "null is no time": (None, lambda f: f.take_moment("v")),
    "an array is no object": ([], lambda f: f.take_object("v")),
    "an object is no array": ({}, lambda f: f.take_objects("v", cap=3)),
    "too many items": ([{}, {}], lambda f: f.take_objects("v", cap=1)),
    "too few items": ([], lambda f: f.take_objects("v", cap=1, least=1)),
    "items of another type": ([1], lambda f: f.take_objects("v", cap=1)),
    "an item that is no string": ([1], lambda f: f.take_texts("v", cap=1, text_cap=9)),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_types_and_ranges(name: str) -> None:
    value, take = WRONG[name]
    with pytest.raises(Violation, match=r"manifest\.v") as stop:
        take(fields({"v": value}))  # type: ignore[dict-item]
    assert stop.value.rule == "BUNDLE-FORMAT"


def test_a_missing_field() -> None:
    with pytest.raises(Violation, match="manifest has no field 'fee'"):
        fields({}).take_int("fee", low=0, high=1)
    with pytest.raises(Violation, match="no field"):
        fields({}).take_moment_or_none("expires")


def test_an_unknown_field_is_named_without_its_raw_characters() -> None:
    with pytest.raises(Violation, match=r"unknown field '<U\+00E9>x'"):
        fields({"éx": 1}).check_end()


def test_a_field_is_taken_once() -> None:
    taken = fields({"a": 1})
    assert taken.take_int("a", low=1, high=1) == 1
    taken.check_end()
    with pytest.raises(Violation):
        taken.take_int("a", low=1, high=1)


def test_null_where_it_may_be() -> None:
    found = fields({"a": None, "b": None, "c": None})
    assert found.take_int_or_none("a", low=0, high=1) is None
    assert found.take_moment_or_none("b") is None
    assert found.take_match_or_none("c", WORD, form="a word") is None
    found.check_end()


def test_values_as_they_are() -> None:
    found = fields({"t": "2026-11-24T03:00:00Z", "h": "00ff", "l": ["a", "b"], "o": [{"n": 1}]})
    assert found.take_moment("t") == datetime(2026, 11, 24, 3, tzinfo=UTC)
    assert found.take_hex("h", size=2) == b"\x00\xff"
    assert found.take_texts("l", cap=2, text_cap=1) == ("a", "b")
    (inner,) = found.take_objects("o", cap=1)
    assert inner.take_int("n", low=0, high=1) == 1
    found.check_end()


def test_hidden_characters_have_their_own_rule_and_place() -> None:
    with pytest.raises(Violation, match=r"manifest\.l\.\[2\] holds U\+200B") as stop:
        fields({"l": ["a", "b\u200b"]}).take_texts("l", cap=2, text_cap=9)
    assert stop.value.rule == "BUNDLE-TEXT"


def test_secrets_in_hex_are_not_quoted() -> None:
    with pytest.raises(Violation) as stop:
        fields({"entropy": "DEADBEEF"}).take_hex("entropy")
    assert "DEADBEEF" not in stop.value.message
