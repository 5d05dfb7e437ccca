"""The whole memory of the station's computer, searched for what must not be there.

A secret is looked for in each form that it could have taken: text, raw bytes, hex, Base64, the order of bytes
that libsecp256k1 keeps numbers in, characters of two and four bytes, and the cells of the text screen.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from embit import base58

from strongroom.core.bitcoin.keys import HARDENED
from strongroom.core.bitcoin.mnemonic import (
    entropy_from_mnemonic,
    parse_mnemonic,
    seed_from_mnemonic,
)
from strongroom.core.secret import Secret
from strongroom.core.vault.model import SeedKind
from strongroom.core.vault.seeds import make_seed, master_of
from tests.e2e.machine import Machine

_PAGE, _PIECE = 4096, 1 << 20
_CELL = 5  # letters that a word on the screen must have to be told from chance
_EVERYDAY = ("begin",)  # what the station's first screen says to everybody
_MASTER_XPRV = bytes.fromhex("0488ade4") + bytes(9)
_MASTER_TPRV = bytes.fromhex("04358394") + bytes(9)
_ACCOUNT = (84 | HARDENED, 1 | HARDENED, HARDENED)


@dataclass(frozen=True)
class Trace:
    """One form of one secret: bytes, or the pattern of a form with something between its bytes."""

    kind: str
    form: str
    looked_for: bytes | re.Pattern[bytes]

    def is_in(self, memory: bytes) -> bool:
        """Whether it is there."""
        if isinstance(self.looked_for, bytes):
            return self.looked_for in memory
        return self.looked_for.search(memory) is not None


def traces_of_text(kind: str, text: str) -> Iterator[Trace]:
    """A text in characters of one, two and four bytes."""
    yield Trace(kind, "text", text.encode())
    yield Trace(kind, "utf-16", text.encode("utf-16-le"))
    yield Trace(kind, "utf-32", text.encode("utf-32-le"))


def traces_of_bytes(kind: str, data: bytes) -> Iterator[Trace]:
    """Bytes as they are, the other way round, and as text."""
    yield Trace(kind, "raw", data)
    yield Trace(kind, "reversed", data[::-1])
    limbs = b"".join(data[i : i + 8][::-1] for i in range(0, len(data), 8))
    yield Trace(kind, "limbs", limbs)
    yield from traces_of_text(kind, data.hex())
    yield Trace(kind, "base64", base64.b64encode(data)[:-4])


def traces_on_screen(kind: str, word: str) -> Iterator[Trace]:
    """A word in the cells of the text screen: each letter with its colour, all the same."""
    first, *rest = (re.escape(letter.encode()) for letter in word)
    yield Trace(
        kind,
        "cells",
        re.compile(first + b"([^\0])" + b"".join(r + rb"\1" for r in rest), re.DOTALL),
    )


def traces_of_vault(
    words: str, passphrase: str, kind: SeedKind = SeedKind.BIP39
) -> tuple[Trace, ...]:
    """Every form of the seed, of the keys that come from it, and of the vault's passphrase."""
    mnemonic = parse_mnemonic(words)
    seed = seed_from_mnemonic(mnemonic, Secret(b""))
    master = master_of(make_seed(entropy_from_mnemonic(mnemonic), Secret(b""), kind))
    root = master.derive_private(())
    key, chain_code = root.secret, root.extended_key().chain_code
    account = master.derive_private(_ACCOUNT)
    child = account.derive(0).child_secret(0)
    payload = chain_code + b"\0" + key
    triples = (" ".join(mnemonic[at : at + 3]) for at in range(len(mnemonic) - 2))
    cells = [word for word in mnemonic if len(word) >= _CELL and word not in _EVERYDAY]
    return (
        *traces_of_text("passphrase", passphrase),
        *(trace for triple in triples for trace in traces_of_text("words", triple)),
        *(trace for word in cells for trace in traces_on_screen("words", word)),
        *traces_of_bytes("entropy", entropy_from_mnemonic(mnemonic).reveal()),
        *traces_of_bytes("seed", seed.reveal()[:32]),
        *traces_of_bytes("seed", seed.reveal()[32:]),
        *traces_of_bytes("master key", key),
        *traces_of_bytes("master chain code", chain_code),
        *traces_of_text("xprv", base58.encode_check(_MASTER_XPRV + payload)),
        *traces_of_text("xprv", base58.encode_check(_MASTER_TPRV + payload)),
        *traces_of_bytes("account key", account.secret),
        *traces_of_bytes("signing key", child),
    )


def memory_of(machine: Machine, folder: Path) -> bytes:
    """All of the machine's memory that is not zero, as it is now."""
    dump = folder / "memory.bin"
    machine.save_memory(dump)
    pieces = []
    zero = bytes(_PIECE)
    with dump.open("rb") as file:
        while piece := file.read(_PIECE):
            if piece != zero[: len(piece)]:
                pieces.append(piece)
            elif pieces and pieces[-1] != bytes(_PAGE):
                pieces.append(bytes(_PAGE))  # what stood apart stays apart
    dump.unlink()
    return b"".join(pieces)


def found_in(memory: bytes, traces: tuple[Trace, ...]) -> set[tuple[str, str]]:
    """Kind and form of each trace that is there."""
    return {(trace.kind, trace.form) for trace in traces if trace.is_in(memory)}
