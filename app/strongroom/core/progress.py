"""How long work in the core tells how far it is; it never tells how long it takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[int, int], None]
"""Called with (done, total) while work runs."""


def silent(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


def portion(whole: Progress, start: int, end: int) -> Progress:
    """Progress of a part of some work, which takes the whole from `start` to `end` of a hundred."""

    def advance(done: int, total: int) -> None:
        whole(start + (end - start) * done // total, 100)

    return advance
