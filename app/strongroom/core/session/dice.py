"""What a new seed asks of dice: the machine commits to its own bits before any die is rolled."""

from __future__ import annotations

from dataclasses import dataclass

from strongroom.core.secret import Secret
from strongroom.core.session.asks import Asks


@dataclass(frozen=True, slots=True)
class ShowCommitment(Asks[None]):
    """Show the commitment (32 bytes) to the machine's random bits before any die is rolled."""

    digest: bytes


@dataclass(frozen=True, slots=True)
class EnterDice(Asks[Secret]):
    """At least `minimum` rolls of a six-sided die, as digits 1 to 6 in ASCII; show only the count."""

    minimum: int
    problem: str = ""
