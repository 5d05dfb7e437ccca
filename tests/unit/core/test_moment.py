"""Moments have one form, and room around them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from strongroom.core.moment import parse_moment, render_moment


@pytest.mark.parametrize(
    "text", ["2000-01-01T00:00:00Z", "2026-11-24T03:00:00Z", "2999-12-31T23:59:59Z"]
)
def test_one_form_there_and_back(text: str) -> None:
    moment = parse_moment(text)
    assert render_moment(moment) == text
    assert moment - timedelta(days=1) < moment < moment + timedelta(days=1)


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00Z",  # hours before it there is no time
        "9999-12-31T23:59:59Z",
        "1999-12-31T23:59:59Z",
        "２０２６-11-24T03:00:00Z",  # noqa: RUF001 - digits that look like digits
        "2026-11-24T03:00:00",
        "2026-11-24 03:00:00Z",
        "2026-02-30T03:00:00Z",
        "2026-11-24T24:00:00Z",
        "2026-11-24T03:00:00Z\n",
    ],
)
def test_other_forms_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"form|range|match|day"):
        parse_moment(text)
