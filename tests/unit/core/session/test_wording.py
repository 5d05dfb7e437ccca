"""Whatever people are asked has words, for the screen and for paper."""

from __future__ import annotations

from typing import get_args

import pytest

from strongroom.core.session import hardware as listed
from strongroom.core.session import requests as asked
from strongroom.core.session.notes import KeepRecord, TakeNotes
from strongroom.core.session.values import FileKind, SeedSource, Task
from strongroom.core.session.wording import FILES, SEED_SOURCES, TASKS, wording_of

UNSEEN = {listed.ReadHardware, listed.TakeDeviceEvents, TakeNotes, KeepRecord}
"""What the room's devices answer by themselves."""


@pytest.mark.parametrize("request_type", [*{*get_args(asked.RoomRequest)} - UNSEEN], ids=str)
def test_every_request_of_the_room_has_words(request_type: type) -> None:
    assert wording_of.dispatch(request_type) is not wording_of.dispatch(object)


@pytest.mark.parametrize("kind", FileKind)
def test_every_kind_of_file_can_be_asked_for(kind: FileKind) -> None:
    said = wording_of(asked.ChooseFile(kind))
    assert kind.suffix.removeprefix(".") in said.lines[0]
    assert len(said.title) <= 40


def test_every_choice_has_words() -> None:
    assert set(TASKS) == set(Task)
    assert set(SEED_SOURCES) == set(SeedSource)
    assert set(FILES) == set(FileKind)
