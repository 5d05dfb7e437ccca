"""The declared time: never before what is known to have been, and asked for again when it was wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from strongroom.core.errors import Violation
from strongroom.core.session.requests import (
    ChooseFile,
    ChooseTask,
    DeclareTime,
    PowerOff,
    ShowIdentity,
    ShowStop,
)
from strongroom.core.session.sitting import sitting
from strongroom.core.session.values import Release, Task

BUILT = datetime(2026, 11, 1, tzinfo=UTC)
RELEASE = Release(version="0.1.0", commit="0" * 40, built=BUILT, image_digest=None)


def test_a_time_before_the_release_is_refused_and_asked_for_again() -> None:
    session = sitting(RELEASE)
    assert isinstance(session.send(None), ShowIdentity)
    assert isinstance(session.send(None), DeclareTime)
    shown = session.send(BUILT - timedelta(seconds=1))
    assert isinstance(shown, ShowStop)
    assert shown.stop.rule == "SESSION-TIME"
    assert isinstance(session.send(None), DeclareTime)
    assert isinstance(session.send(BUILT), ChooseTask)


def test_a_stop_that_a_wrong_time_can_cause_asks_for_the_time_again() -> None:
    session = sitting(RELEASE)
    session.send(None)
    session.send(None)
    session.send(BUILT)
    assert isinstance(session.send(Task.OPEN_VAULT), ChooseFile)
    shown = session.throw(Violation("SESSION-TIME", "this vault was used later than that"))
    assert isinstance(shown, ShowStop)
    assert isinstance(session.send(None), DeclareTime)
    assert isinstance(session.send(BUILT + timedelta(days=1)), ChooseTask)
    assert isinstance(session.send(Task.POWER_OFF), PowerOff)
