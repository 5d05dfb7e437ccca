"""How long work in the core tells how far it is; it never tells how long it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias, TypeVar

Thing = TypeVar("Thing")

Progress: TypeAlias = Callable[[int, int], None]
"""Called with (done, total) while work runs."""


_STEP = 50  # things between two tellings: telling costs as much as some of the work


def silent(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


def portion(whole: Progress, start: int, end: int) -> Progress:
    """Progress of a part of some work, which takes the whole from `start` to `end` of a hundred."""

    def advance(done: int, total: int) -> None:
        whole(start + (end - start) * done // total, 100)

    return advance


def watched(things: Sequence[Thing], progress: Progress) -> Iterator[Thing]:
    """Each of `things` in turn; `progress` is told every so often and at the end."""
    for start in range(0, len(things), _STEP):
        part = things[start : start + _STEP]
        yield from part
        progress(start + len(part), len(things))
