"""One piece of work on many things, on several processors.

The two signing libraries let go of the interpreter while they compute, and most of the time of a large
request is theirs. So threads help here, where Python's own part could not gain; with one processor nothing
is lost. Nothing else changes: results stand in the order of the things, and the failure of the first of
them is the one that is raised, as if they had been done one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from strongroom.core.progress import Progress, silent

Thing = TypeVar("Thing")
Result = TypeVar("Result")

WORKERS = 4
SLICE = 20  # things in a row on one thread: enough to make handing over cheap, few enough to share


def map_in_parallel(
    work: Callable[[Thing], Result], things: Sequence[Thing], progress: Progress = silent
) -> tuple[Result, ...]:
    """`work` of each of `things`, in their order; `work` changes nothing that another call sees.

    Raises what `work` raises of the first thing that fails. `progress` is called on the caller's thread.
    """
    done: list[Result] = []
    with ThreadPoolExecutor(max_workers=WORKERS) as workers:
        slices = (things[start : start + SLICE] for start in range(0, len(things), SLICE))
        for results in workers.map(lambda part: [work(thing) for thing in part], slices):
            done += results
            progress(len(done), len(things))
    return tuple(done)
