"""Vectors that others published, each file naming its source; chosen for what they trip."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def read_published(name: str) -> dict[str, Any]:
    """The vectors of `<name>.json`."""
    found: dict[str, Any] = json.loads(Path(__file__).with_name(f"{name}.json").read_text())
    return found
