"""Internal keys that nobody can sign with: the point of BIP-341 and extended keys on it.

BIP-341 names a point H that was made from a hash, so that its secret is unknown. An extended key on H stays as
unspendable as H itself, since whoever knew the secret of a child would know that of H.
"""

from __future__ import annotations

import re

from strongroom.core.bitcoin.keys import parse_extended_key
from strongroom.core.descriptor.key import parse_branches
from strongroom.core.descriptor.model import UnspendableKey
from strongroom.core.errors import Violation
from strongroom.core.network import Network

NUMS = bytes.fromhex("50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0")
_PLAIN = re.compile(r"(?:0[23])?[0-9a-f]{64}")
_EXTENDED = re.compile(r"([xt]pub[1-9A-HJ-NP-Za-km-z]+)(/.*)")


def find_unspendable(text: str, network: Network) -> UnspendableKey | None:
    """The unspendable key that `text` is; None for any other. Raises `Violation` DESCRIPTOR."""
    if text == NUMS.hex():
        return UnspendableKey(key=None, branches=None)
    if _PLAIN.fullmatch(text):
        raise Violation(
            "DESCRIPTOR",
            f"the internal key {text} is a single public key, and not the unspendable one",
            hint="whoever has its secret could spend alone; BIP-341's unspendable key is "
            f"{NUMS.hex()}",
        )
    match = _EXTENDED.fullmatch(text)
    if match is None:
        return None
    extended = parse_extended_key(match[1], network)
    if extended.public_key[1:] != NUMS:
        return None
    return UnspendableKey(key=extended, branches=parse_branches(match[2]))
