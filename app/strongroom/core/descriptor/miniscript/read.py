"""From the shape of a descriptor to a miniscript tree: names, numbers and hashes, not yet types (BIP-379)."""

from __future__ import annotations

import re

from strongroom.core.descriptor.expression import Call
from strongroom.core.descriptor.miniscript.node import Node
from strongroom.core.errors import Violation

HASHES = {"sha256": 32, "hash256": 32, "ripemd160": 20, "hash160": 20}
MULTI_KEYS, MULTI_A_KEYS = 20, 999
_PLACES = {
    "and_v": 2,
    "and_b": 2,
    "and_n": 2,
    "or_b": 2,
    "or_c": 2,
    "or_d": 2,
    "or_i": 2,
    "andor": 3,
}
_KEYED = {"pk_k": "pk_k", "pk_h": "pk_h", "pk": "pk_k", "pkh": "pk_h"}
_LOCKS = ("older", "after")
_WRAPPERS = "asctdvjnlu"
_NUMBER = re.compile(r"[1-9][0-9]{0,9}")
_HEX = re.compile(r"[0-9a-f]*")
_LOCK_END = 1 << 31
_DEPTH_CAP = 100
_ZERO, _ONE = Node("0"), Node("1")


class KeyTexts:
    """The texts of the keys that a descriptor names, each once, in the order in which they are met."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    def place(self, text: str) -> int:
        """Where `text` stands in `texts`."""
        return self._places.setdefault(text, len(self._places))

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts by their places."""
        return tuple(self._places)


def read_miniscript(given: Call | str, keys: KeyTexts, *, tapscript: bool, depth: int = 0) -> Node:
    """The tree that `given` says in P2WSH or in tapscript; raises `Violation` DESCRIPTOR."""
    text = given if isinstance(given, str) else given.name
    wrappers, mark, name = text.rpartition(":")
    if mark and not wrappers:
        raise _bad(f"{text[:16]!a} has a colon and no wrapper")
    depth += 1 + len(wrappers)
    if depth > _DEPTH_CAP:
        raise _bad(f"the miniscript is nested deeper than {_DEPTH_CAP} levels, wrappers included")
    node = _read_fragment(name, given, keys, tapscript=tapscript, depth=depth)
    for letter in reversed(wrappers):
        node = _wrap(letter, node)
    return node


def _wrap(letter: str, node: Node) -> Node:
    match letter:
        case "t":
            return Node("and_v", (node, _ONE))
        case "l":
            return Node("or_i", (_ZERO, node))
        case "u":
            return Node("or_i", (node, _ZERO))
        case _ if letter in _WRAPPERS:
            return Node(letter, (node,))
        case _:
            raise _bad(f"miniscript has no wrapper {letter!a}")


def _read_fragment(
    name: str, given: Call | str, keys: KeyTexts, *, tapscript: bool, depth: int
) -> Node:
    if isinstance(given, str):
        if name in {"0", "1"}:
            return _ZERO if name == "0" else _ONE
        raise _bad(f"{name[:16]!a} is not an expression of miniscript")
    arguments = given.arguments
    if name in _KEYED:
        (key,) = _read_keys(name, arguments, keys, 1)
        node = Node(_KEYED[name], keys=(key,))
        return node if name == _KEYED[name] else Node("c", (node,))
    if name in _LOCKS or name in HASHES:
        return _read_leaf(name, arguments)
    if name in {"multi", "multi_a"}:
        return _read_multi(name, arguments, keys, tapscript=tapscript)
    if name == "thresh":
        number = _read_number(name, arguments[0], MULTI_A_KEYS + 1)
        subs = tuple(
            read_miniscript(sub, keys, tapscript=tapscript, depth=depth) for sub in arguments[1:]
        )
        if number > len(subs):
            raise _bad(f"thresh asks for {number} of {len(subs)} conditions")
        return Node(name, subs, number=number)
    if name not in _PLACES:
        raise _unknown(name, tapscript=tapscript)
    if len(arguments) != _PLACES[name]:
        raise _bad(f"{name} takes {_PLACES[name]} conditions and {len(arguments)} are given")
    subs = tuple(read_miniscript(sub, keys, tapscript=tapscript, depth=depth) for sub in arguments)
    return Node("andor", (*subs, _ZERO)) if name == "and_n" else Node(name, subs)


def _read_leaf(name: str, arguments: tuple[Call | str, ...]) -> Node:
    if len(arguments) != 1:
        raise _bad(f"{name} takes one value and {len(arguments)} are given")
    if name in _LOCKS:
        return Node(name, number=_read_number(name, arguments[0], _LOCK_END))
    text, size = arguments[0], HASHES[name]
    if not isinstance(text, str) or len(text) != 2 * size or not _HEX.fullmatch(text):
        raise _bad(f"{name} takes {2 * size} lower-case hex digits")
    return Node(name, digest=bytes.fromhex(text))


def read_multi_a(call: Call, keys: KeyTexts) -> Node:
    """The `sortedmulti_a` that a whole leaf is (BIP-387); raises `Violation` DESCRIPTOR."""
    return _read_multi(call.name, call.arguments, keys, tapscript=True)


def _read_multi(
    name: str, arguments: tuple[Call | str, ...], keys: KeyTexts, *, tapscript: bool
) -> Node:
    if tapscript is (name == "multi"):
        right = "multi_a" if tapscript else "multi"
        where = "a leaf of tr" if tapscript else "wsh"
        raise _bad(f"{name} may not stand in {where}, {right} does")
    places = _read_keys(name, arguments[1:], keys)
    most = MULTI_A_KEYS if tapscript else MULTI_KEYS
    if len(places) > most:
        raise _bad(f"{name} has {len(places)} keys, {most} are the most")
    number = _read_number(name, arguments[0], most + 1)
    if number > len(places):
        raise _bad(f"{name} asks for {number} signatures of {len(places)} keys")
    return Node(name, keys=places, number=number)


def _read_keys(
    name: str, arguments: tuple[Call | str, ...], keys: KeyTexts, count: int | None = None
) -> tuple[int, ...]:
    if count is not None and len(arguments) != count:
        raise _bad(f"{name} takes one key and {len(arguments)} are given")
    for argument in arguments:
        if not isinstance(argument, str):
            what = "is not supported (BIP-390)" if argument.name == "musig" else "is none"
            raise _bad(f"{name} takes keys, and {argument.name}(...) {what}")
    return tuple(keys.place(text) for text in arguments if isinstance(text, str))


def _read_number(name: str, given: Call | str, end: int) -> int:
    if isinstance(given, str) and _NUMBER.fullmatch(given) and int(given) < end:
        return int(given)
    raise _bad(f"{name} begins with a number that is no {_meaning(name)} (1 to {end - 1})")


def _meaning(name: str) -> str:
    return "lock" if name in _LOCKS else "threshold"


def _unknown(name: str, *, tapscript: bool) -> Violation:
    if name in {"sortedmulti", "sortedmulti_a"}:
        return _bad(f"{name} stands alone in its script and in no other condition")
    where = "a leaf of tr" if tapscript else "wsh"
    return _bad(f"{name[:16]!a} may not stand in {where}: it is no miniscript")


def _bad(what: str) -> Violation:
    return Violation("DESCRIPTOR", what)
