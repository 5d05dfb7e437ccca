"""The script forms that a registered wallet may have, and why the others are refused (BIP-381 to 390).

A form is named by the functions from the outside in. A new one is a line in `_FORMS` and a reader of its
innermost function's arguments.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.descriptor.expression import Call
from strongroom.core.descriptor.miniscript.node import Node
from strongroom.core.descriptor.miniscript.read import KeyTexts, read_miniscript
from strongroom.core.descriptor.miniscript.sane import check_sane
from strongroom.core.descriptor.miniscript.size import fewest_at_last, fewest_signatures
from strongroom.core.descriptor.model import TreeLeaf
from strongroom.core.descriptor.tree import read_tree
from strongroom.core.errors import Violation

_MULTI = ("multi", "sortedmulti")
_FORMS: dict[tuple[str, ...], ScriptKind] = {
    ("pkh",): ScriptKind.PKH,
    ("wpkh",): ScriptKind.WPKH,
    ("sh", "wpkh"): ScriptKind.SH_WPKH,
    ("tr",): ScriptKind.TR,
    **{("sh", multi): ScriptKind.SH_MULTI for multi in _MULTI},
    **{("wsh", multi): ScriptKind.WSH_MULTI for multi in _MULTI},
    **{("sh", "wsh", multi): ScriptKind.SH_WSH_MULTI for multi in _MULTI},
}
_WRAPPERS = ("sh", "wsh")
_KNOWN = frozenset({"pkh", "wpkh", "tr", *_WRAPPERS, *_MULTI})
_UNSUPPORTED = {
    "combo": "combo is several script types in one",
    "raw": "raw names a script and no keys",
    "addr": "addr names an address and no keys",
    "rawtr": "rawtr hides what else can spend",
    "musig": "musig is not supported",
    "multi_a": "multi_a stands in leaves of tr only",
    "sortedmulti_a": "sortedmulti_a stands in leaves of tr only",
    "pk": "pk has no address",
}
_THRESHOLD = re.compile(r"[1-9][0-9]?")
_SUPPORTED = (
    "pkh, wpkh, sh(wpkh), tr(key) and tr(key,tree), multi or sortedmulti in sh, wsh or sh(wsh), "
    "and miniscript in wsh, sh(wsh) and leaves of tr"
)
_NESTS = {("sh",), ("wsh",), ("sh", "wsh")}
_SCRIPTS = {("wsh",): ScriptKind.WSH_SCRIPT, ("sh", "wsh"): ScriptKind.SH_WSH_SCRIPT}
_NO_MINISCRIPT = frozenset(
    {
        "wpkh",
        "tr",
        "sh",
        "wsh",
        "combo",
        "raw",
        "addr",
        "rawtr",
        "musig",
        "multi_a",
        "sortedmulti_a",
    }
)
_REDEEM_SCRIPT_CAP = 520
_KEYS_CAP = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a descriptor says around its keys, and the texts of the keys in their order."""

    kind: ScriptKind
    threshold: int
    is_sorted: bool
    keys: tuple[str, ...]
    policy: Node | None = None
    leaves: tuple[TreeLeaf, ...] = ()
    internal: str = ""


def parse_form(call: Call) -> Form:
    """The form of `call`; raises `Violation` DESCRIPTOR, naming what is not supported."""
    names, inner = _unwrap(call)
    kind = _FORMS.get(names)
    if kind is None and names[:-1] in _SCRIPTS and names[-1] not in _NO_MINISCRIPT:
        return _parse_script(_SCRIPTS[names[:-1]], inner)
    if kind is None:
        raise _refuse(names)
    if inner.name in _MULTI:
        return _parse_multi(kind, inner)
    if inner.name == "tr" and len(inner.arguments) > 1:
        return _parse_tree(inner)
    keys = _key_texts(inner.name, inner.arguments)
    if len(keys) != 1:
        raise Violation("DESCRIPTOR", f"{inner.name} takes one key and {len(keys)} are given")
    return Form(kind=kind, threshold=1, is_sorted=False, keys=keys)


def _parse_script(kind: ScriptKind, call: Call) -> Form:
    keys = KeyTexts()
    node = read_miniscript(call, keys, tapscript=False)
    check_sane(node, tapscript=False)
    return Form(
        kind=kind,
        threshold=_threshold((node,)),
        is_sorted=False,
        keys=keys.texts,
        policy=node,
    )


def _threshold(nodes: tuple[Node, ...]) -> int:
    now = [count for node in nodes if (count := fewest_signatures(node)) is not None]
    return min(now or map(fewest_at_last, nodes))


def _parse_tree(call: Call) -> Form:
    internal, tree, *rest = call.arguments
    if rest:
        raise Violation("DESCRIPTOR", f"tr takes a key and one tree, {len(rest)} more are given")
    (text,) = _key_texts("tr", (internal,))
    keys = KeyTexts()
    keys.place(text)
    leaves = read_tree(tree, keys)
    for leaf in leaves:
        check_sane(leaf.node, tapscript=True)
    return Form(
        kind=ScriptKind.TR_TREE,
        threshold=_threshold(tuple(leaf.node for leaf in leaves)),
        is_sorted=False,
        keys=keys.texts,
        leaves=leaves,
        internal=text,
    )


def _unwrap(call: Call) -> tuple[tuple[str, ...], Call]:
    names = [call.name]
    while call.name in _WRAPPERS:
        inner = call.arguments[0]
        if len(call.arguments) != 1 or isinstance(inner, str):
            raise Violation("DESCRIPTOR", f"{call.name} takes one script function and nothing else")
        call = inner
        names.append(call.name)
    return tuple(names), call


def _parse_multi(kind: ScriptKind, call: Call) -> Form:
    first, rest = call.arguments[0], call.arguments[1:]
    if not isinstance(first, str) or _THRESHOLD.fullmatch(first) is None:
        raise Violation("DESCRIPTOR", f"{call.name} begins with a number that is no threshold")
    keys, threshold = _key_texts(call.name, rest), int(first)
    if not 1 <= threshold <= len(keys):
        raise Violation(
            "DESCRIPTOR", f"{call.name} asks for {threshold} signatures of {len(keys)} keys"
        )
    if len(keys) > _KEYS_CAP:
        raise Violation("DESCRIPTOR", f"{call.name} has {len(keys)} keys, {_KEYS_CAP} are the most")
    size = 3 + 34 * len(keys)
    if kind is ScriptKind.SH_MULTI and size > _REDEEM_SCRIPT_CAP:
        raise Violation(
            "DESCRIPTOR",
            f"{len(keys)} keys in sh(...) give a redeem script of {size} bytes, "
            f"{_REDEEM_SCRIPT_CAP} (15 keys) can be spent",
        )
    return Form(kind=kind, threshold=threshold, is_sorted=call.name == "sortedmulti", keys=keys)


def _key_texts(name: str, arguments: tuple[Call | str, ...]) -> tuple[str, ...]:
    texts = tuple(argument for argument in arguments if isinstance(argument, str))
    if len(texts) != len(arguments):
        call = next(argument for argument in arguments if isinstance(argument, Call))
        what = "is not supported (BIP-390)" if call.name == "musig" else "is none"
        raise Violation("DESCRIPTOR", f"{name} takes keys, and {call.name}(...) {what}")
    return texts


def _refuse(names: tuple[str, ...]) -> Violation:
    name, outside = names[-1], "(".join(names[:-1])
    nested = next((at for at in range(1, len(names)) if names[:at] not in _NESTS), None)
    if nested is not None:
        what = f"{names[nested - 1]} may not stand in {'('.join(names[: nested - 1])}"
    elif outside and name in {"pk", "pkh"}:
        what = f"{name} in {outside} is a form that wallets do not use, and is not supported"
    elif name in _UNSUPPORTED:
        what = _UNSUPPORTED[name]
    elif names[0] in _MULTI:
        what = f"{name} without sh or wsh has no address"
    elif name in _KNOWN:
        what = f"{name} may not stand in {outside}"
    else:
        what = f"{name[:16]!a} is not a function of descriptors that is known here"
    return Violation("DESCRIPTOR", what, hint=f"supported are {_SUPPORTED}")
