"""SLIP-39 as published, read by another implementation, and errors that tell where and never what."""

from __future__ import annotations

import itertools
import random

import pytest
from embit.slip39 import Share as OtherShare
from embit.slip39 import ShareSet as OtherShareSet

from strongroom.core.backup.slip39 import combine_shares, missing_shares, split_secret
from strongroom.core.backup.slip39_share import WORDS, Share, parse_share, render_share
from strongroom.core.errors import Violation
from strongroom.core.secret import Secret
from tests.vectors.published import read_published

SLIP39 = read_published("slip39")
PASSPHRASE = Secret(SLIP39["passphrase"].encode())
SECRET = Secret(bytes(range(32)))


def parse(text: str) -> Share:
    return parse_share(Secret(text.encode()))


def shares(threshold: int, count: int, secret: Secret = SECRET) -> tuple[Share, ...]:
    return split_secret(
        secret,
        threshold=threshold,
        count=count,
        random=random.Random(39).randbytes,  # noqa: S311 - the same in every run
    )


def words_of(share: Share) -> list[str]:
    return render_share(share).reveal().decode().split()


@pytest.mark.parametrize(("description", "mnemonics", "secret"), SLIP39["cases"])
def test_published(description: str, mnemonics: list[str], secret: str) -> None:
    assert description
    if secret:
        found = combine_shares([parse(text) for text in mnemonics], PASSPHRASE)
        assert found.reveal().hex() == secret
        assert [render_share(parse(text)).reveal().decode() for text in mnemonics] == mnemonics
        return
    with pytest.raises(Violation) as stop:
        combine_shares([parse(text) for text in mnemonics], PASSPHRASE)
    assert stop.value.rule in {"SHARE-WORDS", "SHARE-SET"}


@pytest.mark.parametrize(
    ("threshold", "count", "size"),
    [(2, 3, 16), (2, 2, 20), (2, 2, 24), (2, 2, 28), (3, 4, 32), (5, 5, 32), (16, 16, 32)],
)
def test_every_quorum_gives_the_secret_back(threshold: int, count: int, size: int) -> None:
    secret = Secret(bytes(range(100, 100 + size)))
    made = [parse_share(render_share(share)) for share in shares(threshold, count, secret)]
    for quorum in itertools.combinations(made, threshold):
        assert combine_shares(quorum) == secret


def test_another_implementation_reads_our_shares() -> None:
    for quorum in itertools.combinations(shares(2, 3), 2):
        others = [OtherShare.parse(render_share(share).reveal().decode()) for share in quorum]
        assert OtherShareSet(others).recover() == SECRET.reveal()


def test_fewer_and_more_shares_than_needed_are_refused() -> None:
    made = shares(3, 5)
    for given in (made[:1], made[:2], made[:4], made):
        with pytest.raises(Violation, match=f"{len(given)} shares were given, 3 are needed"):
            combine_shares(given)
    assert [missing_shares(made[:count]) for count in range(1, 5)] == [2, 1, 0, 0]
    with pytest.raises(Violation, match="no share"):
        combine_shares([])


@pytest.mark.parametrize(("threshold", "count"), [(1, 1), (1, 3), (4, 3), (2, 17), (0, 2)])
def test_a_quorum_that_is_none(threshold: int, count: int) -> None:
    with pytest.raises(Violation) as stop:
        shares(threshold, count)
    assert stop.value.rule == "SHARE-QUORUM"


def test_one_wrong_word_is_located_and_not_corrected() -> None:
    words = words_of(shares(2, 3)[0])
    for place, right in enumerate(words):
        wrong = WORDS[(WORDS.index(right) + 517) % 1024]
        typed = [*words[:place], wrong, *words[place + 1 :]]
        with pytest.raises(Violation, match=f"word {place + 1} alone would explain it") as stop:
            parse(" ".join(typed))
        said = f"{stop.value} {stop.value.hint}".split()
        assert not {wrong, right} & set(said) - {"alone", "would", "that", "again", "from", "paper"}


def test_two_wrong_words_are_noticed_and_blamed_on_none() -> None:
    words = words_of(shares(2, 3)[0])
    words[5], words[20] = words[20], words[5]
    with pytest.raises(Violation, match="checksum is wrong") as stop:
        parse(" ".join(words))
    assert "alone" not in stop.value.message


def test_unknown_words_are_named_by_position() -> None:
    words = words_of(shares(2, 3)[0])
    with pytest.raises(Violation, match="word 3, 7") as stop:
        parse(" ".join([*words[:2], "strongroom", *words[3:6], "zebra", *words[7:]]))
    assert "strongroom" not in str(stop.value)


def test_case_and_spacing_do_not_matter() -> None:
    share = shares(2, 3)[1]
    assert parse("  " + "  \n".join(word.upper() for word in words_of(share))) == share


def test_what_is_typed_and_is_no_text_is_refused() -> None:
    with pytest.raises(Violation, match="1 words"):
        parse_share(Secret(b"\xff\xfe"))
