"""A registered wallet's descriptor as a frozen value, and the scripts that it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from strongroom.core.bitcoin.keys import ExtendedKey
from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.descriptor.miniscript.node import Node
from strongroom.core.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class DescriptorKey:
    """A key expression with origin: 4-byte fingerprint, origin path, extended key, two branches."""

    fingerprint: bytes
    origin_path: tuple[int, ...]
    key: ExtendedKey
    branches: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnspendableKey:
    """A taproot internal key without a known secret: an extended key on BIP-341's point, or the point."""

    key: ExtendedKey | None
    branches: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class TreeLeaf:
    """A leaf of a taproot tree and its depth."""

    depth: int
    node: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedLeaf:
    """A leaf's script, its hash, and the places of the keys in it."""

    script: bytes
    leaf_hash: bytes
    places: tuple[int, ...]


class DerivedScripts(NamedTuple):
    """The scripts at one branch and index. `public_keys` are in the descriptor's key order.

    `script_code` is what the signature hash takes; `internal_key` (32 bytes), `leaves` and `merkle_root` only
    for taproot.
    """

    script_pubkey: bytes
    script_code: bytes
    public_keys: tuple[bytes, ...]
    redeem_script: bytes | None = None
    witness_script: bytes | None = None
    internal_key: bytes | None = None
    leaves: tuple[DerivedLeaf, ...] = ()
    merkle_root: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptor:
    """A checked descriptor; `text` carries the checksum.

    `threshold` is the least number of signatures that spend, without waiting if there is such a way. `policy`
    is the miniscript of P2WSH, `leaves` are those of a taproot tree. The internal key of taproot is the first
    key unless `unspendable` takes its place. One signer may have several keys, which differ in their branches.
    """

    text: str
    network: Network
    kind: ScriptKind
    threshold: int
    is_sorted: bool
    keys: tuple[DescriptorKey, ...]
    policy: Node | None = None
    leaves: tuple[TreeLeaf, ...] = ()
    unspendable: UnspendableKey | None = None

    def __hash__(self) -> int:
        """The text's hash alone: a descriptor is looked up once for each input and output."""
        return hash(self.text)

    @property
    def has_key_path(self) -> bool:
        """Whether the first key alone spends, as taproot's internal key."""
        return self.kind.is_taproot and self.unspendable is None

    @property
    def relative_locks(self) -> frozenset[int]:
        """The numbers of every `older` in the wallet's scripts."""
        nodes = (*(leaf.node for leaf in self.leaves), *((self.policy,) if self.policy else ()))
        return frozenset(p.number for node in nodes for p in node.walk() if p.name == "older")
