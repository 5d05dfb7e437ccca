"""Every descriptor and key expression that BIP-380 to 390 publish, valid there or not.

None of them is a wallet as it stands, since a wallet has extended public keys with origin and two branches; so
each is refused for a reason with a name. With wallet keys in the place of theirs the forms are compared with a
node's reading in the integration tests.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest

from strongroom.core.descriptor.checksum import descriptor_checksum
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.errors import Violation
from strongroom.core.network import Network
from tests.vectors.published import read_published

CASES = read_published("descriptors")["cases"]
REASONS = {
    "a private key": 42,
    "single public key": 23,
    "uncompressed or hybrid": 7,
    "no origin": 11,
    "no receive and change branch|more or less than one pair|does not end in /\\*": 6,
    "addresses are hardened": 1,
    r"brackets do not have the form|no key after its origin|not a step of a derivation path": 4,
    "placeholder of a wallet policy": 8,
    r"musig(\(...\))?(, which)? is not supported": 18,
    "combo is several": 8,
    "raw names a script": 6,
    "addr names an address": 4,
    "rawtr hides": 1,
    "pk has no address": 9,
    "without sh or wsh has no address": 8,
    "is a form that wallets do not use": 4,
    "may not stand in": 6,
    "stands in leaves of tr only": 3,
    "takes keys, and|takes one script function": 4,
    "no threshold|asks for": 3,
    r"can be spent": 1,
}


def refused(kind: str, body: str) -> Violation:
    text = f"wpkh({body})" if kind.startswith("key") else body
    with pytest.raises(Violation) as stop:
        parse_descriptor(f"{text}#{descriptor_checksum(text)}", Network.MAINNET)
    return stop.value


def test_each_is_refused_for_a_reason_with_a_name() -> None:
    counted: Counter[str] = Counter()
    for bip, kind, body in CASES:
        stop = refused(kind, body)
        assert stop.rule == "DESCRIPTOR", bip
        assert "prv" not in str(stop)
        named = [reason for reason in REASONS if re.search(reason, stop.message)]
        assert named, (bip, kind, body, stop.message)
        counted[named[0]] += 1
    assert counted == REASONS
    assert counted.total() == len(CASES) == 177
