"""A transaction and its parts as frozen values; hashes are in internal byte order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from strongroom.core.money import Sats


class ScriptKind(Enum):
    """The kinds of output that a registered wallet may have, by descriptor."""

    PKH = "pkh"
    SH_WPKH = "sh(wpkh)"
    WPKH = "wpkh"
    TR = "tr"
    SH_MULTI = "sh(multi)"
    SH_WSH_MULTI = "sh(wsh(multi))"
    WSH_MULTI = "wsh(multi)"
    SH_WSH_SCRIPT = "sh(wsh(miniscript))"
    WSH_SCRIPT = "wsh(miniscript)"
    TR_TREE = "tr(key,tree)"

    @property
    def is_taproot(self) -> bool:
        """Whether signatures are BIP-340."""
        return self is ScriptKind.TR or self is ScriptKind.TR_TREE

    @property
    def is_segwit(self) -> bool:
        """Whether the signature hash commits to the amount (BIP-143 or BIP-341)."""
        return self is not ScriptKind.PKH and self is not ScriptKind.SH_MULTI


class OutPoint(NamedTuple):
    """One output of one transaction; `txid` is 32 bytes in internal order."""

    txid: bytes
    vout: int

    def __str__(self) -> str:
        return f"{self.txid[::-1].hex()}:{self.vout}"


class TxOutput(NamedTuple):
    """An amount and the script that guards it."""

    amount: Sats
    script: bytes


class TxInput(NamedTuple):
    """An outpoint to be spent."""

    outpoint: OutPoint
    sequence: int
    script_sig: bytes = b""
    witness: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """A transaction as it is hashed."""

    version: int
    inputs: tuple[TxInput, ...]
    outputs: tuple[TxOutput, ...]
    locktime: int
