"""Words typed from somebody's own paper: two of 32, picked at random, and never those on a screen."""

from __future__ import annotations

from strongroom.core.approval import check_words, draw_positions
from strongroom.core.errors import Violation
from strongroom.core.session.pages import Fill
from strongroom.core.session.requests import DrawRandom, Steps, ask

TRIES = 3


def type_words(title: str, lines: tuple[str, ...], digest: bytes, *, rule: str) -> Steps[None]:
    """Have words of `digest` typed at places picked at random; raises `rule` after three wrong tries."""
    problem = ""
    for _ in range(TRIES):
        random = yield from ask(DrawRandom(2))
        positions = draw_positions(random.reveal())
        typed = yield from ask(Fill(title, lines, tuple(f"Word {at}" for at in positions), problem))
        try:
            check_words(digest, positions, typed)
        except Violation:
            problem = f"{rule}: words {positions[0]} and {positions[1]} differ"
            continue
        return
    raise Violation(
        rule,
        f"{title}: the words typed from paper are not those of what was read, {TRIES} times",
        hint="compare the file with the one that the words were made of: it may have been exchanged",
    )
