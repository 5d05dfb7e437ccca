"""The record goes to the stick that has the vault, without a question, and stops nothing when it can not."""

from __future__ import annotations

import pytest

from strongroom.core.errors import Fault
from strongroom.core.session import requests as asked
from strongroom.core.session import values
from strongroom.core.session.notes import KeepRecord
from strongroom.station.media.protocol import Stick
from tests.unit.station.theatre import Steps, Sticks, run

RECORD = values.OutFile(name="session.running.jsonl", data=b"x")
VAULT = values.OutFile(name="strongroom.vault", data=b"v")


class Tray(Sticks):
    """A stick that may be out, and may fail."""

    def __init__(self) -> None:
        super().__init__()
        self.is_in = True
        self.names: list[str] = []

    def sticks(self) -> tuple[Stick, ...]:
        """INBOX while it is in."""
        return super().sticks() if self.is_in else ()

    def write(
        self, stick: Stick, files: tuple[values.OutFile, ...], *, keep_previous: bool
    ) -> values.Receipt:
        """Kept, unless there is a fault."""
        if self.fault:
            raise self.fault
        self.names += [file.name for file in files]
        return super().write(stick, files, keep_previous=keep_previous)


def kept_after(first: object, media: Tray, keys: str) -> list[bool]:
    """What the session hears when it keeps its record after `first`, which people answer with `keys`."""
    heard: list[bool] = []

    def steps() -> Steps:
        yield first
        yield asked.ChooseTask(None)
        heard.append((yield KeepRecord(RECORD)))
        yield asked.ChooseTask(None)

    stage, _ = run(steps, media)
    for key in keys.split():
        stage.press(key)
    assert "Main menu" in stage.seen()
    media.names.clear()
    return _menu(stage, media, heard)


def _menu(stage: object, media: Tray, heard: list[bool]) -> list[bool]:
    seen = stage.press("1")  # type: ignore[attr-defined]  # the stage of `run`
    assert "Main menu" in seen
    assert media.names == ([RECORD.name] if heard == [True] else [])
    return heard


@pytest.mark.parametrize(
    ("first", "keys"),
    [
        (asked.ChooseFile(values.FileKind.VAULT), "<enter>"),
        (asked.WriteFiles((VAULT,), "a test"), "<enter> <enter>"),
    ],
)
def test_the_stick_of_the_vault_takes_it(first: object, keys: str) -> None:
    assert kept_after(first, Tray(), keys) == [True]


@pytest.mark.parametrize(
    ("first", "keys"),
    [
        (asked.ChooseFile(values.FileKind.REQUEST), "<enter>"),
        (asked.WriteFiles((RECORD,), "a test"), "<enter> <enter>"),
    ],
)
def test_any_other_stick_gets_none_of_it(first: object, keys: str) -> None:
    assert kept_after(first, Tray(), keys) == [False]


def test_a_stick_that_is_out_or_fails_stops_nothing() -> None:
    heard: list[bool] = []
    media = Tray()

    def steps() -> Steps:
        yield asked.ChooseFile(values.FileKind.VAULT)
        media.is_in = False
        heard.append((yield KeepRecord(RECORD)))
        media.is_in = True
        media.fault = Fault("MEDIA-GONE", "the stick was pulled out")
        heard.append((yield KeepRecord(RECORD)))
        yield asked.ChooseTask(None)

    stage, _ = run(steps, media)
    assert "Main menu" in stage.press("<enter>")
    assert heard == [False, False]
