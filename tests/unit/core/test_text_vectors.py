"""Every bad file and typed text trips the rule that its folder names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from strongroom.core.errors import Stop
from tests.vectors.generate import BAD
from tests.vectors.generate_texts import READERS, backups, texts

FILES = sorted(p for p in BAD.glob("*/*.json") if json.loads(p.read_text())["stage"] == "text")


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_text_is_refused_by_its_rule(path: Path) -> None:
    vector = json.loads(path.read_text())
    with pytest.raises(Stop) as stop:
        READERS[vector["reader"]](vector)
    assert (stop.value.rule, bool(stop.value.hint)) == (path.parent.name, True)


def test_texts_are_what_the_generator_writes() -> None:
    for (rule, name), content in {**texts(), **backups()}.items():
        written = json.loads((BAD / rule / f"{name}.json").read_text())
        assert written == {"stage": "text", "rule": rule, **content}
