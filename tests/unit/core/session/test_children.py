"""The ceremony of BIP-85 shows what the BIP publishes, for each kind of child."""

from __future__ import annotations

import pytest
from tests.unit.core.bitcoin.test_children import BIP85, KINDS, MASTER
from tests.unit.core.session.test_backups import cheap_vaults, room
from tests.unit.core.session.test_vaults import CHOICE

from strongroom.core.bitcoin.keys import MasterKey
from strongroom.core.network import Network
from strongroom.core.session import requests as asked
from strongroom.core.session.pages import ShowPaper
from strongroom.core.session.values import Task, WalletChoice

__all__ = ["cheap_vaults"]
PLACES = ("39", "2", "32", "128169", "707764", "707785")
"""The applications of the BIP in the order in which the ceremony offers them."""
CASES = [case for case in BIP85["cases"] if case[0].split("/")[2].rstrip("'") in KINDS]


@pytest.mark.parametrize(("path", "fields"), CASES)
def test_the_ceremony_shows_the_published_child(
    path: str, fields: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The BIP gives its root as an extended key, which no vault holds: it stands in for the vault's master."""

    def published(_seed: object) -> MasterKey:
        return MASTER

    monkeypatch.setattr("strongroom.core.session.children.master_of", published)
    application, *numbers = [step.rstrip("'") for step in path.split("/")[2:]]
    made = room("Derive a child")
    made.script[asked.ChooseWallet] = [
        WalletChoice(name=CHOICE.name, network=Network.MAINNET, kind=CHOICE.kind)
    ]
    made.fills = {
        "How long": (numbers[-2] if len(numbers) > 1 else "",),
        "Which one": (numbers[-1],),
    }
    choose = made.answer

    def answer(request: object) -> object:
        if getattr(request, "title", "") == "What to derive":
            return PLACES.index(application)
        return choose(request)

    monkeypatch.setattr(made, "answer", answer)
    made.run(Task.CREATE_VAULT, Task.CEREMONY)
    assert made.stops() == []
    (shown,) = (r for r in made.asked if isinstance(r, ShowPaper))
    values = [value for name, value in fields if name != "DERIVED KEY"]
    assert made.sheets[-1].reveal().decode() in values
    assert shown.lines == (f"Child {path.replace(chr(39), 'h')}",)
