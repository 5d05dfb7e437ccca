"""Script trees against BIP-341's wallet vectors: leaf hashes, roots, control blocks, output keys."""

from __future__ import annotations

import pytest

from strongroom.core.bitcoin.signatures import taproot_output_key
from strongroom.core.descriptor.tree import LEAF_VERSION, leaf_hash, merkle_paths, merkle_root
from tests.vectors.published import read_published

TREES = read_published("bip341")["trees"]


@pytest.mark.parametrize(("internal", "leaves", "root", "controls"), TREES)
def test_published_trees(
    internal: str, leaves: list[list[str | int]], root: str, controls: list[str]
) -> None:
    hashes = tuple(bytes.fromhex(str(leaf[3])) for leaf in leaves)
    depths = tuple(int(leaf[0]) for leaf in leaves)
    for (_, version, script, _), known in zip(leaves, hashes, strict=True):
        if version == LEAF_VERSION:
            assert leaf_hash(bytes.fromhex(str(script))) == known
    found = merkle_root(tuple(zip(depths, hashes, strict=True)))
    assert found.hex() == root
    parity = taproot_output_key(bytes.fromhex(internal), found)[1]
    paths = merkle_paths(tuple(zip(depths, hashes, strict=True)))
    for leaf, path, control in zip(leaves, paths, controls, strict=True):
        assert f"{int(leaf[1]) | parity:02x}{internal}{b''.join(path).hex()}" == control
