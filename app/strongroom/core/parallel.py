"""One piece of work on many things, on two processors.

Threads would stand in each other's way: a call into a signing library takes less time than handing over the
interpreter. So half of the things are worked on by a copy of this process (fork), which gives its results back
and ends. Nothing else changes: results stand in the order of the things, and the failure of the first of them
is the one that is raised, as if they had been done one after the other.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NoReturn, TypeVar

from strongroom.core.progress import Progress, silent, watched

Thing = TypeVar("Thing")
Result = TypeVar("Result")

_FEW = 100  # below them a copy costs more than it saves


def map_in_parallel(
    work: Callable[[Thing], Result], things: Sequence[Thing], progress: Progress = silent
) -> tuple[Result, ...]:
    """`work` of each of `things`, in their order; `work` changes nothing, and its results can be pickled.

    Raises what `work` raises of the first thing that fails. What the copy does not give is done here: where
    it met a failure, where it was ended, and where the system allows none.
    """
    if len(things) < _FEW:
        return tuple([work(thing) for thing in watched(things, progress)])
    half = len(things) // 2
    copy, results = _start_copy(work, things[half:])
    try:
        whole = len(things)
        done = [
            work(thing) for thing in watched(things[:half], lambda now, _: progress(2 * now, whole))
        ]
        done += _read(results)
    finally:
        os.close(results)
        if copy:
            os.waitpid(copy, 0)
    done += [work(thing) for thing in things[len(done) :]]
    progress(whole, whole)
    return tuple(done)


def _start_copy(work: Callable[[Thing], Result], things: Sequence[Thing]) -> tuple[int, int]:
    """The copy's process, 0 if there is none, and where its results can be read up to the end."""
    reading, writing = os.pipe()
    copy = 0
    with suppress(OSError):  # too many processes, or too little memory
        copy = os.fork()
        if not copy:
            _work_in_copy(work, things, writing)
    os.close(writing)
    return copy, reading


def _work_in_copy(
    work: Callable[[Thing], Result], things: Sequence[Thing], writing: int
) -> NoReturn:
    """Work up to a failure, write the results and end: nothing that this process has open is flushed."""
    try:
        results = []
        with suppress(Exception):
            for thing in things:
                results.append(work(thing))  # noqa: PERF401 - those before a failure are kept
        with open(writing, "wb") as out:
            pickle.dump(results, out)
    finally:
        os._exit(0)


def _read(results: int) -> list[Any]:
    with open(results, "rb", closefd=False) as given:
        try:
            return list(pickle.load(given))  # noqa: S301 - written by our own copy
        except (EOFError, pickle.UnpicklingError):  # it was ended before it was done
            return []
