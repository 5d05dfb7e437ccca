"""The script tree of a taproot output: its leaves, their hashes, its root (BIP-341, BIP-386)."""

from __future__ import annotations

from collections.abc import Iterator

from strongroom.core.bitcoin.codec import render_compact_size, tagged_hash
from strongroom.core.descriptor.expression import TREE, Call
from strongroom.core.descriptor.miniscript.read import KeyTexts, read_miniscript, read_multi_a
from strongroom.core.descriptor.model import TreeLeaf
from strongroom.core.errors import Violation

LEAF_VERSION = 0xC0
_PAIR = 2
_LEAVES_CAP = 128


def read_tree(given: Call | str, keys: KeyTexts) -> tuple[TreeLeaf, ...]:
    """The leaves of a tree with their depths, from left to right; raises `Violation` DESCRIPTOR."""
    leaves = tuple(_read(given, keys, 0))
    if len(leaves) > _LEAVES_CAP:
        raise Violation("DESCRIPTOR", f"the tree has {len(leaves)} leaves, {_LEAVES_CAP} are read")
    return leaves


def _read(given: Call | str, keys: KeyTexts, depth: int) -> Iterator[TreeLeaf]:
    if isinstance(given, Call) and given.name == TREE:
        if len(given.arguments) != _PAIR:
            raise Violation(
                "DESCRIPTOR", f"a branch of the tree has {len(given.arguments)} sides instead of 2"
            )
        for side in given.arguments:
            yield from _read(side, keys, depth + 1)
    elif isinstance(given, Call) and given.name == "sortedmulti_a":
        yield TreeLeaf(depth, read_multi_a(given, keys))
    else:
        yield TreeLeaf(depth, read_miniscript(given, keys, tapscript=True))


def leaf_hash(script: bytes) -> bytes:
    """The tagged hash of a leaf of version 0xc0."""
    sized = render_compact_size(len(script)) + script
    return tagged_hash("TapLeaf", bytes((LEAF_VERSION,)) + sized)


def merkle_root(leaves: tuple[tuple[int, bytes], ...]) -> bytes:
    """The root over (depth, leaf hash) from left to right, which `read_tree` made a whole tree."""
    stack: list[tuple[int, bytes]] = []
    for leaf in leaves:
        depth, node = leaf
        while stack and stack[-1][0] == depth:
            pair = sorted((stack.pop()[1], node))
            depth, node = depth - 1, tagged_hash("TapBranch", b"".join(pair))
        stack.append((depth, node))
    return stack[0][1]


def merkle_paths(leaves: tuple[tuple[int, bytes], ...]) -> tuple[tuple[bytes, ...], ...]:
    """What each of the (depth, leaf hash) is combined with on its way to the root, lowest first."""
    paths: list[list[bytes]] = [[] for _ in leaves]
    stack: list[tuple[int, bytes, tuple[int, ...]]] = []
    for number, (leaf_depth, hashed) in enumerate(leaves):
        depth, node = leaf_depth, hashed
        below: tuple[int, ...] = (number,)
        while stack and stack[-1][0] == depth:
            _, left, left_below = stack.pop()
            for place in left_below:
                paths[place].append(node)
            for place in below:
                paths[place].append(left)
            pair = sorted((left, node))
            depth, node = depth - 1, tagged_hash("TapBranch", b"".join(pair))
            below = (*left_below, *below)
        stack.append((depth, node, below))
    return tuple(map(tuple, paths))
