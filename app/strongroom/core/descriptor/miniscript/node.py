"""A miniscript expression as a frozen tree; keys are places in the descriptor's list of keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Node:
    """One fragment of BIP-379, sugar taken away.

    `name` is the fragment's, a wrapper's letter, or `sortedmulti_a`. `number` is the threshold or the lock;
    `digest` is what a preimage must hash to.
    """

    name: str
    subs: tuple[Node, ...] = ()
    keys: tuple[int, ...] = ()
    number: int = 0
    digest: bytes = b""

    def walk(self) -> Iterator[Node]:
        """This node and all below it, from left to right."""
        yield self
        for sub in self.subs:
            yield from sub.walk()

    def all_keys(self) -> tuple[int, ...]:
        """The places of all keys, as often as they stand in the expression."""
        return tuple(key for node in self.walk() for key in node.keys)

    def moved(self, by: int) -> Node:
        """The same expression with every key's place moved."""
        return replace(
            self,
            subs=tuple(sub.moved(by) for sub in self.subs),
            keys=tuple(key + by for key in self.keys),
        )
