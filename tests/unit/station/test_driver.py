"""The driver against the real generator protocol: replies, stops, cancels, faults and restarts."""

from __future__ import annotations

import pytest

from strongroom.core.bundle.model import BundleFile
from strongroom.core.errors import Fault, Stop, Violation
from strongroom.core.progress import Progress
from strongroom.core.secret import Secret
from strongroom.core.session import dice, values
from strongroom.core.session import requests as asked
from tests.unit.station import samples
from tests.unit.station.screens import press
from tests.unit.station.theatre import Steps, Sticks, run


def menu_only() -> Steps:
    """A sitting that shows the menu."""
    yield asked.ChooseTask(None)


def count(progress: Progress) -> int:
    """Work that tells how far it is."""
    progress(1, 2)
    return 42


def test_replies_go_back_into_the_generator() -> None:
    heard: list[object] = []

    def steps() -> Steps:
        heard.append((yield asked.ShowIdentity(samples.RELEASE)))
        heard.append((yield asked.DrawRandom(3)))
        heard.append((yield asked.ReadMonotonic()))
        heard.append((yield asked.ListCertificate(b"cert")))
        heard.append((yield asked.Work("Counting", count)))
        heard.append((yield asked.ChooseFile(values.FileKind.REQUEST)))
        file = values.OutFile(name="b", data=b"x")
        heard.append((yield asked.WriteFiles((file,), "a test", keep_previous=True)))
        yield asked.PowerOff()

    media = Sticks()
    stage, _ = run(steps, media)
    assert "What was booted" in stage.seen()
    assert "a.request" in stage.press("<enter>")
    assert "Write to a stick" in stage.press("<enter>")
    assert "read back" in stage.press("<enter>")
    assert "Switch off" in stage.press("<enter>")
    stage.press("<enter>")
    assert heard[0] is None
    assert heard[1] == Secret(bytes(3))
    assert isinstance(heard[2], int)
    assert heard[3:5] == [b"listing of cert", 42]
    assert heard[5] == BundleFile(name="a.request", data=b"abc")
    assert heard[6] == values.Receipt(stick="INBOX", names=("b",))
    assert media.written == (values.OutFile(name="b", data=b"x"),)
    assert media.is_off
    assert stage.is_finished


def test_escape_cancels_where_a_screen_can_be_left() -> None:
    stops: list[Stop] = []

    def steps() -> Steps:
        try:
            yield dice.EnterDice(99)
        except asked.Cancelled as stop:
            stops.append(stop)
        yield asked.ChooseTask(None)

    stage, _ = run(steps)
    assert "Main menu" in stage.press("123<esc>")
    assert "Main menu" in stage.press("<esc>")
    assert len(stops) == 1


@pytest.mark.parametrize(
    ("raised", "rule"),
    [
        (Violation("VAULT-FORMAT", "no"), "VAULT-FORMAT"),
        (ValueError("my seed words"), "PROGRAM"),
        (MemoryError(), "PROGRAM"),
    ],
)
def test_what_work_raises_reaches_the_session_as_a_stop(raised: Exception, rule: str) -> None:
    stops: list[Stop] = []

    def fail(_progress: object) -> None:
        raise raised

    def steps() -> Steps:
        try:
            yield asked.Work("Failing", fail)
        except Stop as stop:
            stops.append(stop)
            yield asked.ShowStop(stop)
        yield asked.ChooseTask(None)

    stage, _ = run(steps)
    assert f"STOP  {rule}" in stage.seen()
    assert "seed words" not in stage.seen()
    assert "Main menu" in stage.press("<enter>")
    assert [stop.rule for stop in stops] == [rule]


def test_a_stick_that_fails_is_thrown_into_the_session() -> None:
    def steps() -> Steps:
        try:
            yield asked.ChooseFile(values.FileKind.REQUEST)
        except Fault as stop:
            yield asked.ShowStop(stop)

    media = Sticks()
    media.fault = Fault("MEDIA-GONE", "the stick was lost while reading", hint="plug it in")
    stage, _ = run(steps, media)
    assert "STOP  MEDIA-GONE" in stage.press("<enter>")


def test_an_unforeseen_error_is_shown_by_type_and_ends_the_session() -> None:
    begun: list[int] = []

    def steps() -> Steps:
        begun.append(1)
        yield asked.ChooseTask(None)
        raise ZeroDivisionError("the passphrase is hunter2")

    stage, driver = run(steps)
    with pytest.raises(ZeroDivisionError) as caught:
        stage.press("1")
    driver.restart(caught.value)
    assert "PROGRAM" in stage.seen()
    assert "ZeroDivisionError" in stage.seen()
    assert "hunter2" not in stage.seen()
    stage.press("<enter>")
    assert stage.is_finished
    assert len(begun) == 1


def test_a_screen_replies_once() -> None:
    replies: list[object] = []

    def steps() -> Steps:
        replies.append((yield asked.EnterSeedPassphrase()))
        replies.append((yield asked.EnterSeedPassphrase()))
        yield asked.ChooseTask(None)

    stage, _ = run(steps)
    first = stage.frame
    assert first is not None
    press(first, "<enter><enter>")
    press(first, "<enter>")
    press(first, "<esc>")
    stage.settle()
    assert len(replies) == 1


def test_a_session_that_ends_leaves_nothing_running() -> None:
    def steps() -> Steps:
        yield asked.ChooseTask(None)

    stage, _ = run(steps)
    stage.press("3")
    assert stage.is_finished


def test_a_sitting_that_stops_by_a_rule_is_shown_and_over() -> None:
    def steps() -> Steps:
        yield asked.ChooseTask(None)
        raise Fault("SIGNER-GONE", "the signer is gone")

    stage, _ = run(steps)
    assert "STOP  SIGNER-GONE" in stage.press("1")
    stage.press("<enter>")
    assert stage.is_finished


def test_what_an_abandoned_sitting_still_says_is_not_heard() -> None:
    def steps() -> Steps:
        yield asked.ChooseTask(None)
        yield asked.EnterPassphrase("strongroom.vault")

    stage, driver = run(steps)
    assert stage.frame is not None
    press(stage.frame, "1")
    driver.restart(ZeroDivisionError())
    stage.settle()
    assert "ZeroDivisionError" in stage.seen()


def test_another_console_in_session_is_waited_for() -> None:
    media = Sticks()
    media.held = "ttyS0"
    stage, _ = run(menu_only, media)
    assert "in use at ttyS0" in stage.seen()


def test_a_missing_library_leaves_no_menu() -> None:
    media = Sticks()
    stop = Fault("SIGN-BACKEND", "the C library is not loaded", hint="use another image")
    stage, _ = run(menu_only, media, stop=stop)
    assert "STOP  SIGN-BACKEND" in stage.seen()
    stage.press("<enter>")
    assert media.is_off


def test_the_network_of_the_open_vault_stays_in_the_header() -> None:
    def steps() -> Steps:
        yield asked.ChooseTask(samples.VAULT)
        yield asked.ChooseFile(values.FileKind.REQUEST)
        yield asked.ChooseTask(None)

    stage, _ = run(steps)
    assert "REGTEST" in stage.press("1")
    assert "REGTEST" not in stage.press("<enter>")
