"""Distinct people confirm in the room, each with words from the request sheet."""

from __future__ import annotations

from typing import Any

import pytest
from tests.vectors.factory import draft, seed

from strongroom.core.errors import Violation
from strongroom.core.review.build import review_request
from strongroom.core.secret import Secret
from strongroom.core.session import requests as asked
from strongroom.core.session.desk import OpenVault
from strongroom.core.session.signing import _approve
from strongroom.core.session.values import Confirmation
from strongroom.core.vault.model import Policy, VaultContents
from strongroom.core.words import pgp_words


def confirm(*people: tuple[str, bool]) -> tuple[tuple[str, ...], list[asked.Confirm]]:
    """Have these people confirm, with right or wrong words; the approval's names, and what was asked."""
    made = draft()
    review = review_request(made.request(), made.known())
    vault = OpenVault(
        contents=VaultContents(generation=1, seeds=(seed("ana"),), policy=Policy(witnesses=2)),
        passphrase=Secret(b"x"),
    )
    words, seen, left = pgp_words(review.request.digest), [], list(people)
    steps = _approve(vault, review, tuple(f.rule for f in review.warnings))
    reply: Any = None
    while True:
        try:
            request = steps.send(reply)
        except StopIteration as end:
            return tuple(person.name for person in end.value.people), seen
        if isinstance(request, asked.DrawRandom):
            reply = Secret(bytes(request.size))
            continue
        seen.append(request)
        name, is_right = left.pop(0)
        typed = tuple(words[p - 1] if is_right else "adult" for p in request.positions)
        reply = Confirmation(name=name, role="operator", typed=typed)


def test_a_person_who_confirmed_is_asked_to_let_another_one_confirm() -> None:
    names, seen = confirm(("Olga", True), (" olga", True), ("Wim", True))
    assert names == ("Olga", "Wim")
    assert [(c.number, c.problem.partition(":")[0]) for c in seen] == [
        (1, ""),
        (2, ""),
        (2, "POLICY-WITNESSES"),
    ]


def test_three_times_wrong_words_end_the_step() -> None:
    with pytest.raises(Violation) as stop:
        confirm(("Olga", True), ("Wim", False), ("Wim", False), ("Wim", False))
    assert stop.value.rule == "APPROVAL-WORDS"
