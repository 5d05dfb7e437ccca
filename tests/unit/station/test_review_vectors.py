"""What each rule of the review looks like at 80x24: its vectors, on the screens that people see."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from strongroom.core.errors import Violation
from strongroom.core.rules import RULES
from strongroom.core.session import requests as asked
from strongroom.station.tui.frame import StationFrame
from strongroom.station.tui.screens.results import StopScreen
from strongroom.station.tui.screens.review import ReviewScreen
from tests.unit.core.review.test_vectors import files, name, review
from tests.unit.station.screens import frame, press, text, words_of
from tests.vectors.elsewhere import ELSEWHERE

VECTORS = [(path, json.loads(path.read_text())) for path in files("review")]
PAGES = 200


def of(finding: str | None) -> list[object]:
    return [
        pytest.param(path, vector, id=name(path))
        for path, vector in VECTORS
        if vector["finding"] == finding
    ]


def whole(shown: StationFrame) -> str:
    """Everything that a page holds, scrolled to its end, without spaces."""
    seen = [text(shown)]
    for _ in range(PAGES):
        seen.append(text(press(shown, "<page down>")))
        if seen[-1] == seen[-2]:
            break
    return words_of("".join(seen))


def test_every_rule_that_warns_is_on_a_screen_here() -> None:
    warned = {path.parent.name for path, vector in VECTORS if vector["finding"] == "warn"}
    assert warned == {rule.id for rule in RULES if "warn" in rule.severities} - set(ELSEWHERE)


@pytest.mark.parametrize(("path", "vector"), of("warn"))
def test_a_warning_is_counted_shown_whole_and_acknowledged(
    path: Path, vector: dict[str, object]
) -> None:
    made = review(vector)
    replies: list[tuple[str, ...]] = []
    shown = frame(ReviewScreen(asked.ShowReview(made), replies.append))
    total = len(made.warnings)
    seen = []
    for place, finding in enumerate(made.warnings, 1):
        page = whole(shown)
        assert words_of(f"Review: {total} warning") in page
        assert words_of(f"WARNING {place} of {total}   {finding.rule}") in page
        assert words_of(finding.message) in page
        before = text(shown)
        assert text(press(shown, "<enter><enter>no<enter>")) == before
        press(shown, "seen<enter>")
        seen.append(finding.rule)
    assert path.parent.name in seen
    assert "WARNING" not in text(shown)
    for _ in range(PAGES):
        if replies:
            break
        press(shown, "<enter>")
    assert replies == [tuple(seen)]


@pytest.mark.parametrize(("path", "vector"), of("show"))
def test_what_is_to_be_noted_is_one_key_away(path: Path, vector: dict[str, object]) -> None:
    made = review(vector)
    shown = frame(ReviewScreen(asked.ShowReview(made), lambda _: None))
    press(shown, "seen<enter>" * len(made.warnings) + "d")
    page = whole(shown)
    for finding in made.findings:
        assert words_of(f"{finding.rule}: {finding.message}") in page
    assert path.parent.name in page


@pytest.mark.parametrize(("path", "vector"), of(None))
def test_a_stop_names_rule_values_and_remedy(path: Path, vector: dict[str, object]) -> None:
    with pytest.raises(Violation) as stop:
        review(vector)
    page = whole(frame(StopScreen(asked.ShowStop(stop.value), lambda _: None)))
    assert f"STOP{path.parent.name}" in page
    assert words_of(stop.value.message) in page
    assert words_of(f"What to do: {stop.value.hint}") in page
