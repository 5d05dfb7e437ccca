"""A registered wallet's descriptor as a frozen value, and the scripts that it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from strongroom.core.bitcoin.model import ScriptKind

if TYPE_CHECKING:
    from strongroom.core.bitcoin.keys import ExtendedKey
    from strongroom.core.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class DescriptorKey:
    """A key expression with origin: 4-byte fingerprint, origin path, extended key, two branches."""

    fingerprint: bytes
    origin_path: tuple[int, ...]
    key: ExtendedKey
    branches: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedScripts:
    """The scripts at one branch and index. `public_keys` are in the descriptor's key order.

    `script_code` is what the signature hash takes; `internal_key` (32 bytes) only for taproot.
    """

    script_pubkey: bytes
    script_code: bytes
    public_keys: tuple[bytes, ...]
    redeem_script: bytes | None = None
    witness_script: bytes | None = None
    internal_key: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptor:
    """A checked descriptor; `text` carries the checksum."""

    text: str
    network: Network
    kind: ScriptKind
    threshold: int
    is_sorted: bool
    keys: tuple[DescriptorKey, ...]
