"""Points in time: always UTC, to the second, written as `2026-11-24T03:00:00Z`.

The station has no trusted clock, so the core never asks for the time; it is declared by people and
passed in.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

_FORM = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")


def parse_moment(text: str) -> datetime:
    """The moment that `text` names; raises `ValueError` for any other form than `render_moment`'s."""
    if _FORM.fullmatch(text) is None:
        raise ValueError(f"{text!r} is not of the form 2026-11-24T03:00:00Z")
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def render_moment(moment: datetime) -> str:
    """`moment` in UTC to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_unix(seconds: int) -> datetime:
    """The moment `seconds` after 1970-01-01 UTC."""
    return datetime.fromtimestamp(seconds, tz=UTC)
