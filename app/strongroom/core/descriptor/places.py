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
