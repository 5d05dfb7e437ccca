"""What it takes to satisfy a miniscript expression: the largest witness, the fewest signatures (BIP-379)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from strongroom.core.descriptor.miniscript.node import Node

LOCKS = ("older", "after")
_ZERO_SIZE, _ONE_SIZE, _PREIMAGE_SIZE = 1, 2, 33


@dataclass(frozen=True, slots=True)
class Witness:
    """Bytes with the length of each item, and items."""

    size: int
    items: int

    def __add__(self, other: Witness) -> Witness:
        return Witness(self.size + other.size, self.items + other.items)


@dataclass(frozen=True, slots=True)
class _Ways:
    """The largest ways to satisfy and to dissatisfy; None where there is none."""

    sat: Witness | None
    dsat: Witness | None


_NOTHING = Witness(0, 0)
_EMPTY, _ONE, _PREIMAGE = Witness(_ZERO_SIZE, 1), Witness(_ONE_SIZE, 1), Witness(_PREIMAGE_SIZE, 1)


def largest_witness(node: Node, *, signature: int, key: int) -> Witness | None:
    """The most that a witness may take; `signature` and `key` in bytes. None: it can't be satisfied."""
    return _ways(node, Witness(1 + signature, 1), Witness(1 + key, 1)).sat


def fewest_signatures(node: Node) -> int | None:
    """The least number of signatures that spend without waiting for a lock; None if all ways wait."""
    return fewest(node, frozenset(), lambda leaf: leaf.name not in LOCKS)


def fewest_at_last(node: Node) -> int:
    """The least number of signatures that spend once every lock has passed."""
    return fewest(node, frozenset(), lambda _leaf: True) or 0


def fewest(  # noqa: PLR0911 - one return a fragment
    node: Node, signed: frozenset[int], is_met: Callable[[Node], bool]
) -> int | None:
    """The least number of signatures beside those of the keys `signed`; None if there is no way.

    `is_met` says of a lock or a hash whether it stands in no way. Who is needed in two places counts twice.
    """
    subs = [fewest(sub, signed, is_met) for sub in node.subs]
    match node.name:
        case "0":
            return None
        case "pk_k" | "pk_h" | "multi" | "multi_a" | "sortedmulti_a":
            there = sum(key in signed for key in node.keys)
            return max(0, (node.number or 1) - there)
        case "and_v" | "and_b":
            return _sum(subs)
        case "andor":
            return least([_sum(subs[:2]), subs[2]])
        case "thresh":
            cheapest = sorted(sub for sub in subs if sub is not None)[: node.number]
            return sum(cheapest) if len(cheapest) == node.number else None
        case _ if subs:  # an or, or a wrapper
            return least(subs)
        case _:
            return 0 if node.name == "1" or is_met(node) else None


def _sum(counts: list[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def least(counts: list[int | None]) -> int | None:
    """The least count of the ways that there are."""
    return min((count for count in counts if count is not None), default=None)


def _ways(node: Node, sig: Witness, key: Witness) -> _Ways:  # noqa: PLR0911 - one return a fragment
    subs = tuple(_ways(sub, sig, key) for sub in node.subs)
    if not subs:
        return _leaf(node, sig, key)
    if node.name == "thresh":
        return _thresh(subs, node.number)
    x = subs[0]
    if len(subs) == 1:
        sat = _both(x.sat, _ONE) if node.name == "d" else x.sat
        dsat = {"d": _EMPTY, "j": _EMPTY, "v": None}.get(node.name, x.dsat)
        return _Ways(sat, dsat)
    y = subs[1]
    match node.name:
        case "and_v":
            return _Ways(_both(x.sat, y.sat), None)
        case "and_b":
            return _Ways(_both(x.sat, y.sat), _both(x.dsat, y.dsat))
        case "or_b":
            sat = _most(_both(x.sat, y.dsat), _both(x.dsat, y.sat))
            return _Ways(sat, _both(x.dsat, y.dsat))
        case "or_c" | "or_d":
            dsat = None if node.name == "or_c" else _both(x.dsat, y.dsat)
            return _Ways(_most(x.sat, _both(x.dsat, y.sat)), dsat)
        case "or_i":
            return _Ways(
                _most(_both(x.sat, _ONE), _both(y.sat, _EMPTY)),
                _most(_both(x.dsat, _ONE), _both(y.dsat, _EMPTY)),
            )
        case _:
            z = subs[2]
            return _Ways(_most(_both(x.sat, y.sat), _both(x.dsat, z.sat)), _both(x.dsat, z.dsat))


def _leaf(node: Node, sig: Witness, key: Witness) -> _Ways:  # noqa: PLR0911 - one return a fragment
    match node.name:
        case "0":
            return _Ways(None, _NOTHING)
        case "1" | "older" | "after":
            return _Ways(_NOTHING, None)
        case "pk_k":
            return _Ways(sig, _EMPTY)
        case "pk_h":
            return _Ways(sig + key, _EMPTY + key)
        case "multi":
            count = node.number
            return _Ways(_times(sig, count) + _EMPTY, _times(_EMPTY, count + 1))
        case "multi_a" | "sortedmulti_a":
            count = len(node.keys)
            unused = _times(_EMPTY, count - node.number)
            return _Ways(_times(sig, node.number) + unused, _times(_EMPTY, count))
        case _:
            return _Ways(_PREIMAGE, _PREIMAGE)


def _thresh(subs: tuple[_Ways, ...], number: int) -> _Ways:
    """Exactly `number` are satisfied; `best[n]` is the most with n of those seen so far."""
    best: list[Witness | None] = [_NOTHING]
    for sub in subs:
        satisfied = [None, *(_both(way, sub.sat) for way in best)]
        dissatisfied = [*(_both(way, sub.dsat) for way in best), None]
        best = [_most(*pair) for pair in zip(satisfied, dissatisfied, strict=True)]
    return _Ways(best[number], best[0])


def _times(witness: Witness, count: int) -> Witness:
    return Witness(witness.size * count, witness.items * count)


def _both(one: Witness | None, other: Witness | None) -> Witness | None:
    return None if one is None or other is None else one + other


def _most(one: Witness | None, other: Witness | None) -> Witness | None:
    if one is None or other is None:
        return one or other
    return Witness(max(one.size, other.size), max(one.items, other.items))
