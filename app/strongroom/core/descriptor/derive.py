"""The scripts of a wallet at a branch and index, rebuilt from its descriptor alone.

Branch keys are derived once per descriptor; after that each script costs one child key derivation per key.
Scripts are remembered, since a request is reviewed more than once before it is signed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import assert_never

from strongroom.core.bitcoin.branch_keys import ChildKeys
from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.descriptor.miniscript.compile import compile_script
from strongroom.core.descriptor.model import (
    DerivedLeaf,
    DerivedScripts,
    Descriptor,
    UnspendableKey,
)
from strongroom.core.descriptor.scripts import (
    multi_script,
    pkh_script,
    sh_script,
    tr_script,
    wpkh_script,
    wsh_script,
)
from strongroom.core.descriptor.tree import leaf_hash, merkle_root
from strongroom.core.descriptor.unspendable import NUMS
from strongroom.core.errors import Fault, Violation
from strongroom.core.parallel import map_in_parallel
from strongroom.core.progress import Progress, silent

RECEIVE, CHANGE = 0, 1
_DESCRIPTORS_KEPT = 64
_SCRIPTS_KEPT = 10_000  # as many as the largest request has inputs

_Internal = Callable[[int], bytes]
_Branch = tuple[tuple[ChildKeys, ...], _Internal | None]


@lru_cache(maxsize=_SCRIPTS_KEPT)
def derive_scripts(descriptor: Descriptor, branch: int, index: int) -> DerivedScripts:
    """The scripts at `index` (unhardened) of branch `RECEIVE` or `CHANGE`.

    Raises `Violation` DESCRIPTOR for an index that a public key cannot derive.
    """
    if branch not in {RECEIVE, CHANGE}:
        raise Fault("PROGRAM", f"branch {branch} is neither receive nor change")
    children, internal = _branch_children(descriptor)[branch]
    keys = tuple(child.at(index) for child in children)
    if descriptor.kind is ScriptKind.TR_TREE:
        return _render_tree(descriptor, keys, internal(index) if internal else keys[0][1:])
    return _render(descriptor, keys)


def derive_ahead(
    descriptor: Descriptor, places: Iterable[tuple[int, int]], progress: Progress = silent
) -> None:
    """Derive the keys at each branch and index on two processors, for `derive_scripts` to find them."""
    branches = _branch_children(descriptor)
    missing = [
        (child, index)
        for branch, index in places
        for child in branches[branch][0]
        if not child.has(index)
    ]
    try:
        keys = map_in_parallel(lambda each: each[0].derive(each[1]), missing, progress)
    except Violation:  # `derive_scripts` meets it again, and says where
        return
    for (child, index), key in zip(missing, keys, strict=True):
        child.keep(index, key)


@lru_cache(maxsize=_DESCRIPTORS_KEPT)
def _branch_children(descriptor: Descriptor) -> tuple[_Branch, _Branch]:
    receive, change = (
        (
            tuple(ChildKeys(key.key.derive(key.branches[branch])) for key in descriptor.keys),
            _internal_key(descriptor.unspendable, branch),
        )
        for branch in (RECEIVE, CHANGE)
    )
    return receive, change


def _internal_key(key: UnspendableKey | None, branch: int) -> _Internal | None:
    if key is None:
        return None
    if key.key is None or key.branches is None:
        return lambda _index: NUMS
    children = ChildKeys(key.key.derive(key.branches[branch]))
    return lambda index: children.at(index)[1:]


def _render(descriptor: Descriptor, keys: tuple[bytes, ...]) -> DerivedScripts:
    match descriptor.kind:
        case ScriptKind.PKH:
            script = pkh_script(keys[0])
            return DerivedScripts(script_pubkey=script, script_code=script, public_keys=keys)
        case ScriptKind.WPKH:
            return DerivedScripts(
                script_pubkey=wpkh_script(keys[0]),
                script_code=pkh_script(keys[0]),
                public_keys=keys,
            )
        case ScriptKind.SH_WPKH:
            redeem_script = wpkh_script(keys[0])
            return DerivedScripts(
                script_pubkey=sh_script(redeem_script),
                script_code=pkh_script(keys[0]),
                public_keys=keys,
                redeem_script=redeem_script,
            )
        case ScriptKind.TR:
            script = tr_script(keys[0][1:])
            return DerivedScripts(
                script_pubkey=script,
                script_code=script,
                public_keys=keys,
                internal_key=keys[0][1:],
            )
        case ScriptKind.SH_MULTI | ScriptKind.WSH_MULTI | ScriptKind.SH_WSH_MULTI:
            ordered = tuple(sorted(keys)) if descriptor.is_sorted else keys  # BIP-67
            return _render_script(descriptor, keys, multi_script(descriptor.threshold, ordered))
        case ScriptKind.WSH_SCRIPT | ScriptKind.SH_WSH_SCRIPT if descriptor.policy is not None:
            return _render_script(descriptor, keys, compile_script(descriptor.policy, keys))
        case ScriptKind.WSH_SCRIPT | ScriptKind.SH_WSH_SCRIPT | ScriptKind.TR_TREE:
            raise Fault("PROGRAM", f"a descriptor of {descriptor.kind.value} lost its script")
        case _:
            assert_never(descriptor.kind)


def _render_script(
    descriptor: Descriptor, keys: tuple[bytes, ...], script: bytes
) -> DerivedScripts:
    if descriptor.kind is ScriptKind.SH_MULTI:
        return DerivedScripts(
            script_pubkey=sh_script(script),
            script_code=script,
            public_keys=keys,
            redeem_script=script,
        )
    program = wsh_script(script)
    is_nested = descriptor.kind in {ScriptKind.SH_WSH_MULTI, ScriptKind.SH_WSH_SCRIPT}
    return DerivedScripts(
        script_pubkey=sh_script(program) if is_nested else program,
        script_code=script,
        public_keys=keys,
        redeem_script=program if is_nested else None,
        witness_script=script,
    )


def _render_tree(
    descriptor: Descriptor, keys: tuple[bytes, ...], internal: bytes
) -> DerivedScripts:
    x_only = tuple(key[1:] for key in keys)
    leaves = []
    for leaf in descriptor.leaves:
        script = compile_script(leaf.node, x_only)
        leaves.append(
            DerivedLeaf(script=script, leaf_hash=leaf_hash(script), places=leaf.node.all_keys())
        )
    depths = (leaf.depth for leaf in descriptor.leaves)
    root = merkle_root(tuple(zip(depths, (leaf.leaf_hash for leaf in leaves), strict=True)))
    script_pubkey = tr_script(internal, root)
    return DerivedScripts(
        script_pubkey=script_pubkey,
        script_code=script_pubkey,
        public_keys=keys,
        internal_key=internal,
        leaves=tuple(leaves),
        merkle_root=root,
    )
