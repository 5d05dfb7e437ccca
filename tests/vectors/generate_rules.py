"""Write docs/rules.md from the rule table and the vector folders: `python -m tests.vectors.generate_rules`."""

from __future__ import annotations

from pathlib import Path

from strongroom.core.rules import RULES
from strongroom.core.vault.limits import limit_of, render_value, value_of
from strongroom.core.vault.model import Policy, TrustList
from tests.vectors.elsewhere import ELSEWHERE

REPOSITORY = Path(__file__).parents[2]
PAGE = REPOSITORY / "docs" / "rules.md"

HEAD = """\
# Rules

Everything that Strongroom checks, by the id that errors, screens and transcripts carry. `block`
refuses, `warn` has to be acknowledged by itself, `show` informs. The vectors of a rule are files
that must trip it, in `tests/vectors/bad/<id>/`; what no file can trip names its test instead. The
limits are parts of the vault's policy, edited at the station (*Change the policy*), with what a new
vault has. This page is generated: `python -m tests.vectors.generate_rules` writes it anew.

| id | what holds | when not | limits of a new vault | tripped by |
|---|---|---|---|---|
"""
OTHERS = {
    "quorum": "Approvers needed: " + ", ".join(f"{n} {role}" for role, n in TrustList().quorum),
    "address_book": "Address book: empty",
}


def render_page() -> str:
    """The page as it should stand in the repository."""
    rows = (
        f"| {rule.id} | {rule.sentence} | {' / '.join(rule.severities)} | "
        f"{'; '.join(map(render_limit, rule.limits))} | {tripped_by(rule.id)} |\n"
        for rule in RULES
    )
    return HEAD + "".join(rows)


def render_limit(field: str) -> str:
    """A limit with the value that a new vault has."""
    if field in OTHERS:
        return OTHERS[field]
    limit = limit_of(field)
    return f"{limit.label}: {render_value(limit, value_of(Policy(), limit))}"


def tripped_by(rule: str) -> str:
    """The folder of the rule's vectors, or the test that trips it."""
    if rule in ELSEWHERE:
        _, path, test = ELSEWHERE[rule]
        return f"[{test}](../{path})"
    return f"[vectors](../tests/vectors/bad/{rule})"


if __name__ == "__main__":
    PAGE.write_text(render_page())
