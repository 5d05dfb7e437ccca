"""Passphrases: the bytes that stand for them, and what is refused at sight."""

from __future__ import annotations

import pytest

from strongroom.core.errors import Violation
from strongroom.core.secret import Secret
from strongroom.core.vault.passphrase import check_passphrase, parse_passphrase


@pytest.mark.parametrize(
    "text",
    [
        "seven dry oars under glass",
        "kT9#vR2$wLp8",
        "Größe über alles",
        "abcdefghijkm",
        "一二三四五六七八九十百千",
    ],
)
def test_a_passphrase_is_its_utf8(text: str) -> None:
    assert check_passphrase(Secret(text.encode())).reveal() == text.encode()
    assert parse_passphrase(Secret(text.encode())).reveal() == text.encode()


def test_two_typings_of_one_character_are_one_passphrase() -> None:
    composed, decomposed = "caf\u00e9 in the snow", "cafe\u0301 in the snow"
    assert parse_passphrase(Secret(decomposed.encode())) == Secret(composed.encode())


def test_compatibility_characters_stay_as_they_were_typed() -> None:
    text = "\ufb01ve ducks at sea".encode()
    assert parse_passphrase(Secret(text)).reveal() == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "shorter"),
        ("elevenchars", "shorter"),
        ("aaaaaaaaaaaaaaaa", "repeats"),
        ("passwordpassword", "repeats"),
        ("abcabcabcabcab", "repeats"),
        ("aabbccddeeaabb", "different"),
        ("aAbBaAbbABaBcC", "different"),
        ("abcdefghijklmnop", "run"),
        ("zyxwvutsrqponm", "run"),
        (" seven dry oars", "space"),
        ("seven dry oars ", "space"),
        ("seven\tdry\toars", "typed or seen"),
        ("seven dry\u200boars under", "typed or seen"),
    ],
)
def test_a_weak_passphrase_is_refused_and_not_repeated(text: str, why: str) -> None:
    with pytest.raises(Violation, match=why) as stop:
        check_passphrase(Secret(text.encode()))
    assert stop.value.rule == "VAULT-WEAK"
    assert not text or text not in f"{stop.value.message} {stop.value.hint}"


def test_bytes_that_are_no_text_open_nothing_and_are_not_carried_along() -> None:
    with pytest.raises(Violation) as stop:
        parse_passphrase(Secret(b"seven dry oars \xff"))
    assert stop.value.rule == "VAULT-PASSPHRASE"
    assert stop.value.__cause__ is None
