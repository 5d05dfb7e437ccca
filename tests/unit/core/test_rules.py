"""One id per rule, the same in the table, the documents and the vectors."""

from __future__ import annotations

import ast
import dataclasses
import json
import re
from pathlib import Path

import pytest

import strongroom
from strongroom.core.remedies import REMEDIES
from strongroom.core.rules import RULE_IDS, RULES, Rule
from strongroom.core.vault.limits import LIMITS
from strongroom.core.vault.model import Policy
from tests.vectors.elsewhere import ELSEWHERE
from tests.vectors.generate_rules import PAGE, render_page

APP = Path(strongroom.__file__).parent
BAD = Path(__file__).parents[2] / "vectors" / "bad"
REPOSITORY = Path(__file__).parents[3]


def test_ids_are_unique() -> None:
    assert len(RULE_IDS) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_has_a_vector_or_a_named_test(rule: Rule) -> None:
    if any((BAD / rule.id).glob("*.json")):
        assert rule.id not in ELSEWHERE
        return
    reason, path, test = ELSEWHERE[rule.id]
    assert reason
    tree = ast.parse((REPOSITORY / path).read_text())
    found = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == test]
    assert [rule.id in ast.unparse(node) for node in found] == [True]


@pytest.mark.parametrize("severity", ["block", "warn", "show"])
def test_every_severity_of_a_rule_has_a_vector(severity: str) -> None:
    """A finding's vector names its severity; a vector that names none is refused."""
    rules = {rule.id for rule in RULES if severity in rule.severities} - set(ELSEWHERE)
    tripped = set()
    for path in BAD.glob("*/*.json"):
        finding = json.loads(path.read_text()).get("finding")
        if finding == severity or (finding is None and severity == "block"):
            tripped.add(path.parent.name)
    assert rules - tripped == set()


def test_what_is_tested_elsewhere_is_a_rule() -> None:
    assert set(ELSEWHERE) <= RULE_IDS


def test_every_rule_that_refuses_has_a_remedy() -> None:
    assert {rule.id for rule in RULES if "block" in rule.severities} == set(REMEDIES)


def test_every_part_of_the_policy_bounds_a_rule_and_is_a_limit_or_the_book() -> None:
    bounds = {name for rule in RULES for name in rule.limits}
    assert bounds == {field.name for field in dataclasses.fields(Policy)} | {"quorum"}
    assert {limit.field for limit in LIMITS} == bounds - {"quorum", "address_book"}


def test_every_vector_folder_is_a_rule() -> None:
    assert {path.name for path in BAD.iterdir() if path.is_dir()} <= RULE_IDS


def test_every_rule_raised_in_the_code_is_in_the_table() -> None:
    raised = re.compile(r'(?:Violation|Fault|Finding)\(\s*(?:rule=)?"([A-Z][A-Z-]+)"')
    found = {rule for path in APP.rglob("*.py") for rule in raised.findall(path.read_text())}
    assert len(found) > 40
    assert found <= RULE_IDS


def test_the_page_of_rules_is_what_the_table_says() -> None:
    assert PAGE.read_text() == render_page(), "run python -m tests.vectors.generate_rules"
