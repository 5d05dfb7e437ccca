"""From a miniscript tree to its script, by the translation table of BIP-379 and no other."""

from __future__ import annotations

from strongroom.core.bitcoin.codec import hash160
from strongroom.core.descriptor.miniscript.node import Node

_IF, _NOTIF, _ELSE, _ENDIF, _VERIFY = b"\x63", b"\x64", b"\x67", b"\x68", b"\x69"
_TO_ALT, _FROM_ALT, _IFDUP, _DUP, _SWAP, _SIZE = (
    b"\x6b",
    b"\x6c",
    b"\x73",
    b"\x76",
    b"\x7c",
    b"\x82",
)
_EQUAL, _EQUALVERIFY, _NOT_ZERO, _ADD = b"\x87", b"\x88", b"\x92", b"\x93"
_BOOLAND, _BOOLOR, _NUMEQUAL = b"\x9a", b"\x9b", b"\x9c"
_HASH160, _CHECKSIG, _CHECKSIGADD, _CHECKMULTISIG = b"\xa9", b"\xac", b"\xba", b"\xae"
_HASHES = {"ripemd160": b"\xa6", "sha256": b"\xa8", "hash160": _HASH160, "hash256": b"\xaa"}
_LOCKS = {"after": b"\xb1", "older": b"\xb2"}
_WITH_VERIFY = {
    _EQUAL: _EQUALVERIFY,
    _NUMEQUAL: b"\x9d",
    _CHECKSIG: b"\xad",
    _CHECKMULTISIG: b"\xaf",
}
_SMALL = 16
_FIRST_COUNTED = 0x61  # opcodes above OP_16 count towards the limit of BIP-379's resource section

_Ops = tuple[bytes, ...]


def compile_script(node: Node, keys: tuple[bytes, ...]) -> bytes:
    """The script of `node`; `keys` are 33 bytes each in P2WSH and 32 in tapscript, by their places."""
    return b"".join(_compile(node, keys))


def count_operations(node: Node, keys: tuple[bytes, ...]) -> int:
    """At most so many operations are counted when the script of `node` runs (limit of P2WSH: 201)."""
    counted = sum(len(op) == 1 and op[0] >= _FIRST_COUNTED for op in _compile(node, keys))
    return counted + sum(len(part.keys) for part in node.walk() if part.name == "multi")


def push_number(value: int) -> bytes:
    """The shortest push of a number that is not negative."""
    if value <= _SMALL:
        return bytes((0x50 + value,)) if value else b"\x00"
    return _push(value.to_bytes(value.bit_length() // 8 + 1, "little"))


def _push(data: bytes) -> bytes:
    return bytes((len(data),)) + data


def _compile(node: Node, keys: tuple[bytes, ...]) -> _Ops:  # noqa: PLR0911 - one return a fragment
    if not node.subs:
        return _compile_leaf(node, tuple(keys[place] for place in node.keys))
    subs = tuple(_compile(sub, keys) for sub in node.subs)
    if len(subs) == 1 and node.name != "thresh":
        return _wrap(node.name, subs[0])
    if node.name == "thresh":
        first, *rest = subs
        added = tuple(op for sub in rest for op in (*sub, _ADD))
        return (*first, *added, push_number(node.number), _EQUAL)
    x, y, *rest = subs
    match node.name:
        case "and_v":
            return (*x, *y)
        case "and_b":
            return (*x, *y, _BOOLAND)
        case "or_b":
            return (*x, *y, _BOOLOR)
        case "or_c":
            return (*x, _NOTIF, *y, _ENDIF)
        case "or_d":
            return (*x, _IFDUP, _NOTIF, *y, _ENDIF)
        case "or_i":
            return (_IF, *x, _ELSE, *y, _ENDIF)
        case _:
            return (*x, _NOTIF, *rest[0], _ELSE, *y, _ENDIF)


def _compile_leaf(node: Node, keys: tuple[bytes, ...]) -> _Ops:  # noqa: PLR0911 - one return a fragment
    match node.name:
        case "0" | "1":
            return (push_number(int(node.name)),)
        case "pk_k":
            return (_push(keys[0]),)
        case "pk_h":
            return (_DUP, _HASH160, _push(hash160(keys[0])), _EQUALVERIFY)
        case "older" | "after":
            return (push_number(node.number), _LOCKS[node.name])
        case "multi":
            pushed = tuple(_push(key) for key in keys)
            return (push_number(node.number), *pushed, push_number(len(keys)), _CHECKMULTISIG)
        case "multi_a" | "sortedmulti_a":
            first, *rest = sorted(keys) if node.name == "sortedmulti_a" else keys
            added = tuple(op for key in rest for op in (_push(key), _CHECKSIGADD))
            return (_push(first), _CHECKSIG, *added, push_number(node.number), _NUMEQUAL)
        case _:
            size = (_SIZE, push_number(32), _EQUALVERIFY)
            return (*size, _HASHES[node.name], _push(node.digest), _EQUAL)


def _wrap(name: str, x: _Ops) -> _Ops:  # noqa: PLR0911 - one return a fragment
    match name:
        case "a":
            return (_TO_ALT, *x, _FROM_ALT)
        case "s":
            return (_SWAP, *x)
        case "c":
            return (*x, _CHECKSIG)
        case "d":
            return (_DUP, _IF, *x, _ENDIF)
        case "v":
            last = _WITH_VERIFY.get(x[-1])
            return (*x, _VERIFY) if last is None else (*x[:-1], last)
        case "j":
            return (_SIZE, _NOT_ZERO, _IF, *x, _ENDIF)
        case _:
            return (*x, _NOT_ZERO)
