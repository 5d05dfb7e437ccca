"""The type of a miniscript expression: correct, non-malleable, and without mixed timelocks (BIP-379).

A type is a set of letters. B V K W: what it leaves on the stack. z o n d u: how it takes its input.
s f e m: signature needed, cannot be dissatisfied without one, has one dissatisfaction, is not malleable.
g h i j: holds a lock by relative time, relative height, absolute time, absolute height; k: no way to satisfy
it needs two of one kind. The empty set stands for an expression that has no type.
"""

from __future__ import annotations

from collections.abc import Callable

from strongroom.core.descriptor.miniscript.node import Node

RELATIVE_TIME = 1 << 22
ABSOLUTE_TIME = 500_000_000

Type = frozenset[str]
_LOCKS = frozenset("ghij")
_CLASHES = (frozenset("gh"), frozenset("ij"))
_HASH = frozenset("Bonudmk")
_FIXED = {
    "0": frozenset("Bzudsemk"),
    "1": frozenset("Bzufmk"),
    "pk_k": frozenset("Konudsemk"),
    "pk_h": frozenset("Knudsemk"),
    "sha256": _HASH,
    "hash256": _HASH,
    "ripemd160": _HASH,
    "hash160": _HASH,
    "multi": frozenset("Bnudsemk"),
    "multi_a": frozenset("Budsemk"),
    "sortedmulti_a": frozenset("Budsemk"),
}


def type_of(node: Node, *, tapscript: bool) -> Type:  # noqa: PLR0911 - one return a fragment
    """The letters that hold for `node`; empty when the expression is not correct."""
    subs = tuple(type_of(sub, tapscript=tapscript) for sub in node.subs)
    if not all(subs):
        return frozenset()
    if node.name in _FIXED:
        return _FIXED[node.name]
    if node.name == "older":
        return frozenset("Bzfmk" + ("g" if node.number & RELATIVE_TIME else "h"))
    if node.name == "after":
        return frozenset("Bzfmk" + ("i" if node.number >= ABSOLUTE_TIME else "j"))
    if node.name == "thresh":
        return _thresh(subs, node.number)
    if len(subs) == 1:
        return _wrapper(node.name, subs[0], tapscript=tapscript)
    return _COMBINED[node.name](*subs)


def _when(letters: str, holds: bool) -> set[str]:  # noqa: FBT001 - reads as the table it is
    return set(letters) if holds else set()


def _has(given: Type, letters: str) -> bool:
    return given.issuperset(letters)


def _wrapper(name: str, x: Type, *, tapscript: bool) -> Type:
    base, kept, made = {
        "a": (_when("W", _has(x, "B")), "udfems", set()),
        "s": (_when("W", _has(x, "Bo")), "udfems", set()),
        "c": (_when("B", _has(x, "K")), "ondfem", set("us")),
        "d": (
            _when("B", _has(x, "Vz")),
            "ms",
            set("ond") | _when("e", "f" in x) | _when("u", tapscript),
        ),
        "v": (_when("V", _has(x, "B")), "zonms", set("f")),
        "j": (_when("B", _has(x, "Bn")), "oums", set("nd") | _when("e", "f" in x)),
        "n": (_when("B", _has(x, "B")), "zondfems", set("u")),
    }[name]
    return frozenset(base | made | (x & (set(kept) | _LOCKS | {"k"}))) if base else frozenset()


def _locks(together: tuple[Type, ...], apart: Type = frozenset()) -> set[str]:
    """Letters of locks: `together` are satisfied at once, `apart` instead of them."""
    parts = (*together, apart) if apart else together
    found = set().union(*parts) & _LOCKS
    clash = any(_mixed(x, y) for place, x in enumerate(together) for y in together[place + 1 :])
    return found | _when("k", all("k" in part for part in parts) and not clash)


def _mixed(x: Type, y: Type) -> bool:
    return any((x & pair) and (y & pair) and ((x | y) & pair) == pair for pair in _CLASHES)


def _one_input(x: Type, y: Type) -> set[str]:
    return _when("z", "z" in x and "z" in y) | _when(
        "o", ("z" in x and "o" in y) or ("z" in y and "o" in x)
    )


def _andor(x: Type, y: Type, z: Type) -> Type:
    base = y & z & set("BKV") if _has(x, "Bdu") else frozenset()
    if not base:
        return frozenset()
    zeros, yz = _has(x & y & z, "z"), y & z
    forced = "s" in x or "f" in y
    return frozenset(
        base
        | _when("z", zeros)
        | _when("o", ("z" in x and "o" in yz) or ("o" in x and "z" in yz))
        | (yz & set("u"))
        | (z & set("d"))
        | _when("f", "f" in z and forced)
        | _when("e", "e" in z and forced)
        | _when("m", "m" in x & yz and "e" in x and "s" in x | y | z)
        | _when("s", "s" in z and "s" in x | y)
        | _locks((x, y), z)
    )


def _and_v(x: Type, y: Type) -> Type:
    base = y & set("BKV") if "V" in x else frozenset()
    if not base:
        return frozenset()
    return frozenset(
        base
        | _one_input(x, y)
        | _when("n", "n" in x or ("z" in x and "n" in y))
        | (y & set("u"))
        | (x & y & set("m"))
        | ((x | y) & set("s"))
        | _when("f", "f" in y or "s" in x)
        | _locks((x, y))
    )


def _and_b(x: Type, y: Type) -> Type:
    if "B" not in x or "W" not in y:
        return frozenset()
    return frozenset(
        set("Bu")
        | _one_input(x, y)
        | _when("n", "n" in x or ("z" in x and "n" in y))
        | (x & y & set("dm"))
        | _when("e", _has(x & y, "es"))
        | _when("f", "f" in x & y or _has(x, "sf") or _has(y, "sf"))
        | ((x | y) & set("s"))
        | _locks((x, y))
    )


def _or_b(x: Type, z: Type) -> Type:
    if not _has(x, "Bd") or not _has(z, "Wd"):
        return frozenset()
    return frozenset(
        set("Bdu")
        | _one_input(x, z)
        | (x & z & set("se"))
        | _when("m", _has(x & z, "me") and "s" in x | z)
        | _locks((x,), z)
    )


def _or_c(x: Type, z: Type) -> Type:
    if not _has(x, "Bdu") or "V" not in z:
        return frozenset()
    return frozenset(set("Vf") | _or_first(x, z))


def _or_d(x: Type, z: Type) -> Type:
    if not _has(x, "Bdu") or "B" not in z:
        return frozenset()
    return frozenset(set("B") | _or_first(x, z) | (z & set("udfe")))


def _or_first(x: Type, z: Type) -> set[str]:
    return (
        set(x & z & set("zs"))
        | _when("o", "o" in x and "z" in z)
        | _when("m", "m" in x & z and "e" in x and "s" in x | z)
        | _locks((x,), z)
    )


def _or_i(x: Type, z: Type) -> Type:
    base = x & z & set("BKV")
    if not base:
        return frozenset()
    return frozenset(
        base
        | (x & z & set("ufs"))
        | _when("o", "z" in x & z)
        | ((x | z) & set("d"))
        | _when("e", ("e" in x and "f" in z) or ("e" in z and "f" in x))
        | _when("m", "m" in x & z and "s" in x | z)
        | _locks((x,), z)
    )


def _thresh(subs: tuple[Type, ...], number: int) -> Type:
    first, *rest = subs
    if not _has(first, "Bdu") or not all(_has(sub, "Wdu") for sub in rest):
        return frozenset()
    zeros = sum("z" in sub for sub in subs)
    signed = sum("s" in sub for sub in subs)
    exact = all("e" in sub for sub in subs)
    count = len(subs)
    locks = _locks(subs)
    if number == 1:
        locks = (locks - {"k"}) | _when("k", all("k" in sub for sub in subs))
    return frozenset(
        set("Bdu")
        | _when("z", zeros == count)
        | _when("o", zeros == count - 1 and any("o" in sub for sub in subs))
        | _when("e", exact and signed == count)
        | _when("m", exact and all("m" in s for s in subs) and signed >= count - number)
        | _when("s", signed >= count - number + 1)
        | locks
    )


_COMBINED: dict[str, Callable[..., Type]] = {
    "andor": _andor,
    "and_v": _and_v,
    "and_b": _and_b,
    "or_b": _or_b,
    "or_c": _or_c,
    "or_d": _or_d,
    "or_i": _or_i,
}
