"""Work in two processes gives what work one after the other gives: results, order, first failure, progress."""

from __future__ import annotations

import gc
import os
import signal

import pytest

from strongroom.core.acyclic import no_search_for_cycles
from strongroom.core.parallel import map_in_parallel
from strongroom.core.progress import portion


@pytest.mark.parametrize("count", [0, 1, 20, 21, 500])
def test_results_stand_in_order(count: int) -> None:
    seen: list[tuple[int, int]] = []
    things = range(count)
    done = map_in_parallel(lambda n: n * n, things, lambda *now: seen.append(now))
    assert done == tuple(n * n for n in things)
    assert seen == sorted(seen)
    assert seen[-1:] == ([(count, count)] if count else [])


@pytest.mark.parametrize("count", [10, 500])
def test_the_first_failure_is_the_one_that_is_raised(count: int) -> None:
    def work(number: int) -> int:
        if number >= 7:
            raise ValueError(number)
        return number

    with pytest.raises(ValueError, match=r"^7$"):
        map_in_parallel(work, range(count))


def test_work_is_shared_with_a_copy_that_ends() -> None:
    done = map_in_parallel(lambda _: os.getpid(), range(500))
    assert set(done[:250]) == {os.getpid()}
    (copy,) = set(done[250:])
    with pytest.raises(ChildProcessError):
        os.waitpid(copy, os.WNOHANG)


def test_what_a_copy_fails_at_fails_here() -> None:
    def work(number: int) -> int:
        if number >= 400:
            raise ValueError(f"{number} in {os.getpid()}")
        return number

    with pytest.raises(ValueError, match=f"^400 in {os.getpid()}$"):
        map_in_parallel(work, range(500))


def test_a_copy_that_is_ended_loses_nothing() -> None:
    here = os.getpid()

    def work(number: int) -> int:
        if number == 400 and os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    assert map_in_parallel(work, range(500)) == tuple(range(500))


def test_a_system_without_room_for_a_copy_works_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(os, "fork", refuse)
    assert set(map_in_parallel(lambda _: os.getpid(), range(500))) == {os.getpid()}


def test_a_portion_goes_from_its_start_to_its_end() -> None:
    seen: list[tuple[int, int]] = []
    share = portion(portion(lambda *now: seen.append(now), 20, 60), 50, 100)
    for done in (0, 1, 4):
        share(done, 4)
    assert seen == [(40, 100), (44, 100), (60, 100)]


@no_search_for_cycles()
def _raise_inside() -> None:
    raise ValueError("on" if gc.isenabled() else "off")


def test_the_search_for_cycles_comes_back() -> None:
    assert gc.isenabled()
    with pytest.raises(ValueError, match="off"):
        _raise_inside()
    assert gc.isenabled()
    gc.disable()
    try:
        with no_search_for_cycles():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
