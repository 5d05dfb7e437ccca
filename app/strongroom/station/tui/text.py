"""Text as it may stand on a screen: what the console's font can draw, whole, and within the width.

The kernel's font has the characters of code page 437 and no others. Whatever else a request or a label
contains is written as its code point, which misleads nobody.
"""

from __future__ import annotations

import re
from textwrap import TextWrapper
from typing import TYPE_CHECKING

from strongroom.core.words import pgp_words

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH = 76
"""Columns that every screen's text fits in."""

_GROUP = 4
_INSIDE_A_NUMBER = re.compile(r"(?<=\d) (?=\d{3}(?!\d)|(?:sat|BTC|%|vB|blocks?)\b|%)")
_HELD = "\N{NO-BREAK SPACE}"  # never in visible text, since the console can not draw it
_DRAWN = frozenset(c for c in bytes(range(256)).decode("cp437") if c.isprintable())


def visible(text: str) -> str:
    r"""`text` with every character that the console can not draw as `\u{...}`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c in _DRAWN else f"\\u{{{ord(c):x}}}" for c in text)


def wrapped(text: str, *, indent: int = 0, width: int = WIDTH, first: str = "") -> tuple[str, ...]:
    """`text` made visible and broken into lines; nothing is dropped, long words are broken too.

    A number stays on one line with its groups of digits and its unit: half an amount is another amount.
    """
    wrapper = TextWrapper(
        width=width,
        initial_indent=first or " " * indent,
        subsequent_indent=" " * indent,
        break_on_hyphens=False,
        drop_whitespace=True,
    )
    held = _INSIDE_A_NUMBER.sub(_HELD, visible(text))
    return tuple(line.replace(_HELD, " ") for line in wrapper.wrap(held)) or ("",)


def labelled(label: str, text: str, *, column: int = 16) -> tuple[str, ...]:
    """`label` in a column of its own and `text` beside it, on as many lines as it takes."""
    return wrapped(text, indent=column, first=f"{label:<{column - 1}} ")


def grouped(text: str, *, indent: int = 0, per_row: int = 8) -> tuple[str, ...]:
    """A long code in groups of four, eight groups to a line."""
    groups = [text[start : start + _GROUP] for start in range(0, len(text), _GROUP)]
    rows = (groups[start : start + per_row] for start in range(0, len(groups), per_row))
    return tuple(" " * indent + " ".join(row) for row in rows)


def broken(text: str, *, indent: int = 0, width: int = WIDTH) -> tuple[str, ...]:
    """A long code without spaces, cut into full lines."""
    step = width - indent
    return tuple(" " * indent + text[start : start + step] for start in range(0, len(text), step))


def word_rows(digest: bytes, *, indent: int = 0) -> tuple[str, ...]:
    """The 32 words of a digest, numbered, four to a line, a gap after each sixteen."""
    words = [f"{place:>2} {word:<12}" for place, word in enumerate(pgp_words(digest), 1)]
    rows = (words[start : start + 4] for start in range(0, len(words), 4))
    return tuple(" " * indent + " ".join(row).rstrip() for row in rows)


def render_size(size: int) -> str:
    """A size in bytes as people say it: `64 MB`, with powers of 1000 as sticks are sold."""
    amount, units = size, ("bytes", "kB", "MB", "GB", "TB")
    for unit in units:
        if amount < 1000 or unit == units[-1]:  # noqa: PLR2004 - the step between units
            return f"{amount} {unit}"
        amount = (amount + 500) // 1000
    return f"{size} bytes"


def counted(count: int, one: str, many: str = "") -> str:
    """`1 recipient`, `2 recipients`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def joined(*blocks: Iterable[str]) -> tuple[str, ...]:
    """Blocks of lines with an empty line between them."""
    lines: list[str] = []
    for block in blocks:
        if lines:
            lines.append("")
        lines.extend(block)
    return tuple(lines)
