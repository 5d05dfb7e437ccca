"""The declared time: never before what is known to have been, and asked for again when it was wrong."""

from __future__ import annotations

from datetime import timedelta

from tests.unit.core.session.operator import RELEASE, Operator

from strongroom.core.errors import Violation
from strongroom.core.session.requests import ChooseFile, DeclareTime
from strongroom.core.session.values import Task

BUILT = RELEASE.built


def questions(operator: Operator) -> list[str]:
    kinds = operator.kinds()
    return kinds[kinds.index("DeclareTime") :]


def test_a_time_before_the_release_is_refused_and_asked_for_again() -> None:
    operator = Operator({DeclareTime: [BUILT - timedelta(seconds=1), BUILT]})
    operator.run()
    assert operator.stops() == ["SESSION-TIME"]
    assert questions(operator) == [
        "DeclareTime",
        "ShowStop",
        "DeclareTime",
        "ChooseTask",
        "PowerOff",
    ]


def test_a_stop_that_a_wrong_time_can_cause_asks_for_the_time_again() -> None:
    stop = Violation("SESSION-TIME", "this vault was used later than that")
    operator = Operator({ChooseFile: [stop], DeclareTime: [BUILT, BUILT + timedelta(days=1)]})
    operator.run(Task.OPEN_VAULT)
    assert questions(operator)[-5:] == [
        "ChooseFile",
        "ShowStop",
        "DeclareTime",
        "ChooseTask",
        "PowerOff",
    ]
