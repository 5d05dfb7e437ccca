"""The PGP word list: whole, and true to the examples that its authors and users published."""

from __future__ import annotations

import pytest

from strongroom.core.pgp_word_list import EVEN, ODD
from strongroom.core.words import pgp_words, render_word_rows

# The example that has stood beside the list since PGPfone, and another program's test.
FINGERPRINTS = {
    "E58294F2E9A227486E8B061B31CC528FD7FA3F19": "topmost Istanbul Pluto vagabond treadmill Pacific "
    "brackish dictator goldfish Medusa afflict bravado chatter revolver Dupont midsummer stopwatch "
    "whimsical cowbell bottomless",
    "12b4b0057400076fa5c0f5cbf726ac65": "atlas politeness ruffled almighty indoors adroitness ahead "
    "hemisphere reindeer recipe vapor revival virus caretaker ribcage glossary",
}


def test_each_list_has_256_words_and_no_word_is_in_both() -> None:
    assert len(EVEN) == len(ODD) == 256
    assert len({*EVEN, *ODD}) == 512
    assert all(word.isascii() and word.isalpha() and word.islower() for word in EVEN + ODD)


def test_the_ends_of_the_lists() -> None:
    assert (EVEN[0x00], ODD[0x00]) == ("aardvark", "adroitness")
    assert (EVEN[0xFF], ODD[0xFF]) == ("zulu", "yucatan")


def test_the_lists_are_in_alphabetical_order() -> None:
    assert list(EVEN) == sorted(EVEN)
    capitals = [word for word in ODD if word != "apollo"]  # filed among capitals: Apollo, applicant
    assert capitals == sorted(capitals)


@pytest.mark.parametrize("digits", FINGERPRINTS)
def test_published_examples(digits: str) -> None:
    assert " ".join(pgp_words(bytes.fromhex(digits))) == FINGERPRINTS[digits].lower()


def test_neighbours_swapped_or_dropped_are_heard() -> None:
    digest = bytes(range(32))
    assert set(pgp_words(digest)).isdisjoint(pgp_words(digest[1:]))


def test_a_digest_is_four_rows_of_eight() -> None:
    digest = bytes(range(100, 132))
    rows = render_word_rows(digest)
    assert [len(row.split()) for row in rows] == [8, 8, 8, 8]
    assert " ".join(rows).split() == list(pgp_words(digest))
    with pytest.raises(ValueError, match="20 bytes"):
        render_word_rows(bytes(20))
