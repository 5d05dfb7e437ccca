"""SIGN-ONLY-ADDS: an answer is its request with signatures added to inputs, and nothing else.

Applied by the station to what it made and by the coordinator to what came back, before anything is combined:
combiners of other software let a reply through that rewrites change paths, changes amounts, smuggles fields
or commits to no output. The order of fields within a map carries no meaning and may differ; the order of
inputs and outputs may not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from strongroom.core.errors import Violation
from strongroom.core.psbt.fields import IN_PARTIAL_SIG, IN_TAP_KEY_SIG, IN_TAP_SCRIPT_SIG
from strongroom.core.psbt.maps import RawMap
from strongroom.core.psbt.model import PsbtMaps

RULE = "SIGN-ONLY-ADDS"
SIGHASH_ALL = b"\x01"
HINT = "do not use this answer; find out who changed it"

_X_ONLY = 32
_SCHNORR = 64
_KINDS = {
    IN_PARTIAL_SIG: "PARTIAL_SIG",
    IN_TAP_KEY_SIG: "TAP_KEY_SIG",
    IN_TAP_SCRIPT_SIG: "TAP_SCRIPT_SIG",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedSignature:
    """A signature that the answer added to input `index`, with its sighash byte if it has one.

    `kind` is PARTIAL_SIG, TAP_KEY_SIG or TAP_SCRIPT_SIG. `public_key` is as the field names it: 33 or 65 bytes,
    x-only for a script path, empty for a key path, whose key stands in the output that is spent. `leaf_hash` is
    set for a script path only.
    """

    index: int
    kind: str
    public_key: bytes
    signature: bytes
    leaf_hash: bytes = b""


def check_only_adds(request: PsbtMaps, response: PsbtMaps) -> tuple[AddedSignature, ...]:
    """The signatures that `response` adds to `request`, in the order of inputs; there may be none.

    Raises SIGN-ONLY-ADDS when it differs by anything else, and SIGHASH-TYPE when an added signature does not
    commit to the whole transaction. Whether signatures verify is not said here.
    """
    if request.version != response.version:
        raise _refuse(f"the version went from {request.version} to {response.version}")
    _check_count("inputs", request.raw_inputs, response.raw_inputs)
    _check_count("outputs", request.raw_outputs, response.raw_outputs)
    _check_same("the global map", request.raw_global, response.raw_global)
    pairs = zip(request.raw_outputs, response.raw_outputs, strict=True)
    for index, (before, after) in enumerate(pairs):
        _check_same(f"output {index}", before, after)
    pairs = zip(request.raw_inputs, response.raw_inputs, strict=True)
    return tuple(
        signature
        for index, (before, after) in enumerate(pairs)
        for signature in _added(index, before, after)
    )


def _check_count(what: str, before: tuple[RawMap, ...], after: tuple[RawMap, ...]) -> None:
    if len(before) != len(after):
        raise _refuse(f"the number of {what} went from {len(before)} to {len(after)}")


def _check_same(scope: str, before: RawMap, after: RawMap) -> None:
    for key, value in _differences(scope, before, after):
        raise _refuse(f"{scope} gained {_field(key, value)}")


def _added(index: int, before: RawMap, after: RawMap) -> Iterator[AddedSignature]:
    scope = f"input {index}"
    for key, value in _differences(scope, before, after):
        kind = _KINDS.get(key[0])
        if kind is None:
            raise _refuse(f"{scope} gained {_field(key, value)}")
        _check_sighash_type(scope, kind, value)
        split = 1 + _X_ONLY if kind == "TAP_SCRIPT_SIG" else len(key)
        yield AddedSignature(
            index=index,
            kind=kind,
            public_key=key[1:split],
            signature=value,
            leaf_hash=key[split:],
        )


def _differences(scope: str, before: RawMap, after: RawMap) -> RawMap:
    """The fields that `after` has on top of `before`, which must all be there unchanged."""
    if after[: len(before)] == before:  # keys are in a map once, so that the rest is new
        return after[len(before) :]
    old, new = dict(before), dict(after)
    for key, value in before:
        if key not in new:
            raise _refuse(f"{scope} lost {_field(key, value)}")
        if new[key] != value:
            raise _refuse(f"{scope} had {_field(key, value)}, and has {_field(key, new[key])}")
    return tuple((key, value) for key, value in after if key not in old)


def _check_sighash_type(scope: str, kind: str, signature: bytes) -> None:
    suffix = signature[-1:] if kind == "PARTIAL_SIG" else signature[_SCHNORR:]
    if suffix == SIGHASH_ALL or (kind != "PARTIAL_SIG" and not suffix):
        return
    raise Violation(
        "SIGHASH-TYPE",
        f"the {kind} added to {scope} ends in 0x{suffix.hex()}, which is not SIGHASH_ALL",
        hint=HINT,
    )


def _field(key: bytes, value: bytes) -> str:
    shown = value[:40].hex() + ("..." if len(value) > 40 else "")  # noqa: PLR2004 - one line
    return f"field {key[:80].hex()} = {shown or 'nothing'}"


def _refuse(what: str) -> Violation:
    return Violation(RULE, f"the answer does more than add signatures: {what}", hint=HINT)
