"""Where on its two branches a wallet derives a script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from strongroom.core.descriptor.derive import CHANGE, RECEIVE, derive_scripts

if TYPE_CHECKING:
    from strongroom.core.descriptor.model import Descriptor


@dataclass(frozen=True, slots=True)
class Place:
    """A branch, 0 (receive) or 1 (change), and the index on it."""

    branch: int
    index: int


def find_place(descriptor: Descriptor, script: bytes, index: int) -> Place | None:
    """The branch on which `descriptor` gives `script` at `index`; None if neither does."""
    for branch in (RECEIVE, CHANGE):
        if derive_scripts(descriptor, branch, index).script_pubkey == script:
            return Place(branch, index)
    return None


class ScriptIndex:
    """The scripts of a wallet on both branches, derived `gap` further than the last one that was found."""

    def __init__(self, descriptor: Descriptor, gap: int) -> None:
        self._descriptor = descriptor
        self._gap = gap
        self._known: dict[bytes, Place] = {}
        self._derived = 0
        self._derive(gap)

    def _derive(self, count: int) -> None:
        for index in range(self._derived, count):
            for branch in (RECEIVE, CHANGE):
                script = derive_scripts(self._descriptor, branch, index).script_pubkey
                self._known[script] = Place(branch, index)
        self._derived = max(self._derived, count)

    def find(self, script: bytes) -> Place | None:
        """Where the wallet derives `script`; None if it does not so far."""
        place = self._known.get(script)
        if place is not None:
            self._derive(place.index + 1 + self._gap)
        return place
