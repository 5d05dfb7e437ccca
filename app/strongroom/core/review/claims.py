"""Where an input or output claims to come from, and whether the registered descriptor agrees.

A PSBT's derivation fields are claims. They are used for one thing only: to learn at which branch and index
to derive. What counts is that the derived script is the one in the transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from strongroom.core.bitcoin.keys import render_path
from strongroom.core.descriptor.derive import derive_scripts
from strongroom.core.descriptor.model import DerivedScripts, Descriptor
from strongroom.core.errors import Violation
from strongroom.core.psbt.model import KeyOrigin, PsbtInput, PsbtOutput

HARDENED = 0x8000_0000
_DESCRIPTORS_KEPT = 64


class Claim(NamedTuple):
    """A branch (0 receive, 1 change) and an index on it, and the scripts derived there."""

    branch: int
    position: int
    scripts: DerivedScripts


def find_claim(descriptor: Descriptor, origins: tuple[KeyOrigin, ...]) -> Claim | None:
    """The one place in `descriptor` that all of `origins` of its keys name; None if none names one.

    Raises INPUT-KEY when two origins name different places, when a named key is not the derived one,
    or when an origin names a key that is not part of the script.
    """
    places = claimed_places(descriptor, origins)
    if not places:
        return None
    if len(places) > 1:
        raise Violation(
            "INPUT-KEY",
            f"the derivation fields name {len(places)} different places in one wallet",
            hint="the coordinator built this PSBT wrongly, or someone changed it",
        )
    branch, position = places.pop()
    scripts = derive_scripts(descriptor, branch, position)
    claim = Claim(branch=branch, position=position, scripts=scripts)
    _check_keys(descriptor, _signing(descriptor, origins, scripts), claim)
    return claim


def claimed_places(descriptor: Descriptor, origins: Iterable[KeyOrigin]) -> set[tuple[int, int]]:
    """Every branch and index in `descriptor` that one of `origins` names."""
    branches = _branches(descriptor)
    return {
        (branch, origin.path[-1])
        for origin in origins
        for branch in branches.get((origin.fingerprint, origin.path[:-1]), ())
        if origin.path[-1] < HARDENED
    }


def names_wallet(descriptor: Descriptor, origins: tuple[KeyOrigin, ...]) -> bool:
    """Whether any origin carries the fingerprint of one of the wallet's keys, or one's path and branches.

    A path alone is a claim as well: signers that look at paths only would take the output for change.
    """
    ours = {key.fingerprint for key in descriptor.keys}
    paths = {
        (*k.origin_path, branch) for k in descriptor.keys if k.origin_path for branch in k.branches
    }
    return any(o.fingerprint in ours or o.path[:-1] in paths for o in origins)


def field_mismatch(claim: Claim, fields: PsbtInput | PsbtOutput) -> str | None:
    """Which script field of the PSBT differs from the derived one; None when none does."""
    scripts = claim.scripts
    pairs = (
        ("redeem_script", fields.redeem_script, scripts.redeem_script),
        ("witness_script", fields.witness_script, scripts.witness_script),
        ("tap_internal_key", fields.tap_internal_key, scripts.internal_key),
    )
    return next((name for name, given, ours in pairs if given is not None and given != ours), None)


@lru_cache(maxsize=_DESCRIPTORS_KEPT)
def _branches(descriptor: Descriptor) -> dict[tuple[bytes, tuple[int, ...]], list[int]]:
    """Receive (0) and change (1) by the fingerprint and the path, down to the branch, of each key."""
    found: dict[tuple[bytes, tuple[int, ...]], list[int]] = {}
    for key in descriptor.keys:
        for branch, step in enumerate(key.branches):
            found.setdefault((key.fingerprint, (*key.origin_path, step)), []).append(branch)
    return found


def _signing(
    descriptor: Descriptor, origins: tuple[KeyOrigin, ...], scripts: DerivedScripts
) -> tuple[KeyOrigin, ...]:
    """`origins` but for an unspendable internal key's, which is of no seed and signs nothing."""
    if descriptor.unspendable is None:
        return origins
    return tuple(origin for origin in origins if origin.public_key != scripts.internal_key)


def _check_keys(descriptor: Descriptor, origins: tuple[KeyOrigin, ...], claim: Claim) -> None:
    found = dict(zip(claim.scripts.public_keys, descriptor.keys, strict=True))
    for origin in origins:
        key = found.get(origin.public_key)
        if key is None:  # an x coordinate alone, as taproot has it
            key = next((k for point, k in found.items() if point[1:] == origin.public_key), None)
        if key is None or key.fingerprint != origin.fingerprint:
            raise Violation(
                "INPUT-KEY",
                f"key {origin.public_key.hex()} at [{origin.fingerprint.hex()}]"
                f"{render_path(origin.path)} is not the key that the wallet has there",
                hint="a fingerprint matches and the key does not: treat the request as forged",
            )
        path = (*key.origin_path, key.branches[claim.branch], claim.position)
        if path != origin.path:
            raise Violation(
                "INPUT-KEY",
                f"key {origin.public_key.hex()} of [{origin.fingerprint.hex()}] stands at "
                f"{render_path(path)}, and is said to stand at {render_path(origin.path)}",
                hint="the coordinator built this PSBT wrongly, or someone changed it",
            )
