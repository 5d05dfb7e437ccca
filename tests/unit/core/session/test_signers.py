"""Names for the holders of a wallet's keys: typed or from the file, kept, and in the wallet's words."""

from __future__ import annotations

import pytest
from tests.unit.core.descriptor.wallets import key
from tests.unit.core.session.test_backups import Room, cheap_vaults, contents_of, room, words_of
from tests.unit.core.session.test_custodians import cosigner_of, wallet_of_two
from tests.unit.core.session.test_vaults import WORDS

from strongroom.core.session import pages as paged
from strongroom.core.session import requests as asked
from strongroom.core.session.signers import name_problem
from strongroom.core.session.values import Task

__all__ = ["cheap_vaults"]
TITLE = "Who holds each key?"
OTHER = key(1).removesuffix("/<0;1>/*")


def registered(*names: tuple[str, ...]) -> Room:
    own = "[b8688df1/48h/1h/0h/2h]" + cosigner_of(WORDS) + "/<0;1>/*"
    compared = {"Key 2 of 2: its owner compares": words_of(OTHER)}
    made = room(fills={**compared, TITLE: list(names)})
    made.script[asked.ChooseFile] = [wallet_of_two(own)]
    made.run(Task.CREATE_VAULT, Task.REGISTER_WALLET)
    assert made.stops() == []
    return made


def test_names_are_kept_and_are_in_the_wallets_words() -> None:
    made = registered(("Ana", "Ben"))
    wallet = contents_of(made).wallets[-1]
    assert [name for _, name in wallet.signers] == ["Ana", "Ben"]
    accepted = next(r for r in made.asked if isinstance(r, asked.AcceptWallet))
    assert accepted.summary == "2 of 2 keys: Ana, Ben"
    assert [name for _, name in accepted.keys] == ["Ana", "Ben"]
    compared = [r for r in made.asked if isinstance(r, paged.Fill) and "compares" in r.title]
    assert compared[0].lines[0].startswith("Ben, ")


def test_a_key_without_a_name_is_called_by_its_fingerprint() -> None:
    made = registered(("", "Ben"))
    accepted = next(r for r in made.asked if isinstance(r, asked.AcceptWallet))
    assert accepted.summary == "2 of 2 keys: [b8688df1], Ben"
    assert [name for _, name in accepted.keys] == ["", "Ben"]


def test_a_bad_name_is_asked_for_again_with_what_was_typed() -> None:
    made = registered(("Ana or", "Ben"), ("Ana", "Ana"), ("Ana", "Ben"))
    pages = [r for r in made.asked if isinstance(r, paged.Fill) and r.title == TITLE]
    assert [page.given for page in pages] == [("", ""), ("Ana or", "Ben"), ("Ana", "Ana")]
    assert "no name" in pages[1].problem
    assert "both be Ana" in pages[2].problem
    assert [name for _, name in contents_of(made).wallets[-1].signers] == ["Ana", "Ben"]


@pytest.mark.parametrize(
    "name",
    ["A, B", "Ana; Ben", "[aabbccdd]", "(Ana", "2 of Ana", "Ana AND Ben", "x" * 25, "a\u202eb"],
)
def test_what_could_be_read_as_a_condition_is_no_name(name: str) -> None:
    assert "is no name" in name_problem([name])


@pytest.mark.parametrize(
    "name", ["Ana", "Zo\u00eb O'Neil", "key 1", "Dr. J.-P. M\u00fcller", "x" * 24]
)
def test_names_of_people(name: str) -> None:
    assert not name_problem([name])
