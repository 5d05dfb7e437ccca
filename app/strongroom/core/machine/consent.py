"""Consent to a keyboard that came after boot: letters on the screen, which a blind typist can not read.

Six of twenty letters that no common layout moves: three tries hit them once in twenty million times.
"""

from __future__ import annotations

LETTERS = "bcdefghijklnoprstuvx"
LENGTH = 6
TRIES = 3
RANDOM_SIZE = 32


def draw_letters(random: bytes) -> str:
    """`LENGTH` letters from random bytes, each letter as likely as the others."""
    fair = 256 - 256 % len(LETTERS)
    letters = [LETTERS[byte % len(LETTERS)] for byte in random if byte < fair]
    if len(letters) < LENGTH:
        # once in 10 ** 30 times with RANDOM_SIZE bytes
        raise ValueError("there are too few random bytes")
    return "".join(letters[:LENGTH])


def is_consent(letters: str, typed: str) -> bool:
    """Whether `typed` are the letters, whatever spaces or capitals are between them."""
    return "".join(typed.split()).lower() == letters
