"""Digests as words that can be read aloud over a bad line, typed, and written on paper.

All words are lower case, and a digest is always given whole: 32 words in four rows of eight.
"""

from __future__ import annotations

from strongroom.core.pgp_word_list import EVEN, ODD

_ROWS = 4


def pgp_words(digest: bytes) -> tuple[str, ...]:
    """One word for each byte of `digest`, in lower case, from the two PGP word lists in turn."""
    return tuple((ODD if place % 2 else EVEN)[byte] for place, byte in enumerate(digest))


def render_word_rows(digest: bytes) -> tuple[str, str, str, str]:
    """The 32 words of a 32-byte digest as four rows of eight; `ValueError` for other sizes."""
    words = pgp_words(digest)
    if len(words) != _ROWS * 8:
        raise ValueError(f"a digest of {len(words)} bytes has no four rows of eight words")
    first, second, third, fourth = (" ".join(words[start : start + 8]) for start in range(0, 32, 8))
    return first, second, third, fourth
