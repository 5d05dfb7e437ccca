"""PSBT fields and maps as bytes, of both versions, for tests that change one and say what must happen."""

from __future__ import annotations

from collections.abc import Iterable

from strongroom.core.bitcoin.codec import render_compact_size, render_var_bytes, tagged_hash
from strongroom.core.bitcoin.model import Transaction, TxOutput
from strongroom.core.bitcoin.signatures import taproot_output_key
from strongroom.core.descriptor.model import DerivedScripts
from strongroom.core.psbt.maps import render_pair

Field = tuple[bytes, bytes]
LEAF_VERSION = 0xC0


def render_output(output: TxOutput) -> bytes:
    """Amount and script as in a transaction."""
    return output.amount.to_bytes(8, "little") + render_var_bytes(output.script)


def render_map(fields: Iterable[Field]) -> bytes:
    """One PSBT map with its separator."""
    return b"".join(render_pair(key, value) for key, value in fields) + b"\x00"


def render_maps(*maps: Iterable[Field]) -> bytes:
    """A PSBT of the global map and those of inputs and outputs, whatever sense they make."""
    return b"psbt\xff" + b"".join(map(render_map, maps))


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
    hashes = tuple(leaf.leaf_hash for leaf in scripts.leaves)
    return [
        (
            b"\x15" + bytes((LEAF_VERSION | parity,)) + internal + path,
            leaf.script + bytes((LEAF_VERSION,)),
        )
        for leaf, path in zip(scripts.leaves, merkle_paths(hashes, depths), strict=True)
    ]


def tree_field(scripts: DerivedScripts, depths: tuple[int, ...]) -> list[Field]:
    """TAP_TREE: depth, version and script of every leaf from left to right; nothing without leaves."""
    tree = b"".join(
        bytes((depth, LEAF_VERSION)) + render_var_bytes(leaf.script)
        for leaf, depth in zip(scripts.leaves, depths, strict=True)
    )
    return [(b"\x06", tree)] if tree else []


def merkle_paths(hashes: tuple[bytes, ...], depths: tuple[int, ...]) -> tuple[bytes, ...]:
    """The hashes that lead from each leaf to the root of the tree (BIP-341)."""
    paths = [b""] * len(hashes)
    stack: list[tuple[int, bytes, list[int]]] = []
    for number, (depth, leaf) in enumerate(zip(depths, hashes, strict=True)):
        level, node, below = depth, leaf, [number]
        while stack and stack[-1][0] == level:
            _, left, others = stack.pop()
            for each in below:
                paths[each] += left
            for each in others:
                paths[each] += node
            level, node = level - 1, tagged_hash("TapBranch", b"".join(sorted((left, node))))
            below += others
        stack.append((level, node, below))
    return tuple(paths)
