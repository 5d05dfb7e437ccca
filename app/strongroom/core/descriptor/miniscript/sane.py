"""What an expression must be before money is put behind it: typed, safe, non-malleable, spendable (BIP-379).

Stricter than consensus on purpose: a lock that says more than it counts, a signature that one seed could give
twice and a script that nodes do not relay are refused by name.
"""

from __future__ import annotations

from strongroom.core.descriptor.miniscript.compile import compile_script, count_operations
from strongroom.core.descriptor.miniscript.node import Node
from strongroom.core.descriptor.miniscript.size import largest_witness
from strongroom.core.descriptor.miniscript.types import RELATIVE_TIME, type_of
from strongroom.core.errors import Violation

WSH_SCRIPT_CAP = 3600
_WSH_OPERATIONS, _WSH_ITEMS, _TAP_ITEMS = 201, 100, 1000
_COUNTED = 0xFFFF
_FAULTS = (
    ("m", "can be satisfied in ways that a third party may exchange (it is malleable)"),
    ("s", "can be spent without any signature"),
    ("k", "needs locks by height and by time at once, which no transaction has"),
)


def check_sane(node: Node, *, tapscript: bool) -> None:
    """`node` is an expression that a wallet may rest on; raises `Violation` DESCRIPTOR with the reason."""
    letters = type_of(node, tapscript=tapscript)
    if "B" not in letters:
        raise _bad("is not correct: its parts do not fit together (types of BIP-379)")
    for letter, what in _FAULTS:
        if letter not in letters:
            raise _bad(what)
    places = node.all_keys()
    if len(set(places)) != len(places):
        raise _bad(
            "names one key twice",
            hint="give the second place another pair of branches, such as /<2;3>/*",
        )
    _check_locks(node)
    _check_resources(node, tapscript=tapscript)


def check_signers(node: Node, signers: tuple[bytes, ...]) -> None:
    """No threshold counts one signer twice; `signers` are the extended keys by place."""
    for part in node.walk():
        if part.name in {"multi", "multi_a", "sortedmulti_a", "thresh"}:
            counted = [signers[place] for place in part.all_keys()]
            if len(set(counted)) != len(counted):
                raise _bad(
                    f"counts one signer twice in {part.name}",
                    hint="each signer needs a key of their own, or the threshold means nothing",
                )


def _check_locks(node: Node) -> None:
    for part in node.walk():
        if part.name != "older":
            continue
        if part.number & ~(RELATIVE_TIME | _COUNTED) or not part.number & _COUNTED:
            raise _bad(
                f"has older({part.number}), of which only {part.number & _COUNTED} would count",
                hint="a relative lock counts 1 to 65535 blocks, or units of 512 seconds (BIP-68)",
            )


def _check_resources(node: Node, *, tapscript: bool) -> None:
    size = 32 if tapscript else 33
    keys = tuple(bytes(size) for _ in range(max(node.all_keys()) + 1))
    witness = largest_witness(node, signature=65 if tapscript else 72, key=size)
    if witness is None:
        raise _bad("can never be spent")
    most = _TAP_ITEMS if tapscript else _WSH_ITEMS
    if witness.items + 1 > most:
        raise _bad(f"needs {witness.items + 1} items of witness, {most} are the most")
    if tapscript:
        return
    length = len(compile_script(node, keys))
    if length > WSH_SCRIPT_CAP:
        raise _bad(f"gives a script of {length} bytes, {WSH_SCRIPT_CAP} are relayed")
    operations = count_operations(node, keys)
    if operations > _WSH_OPERATIONS:
        raise _bad(f"may run {operations} operations, {_WSH_OPERATIONS} are allowed")


def _bad(what: str, *, hint: str = "") -> Violation:
    return Violation("DESCRIPTOR", f"the miniscript {what}", hint=hint)
