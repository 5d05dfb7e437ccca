"""A PSBT from coins and outputs: the Creator and Updater of BIP-174 (BIP-371 for taproot), version 0.

Every script and key is derived from the descriptor. A coin comes with its full previous transaction, so that
a signer can prove its amount; nothing in here is believed, the review reads the result like any other PSBT.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from strongroom.core.bitcoin.codec import render_compact_size, render_var_bytes
from strongroom.core.bitcoin.model import OutPoint, Transaction, TxInput, TxOutput
from strongroom.core.bitcoin.signatures import taproot_output_key
from strongroom.core.bitcoin.transaction import (
    parse_transaction,
    render_transaction,
    transaction_id,
)
from strongroom.core.descriptor.derive import derive_scripts
from strongroom.core.descriptor.tree import LEAF_VERSION, merkle_paths
from strongroom.core.errors import Violation
from strongroom.core.psbt.maps import render_map
from strongroom.core.psbt.writer import MAGIC

if TYPE_CHECKING:
    from collections.abc import Iterator

    from strongroom.core.descriptor.model import DerivedScripts, Descriptor, DescriptorKey
    from strongroom.core.descriptor.places import Place
    from strongroom.core.money import Sats
    from strongroom.core.psbt.maps import RawMap

TX_VERSION = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class CoinSpent:
    """A coin of the wallet that is spent; `previous` is the whole transaction that made it."""

    outpoint: OutPoint
    previous: bytes
    place: Place
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedOutput:
    """An output; `place` says where the wallet derives it, None if it is not the wallet's."""

    amount: Sats
    script: bytes
    place: Place | None = None


def create_psbt(
    descriptor: Descriptor,
    coins: tuple[CoinSpent, ...],
    outputs: tuple[PlannedOutput, ...],
    *,
    locktime: int = 0,
    version: int = TX_VERSION,
) -> bytes:
    """The PSBT that spends `coins` of `descriptor` to `outputs`, in this order.

    Raises INPUT-PREVTX when a previous transaction is not the one that its coin names, and INPUT-FOREIGN
    when the coin's script is not what the descriptor gives at its place.
    """
    transaction = Transaction(
        version=version,
        inputs=tuple(TxInput(coin.outpoint, coin.sequence) for coin in coins),
        outputs=tuple(TxOutput(output.amount, output.script) for output in outputs),
        locktime=locktime,
    )
    maps: list[RawMap] = [((b"\x00", render_transaction(transaction, witness=False)),)]
    maps += [_input_map(descriptor, coin) for coin in coins]
    maps += [_output_map(descriptor, output) for output in outputs]
    return MAGIC + b"".join(map(render_map, maps))


def input_fields(descriptor: Descriptor, place: Place) -> RawMap:
    """What an Updater says of a coin at `place`: its scripts, and where each key comes from."""
    scripts = derive_scripts(descriptor, place.branch, place.index)
    leaves = tuple(_leaf_fields(descriptor, scripts))
    named = (
        (b"\x04", scripts.redeem_script),
        (b"\x05", scripts.witness_script),
        (b"\x17", scripts.internal_key),
        (b"\x18", scripts.merkle_root),
    )
    origin = b"\x16" if descriptor.kind.is_taproot else b"\x06"
    present = ((key, value) for key, value in named if value is not None)
    return (*present, *leaves, *_origins(descriptor, scripts, place, origin))


def output_fields(descriptor: Descriptor, place: Place) -> RawMap:
    """What an Updater says of an output at `place`."""
    scripts = derive_scripts(descriptor, place.branch, place.index)
    named = (
        (b"\x00", scripts.redeem_script),
        (b"\x01", scripts.witness_script),
        (b"\x05", scripts.internal_key),
    )
    origin = b"\x07" if descriptor.kind.is_taproot else b"\x02"
    present = ((key, value) for key, value in named if value is not None)
    return (*present, *_origins(descriptor, scripts, place, origin))


def witness_utxo_field(output: TxOutput) -> tuple[bytes, bytes]:
    """The output that a segwit input spends."""
    return b"\x01", output.amount.to_bytes(8, "little") + render_var_bytes(output.script)


def _input_map(descriptor: Descriptor, coin: CoinSpent) -> RawMap:
    previous = parse_transaction(coin.previous, rule="INPUT-PREVTX")
    point = coin.outpoint
    if transaction_id(previous) != point.txid or point.vout >= len(previous.outputs):
        raise Violation("INPUT-PREVTX", f"the previous transaction is not the one of {point}")
    spent = previous.outputs[point.vout]
    ours = derive_scripts(descriptor, coin.place.branch, coin.place.index).script_pubkey
    if spent.script != ours:
        raise Violation(
            "INPUT-FOREIGN",
            f"{point} is not at branch {coin.place.branch}, index {coin.place.index} of the wallet",
        )
    proof = ((b"\x00", coin.previous),)
    amount = (witness_utxo_field(spent),) if descriptor.kind.is_segwit else ()
    return (*proof, *amount, *input_fields(descriptor, coin.place))


def _output_map(descriptor: Descriptor, output: PlannedOutput) -> RawMap:
    return () if output.place is None else output_fields(descriptor, output.place)


def _origins(
    descriptor: Descriptor, scripts: DerivedScripts, place: Place, number: bytes
) -> Iterator[tuple[bytes, bytes]]:
    for position, key in enumerate(descriptor.keys):
        public_key = scripts.public_keys[position]
        origin = _origin(key, place)
        if descriptor.kind.is_taproot:
            hashes = [leaf.leaf_hash for leaf in scripts.leaves if position in leaf.places]
            leaf_hashes = render_compact_size(len(hashes)) + b"".join(hashes)
            yield number + public_key[1:], leaf_hashes + origin
        else:
            yield number + public_key, origin


def _origin(key: DescriptorKey, place: Place) -> bytes:
    path = (*key.origin_path, key.branches[place.branch], place.index)
    return key.fingerprint + b"".join(step.to_bytes(4, "little") for step in path)


def _leaf_fields(descriptor: Descriptor, scripts: DerivedScripts) -> Iterator[tuple[bytes, bytes]]:
    """TAP_LEAF_SCRIPT of every leaf: its control block, and its script with the leaf version."""
    if scripts.internal_key is None or not scripts.leaves:
        return
    _, parity = taproot_output_key(scripts.internal_key, scripts.merkle_root)
    head = bytes((LEAF_VERSION | parity,)) + scripts.internal_key
    depths = (leaf.depth for leaf in descriptor.leaves)
    hashes = (leaf.leaf_hash for leaf in scripts.leaves)
    paths = merkle_paths(tuple(zip(depths, hashes, strict=True)))
    for leaf, path in zip(scripts.leaves, paths, strict=True):
        yield b"\x15" + head + b"".join(path), leaf.script + bytes((LEAF_VERSION,))
