"""Seed words (BIP-39, English) and the seed that they give.

embit carries the word list and turns words into entropy and back. Its errors quote words, it takes 27 or
more of them, and it does not normalise the passphrase: counts, words and Unicode form are taken care of here,
and messages name positions only.
"""

from __future__ import annotations

import hashlib
import unicodedata

from embit import bip39
from embit.wordlists.bip39 import WORDLIST

from strongroom.core.errors import Violation
from strongroom.core.secret import Secret

WORDS: tuple[str, ...] = tuple(WORDLIST)
WORD_COUNTS = (12, 15, 18, 21, 24)
ENTROPY_SIZES = (16, 20, 24, 28, 32)
_ROUNDS = 2048
_KNOWN = frozenset(WORDS)


def parse_mnemonic(text: str) -> tuple[str, ...]:
    """The 12, 15, 18, 21 or 24 words of `text`, in lower case, with a correct checksum.

    Raises `Violation` SEED-WORDS, which names positions and never a word.
    """
    words = tuple(text.lower().split())
    if len(words) not in WORD_COUNTS:
        raise Violation(
            "SEED-WORDS", f"{len(words)} words were typed, 12, 15, 18, 21 or 24 are needed"
        )
    unknown = [str(place) for place, word in enumerate(words, start=1) if word not in _KNOWN]
    if unknown:
        which = f"word {unknown[0]} is" if len(unknown) == 1 else f"words {', '.join(unknown)} are"
        raise Violation("SEED-WORDS", f"{which} not in the English list of BIP-39")
    entropy_from_mnemonic(words).wipe()
    return words


def mnemonic_from_entropy(entropy: Secret) -> tuple[str, ...]:
    """The words of 16, 20, 24, 28 or 32 bytes of entropy; raises `Violation` SEED-WORDS."""
    if len(entropy) not in ENTROPY_SIZES:
        raise Violation(
            "SEED-WORDS", f"seed entropy has {len(entropy)} bytes, 16, 20, 24, 28 or 32 are needed"
        )
    return tuple(bip39.mnemonic_from_bytes(entropy.reveal()).split())


def entropy_from_mnemonic(words: tuple[str, ...]) -> Secret:
    """The entropy of words that `parse_mnemonic` let through; raises `Violation` SEED-WORDS."""
    try:
        return Secret(bip39.mnemonic_to_bytes(" ".join(words)))
    except ValueError:  # its words quote the seed
        raise Violation(
            "SEED-WORDS",
            "the words have a wrong checksum",
            hint="a word is wrong, or two have changed places",
        ) from None


def seed_from_mnemonic(words: tuple[str, ...], passphrase: Secret) -> Secret:
    """The 64-byte seed of `words` and a passphrase in UTF-8 (empty for none), both in NFKD.

    Raises `Violation` SEED-WORDS when the passphrase is not UTF-8. BIP-39, "From mnemonic to seed".
    """
    try:
        text = passphrase.reveal().decode()
    except UnicodeDecodeError:
        raise Violation("SEED-WORDS", "the seed passphrase is not UTF-8") from None
    salt = unicodedata.normalize("NFKD", f"mnemonic{text}").encode()
    return Secret(hashlib.pbkdf2_hmac("sha512", " ".join(words).encode(), salt, _ROUNDS))
