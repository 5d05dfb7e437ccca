"""The frame of a session: roll call, time by two people, exceptions, and the record at its end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.unit.core.session.operator import LEAVE, NOW
from tests.unit.core.session.test_backups import Room, cheap_vaults, contents_of, room
from tests.unit.core.session.test_vaults import PASSPHRASE, vault_file

from strongroom.core.errors import Violation
from strongroom.core.secret import Secret
from strongroom.core.session import pages as paged
from strongroom.core.session import requests as asked
from strongroom.core.session.desk import Person
from strongroom.core.session.notes import Note, TakeNotes
from strongroom.core.session.room import parse_person
from strongroom.core.session.values import Task
from strongroom.core.transcript.chain import verify_chain
from strongroom.core.transcript.model import RecordedEvent, Transcript

__all__ = ["cheap_vaults"]
SEVERAL = {"Who is in the room?": "Several people"}
PEOPLE = [("Olga", "op"), ("Wim", "witness"), ("", "")]
RECORD = {LEAVE: "Write the record"}


def roll(people: list[tuple[str, str]]) -> dict[str, object]:
    """Answers to the roll call, person by person."""
    return {f"Roll call: person {n}": [p] * 3 for n, p in enumerate(people, 1)}


def in_the_room(**changes: object) -> Room:
    made = room(fills=roll(PEOPLE), choices=SEVERAL | RECORD)
    made.script |= changes  # type: ignore[arg-type]  # requests by name below
    return made


def recorded(made: Room) -> Transcript:
    name = next(name for name in made.written if name.endswith(".transcript.jsonl"))
    return verify_chain(made.written[name])


def types(transcript: Transcript) -> list[str]:
    return [e.event.type for e in transcript.events if isinstance(e, RecordedEvent)]


def test_one_person_is_asked_for_the_time_once_and_for_no_names() -> None:
    made = room()
    made.run()
    kinds = made.kinds()
    assert kinds[kinds.index("Choose") :] == ["Choose", "DeclareTime", "ChooseTask", "PowerOff"]


def test_several_people_are_called_and_two_declare_the_time() -> None:
    made = in_the_room()
    made.run()
    times = [r.person for r in made.asked if isinstance(r, asked.DeclareTime)]
    assert times == [1, 2]
    called = next(r for r in made.asked if isinstance(r, paged.Tell))
    assert called.lines == (" 1  Olga, operator", " 2  Wim, witness")


def test_two_times_that_differ_are_refused_and_asked_for_again() -> None:
    made = in_the_room()
    made.script[asked.DeclareTime] = [NOW, NOW + timedelta(hours=1), NOW, NOW]
    made.run()
    assert made.stops() == ["SESSION-TIME"]


@pytest.mark.parametrize(
    ("name", "role", "said"),
    [
        ("olga", "witness", "called already"),
        ("Bea", "operator", "an operator already"),
        ("Bea", "cook", "the role is none of"),
        ("Bea", "", "the role is none of"),
        ("B\u202eea", "witness", "U\\+202E"),
    ],
)
def test_a_roll_call_takes_each_person_once_and_one_operator(
    name: str, role: str, said: str
) -> None:
    with pytest.raises(Violation, match=said) as stop:
        parse_person(name, role, (Person(name="Olga", role="operator"),))
    assert stop.value.rule in {"ROLL-CALL", "BUNDLE-TEXT"}


def test_the_record_is_read_back_agreed_to_signed_and_written() -> None:
    made = in_the_room()
    made.choices |= {"Wim, witness": "I do not agree"}
    made.fills |= {"Wim, witness": ("the bag was open",)}
    made.run(Task.CREATE_VAULT)
    transcript = recorded(made)
    assert types(transcript) == [
        *("session.opened", "vault-created", "attested", "attested", "session-closed"),
    ]
    attested = transcript.events[3]
    assert isinstance(attested, RecordedEvent)
    assert attested.event.actors == ("Wim (witness)",)
    assert dict(attested.event.body) == {"agrees": "no", "why": "the bag was open"}
    assert contents_of(made).history.transcript_head == transcript.head.hex()
    assert made.told[-1].digest == transcript.head
    signed = next(r for r in made.asked if isinstance(r, asked.SignManifest))
    assert signed.manifest in made.written.values()


def test_the_next_session_reads_the_last_head_aloud_and_continues_from_it() -> None:
    made = in_the_room()
    made.run(Task.CREATE_VAULT)
    head = recorded(made).head
    again = room("Export keys", choices=RECORD, fills={"Which account": ("0",)})
    again.script[asked.ChooseFile] = [vault_file(made.written["strongroom.vault"])]
    again.script[asked.EnterPassphrase] = [Secret(PASSPHRASE.reveal())]
    again.script[TakeNotes] = [(Note(kind="pause", screen="Main menu"),)]
    again.run(Task.OPEN_VAULT, Task.CEREMONY)
    assert again.told[0].digest == head
    first = recorded(again).events[0]
    assert isinstance(first, RecordedEvent)
    assert dict(first.event.inputs)["previous_transcript"] == head.hex()


def test_an_exception_is_recorded_before_the_step_that_it_belongs_to() -> None:
    note = Note(
        kind="exception",
        screen="Write to a stick",
        expected="one stick",
        happened="two sticks",
        decision="go on",
        by="Ada",
    )
    made = room(choices=RECORD)
    made.script[TakeNotes] = [(note,)]
    made.run(Task.CREATE_VAULT)
    transcript = recorded(made)
    assert types(transcript)[1:3] == ["exception", "vault-created"]
    event = transcript.events[1]
    assert isinstance(event, RecordedEvent)
    assert event.event.actors == ("Ada",)
    assert dict(event.event.body)["happened"] == "two sticks"


def test_leaving_the_closing_keeps_the_vault_open() -> None:
    made = room(choices=RECORD)
    made.script[asked.WriteFiles] = [None, None, asked.Cancelled()]
    made.choices[LEAVE] = "Write the record"
    made.script[asked.ChooseTask] = []
    made.run(Task.CREATE_VAULT, Task.END_SESSION)
    menus = [r for r in made.asked if isinstance(r, asked.ChooseTask)]
    assert menus[2].vault is not None
    assert menus[2].vault.generation == 1


def test_a_session_in_which_nothing_happened_ends_at_once() -> None:
    made = room()
    made.run()
    assert not [r for r in made.asked if isinstance(r, paged.Choose) and r.title == LEAVE]
