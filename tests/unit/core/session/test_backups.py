"""Back up, drill, recover: real shares through the whole session, and each wrong path refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.unit.core.session.operator import LEAVE, Operator
from tests.unit.core.session.test_vaults import (
    CHOICE,
    DICE,
    PASSPHRASE,
    WORDS,
    opened,
    shown_words,
    vault_file,
)

from strongroom.core.secret import Secret
from strongroom.core.session import pages as paged
from strongroom.core.session import requests as asked
from strongroom.core.session.ceremonies import CEREMONIES
from strongroom.core.session.dice import EnterDice
from strongroom.core.session.drill import quorums
from strongroom.core.session.pages import PaperForm
from strongroom.core.session.paper import differences
from strongroom.core.session.values import SeedSource, Task
from strongroom.core.session.wallets import key_digest
from strongroom.core.vault.model import SeedKind, VaultContents
from strongroom.core.words import pgp_words

FINGERPRINT = "b8688df1"
CLOSING = {LEAVE: "Leave without it"}
FORMS = ("Seed words", "Shares of words", "Shares of letters")


@pytest.fixture(autouse=True)
def cheap_vaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("strongroom.core.session.desk.WORK_FACTOR", 4)


@dataclass
class Room(Operator):
    """An operator whose custodians write each sheet down and type it from paper; answers go by title."""

    choices: dict[str, str] = field(default_factory=dict)
    fills: dict[str, Any] = field(default_factory=dict)
    ceremonies: list[str] = field(default_factory=list)
    sheets: list[Secret] = field(default_factory=list)
    typed: list[Secret] = field(default_factory=list)
    told: list[paged.Tell] = field(default_factory=list)

    def answer(self, request: Any) -> Any:  # noqa: ANN401 - each request has its own reply
        """Choose by label, fill by title, type the next sheet, or leave it to the script."""
        match request:
            case paged.Choose(title=title, options=options):
                labels = [label for label, _ in options]
                if title == "Ceremonies":
                    return labels.index(self.ceremonies.pop(0))
                return labels.index(self.choices.get(title, CLOSING.get(title, labels[0])))
            case paged.Fill(title=title) if self.fills.get(title):
                filled = self.fills[title]
                reply = filled.pop(0) if isinstance(filled, list) else filled
                return reply(request) if callable(reply) else reply
            case paged.ShowPaper(secret=secret):
                self.sheets.append(Secret(secret.reveal()))
            case paged.EnterPaper() if self.typed:
                return self.typed.pop(0)
            case paged.EnterPaper():
                return Secret(self.sheets[-1].reveal())
            case paged.Tell():
                self.told.append(request)
        return super().answer(request)


def room(*tasks: str, **changes: Any) -> Room:  # noqa: ANN401 - fields of Room
    """A room in which a vault is made from words and these ceremonies are held."""
    script: dict[type, list[Any]] = {
        asked.ChooseSeedSource: [SeedSource.WORDS],
        asked.EnterWords: [Secret(WORDS.reveal())],
        asked.EnterSeedPassphrase: [Secret(b"")],
        asked.ChooseWallet: [CHOICE],
        asked.NewPassphrase: [Secret(PASSPHRASE.reveal())],
    }
    return Room(script, ceremonies=list(tasks), **changes)


def words_of(key: str) -> Callable[[paged.Fill], tuple[str, ...]]:
    """The owner of a cosigner's key, who types the words that are asked for from paper."""
    words = pgp_words(key_digest(key))
    return lambda asks: tuple(words[int(name.removeprefix("Word ")) - 1] for name in asks.labels)


def holders(count: int) -> dict[str, tuple[str, ...]]:
    return {
        f"Who holds sheet {number} of {count}": (f"Holder {number}", f"BAG-{number}")
        for number in range(1, count + 1)
    }


def backed_up(form: str, quorum: str = "2 of 3", drawn: int = 0) -> Room:
    made = room(
        "Back up a seed",
        choices={"How to back up": form, "How many sheets": quorum},
        fills=holders(3) | holders(2) | holders(1),
        drawn=drawn,
    )
    made.run(Task.CREATE_VAULT, Task.CEREMONY)
    assert made.stops() == []
    return made


def reopened(data: bytes, *ceremonies: str, **changes: Any) -> Room:  # noqa: ANN401 - fields of Room
    """The same vault after a restart."""
    made = room(*ceremonies, **changes)
    made.script |= {
        asked.ChooseFile: [vault_file(data)],
        asked.EnterPassphrase: [Secret(PASSPHRASE.reveal())],
    }
    made.run(Task.OPEN_VAULT, *(Task.CEREMONY for _ in ceremonies))
    return made


def contents_of(made: Room) -> VaultContents:
    return opened(made.written["strongroom.vault"])


@pytest.mark.parametrize(("form", "sheets"), [(FORMS[0], 1), (FORMS[1], 3), (FORMS[2], 3)])
def test_a_backup_is_written_typed_again_listed_and_drilled(form: str, sheets: int) -> None:
    made = backed_up(form)
    assert len(made.sheets) == sheets
    (backup,) = contents_of(made).backups
    assert [(s.holder, s.bag) for s in backup.shares] == [
        (f"Holder {n}", f"BAG-{n}") for n in range(1, sheets + 1)
    ]
    assert backup.drilled is None
    drilled = reopened(made.written["strongroom.vault"], "Drill a backup", typed=list(made.sheets))
    assert drilled.stops() == []
    assert contents_of(drilled).backups[0].drilled is not None
    assert drilled.told[-1].title == "The drill is passed"


def test_between_two_custodians_the_screen_is_blank() -> None:
    made = backed_up(FORMS[1])
    kinds = [kind for kind in made.kinds() if kind in {"HandOver", "ShowPaper", "EnterPaper"}]
    assert kinds == ["HandOver", "ShowPaper", "EnterPaper", "HandOver"] * 3


def test_no_sheet_is_kept_in_the_vault_or_the_transcript() -> None:
    made = backed_up(FORMS[1])
    for sheet in made.sheets:
        words = sheet.reveal().split()
        for data in made.written.values():
            assert b" ".join(words[4:]) not in data
    plain = contents_of(made)
    assert all(sheet.reveal().decode() not in repr(plain.backups) for sheet in made.sheets)


def test_a_drill_needs_a_restart() -> None:
    made = room(
        "Back up a seed",
        "Drill a backup",
        choices={"How to back up": FORMS[1]},
        fills=holders(3),
    )
    made.run(Task.CREATE_VAULT, Task.CEREMONY, Task.CEREMONY)
    assert made.stops() == ["DRILL"]


def test_ending_the_session_is_no_restart() -> None:
    made = backed_up(FORMS[1])
    again = room("Drill a backup", noted=dict(made.noted))
    again.script[asked.ChooseFile] = [vault_file(made.written["strongroom.vault"])]
    again.script[asked.EnterPassphrase] = [Secret(PASSPHRASE.reveal())]
    again.run(Task.OPEN_VAULT, Task.CEREMONY)
    assert again.stops() == ["DRILL"]


def test_a_drill_without_a_backup_is_refused() -> None:
    made = room("Drill a backup")
    made.run(Task.CREATE_VAULT, Task.CEREMONY)
    assert made.stops() == ["DRILL"]


def test_shares_of_another_backup_do_not_pass_a_drill() -> None:
    made, other = backed_up(FORMS[1]), backed_up(FORMS[1], "2 of 2", drawn=100)
    mixed = [made.sheets[0], other.sheets[1], made.sheets[2]]
    drilled = reopened(made.written["strongroom.vault"], "Drill a backup", typed=mixed)
    assert drilled.stops() == ["SHARE-SET"]
    assert "strongroom.vault" not in drilled.written


def test_words_of_another_seed_do_not_pass_a_drill() -> None:
    made = backed_up(FORMS[0])
    zoo = Secret(b"zoo " * 11 + b"wrong")
    drilled = reopened(made.written["strongroom.vault"], "Drill a backup", typed=[zoo])
    assert drilled.stops() == ["DRILL"]


def test_a_slip_of_the_pen_is_named_by_its_place_and_typed_again() -> None:
    made = room("Back up a seed", choices={"How to back up": FORMS[0]}, fills=holders(1))
    wrong = WORDS.reveal().split()
    wrong[4] = b"zoo"
    made.typed = [Secret(b" ".join(wrong)), Secret(b" ".join(wrong[:-1]))]
    made.run(Task.CREATE_VAULT, Task.CEREMONY)
    entries = [r for r in made.asked if isinstance(r, paged.EnterPaper)]
    assert [entry.problem for entry in entries] == [
        "",
        "SEED-BACKUP: not as it was shown: word 5",
        "SEED-BACKUP: 11 words were typed, 12 are on the sheet",
    ]
    assert entries[1].typed.reveal() == b" ".join(wrong)
    assert contents_of(made).backups[0].form == "bip39"


def test_leaving_in_the_middle_of_a_backup_keeps_nothing_of_it() -> None:
    made = room("Back up a seed", choices={"How to back up": FORMS[1]}, fills=holders(3))
    made.script[paged.HandOver] = [None, None, asked.Cancelled()]
    made.run(Task.CREATE_VAULT, Task.CEREMONY)
    assert contents_of(made).backups == ()


def test_another_quorum_is_asked_for_until_it_is_one() -> None:
    made = room(
        "Back up a seed",
        choices={"How to back up": FORMS[1], "How many sheets": "another quorum"},
        fills=holders(4) | {"How many sheets": [("", ""), ("1", "4"), ("5", "4"), ("4", "4")]},
    )
    made.run(Task.CREATE_VAULT, Task.CEREMONY)
    problems = [r.problem for r in made.asked if isinstance(r, paged.Fill) and r.problem]
    assert [problem.partition(":")[0] for problem in problems] == ["SHARE-QUORUM"] * 3
    assert len(contents_of(made).backups[0].shares) == 4


def recovered(source: SeedSource, typed: list[Secret], register: str) -> Room:
    made = room(typed=typed, fills={"Compare with the register": (register,)})
    made.script[asked.ChooseSeedSource] = [source]
    made.run(Task.CREATE_VAULT)
    return made


@pytest.mark.parametrize(
    ("form", "source", "kind"),
    [
        (FORMS[1], SeedSource.SLIP39, SeedKind.BIP39),
        (FORMS[2], SeedSource.CODEX32, SeedKind.BIP32),
    ],
)
@pytest.mark.parametrize("register", [FINGERPRINT, ""])
def test_shares_give_the_seed_back_to_a_fresh_vault(
    form: str, source: SeedSource, kind: SeedKind, register: str
) -> None:
    made = backed_up(form)
    again = recovered(source, [made.sheets[2], made.sheets[0]], register)
    assert again.stops() == []
    (seed,) = contents_of(again).seeds
    assert (seed.fingerprint.hex(), seed.kind) == (FINGERPRINT, kind)


def test_words_are_compared_with_the_register() -> None:
    assert recovered(SeedSource.WORDS, [], "00000000").stops() == ["RECOVER"]
    assert recovered(SeedSource.WORDS, [], FINGERPRINT.upper()).stops() == []


def test_another_fingerprint_than_the_registers_is_refused() -> None:
    made = backed_up(FORMS[1])
    again = recovered(SeedSource.SLIP39, [made.sheets[0], made.sheets[1]], "00000000")
    assert again.stops() == ["RECOVER"]
    assert again.written == {}


def test_a_share_twice_or_of_another_set_is_called_out_and_the_next_one_taken() -> None:
    made, other = backed_up(FORMS[1]), backed_up(FORMS[1], "2 of 2", drawn=100)
    typed = [made.sheets[0], made.sheets[0], other.sheets[1], made.sheets[1]]
    again = recovered(SeedSource.SLIP39, typed, FINGERPRINT)
    assert again.stops() == []
    calls = [r for r in again.asked if isinstance(r, paged.HandOver)]
    said = [call.lines[0] for call in calls if "does not fit" in call.title]
    assert said[0] == "SHARE-SET: share 1 is in already"
    assert said[1] == "SHARE-SET: this share is of another set than the first one"


def test_a_share_with_a_wrong_word_is_located() -> None:
    made = backed_up(FORMS[1])
    words = made.sheets[0].reveal().split()
    words[9] = b"academic" if words[9] != b"academic" else b"acid"
    typed = [Secret(b" ".join(words)), made.sheets[0], made.sheets[1]]
    again = recovered(SeedSource.SLIP39, typed, FINGERPRINT)
    problems = [r.problem for r in again.asked if isinstance(r, paged.EnterPaper)]
    assert "word 10 alone" in problems[1]


@pytest.mark.parametrize(("total", "threshold"), [(3, 2), (5, 3), (2, 2), (16, 5), (7, 7), (4, 3)])
def test_the_quorums_of_a_drill_use_every_share(total: int, threshold: int) -> None:
    groups = quorums(total, threshold)
    assert {place for group in groups for place in group} == set(range(total))
    assert {len(group) for group in groups} == {threshold}


def test_differences_are_places_only() -> None:
    shown, typed = Secret(b"ms1abc"), Secret(b"MS1 AXC")
    assert differences(shown, typed, PaperForm.CODEX32) == "not as it was shown: letter 5"
    assert differences(shown, Secret(b"ms1 abc"), PaperForm.CODEX32) == ""


def test_every_ceremony_is_in_the_list_once() -> None:
    labels = [label for label, _, _ in CEREMONIES]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize(("length", "rolls", "words"), [("12 words", 50, 12), ("24 words", 99, 24)])
def test_a_seed_of_dice_has_the_length_that_was_chosen(length: str, rolls: int, words: int) -> None:
    made = room(choices={"How long a seed": length})
    made.script[asked.ChooseSeedSource] = [SeedSource.DICE]
    few, enough = (Secret(DICE.reveal()[:count]) for count in (rolls - 1, rolls))
    made.script[EnterDice] = [few, enough]
    made.script[asked.EnterWords] = [lambda _request: shown_words(made)]
    made.run(Task.CREATE_VAULT)
    assert made.stops() == []
    problems = [r.problem for r in made.asked if isinstance(r, EnterDice)]
    assert problems[1].startswith("SEED-DICE: ")
    assert len(shown_words(made).reveal().split()) == words
    assert len(contents_of(made).seeds[0].entropy) * 8 == words * 32 // 3
