"""Coldcard's multisig file, which most multisig software reads and writes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.descriptor.model import Descriptor
from strongroom.core.errors import Violation
from strongroom.core.wallet_formats.parts import (
    RULE,
    ForeignWallet,
    multisig_descriptor,
    networks_of,
    plain_origin,
)

_FORMATS = {
    "P2SH": ScriptKind.SH_MULTI,
    "P2SH-P2WSH": ScriptKind.SH_WSH_MULTI,
    "P2WSH-P2SH": ScriptKind.SH_WSH_MULTI,
    "P2WSH": ScriptKind.WSH_MULTI,
}
_LABELS = frozenset(("name", "policy", "derivation", "format"))
_POLICY = re.compile(r"(\d{1,2}) *(?:of|/) *(\d{1,2})", re.IGNORECASE)
_FINGERPRINT = re.compile(r"[0-9a-fA-F]{8}")


def is_coldcard(text: str) -> bool:
    """Whether `text` looks like a multisig file."""
    lines = [line.strip().lower() for line in text.splitlines()]
    return any(line.startswith("policy:") for line in lines)


def read_coldcard(text: str) -> ForeignWallet:
    """The wallet of a multisig file; raises WALLET-FORMAT for a line or a number that does not fit."""
    said: dict[str, str] = {}
    keys: list[tuple[str, str, str]] = []
    for number, label, value in _lines(text):
        if _FINGERPRINT.fullmatch(label):
            if not said.get("derivation"):
                raise _bad(number, "is a key without a `Derivation: m/...` line above it")
            keys.append((label, said.get("derivation", ""), value))
        elif label.lower() in _LABELS:
            said[label.lower()] = value
        else:
            raise _bad(number, "is not one that a multisig file has")
    policy = _POLICY.fullmatch(said.get("policy", ""))
    shown = said.get("format", "P2SH").upper()
    if policy is None or not keys or shown not in _FORMATS:
        raise Violation(
            RULE, "the multisig file lacks a policy such as 2 of 3, a known format, or keys"
        )
    if int(policy[2]) != len(keys):
        raise Violation(
            RULE, f"the multisig file has {len(keys)} keys and its policy is {policy[0]}"
        )
    return ForeignWallet(
        name=said.get("name", ""),
        networks=networks_of(keys[0][2]),
        descriptor=multisig_descriptor(_FORMATS[shown], int(policy[1]), tuple(keys)),
        form="Coldcard multisig file",
    )


def _lines(text: str) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        label, mark, value = (part.strip() for part in line.partition(":"))
        if not mark:
            raise _bad(number, "has no colon")
        yield number, label, value


def write_coldcard(name: str, descriptor: Descriptor) -> str:
    """The multisig file of a wallet of sorted keys; raises WALLET-FORMAT for any other."""
    shown = next((text for text, kind in _FORMATS.items() if kind is descriptor.kind), None)
    if shown is None or not descriptor.is_sorted:
        raise Violation(RULE, f"a multisig file can not say {descriptor.kind.value} of this form")
    lines = [
        f"Name: {name[:20]}",
        f"Policy: {descriptor.threshold} of {len(descriptor.keys)}",
        f"Format: {shown}",
        "",
    ]
    for key in descriptor.keys:
        lines += [
            f"Derivation: {plain_origin(key)}",
            f"{key.fingerprint.hex().upper()}: {key.key.text(descriptor.network)}",
            "",
        ]
    return "\n".join(lines)


def _bad(number: int, what: str) -> Violation:
    return Violation(RULE, f"line {number} of the multisig file {what}")
