"""A session without a vault: the list on the stick counts once its words were typed, and nothing is kept."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.unit.core.session.test_backups import FINGERPRINT, Room, cheap_vaults, room
from tests.unit.core.session.test_vaults import WORDS
from tests.vectors.generate_bundles import fingerprint_of

from strongroom.core.bundle.model import BundleFile
from strongroom.core.secret import Secret
from strongroom.core.session import requests as asked
from strongroom.core.session.values import Task
from strongroom.core.transcript.chain import verify_chain
from strongroom.core.transcript.model import RecordedEvent
from strongroom.core.vault.changes import Terms
from strongroom.core.vault.model import Approver, Policy, TrustList
from strongroom.core.vault.trust_file import TermsList, render_list
from strongroom.core.words import pgp_words

__all__ = ["cheap_vaults"]
ANA = Approver(
    name="Ana",
    fingerprint=fingerprint_of("ana"),
    certificate=b"ana",
    roles=frozenset(("approver",)),
    valid_from=datetime(2026, 1, 1, tzinfo=UTC),
    valid_until=None,
    revoked_from=None,
)
TERMS = Terms(policy=Policy(witnesses=2), trust=TrustList(approvers=(ANA,)))


def session(
    *then: Task,
    terms: Terms = TERMS,
    paper: bytes | None = None,
    register: str = FINGERPRINT,
    leave: str = "Leave without it",
) -> Room:
    """Words are typed, and the list's words from a paper."""
    data = render_list(TermsList(sequence=3, terms=terms))
    words = pgp_words(hashlib.sha256(data if paper is None else paper).digest())
    made = room(
        *("Back up a seed" for _ in then),
        choices={"Close the session": leave},
        fills={
            "Compare with the register": (register,),
            "The trust list": lambda asks: tuple(
                words[int(name.removeprefix("Word ")) - 1] for name in asks.labels
            ),
            "Who holds sheet 1 of 1": ("Holder", "BAG"),
        },
    )
    made.script[asked.EnterWords] = [Secret(WORDS.reveal())]
    made.script[asked.ChooseFile] = [BundleFile(name="a.trust-list.json", data=data)]
    made.run(Task.STATELESS, *then)
    return made


def test_the_list_and_the_seed_are_there_and_no_vault_is_written() -> None:
    made = session(Task.CEREMONY)
    assert made.stops() == []
    open_ = [r.vault for r in made.asked if isinstance(r, asked.ChooseTask)][1]
    assert open_ is not None
    assert (open_.fingerprints, open_.generation) == ((FINGERPRINT,), 0)
    assert [name for name, _ in open_.approvers] == ["Ana"]
    assert dict(open_.limits)["People who confirm"].startswith("2")
    assert not any(name.endswith("strongroom.vault") for name in made.written)
    assert "does not know what was signed before" in " ".join(made.told[0].lines)


def test_its_record_is_written_without_a_vault() -> None:
    made = session(Task.CEREMONY, leave="Write the record")
    assert made.stops() == []
    (record,) = (data for name, data in made.written.items() if name.endswith(".transcript.jsonl"))
    events = [each.event for each in verify_chain(record).events if isinstance(each, RecordedEvent)]
    assert [event.type for event in events[:2]] == ["session.opened", "seed-entered"]
    assert not any(name.endswith("strongroom.vault") for name in made.written)


@pytest.mark.parametrize(
    ("rule", "bent"),
    [
        ("TRUST-WORDS", {"paper": b"another list"}),
        ("TRUST-FORMAT", {"terms": replace(TERMS, trust=TrustList())}),
        ("RECOVER", {"register": "00000000"}),
    ],
)
def test_a_wrong_path_opens_nothing(rule: str, bent: dict[str, object]) -> None:
    made = session(**bent)  # type: ignore[arg-type]  # fields of session
    assert made.stops() == [rule]
    menus = [r for r in made.asked if isinstance(r, asked.ChooseTask)]
    assert menus[-1].vault is None
    assert made.written == {}
