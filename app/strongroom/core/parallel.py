"""One piece of work on many things, on two processors.

The two signing libraries let go of the interpreter while they compute, and most of the time of signing is
theirs; two threads at most get in each other's way seldom enough to gain. Work that is mostly Python's own is
slower on threads. Nothing else changes: results stand in the order of the things, and the failure of the first
of them is the one that is raised, as if they had been done one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from strongroom.core.progress import Progress, silent

Thing = TypeVar("Thing")
Result = TypeVar("Result")

WORKERS = 2
_SLICE = 20  # things in a row on one thread: enough to make handing over cheap, few enough to share


def map_in_parallel(
    work: Callable[[Thing], Result], things: Sequence[Thing], progress: Progress = silent
) -> tuple[Result, ...]:
    """`work` of each of `things`, in their order; `work` changes nothing that another call sees.

    Raises what `work` raises of the first thing that fails. `progress` is called on the caller's thread.
    """
    done: list[Result] = []
    slices = (things[start : start + _SLICE] for start in range(0, len(things), _SLICE))

    def each(part: Iterable[Thing]) -> list[Result]:
        return [work(thing) for thing in part]

    with ThreadPoolExecutor(max_workers=WORKERS) as workers:
        run = workers.map if len(things) > _SLICE else map
        for results in run(each, slices):
            done += results
            progress(len(done), len(things))
    return tuple(done)
