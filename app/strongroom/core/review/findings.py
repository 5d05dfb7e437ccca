"""Findings of one rule about many things, so that a batch of payments is not a batch of warnings."""

from __future__ import annotations

from collections.abc import Iterable

from strongroom.core.review.model import Finding, Severity

MANY = 12
"""From this many on, things are listed together: recipients on the screen, and what one rule noticed."""


def warn_of(rule: str, messages: Iterable[str]) -> tuple[Finding, ...]:
    """A warning for each message; twelve or more of them make one, which lists them all."""
    texts = tuple(messages)
    if len(texts) >= MANY:
        texts = (f"{len(texts)} times: {'; '.join(texts)}",)
    return tuple(Finding(rule=rule, severity=Severity.WARN, message=text) for text in texts)
