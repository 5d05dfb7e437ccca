"""Manifests: rendered and read back the same, and refused for every field that is not of its form."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from strongroom.core.bundle.manifest import (
    parse_request_manifest,
    parse_response_manifest,
    render_request_manifest,
    render_response_manifest,
)
from strongroom.core.errors import Violation
from strongroom.core.money import MAX_MONEY
from tests.unit.core.bundle.examples import PAYEE, REQUEST, RESPONSE

REQUEST_BYTES, RESPONSE_BYTES = render_request_manifest(REQUEST), render_response_manifest(RESPONSE)


def changed(data: bytes, path: str, value: object) -> bytes:
    """The manifest with the value at `path` (names and places between dots) replaced."""
    content = json.loads(data)
    *parents, last = (int(part) if part.isdigit() else part for part in path.split("."))
    inner: Any = content
    for part in parents:
        inner = inner[part]
    inner[last] = value
    return json.dumps(content).encode()


def paths(value: object, before: str = "") -> list[str]:
    """The paths of all fields of objects."""
    found = []
    if isinstance(value, dict):
        for key, item in value.items():
            found += [f"{before}{key}", *paths(item, f"{before}{key}.")]
    elif isinstance(value, list):
        for place, item in enumerate(value):
            found += paths(item, f"{before}{place}.")
    return found


def without(data: bytes, path: str) -> bytes:
    content = json.loads(data)
    *parents, last = (int(part) if part.isdigit() else part for part in path.split("."))
    inner: Any = content
    for part in parents:
        inner = inner[part]
    del inner[last]
    return json.dumps(content).encode()


def rule_of(data: bytes, *, response: bool = False) -> str:
    with pytest.raises(Violation) as stop:
        parse_response_manifest(data) if response else parse_request_manifest(data)
    assert stop.value.message.isascii()
    return stop.value.rule


def test_a_request_comes_back_as_it_was() -> None:
    assert parse_request_manifest(REQUEST_BYTES) == REQUEST
    first = replace(REQUEST, sequence=1, previous_digest=None, replaces="22" * 32)
    assert parse_request_manifest(render_request_manifest(first)) == first


def test_a_response_comes_back_as_it_was() -> None:
    assert parse_response_manifest(RESPONSE_BYTES) == RESPONSE
    sealed = replace(RESPONSE, image_digest="33" * 32)
    assert parse_response_manifest(render_response_manifest(sealed)) == sealed


def test_manifests_are_rendered_for_eyes() -> None:
    text = REQUEST_BYTES.decode()
    assert text.startswith('{\n  "anchor": {\n    "genesis_hash": ')
    assert text.endswith("}\n")
    assert "Zoë & Söhne" in text
    assert list(json.loads(text)) == sorted(json.loads(text))


@pytest.mark.parametrize("path", paths(json.loads(REQUEST_BYTES)))
def test_no_field_of_a_request_may_be_missing_or_of_another_type(path: str) -> None:
    assert rule_of(without(REQUEST_BYTES, path)) == "BUNDLE-FORMAT"
    for wrong in (True, 1.5, "\n", {"x": 1}, [[]]):
        rules = {"BUNDLE-FORMAT", "BUNDLE-TEXT"} if wrong == "\n" else {"BUNDLE-FORMAT"}
        assert rule_of(changed(REQUEST_BYTES, path, wrong)) in rules


@pytest.mark.parametrize("path", paths(json.loads(RESPONSE_BYTES)))
def test_no_field_of_a_response_may_be_missing_or_of_another_type(path: str) -> None:
    assert rule_of(without(RESPONSE_BYTES, path), response=True) == "BUNDLE-FORMAT"
    for wrong in (True, 1.5, {"x": 1}, [[]]):
        assert rule_of(changed(RESPONSE_BYTES, path, wrong), response=True) == "BUNDLE-FORMAT"


@pytest.mark.parametrize("place", ["", "anchor.", "payments.0.", "change.0.", "psbt."])
def test_no_object_holds_an_unknown_field(place: str) -> None:
    assert rule_of(changed(REQUEST_BYTES, f"{place}note", "x")) == "BUNDLE-FORMAT"


WRONG: list[tuple[str, object, str]] = [
    ("format", "strongroom-response", "BUNDLE-FORMAT"),
    ("version", 2, "BUNDLE-FORMAT"),
    ("request_id", "../evil", "BUNDLE-FORMAT"),
    ("request_id", "", "BUNDLE-FORMAT"),
    ("request_id", "x" * 65, "BUNDLE-FORMAT"),
    ("sequence", 0, "BUNDLE-FORMAT"),
    ("sequence", -1, "BUNDLE-FORMAT"),
    ("previous_digest", "AB" * 32, "BUNDLE-FORMAT"),
    ("previous_digest", "ab" * 31, "BUNDLE-FORMAT"),
    ("created", "2026-11-01 12:00:00", "BUNDLE-FORMAT"),
    ("created", "2026-13-01T12:00:00Z", "BUNDLE-FORMAT"),
    ("expires", "2026-11-01T12:00:00Z", "BUNDLE-FORMAT"),
    ("expires_height", 500_000_000, "BUNDLE-FORMAT"),
    ("anchor.network", "testnet3", "BUNDLE-FORMAT"),
    ("anchor.tip_height", -1, "BUNDLE-FORMAT"),
    ("anchor.tip_hash", "0x" + "11" * 31, "BUNDLE-FORMAT"),
    ("anchor.network", "mainnet", "INPUT-NETWORK"),
    ("wallet", "", "BUNDLE-TEXT"),
    ("wallet", "x" * 65, "BUNDLE-TEXT"),
    ("descriptor_checksum", "bbbbbbbb", "BUNDLE-FORMAT"),
    ("payments.0.address", PAYEE[:-1] + "q", "ADDRESS"),
    ("payments.0.address", PAYEE.title(), "ADDRESS"),
    ("payments.0.address", PAYEE + " ", "BUNDLE-FORMAT"),
    ("payments.0.address", "bсrt1q", "BUNDLE-FORMAT"),  # noqa: RUF001 - a Cyrillic letter
    ("payments.0.amount_sat", -1, "BUNDLE-FORMAT"),
    ("payments.0.amount_sat", MAX_MONEY + 1, "BUNDLE-FORMAT"),
    ("payments.0.amount_sat", "5", "BUNDLE-FORMAT"),
    ("payments.0.payee", "Zoe\u0308", "BUNDLE-TEXT"),
    ("payments.0.payee", "a\u200bb", "BUNDLE-TEXT"),
    ("payments.0.reference", "\x1b[2J", "BUNDLE-TEXT"),
    ("purpose", "x" * 201, "BUNDLE-TEXT"),
    ("purpose", " x", "BUNDLE-TEXT"),
    ("fee_sat", MAX_MONEY + 1, "BUNDLE-FORMAT"),
    ("replaces", "22" * 33, "BUNDLE-FORMAT"),
    ("psbt.size", 32 * 1024 * 1024 + 1, "BUNDLE-FORMAT"),
    ("psbt.sha256", "no", "BUNDLE-FORMAT"),
]


@pytest.mark.parametrize(("path", "value", "rule"), WRONG, ids=lambda x: ascii(x)[:30])
def test_a_value_that_is_not_of_its_fields_form(path: str, value: object, rule: str) -> None:
    assert rule_of(changed(REQUEST_BYTES, path, value)) == rule


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("format", "strongroom-request"),
        ("request_digest", "CD" * 32),
        ("signatures.0.fingerprint", "5a61a87"),
        ("signatures.0.public_key", "02" * 34),
        ("signatures.0.index", -1),
        ("transcript_head", ""),
        ("image_digest", ""),
    ],
)
def test_a_value_of_a_response_that_is_not_of_its_form(path: str, value: object) -> None:
    assert rule_of(changed(RESPONSE_BYTES, path, value), response=True) == "BUNDLE-FORMAT"


def test_too_many_payments() -> None:
    one = json.loads(REQUEST_BYTES)["payments"]
    assert rule_of(changed(REQUEST_BYTES, "payments", one * 10_001)) == "BUNDLE-FORMAT"
