"""Write companion.lock, what `pip install` of the companion needs, out of the tests' own lock.

`python -m tests.companion_lock` after a change of tests/requirements.lock or of the dependencies.
"""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
LOCK = REPOSITORY / "companion.lock"
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _blocks() -> dict[str, str]:
    """Each pinned package of the tests' lock with its hashes, by name."""
    text = (REPOSITORY / "tests" / "requirements.lock").read_text()
    parts = re.split(r"(?m)^(?=[A-Za-z0-9])", text)
    return {_plain(part.partition("==")[0]): part for part in parts if "==" in part}


def _needed() -> set[str]:
    """The companion's dependencies and theirs, and what paper as PDF needs."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    left = [*project["dependencies"], *project["optional-dependencies"]["paper"]]
    found = set[str]()
    while left:
        requirement = left.pop()
        matched = _NAME.match(requirement)
        name = _plain(matched[0]) if matched else ""
        if "extra ==" in requirement or name in found or name not in _blocks():
            continue
        found.add(name)
        left += metadata.requires(name) or []
    return found


def render_lock() -> str:
    """The lock as it should stand in the repository."""
    blocks = _blocks()
    head = "# Written by `python -m tests.companion_lock`: the companion's dependencies, pinned by hash.\n"
    return head + "".join(blocks[name] for name in sorted(_needed()))


if __name__ == "__main__":
    LOCK.write_text(render_lock())
