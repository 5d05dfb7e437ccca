"""From a review to an approval: bound to the review's digest, by distinct people who typed its words.

`approve` is the only way to an `Approval`, and an `Approval` is the only thing that `signing.sign` accepts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from strongroom.core.bundle.model import RoomApproval
from strongroom.core.errors import Violation
from strongroom.core.review.model import Review
from strongroom.core.vault.model import Policy
from strongroom.core.words import pgp_words

CHALLENGE_WORDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One person's words at the positions (1 to 32) that they were asked for."""

    name: str
    role: str
    positions: tuple[int, ...]
    typed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A review that enough distinct people agreed to; `digest` is that review's."""

    review: Review
    people: tuple[RoomApproval, ...]
    digest: bytes


def draw_positions(random: bytes) -> tuple[int, ...]:
    """Two different positions from 1 to 32, drawn from at least two random bytes."""
    first = random[0] % 32
    second = (first + 1 + random[1] % 31) % 32
    return tuple(sorted((first + 1, second + 1)))


def check_words(digest: bytes, positions: Sequence[int], typed: Sequence[str]) -> None:
    """APPROVAL-WORDS: `typed` are the words of `digest` at `positions`, in any case.

    The message names positions only, so that a wrong answer teaches nothing.
    """
    words = pgp_words(digest)
    if len(typed) != len(positions) or len(positions) < CHALLENGE_WORDS:
        raise Violation(
            "APPROVAL-WORDS", f"{len(positions)} words are needed, {len(typed)} were typed"
        )
    for position, word in zip(positions, typed, strict=True):
        if word.strip().casefold() != words[position - 1].casefold():
            raise Violation(
                "APPROVAL-WORDS",
                f"word {position} is not word {position} of this request",
                hint="compare the whole request sheet with the screen; a difference means a "
                "different request",
            )


def approve(
    review: Review,
    *,
    acknowledged: Sequence[str],
    consents: Sequence[Consent],
    policy: Policy,
) -> Approval:
    """An approval of exactly this review.

    Raises APPROVAL-FINDINGS unless every warning was acknowledged in order, APPROVAL-WORDS on a wrong word, and
    POLICY-WITNESSES for fewer distinct people than the policy asks.
    """
    expected = tuple(finding.rule for finding in review.warnings)
    if tuple(acknowledged) != expected:
        raise Violation(
            "APPROVAL-FINDINGS",
            f"{len(expected)} warnings were to be acknowledged, {len(acknowledged)} were",
        )
    for consent in consents:
        check_words(review.request.digest, consent.positions, consent.typed)
    people = {consent.name.strip().casefold() for consent in consents} - {""}
    if len(people) != len(consents) or len(people) < policy.witnesses:
        raise Violation(
            "POLICY-WITNESSES",
            f"{len(people)} distinct people confirmed, the policy asks for {policy.witnesses}",
        )
    return Approval(
        review=review,
        people=tuple(RoomApproval(name=c.name.strip(), role=c.role) for c in consents),
        digest=review.digest,
    )
