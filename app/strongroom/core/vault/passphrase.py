"""What a vault's passphrase may be, and the bytes that stand for it.

A passphrase is the UTF-8 bytes of what was typed, composed (NFC), with no other change: the plain
`age` program opens the vault with the same typing. NFKC would fold characters that age does not.
The floor below is no measure of strength. It refuses what scrypt can not save.
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise

from strongroom.core.errors import Violation
from strongroom.core.secret import Secret

MINIMUM = 12
"""Characters that a new passphrase needs."""
_DISTINCT = 6
_HINT = "take six or more words by dice, or twenty random characters"


def parse_passphrase(typed: Secret) -> Secret:
    """The passphrase that was typed, as composed UTF-8; raises VAULT-PASSPHRASE."""
    return Secret(_compose(typed, rule="VAULT-PASSPHRASE").encode())


def check_passphrase(typed: Secret) -> Secret:
    """A new passphrase, as `parse_passphrase` gives it, that is not weak at sight; VAULT-WEAK.

    It needs 12 characters, not counting repetitions of a shorter text, 6 of them different. It is
    no run of neighbours such as `abcdefghijkl`, and neither begins nor ends with a space.
    """
    text = _compose(typed, rule="VAULT-WEAK")
    if text != text.strip():
        raise _weak("begins or ends with a space, which nobody sees on paper")
    if len(text) < MINIMUM:
        raise _weak(f"is shorter than {MINIMUM} characters")
    if _unrepeated(text) < MINIMUM:
        raise _weak(f"repeats a text of fewer than {MINIMUM} characters")
    if len(set(text.casefold())) < _DISTINCT:
        raise _weak(f"has fewer than {_DISTINCT} different characters")
    if _is_run(text):
        raise _weak("is a run of characters that follow each other")
    return Secret(text.encode())


def _compose(typed: Secret, *, rule: str) -> str:
    try:
        text = unicodedata.normalize("NFC", typed.reveal().decode("utf-8"))
    except UnicodeDecodeError as error:
        # No cause: the error would carry the bytes.
        raise Violation(rule, f"the passphrase is not UTF-8 at byte {error.start}") from None
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs"} for character in text):
        raise Violation(rule, "the passphrase holds a character that can not be typed or seen")
    return text


def _unrepeated(text: str) -> int:
    """The length of the shortest text that fills `text` when repeated twice or more, or its own."""
    for period in range(1, len(text) // 2 + 1):
        if text[period:] == text[:-period]:
            return period
    return len(text)


def _is_run(text: str) -> bool:
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return steps in ({1}, {-1})


def _weak(why: str) -> Violation:
    return Violation("VAULT-WEAK", f"the passphrase {why}", hint=_HINT)
