"""One id per rule, the same in the table, the documents and the vectors."""

from __future__ import annotations

import re
from pathlib import Path

import strongroom
from strongroom.core.rules import RULE_IDS, RULES
from tests.vectors.generate_rules import PAGE, render_page

APP = Path(strongroom.__file__).parent
BAD = Path(__file__).parents[2] / "vectors" / "bad"
# What stops a theft: each of these has a vector that trips it.
THEFT = re.compile(r"(BUNDLE|INPUT|SIGHASH|FEE|SIGN)-|CHANGE-FALSE|SIG-EXISTING")


def test_ids_are_unique() -> None:
    assert len(RULE_IDS) == len(RULES)


def test_every_rule_that_stops_a_theft_has_a_vector() -> None:
    without = [
        rule.id for rule in RULES if THEFT.match(rule.id) and not any((BAD / rule.id).glob("*"))
    ]
    assert without == []


def test_every_vector_folder_is_a_rule() -> None:
    assert {path.name for path in BAD.iterdir() if path.is_dir()} <= RULE_IDS


def test_every_rule_raised_in_the_code_is_in_the_table() -> None:
    raised = re.compile(r'(?:Violation|Fault|Finding)\(\s*(?:rule=)?"([A-Z][A-Z-]+)"')
    found = {rule for path in APP.rglob("*.py") for rule in raised.findall(path.read_text())}
    assert len(found) > 40
    assert found <= RULE_IDS


def test_the_page_of_rules_is_what_the_table_says() -> None:
    assert PAGE.read_text() == render_page(), "run python -m tests.vectors.generate_rules"
