"""How many signatures an input still needs: what a finaliser will say, asked before there is one.

Locks count as far as the transaction has set them. Secrets behind hashes are taken to be unknown.
"""

from __future__ import annotations

from strongroom.core.bitcoin.model import Transaction
from strongroom.core.descriptor.miniscript.node import Node
from strongroom.core.descriptor.miniscript.size import fewest, least
from strongroom.core.descriptor.miniscript.types import ABSOLUTE_TIME, RELATIVE_TIME
from strongroom.core.descriptor.model import Descriptor

_COUNTED = 0xFFFF
_DISABLED = 1 << 31
_FINAL = 0xFFFF_FFFF
_RELATIVE_VERSION = 2


def signatures_missing(
    descriptor: Descriptor, signers: frozenset[bytes], transaction: Transaction, index: int
) -> int | None:
    """The least number of further signatures that spend input `index`; None if none do now.

    `signers` are the master fingerprints whose keys have all signed it.
    """
    signed = frozenset(
        place for place, key in enumerate(descriptor.keys) if key.fingerprint in signers
    )
    nodes = (*(leaf.node for leaf in descriptor.leaves), *filter(None, (descriptor.policy,)))
    ways = [fewest(n, signed, lambda leaf: _is_reached(leaf, transaction, index)) for n in nodes]
    if descriptor.has_key_path:
        ways.append(int(0 not in signed))
    if not ways:
        ways.append(max(0, descriptor.threshold - len(signed)))
    return least(ways)


def _is_reached(node: Node, tx: Transaction, index: int) -> bool:
    """Whether the transaction sets the lock of `node` (BIP-112, BIP-65); a hash is never reached."""
    lock, sequence = node.number, tx.inputs[index].sequence
    if node.name == "older":
        is_set = tx.version >= _RELATIVE_VERSION and not sequence & _DISABLED
        is_same_kind = (lock & RELATIVE_TIME) == (sequence & RELATIVE_TIME)
        return is_set and is_same_kind and sequence & _COUNTED >= lock & _COUNTED
    if node.name == "after":
        is_same_kind = (lock >= ABSOLUTE_TIME) == (tx.locktime >= ABSOLUTE_TIME)
        return is_same_kind and tx.locktime >= lock and sequence != _FINAL
    return False
