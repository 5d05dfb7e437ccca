"""BIP-39 as published, and errors that name positions and no words."""

from __future__ import annotations

import hashlib
import unicodedata

import pytest

from strongroom.core.bitcoin.mnemonic import (
    WORDS,
    entropy_from_mnemonic,
    mnemonic_from_entropy,
    parse_mnemonic,
    seed_from_mnemonic,
)
from strongroom.core.errors import Violation
from strongroom.core.secret import Secret
from tests.vectors.published import read_published

BIP39 = read_published("bip39")
ZERO = ("abandon " * 11 + "about").split()


def test_the_word_list_is_the_published_one() -> None:
    text = "".join(f"{word}\n" for word in WORDS).encode()
    digest = "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"
    assert hashlib.sha256(text).hexdigest() == digest


@pytest.mark.parametrize(("entropy", "mnemonic", "seed"), BIP39["english"])
def test_published_mnemonics(entropy: str, mnemonic: str, seed: str) -> None:
    words = parse_mnemonic(mnemonic)
    assert mnemonic_from_entropy(Secret(bytes.fromhex(entropy))) == words
    assert entropy_from_mnemonic(words).reveal().hex() == entropy
    passphrase = Secret(BIP39["passphrase"].encode())
    assert seed_from_mnemonic(words, passphrase).reveal().hex() == seed


@pytest.mark.parametrize(("mnemonic", "passphrase", "seed"), BIP39["japanese"])
def test_the_passphrase_is_normalised(mnemonic: str, passphrase: str, seed: str) -> None:
    # Japanese words are not accepted from people; they carry the published passphrase that trips NFKD.
    words = tuple(unicodedata.normalize("NFKD", mnemonic).split(" "))
    assert seed_from_mnemonic(words, Secret(passphrase.encode())).reveal().hex() == seed


def test_case_and_spacing_do_not_matter() -> None:
    assert parse_mnemonic("  ABANDON " + "\tabandon\n" * 10 + " About ") == tuple(ZERO)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "0 words"),
        (ZERO[:11], "11 words"),
        (ZERO * 2 + ZERO[:3], "27 words"),
        ([*ZERO[:6], "bitcoins", *ZERO[7:]], "word 7 is not"),
        (["strongroom", *ZERO[1:11], "bitcoins"], "words 1, 12 are not"),
        ([*ZERO[:11], "abandon"], "wrong checksum"),
        ([ZERO[-1], *ZERO[:-1]], "wrong checksum"),
    ],
)
def test_refusals_name_positions_only(words: list[str], said: str) -> None:
    with pytest.raises(Violation, match=said) as stop:
        parse_mnemonic(" ".join(words))
    assert stop.value.rule == "SEED-WORDS"
    shown = f"{stop.value} {stop.value.hint}".split()
    assert not {"abandon", "about", "bitcoins", "strongroom"} & set(shown)
    assert stop.value.__cause__ is None


@pytest.mark.parametrize("size", [0, 4, 12, 17, 36])
def test_entropy_of_other_sizes_is_refused(size: int) -> None:
    with pytest.raises(Violation, match=f"{size} bytes"):
        mnemonic_from_entropy(Secret(bytes(size)))


def test_a_passphrase_that_is_no_text_is_refused() -> None:
    with pytest.raises(Violation, match="UTF-8"):
        seed_from_mnemonic(tuple(ZERO), Secret(b"\xff"))
