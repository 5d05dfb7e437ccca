"""codex32 (BIP-93) as published, and errors that tell where and never what."""

from __future__ import annotations

import itertools
import random

import pytest

from strongroom.core.backup.codex32 import (
    ALPHABET,
    Codex32,
    combine_codex32,
    encode_seed,
    parse_codex32,
    split_seed,
)
from strongroom.core.errors import Violation
from strongroom.core.secret import Secret
from tests.vectors.published import read_published

CODEX32 = read_published("codex32")


def parse(text: str) -> Codex32:
    return parse_codex32(Secret(text.encode()))


def text_of(share: Codex32) -> str:
    return share.letters.reveal().decode()


def shares(threshold: int, count: int, size: int = 32) -> tuple[Codex32, ...]:
    return split_seed(
        Secret(bytes(range(size))),
        threshold=threshold,
        count=count,
        identifier="cash",
        random=random.Random(93).randbytes,  # noqa: S311 - the same in every run
    )


@pytest.mark.parametrize(("strings", "seed"), CODEX32["valid"])
def test_published_strings(strings: list[str], seed: str) -> None:
    parsed = [parse(text) for text in strings]
    for whole in (string for string in parsed if string.index == "s"):
        assert combine_codex32([whole]).reveal().hex() == seed
    parts = [string for string in parsed if string.index != "s"]
    for quorum in itertools.combinations(parts, parts[0].threshold) if parts else ():
        assert combine_codex32(quorum).reveal().hex() == seed


@pytest.mark.parametrize("text", CODEX32["invalid"])
def test_published_strings_that_are_none(text: str) -> None:
    with pytest.raises(Violation) as stop:
        parse(text)
    assert stop.value.rule == "CODEX32"


@pytest.mark.parametrize("size", [16, 32, 46, 47, 64])
def test_a_seed_comes_back_whole_and_shared(size: int) -> None:
    seed = Secret(bytes(range(size)))
    assert combine_codex32([parse(text_of(encode_seed(seed, "test")))]) == seed
    for quorum in itertools.combinations(shares(2, 3, size), 2):
        assert combine_codex32([parse(text_of(share)) for share in quorum]) == seed


def test_fewer_more_repeated_and_foreign_shares_are_refused() -> None:
    made = shares(3, 5)
    for given, said in (
        (made[:2], "2 shares were given, 3 are needed"),
        (made[:4], "4 shares were given, 3 are needed"),
        ((*made[:2], made[1]), "twice"),
        ((*made[:2], *shares(2, 3)[:1]), "not of one seed"),
        ((), "no share"),
    ):
        with pytest.raises(Violation, match=said) as stop:
            combine_codex32(given)
        assert stop.value.rule == "SHARE-SET"


@pytest.mark.parametrize(("threshold", "count"), [(1, 3), (4, 3), (10, 12), (2, 32)])
def test_a_quorum_that_is_none(threshold: int, count: int) -> None:
    with pytest.raises(Violation) as stop:
        shares(threshold, count)
    assert stop.value.rule == "SHARE-QUORUM"


@pytest.mark.parametrize("size", [16, 64])
def test_one_wrong_letter_is_located_and_not_corrected(size: int) -> None:
    text = text_of(shares(2, 3, size)[0])
    for place in range(9, len(text), size // 8):
        wrong = ALPHABET[(ALPHABET.index(text[place]) + 11) % 32]
        with pytest.raises(Violation, match=f"letter {place + 1} alone would explain it"):
            parse(text[:place] + wrong + text[place + 1 :])


def test_groups_of_four_in_capitals_are_read() -> None:
    text = text_of(shares(2, 3)[0])
    grouped = " ".join(text[at : at + 4] for at in range(0, len(text), 4)).upper()
    assert text_of(parse(grouped)) == text
