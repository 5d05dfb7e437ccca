"""No secret of a whole session is in what it writes, records or asks; with a positive control for the search.

The vault on the stick is the one file that may hold secrets, and only inside its encryption.
"""

from __future__ import annotations

import itertools

import pytest
from tests.unit.core.session.operator import LEAVE
from tests.unit.core.session.test_backups import FORMS, Room, cheap_vaults, holders, room
from tests.unit.core.session.test_vaults import DICE, PASSPHRASE, shown_words

from strongroom.core.session import dice
from strongroom.core.session import requests as asked
from strongroom.core.session.values import SeedSource, Task

__all__ = ["cheap_vaults"]
WINDOW = 3  # words in a row that no text has by chance


def session(fills: dict[str, tuple[str, ...]] | None = None) -> Room:
    """Create with dice, back up, change the lock, derive a child, prove nothing, and write the record."""
    made = room(
        *("Back up a seed", "Change the lock", "Derive a child", "Export keys"),
        choices={
            "How to back up": FORMS[1],
            "How the vault opens": "Custodians",
            LEAVE: "Write the record",
        },
        fills=holders(3)
        | {"How long": ("12",), "Which one": ("0",), "Which account": ("0",)}
        | (fills or {}),
    )
    made.script[asked.ChooseSeedSource] = [SeedSource.DICE]
    made.script[dice.EnterDice] = [DICE]
    made.script[asked.EnterWords] = [lambda _request: shown_words(made)]
    made.run(Task.CREATE_VAULT, *(Task.CEREMONY for _ in range(4)))
    assert made.stops() == []
    return made


def secrets_of(made: Room) -> list[bytes]:
    """Every secret of the session, in the pieces by which it would be noticed."""
    papers = [shown_words(made), *made.sheets]
    words = [paper.reveal().split() for paper in papers]
    windows = [
        b" ".join(sheet[at : at + WINDOW])
        for sheet in words
        for at in range(4, len(sheet) - WINDOW + 1)  # a SLIP-39 sheet begins with what all share
    ]
    return [PASSPHRASE.reveal(), DICE.reveal()[:20], *windows]


def places_of(made: Room) -> dict[str, bytes]:
    """All that left the session, by name."""
    requests = "\n".join(repr(request) for request in made.asked).encode()
    return {**made.written, "requests": requests}


@pytest.fixture(scope="module")
def made() -> Room:
    patch = pytest.MonkeyPatch()
    patch.setattr("strongroom.core.session.desk.WORK_FACTOR", 4)
    try:
        return session()
    finally:
        patch.undo()


def test_no_secret_is_written_recorded_or_shown_in_a_repr(made: Room) -> None:
    secrets = secrets_of(made)
    assert len(made.sheets) == 3 + 3 + 1
    assert len(secrets) > 150
    found = [
        (name, place)
        for (name, data), (place, secret) in itertools.product(
            places_of(made).items(), enumerate(secrets)
        )
        if secret in data
    ]
    assert found == []


def test_the_search_finds_a_secret_that_somebody_writes_into_a_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("strongroom.core.session.desk.WORK_FACTOR", 4)
    leak = PASSPHRASE.reveal()
    leaking = session({"Who holds sheet 2 of 3": ("Ben", leak.decode())})
    found = {name for name, data in places_of(leaking).items() if leak in data}
    written = {name.partition(".")[2] for name in found}
    assert {"transcript.jsonl", "transcript.txt"} <= written
    assert "requests" in found
    assert "strongroom.vault" not in found
