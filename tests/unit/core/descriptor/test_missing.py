"""How many signatures more an input needs, by its script and the locks that the transaction sets."""

from __future__ import annotations

import pytest

from strongroom.core.bitcoin.model import OutPoint, Transaction, TxInput, TxOutput
from strongroom.core.descriptor.missing import signatures_missing
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.descriptor.unspendable import NUMS
from strongroom.core.money import Sats
from tests.unit.core.descriptor.wallets import NETWORK, key, master, sealed

A, B, C, LATER = key(1), key(2), key(3), key(1, branches="/<2;3>/*")
NOW = 0xFFFF_FFFD
MULTI = f"wsh(sortedmulti(2,{A},{B},{C}))"
DECAY = f"wsh(or_d(multi(2,{A},{B},{C}),and_v(v:pkh({LATER}),older(52560))))"
UNTIL = f"wsh(and_v(v:pk({A}),after(900)))"
TREE = f"tr({A},{{multi_a(2,{B},{C}),and_v(v:pk({LATER}),older(144))}})"
HIDDEN = f"tr({NUMS.hex()},multi_a(2,{A},{B},{C}))"
THRESH = f"wsh(thresh(2,pk({A}),s:pk({B}),sln:older(144)))"
HASH = f"wsh(andor(pk({A}),sha256({'11' * 32}),and_v(v:pk({B}),pk({C}))))"


@pytest.mark.parametrize(
    ("body", "signers", "sequence", "locktime", "missing"),
    [
        (f"wpkh({A})", "", NOW, 0, 1),
        (f"wpkh({A})", "1", NOW, 0, 0),
        (MULTI, "", NOW, 0, 2),
        (MULTI, "3", NOW, 0, 1),
        (MULTI, "31", NOW, 0, 0),
        (DECAY, "1", NOW, 0, 1),
        (DECAY, "1", 52560, 0, 0),
        (DECAY, "2", 52560, 0, 1),
        (DECAY, "1", 52559, 0, 1),
        (DECAY, "1", 0x40_0000 | 52560, 0, 1),
        (UNTIL, "1", NOW, 899, None),
        (UNTIL, "1", NOW, 900, 0),
        (UNTIL, "", NOW, 901, 1),
        (UNTIL, "1", 0xFFFF_FFFF, 900, None),
        (UNTIL, "1", NOW, 1_800_000_000, None),
        (TREE, "", NOW, 0, 1),
        (TREE, "1", NOW, 0, 0),
        (TREE, "2", NOW, 0, 1),
        (TREE, "23", NOW, 0, 0),
        (HIDDEN, "3", NOW, 0, 1),
        (THRESH, "2", NOW, 0, 1),
        (THRESH, "2", 144, 0, 0),
        (HASH, "1", NOW, 0, 2),
        (HASH, "23", NOW, 0, 0),
    ],
)
def test_missing(
    body: str, signers: str, sequence: int, locktime: int, missing: int | None
) -> None:
    tx = Transaction(
        version=2,
        inputs=(TxInput(OutPoint(bytes(32), 0), sequence),),
        outputs=(TxOutput(Sats(1_000), b"\x51"),),
        locktime=locktime,
    )
    signed = frozenset(master(int(number)).fingerprint for number in signers)
    found = parse_descriptor(sealed(body), NETWORK)
    assert signatures_missing(found, signed, tx, 0) == missing
