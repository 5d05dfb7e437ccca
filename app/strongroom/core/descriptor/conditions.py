"""The conditions under which a script can be spent, in plain words and without the language of miniscript.

Only what decides is said: that a way cannot be taken, how a stack is arranged and which opcode compares are
left out. A condition is simplified, never rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from strongroom.core.descriptor.miniscript.node import Node
from strongroom.core.descriptor.miniscript.types import ABSOLUTE_TIME, RELATIVE_TIME
from strongroom.core.moment import parse_unix, render_moment

UNIT_SECONDS = 512
_UNITS = (("days", 86_400), ("hours", 3_600), ("minutes", 60))
_COUNTED = 0xFFFF


@dataclass(frozen=True, slots=True)
class Condition:
    """`need` of `parts` hold (all: and; one: or); without parts `words` say what; `is_key`: who signs."""

    need: int = 0
    parts: tuple[Condition, ...] = ()
    words: str = ""
    is_key: bool = False


_ALWAYS, _NEVER = Condition(words="always"), Condition(words="never")


def render_ways(nodes: Iterable[Node], name: Callable[[int], str]) -> str:
    """What spends one of `nodes`."""
    return _render(_any(*(_lift(node, name) for node in nodes)), outer=True)


def _lift(node: Node, name: Callable[[int], str]) -> Condition:  # noqa: PLR0911 - one return a fragment
    subs = tuple(_lift(sub, name) for sub in node.subs)
    match node.name:
        case "0":
            return _NEVER
        case "pk_k" | "pk_h":
            return Condition(words=name(node.keys[0]), is_key=True)
        case "multi" | "multi_a" | "sortedmulti_a":
            keys = tuple(Condition(words=name(key), is_key=True) for key in node.keys)
            return Condition(node.number, keys) if len(keys) > 1 else keys[0]
        case "and_v" | "and_b":
            return _all(*subs)
        case "or_b" | "or_c" | "or_d" | "or_i":
            return _any(*subs)
        case "andor":
            return _any(_all(*subs[:2]), subs[2])
        case "thresh":
            return _threshold(node.number, subs)
        case _:
            return subs[0] if subs else _leaf(node)


def _leaf(node: Node) -> Condition:
    value = node.number
    match node.name:
        case "1":
            return _ALWAYS
        case "older" if value & RELATIVE_TIME:
            return Condition(words=f"after {_duration((value & _COUNTED) * UNIT_SECONDS)}")
        case "older":
            blocks = value & _COUNTED
            return Condition(words=f"after {_spaced(blocks)} block{'s' if blocks > 1 else ''}")
        case "after" if value >= ABSOLUTE_TIME:
            return Condition(words=f"from {render_moment(parse_unix(value))} on")
        case "after":
            return Condition(words=f"from block {_spaced(value)} on")
        case _:
            return Condition(words=f"with the secret whose {node.name} is {node.digest.hex()}")


def _all(*parts: Condition) -> Condition:
    if _NEVER in parts:
        return _NEVER
    flat: list[Condition] = []
    for part in parts:
        is_and = part.parts and part.need == len(part.parts)
        flat += part.parts if is_and else [part] * (part != _ALWAYS)
    flat.sort(key=lambda part: not (part.is_key or part.parts))
    return _joined(len(flat), flat, _ALWAYS)


def _any(*parts: Condition) -> Condition:
    if _ALWAYS in parts:
        return _ALWAYS
    flat: list[Condition] = []
    for part in parts:
        is_or = part.parts and part.need == 1
        flat += part.parts if is_or else [part] * (part != _NEVER)
    return _joined(1, flat, _NEVER)


def _threshold(need: int, parts: tuple[Condition, ...]) -> Condition:
    possible = tuple(part for part in parts if part not in {_NEVER, _ALWAYS})
    need -= sum(part == _ALWAYS for part in parts)
    if need <= 0:
        return _ALWAYS
    if need == len(possible):
        return _all(*possible)
    return _any(*possible) if need == 1 else Condition(need, possible)


def _joined(need: int, parts: list[Condition], empty: Condition) -> Condition:
    if len(parts) > 1:
        return Condition(need, tuple(parts))
    return parts[0] if parts else empty


def _render(given: Condition, *, outer: bool = False) -> str:
    parts = given.parts
    if not parts:
        return given.words
    plain = all(part.is_key for part in parts)
    if given.need == 1:
        text = (", or " if outer else " or ").join(_render(part) for part in parts)
    elif plain:
        return f"{given.need} of {', '.join(part.words for part in parts)}"
    elif given.need < len(parts):
        inner = "; ".join(_render(part) for part in parts)
        return f"{given.need} of these {len(parts)} [{inner}]"
    else:
        return _conjunction(parts)
    return text if outer else f"({text})"


def _conjunction(parts: tuple[Condition, ...]) -> str:
    """Who signs, joined by "and"; then when, and with what."""
    who = [part for part in parts if part.is_key or part.parts]
    rest = [part.words for part in parts if not (part.is_key or part.parts)]
    return " ".join((" and ".join(_render(part) for part in who), " and ".join(rest))).strip()


def _duration(seconds: int) -> str:
    """Seconds as they are counted, and about how long that is."""
    unit, size = next(
        (name, size) for name, size in _UNITS if seconds >= 2 * size or name == "minutes"
    )
    return f"{_spaced(seconds)} seconds (about {round(seconds / size)} {unit})"


def _spaced(value: int) -> str:
    return f"{value:,}".replace(",", " ")
