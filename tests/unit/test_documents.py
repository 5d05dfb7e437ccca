"""The documents: every link leads somewhere, and every picture is in one of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
DOCUMENTS = (*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md"))
LINK = re.compile(r"\]\(([^)#\s]*)#?([^)\s]*)\)")


def anchors(path: Path) -> set[str]:
    """What headings are called in links."""
    headings = re.findall(r"(?m)^#+ (.+)$", path.read_text())
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    for file, anchor in LINK.findall(path.read_text()):
        if "://" in file:
            continue
        target = path.parent / file if file else path
        assert target.exists(), file
        if anchor:
            assert anchor in anchors(target), f"{file}#{anchor}"


def test_every_picture_is_in_a_document() -> None:
    linked = {
        (path.parent / file).resolve()
        for path in DOCUMENTS
        for file, _ in LINK.findall(path.read_text())
        if file.endswith(".png")
    }
    assert set((REPOSITORY / "docs" / "pictures").glob("*.png")) == linked
