"""Write docs/rules.md from the rule table and the vector folders: `python -m tests.vectors.generate_rules`."""

from __future__ import annotations

from pathlib import Path

from strongroom.core.rules import RULES

REPOSITORY = Path(__file__).parents[2]
PAGE = REPOSITORY / "docs" / "rules.md"
BAD = Path(__file__).parent / "bad"

HEAD = """\
# Rules

Everything that Strongroom checks, by the id that errors, screens and transcripts carry. `block`
refuses, `warn` has to be acknowledged by itself, `show` informs. The vectors of a rule are files
that must trip it, in `tests/vectors/bad/<id>/`. This page is generated:
`python -m tests.vectors.generate_rules` writes it anew.

| id | what holds | when not | vectors |
|---|---|---|---|
"""


def render_page() -> str:
    """The page as it should stand in the repository."""
    rows = (
        f"| {rule.id} | {rule.sentence} | {' / '.join(rule.severities)} | {count(rule.id)} |\n"
        for rule in RULES
    )
    return HEAD + "".join(rows)


def count(rule: str) -> int:
    """How many vectors a rule has."""
    return len({path.stem for path in (BAD / rule).glob("*")})


if __name__ == "__main__":
    PAGE.write_text(render_page())
