"""A partially signed transaction as frozen values, with its raw maps kept for writing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from strongroom.core.bitcoin.model import Transaction, TxOutput


class KeyOrigin(NamedTuple):
    """A public key and where it claims to come from (BIP-174 BIP32_DERIVATION)."""

    public_key: bytes
    fingerprint: bytes
    path: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class UnknownField:
    """A field that this signer does not act on; `scope` is `global map`, `input 3` or `output 0`."""

    scope: str
    key: bytes


class PreviousTransaction(NamedTuple):
    """What an input's full previous transaction says: its txid and its outputs."""

    txid: bytes
    outputs: tuple[TxOutput, ...]


class PsbtInput(NamedTuple):
    """The known fields of one input map; signatures are (public key, signature) pairs."""

    previous_transaction: PreviousTransaction | None = None
    witness_utxo: TxOutput | None = None
    partial_signatures: tuple[tuple[bytes, bytes], ...] = ()
    sighash_type: int | None = None
    redeem_script: bytes | None = None
    witness_script: bytes | None = None
    derivations: tuple[KeyOrigin, ...] = ()
    final_script_sig: bytes | None = None
    final_script_witness: bytes | None = None
    tap_key_signature: bytes | None = None
    tap_script_signatures: tuple[tuple[bytes, bytes], ...] = ()
    tap_derivations: tuple[KeyOrigin, ...] = ()
    tap_internal_key: bytes | None = None
    tap_merkle_root: bytes | None = None


class PsbtOutput(NamedTuple):
    """The known fields of one output map."""

    redeem_script: bytes | None = None
    witness_script: bytes | None = None
    derivations: tuple[KeyOrigin, ...] = ()
    tap_internal_key: bytes | None = None
    tap_derivations: tuple[KeyOrigin, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PsbtMaps:
    """The maps of a PSBT of version 0 or 2 as they stand: every key and value, in their order."""

    version: int
    raw_global: tuple[tuple[bytes, bytes], ...]
    raw_inputs: tuple[tuple[tuple[bytes, bytes], ...], ...]
    raw_outputs: tuple[tuple[tuple[bytes, bytes], ...], ...]

    def says_the_same(self, other: PsbtMaps) -> bool:
        """Whether every byte is the same: reading is canonical, so equal maps have one spelling."""
        return (self.version, self.raw_global, self.raw_inputs, self.raw_outputs) == (
            *(other.version, other.raw_global, other.raw_inputs, other.raw_outputs),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Psbt(PsbtMaps):
    """A PSBT and what its fields say; the maps stay with it, so that writing changes nothing else.

    `transaction` is the unsigned transaction, given (v0) or assembled from the fields (v2). `modifiable` are
    the bits of TX_MODIFIABLE (BIP-370), `xpubs` the extended keys of the global map in their 78 bytes.
    """

    transaction: Transaction
    inputs: tuple[PsbtInput, ...]
    outputs: tuple[PsbtOutput, ...]
    unknown_fields: tuple[UnknownField, ...]
    modifiable: int
    xpubs: tuple[KeyOrigin, ...]
