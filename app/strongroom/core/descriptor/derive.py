"""The scripts of a wallet at a branch and index, rebuilt from its descriptor alone.

Branch keys are derived once per descriptor; after that each script costs one child key derivation per key.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import assert_never

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.descriptor.model import DerivedScripts, Descriptor
from strongroom.core.descriptor.scripts import (
    multi_script,
    pkh_script,
    sh_script,
    tr_script,
    wpkh_script,
    wsh_script,
)
from strongroom.core.errors import Fault

RECEIVE, CHANGE = 0, 1
_DESCRIPTORS_KEPT = 64

_Children = tuple[Callable[[int], bytes], ...]


def derive_scripts(descriptor: Descriptor, branch: int, index: int) -> DerivedScripts:
    """The scripts at `index` (unhardened) of branch `RECEIVE` or `CHANGE`.

    Raises `Violation` DESCRIPTOR for an index that a public key cannot derive.
    """
    if branch not in {RECEIVE, CHANGE}:
        raise Fault("PROGRAM", f"branch {branch} is neither receive nor change")
    children = _branch_children(descriptor)[branch]
    return _render(descriptor, tuple(child(index) for child in children))


@lru_cache(maxsize=_DESCRIPTORS_KEPT)
def _branch_children(descriptor: Descriptor) -> tuple[_Children, _Children]:
    receive, change = (
        tuple(key.key.derive(key.branches[branch]).children() for key in descriptor.keys)
        for branch in (RECEIVE, CHANGE)
    )
    return receive, change


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
            return _render_multi(descriptor, keys, multi_script(descriptor.threshold, ordered))
        case _:
            assert_never(descriptor.kind)


def _render_multi(descriptor: Descriptor, keys: tuple[bytes, ...], script: bytes) -> DerivedScripts:
    if descriptor.kind is ScriptKind.SH_MULTI:
        return DerivedScripts(
            script_pubkey=sh_script(script),
            script_code=script,
            public_keys=keys,
            redeem_script=script,
        )
    program = wsh_script(script)
    is_nested = descriptor.kind is ScriptKind.SH_WSH_MULTI
    return DerivedScripts(
        script_pubkey=sh_script(program) if is_nested else program,
        script_code=script,
        public_keys=keys,
        redeem_script=program if is_nested else None,
        witness_script=script,
    )
