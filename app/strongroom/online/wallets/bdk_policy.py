"""Which branch of a script BDK shall reckon with, where there are several: those that wait for nothing.

BDK refuses to build a transaction of a script wallet until it is told. The choice only says whether nSequence
and nLockTime have to satisfy a lock; who signs is decided at the stations.
"""

from __future__ import annotations

import json
from typing import Any

_LOCKS = frozenset({"ABSOLUTETIMELOCK", "RELATIVETIMELOCK"})


def path_without_locks(policy: str) -> dict[str, list[int]]:
    """The items to satisfy of each node of BDK's policy (JSON) that leaves a choice; no locks if it can be."""
    path: dict[str, list[int]] = {}
    _waits(json.loads(policy), path)
    return path


def _waits(node: dict[str, Any], path: dict[str, list[int]]) -> bool:
    """Whether `node` can not be satisfied without a lock; choices are noted in `path`."""
    if node["type"] != "THRESH":
        return node["type"] in _LOCKS
    waits = [_waits(item, path) for item in node["items"]]
    needed = int(node["threshold"])
    chosen = sorted(sorted(range(len(waits)), key=lambda n: waits[n])[:needed])
    if needed < len(waits):
        path[node["id"]] = chosen
    return any(waits[number] for number in chosen)
