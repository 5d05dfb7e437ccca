"""Points in time: always UTC, to the second, written as `2026-11-24T03:00:00Z`.

The station has no trusted clock, so the core never asks for the time; it is declared by people and
passed in.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

# From 2000 to 2999, so that some hours before or after a moment is a moment too.
_FORM = re.compile(r"2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


def parse_moment(text: str) -> datetime:
    """The moment that `text` names; raises `ValueError` for any other form than `render_moment`'s."""
    if _FORM.fullmatch(text) is None:
        raise ValueError(
            f"{text!r} is not of the form 2026-11-24T03:00:00Z, in the years 2000 to 2999"
        )
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def render_moment(moment: datetime) -> str:
    """`moment` in UTC to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_unix(seconds: int) -> datetime:
    """The moment `seconds` after 1970-01-01 UTC."""
    return datetime.fromtimestamp(seconds, tz=UTC)
