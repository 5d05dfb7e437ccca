"""A descriptor in plain words, for people who decide whether to register it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.descriptor.conditions import render_ways
from strongroom.core.descriptor.model import Descriptor

MULTISIG = frozenset({ScriptKind.SH_MULTI, ScriptKind.WSH_MULTI, ScriptKind.SH_WSH_MULTI})
NOBODY: Mapping[bytes, str] = MappingProxyType({})


def render_summary(descriptor: Descriptor, names: Mapping[bytes, str] = NOBODY) -> str:
    """Who can spend and when: `2 of 3 keys: [aabbccdd], ...`, `single key [aabbccdd]`, or every way to spend.

    `names` are those of people by the master fingerprint of their seed; a key without one is shown by it.
    """
    called = tuple(
        names.get(key.fingerprint, f"[{key.fingerprint.hex()}]") for key in descriptor.keys
    )
    nodes = tuple(leaf.node for leaf in descriptor.leaves)
    nodes += (descriptor.policy,) if descriptor.policy else ()
    if nodes:
        ways = render_ways(nodes, called.__getitem__)
        if descriptor.unspendable is not None:
            return f"{ways}; nobody has the internal key (no key path)"
        return f"{called[0]}, or {ways}" if descriptor.has_key_path else ways
    if descriptor.kind in MULTISIG:
        return f"{descriptor.threshold} of {len(descriptor.keys)} keys: {', '.join(called)}"
    return f"single key {called[0]}"
