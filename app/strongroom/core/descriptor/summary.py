"""A descriptor in plain words, for people who decide whether to register it."""

from __future__ import annotations

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.descriptor.model import Descriptor

MULTISIG = frozenset({ScriptKind.SH_MULTI, ScriptKind.WSH_MULTI, ScriptKind.SH_WSH_MULTI})


def render_summary(descriptor: Descriptor) -> str:
    """`2 of 3 keys: [aabbccdd], ...` or `single key [aabbccdd]`, in the descriptor's key order."""
    names = ", ".join(f"[{key.fingerprint.hex()}]" for key in descriptor.keys)
    if descriptor.kind in MULTISIG:
        return f"{descriptor.threshold} of {len(descriptor.keys)} keys: {names}"
    return f"single key {names}"
