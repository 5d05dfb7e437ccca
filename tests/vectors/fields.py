"""PSBT fields and maps as bytes, of both versions, for tests that change one and say what must happen."""

from __future__ import annotations

from collections.abc import Iterable

from strongroom.core.bitcoin.codec import render_compact_size, render_var_bytes
from strongroom.core.bitcoin.model import Transaction, TxOutput
from strongroom.core.bitcoin.signatures import taproot_output_key
from strongroom.core.descriptor.model import DerivedScripts
from strongroom.core.descriptor.tree import LEAF_VERSION, merkle_paths
from strongroom.core.psbt.maps import render_map

Field = tuple[bytes, bytes]


def render_output(output: TxOutput) -> bytes:
    """Amount and script as in a transaction."""
    return output.amount.to_bytes(8, "little") + render_var_bytes(output.script)


def render_maps(*maps: Iterable[Field]) -> bytes:
    """A PSBT of the global map and those of inputs and outputs, whatever sense they make."""
    return b"psbt\xff" + b"".join(render_map(tuple(fields)) for fields in maps)


def version2_fields(tx: Transaction) -> tuple[list[Field], list[list[Field]], list[list[Field]]]:
    """The fields that say in version 2 what the unsigned transaction says in version 0 (BIP-370)."""
    head = [
        (b"\x02", tx.version.to_bytes(4, "little", signed=True)),
        (b"\x03", tx.locktime.to_bytes(4, "little")),
        (b"\x04", render_compact_size(len(tx.inputs))),
        (b"\x05", render_compact_size(len(tx.outputs))),
        (b"\xfb", b"\x02\x00\x00\x00"),
    ]
    inputs = [
        [
            (b"\x0e", given.outpoint.txid),
            (b"\x0f", given.outpoint.vout.to_bytes(4, "little")),
            (b"\x10", given.sequence.to_bytes(4, "little")),
        ]
        for given in tx.inputs
    ]
    outputs = [
        [(b"\x03", output.amount.to_bytes(8, "little", signed=True)), (b"\x04", output.script)]
        for output in tx.outputs
    ]
    return head, inputs, outputs


def leaf_fields(scripts: DerivedScripts, depths: tuple[int, ...]) -> list[Field]:
    """TAP_LEAF_SCRIPT of every leaf, which finalisers need: its control block, script and version (BIP-371)."""
    if not scripts.leaves:
        return []
    internal = scripts.internal_key or b""
    parity = taproot_output_key(internal, scripts.merkle_root)[1]
    hashes = (leaf.leaf_hash for leaf in scripts.leaves)
    paths = merkle_paths(tuple(zip(depths, hashes, strict=True)))
    return [
        (
            b"".join((b"\x15", bytes((LEAF_VERSION | parity,)), internal, *path)),
            leaf.script + bytes((LEAF_VERSION,)),
        )
        for leaf, path in zip(scripts.leaves, paths, strict=True)
    ]


def tree_field(scripts: DerivedScripts, depths: tuple[int, ...]) -> list[Field]:
    """TAP_TREE: depth, version and script of every leaf from left to right; nothing without leaves."""
    tree = b"".join(
        bytes((depth, LEAF_VERSION)) + render_var_bytes(leaf.script)
        for leaf, depth in zip(scripts.leaves, depths, strict=True)
    )
    return [(b"\x06", tree)] if tree else []
