"""BBQr beside its authors' own library for JavaScript: each reads what the other makes."""

from __future__ import annotations

import hashlib

import pytest

from strongroom.core.optical.bbqr import FileType, join_file, split_file
from tests.integration.peers.programs import javascript

pytestmark = pytest.mark.integration
NOISE = hashlib.shake_256(b"noise").digest(3000)
FILES = (b"x", NOISE[:89], NOISE[:90], NOISE[:91], NOISE, bytes(5000), NOISE[:700] + bytes(900))


@pytest.mark.parametrize("data", FILES, ids=range(len(FILES)))
def test_the_peer_reads_our_series(data: bytes) -> None:
    parts = split_file(data, FileType.PSBT, capacity=154)
    answer = javascript({"do": "join", "parts": parts[::-1]}, "bbqr.mjs")
    assert answer == {"kind": "P", "data": data.hex()}


@pytest.mark.parametrize("encoding", ["H", "2", "Z"])
@pytest.mark.parametrize("data", FILES, ids=range(len(FILES)))
def test_we_read_the_peers_series(data: bytes, encoding: str) -> None:
    asked = {"do": "split", "data": data.hex(), "kind": "J", "encoding": encoding}
    parts = javascript(asked, "bbqr.mjs")["parts"]
    assert join_file(parts) == (FileType.JSON, data)
