"""From text to a registered wallet's descriptor, strictly: what is not understood whole is refused.

The rules: a correct checksum; one of the forms of `forms.py`; public extended keys of the network with origin
and two branches; no key twice, but one signer may have keys on several branches of a
script. Everything raises `Violation` DESCRIPTOR.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from strongroom.core.descriptor.checksum import check_checksum
from strongroom.core.descriptor.expression import parse_expression
from strongroom.core.descriptor.forms import Form, parse_form
from strongroom.core.descriptor.key import parse_key
from strongroom.core.descriptor.miniscript.sane import check_signers
from strongroom.core.descriptor.model import Descriptor, DescriptorKey, TreeLeaf
from strongroom.core.descriptor.unspendable import find_unspendable
from strongroom.core.errors import Violation
from strongroom.core.network import Network

_TEXT_CAP = 8192
_KEPT = 64


@lru_cache(maxsize=_KEPT)
def parse_descriptor(text: str, network: Network) -> Descriptor:
    """The descriptor that `text` is on `network`; raises `Violation` DESCRIPTOR with the reason.

    The same text gives the same object, so that what is remembered of it is found at once.
    Sources: BIP-380 to 386 and 389, narrowed to what a station can register and find again.
    """
    if len(text) > _TEXT_CAP:
        raise Violation(
            "DESCRIPTOR", f"the descriptor has {len(text)} characters, {_TEXT_CAP} are the most"
        )
    form = parse_form(parse_expression(check_checksum(text)))
    unspendable = find_unspendable(form.internal, network) if form.internal else None
    if unspendable is not None:
        form = _without_internal(form)
    keys = tuple(parse_key(key, network, place) for place, key in enumerate(form.keys, start=1))
    nodes = (*(leaf.node for leaf in form.leaves), *((form.policy,) if form.policy else ()))
    _check_distinct(keys, by_branches=bool(nodes))
    for node in nodes:
        check_signers(node, tuple(key.key.public_key for key in keys))
    return Descriptor(
        text=text,
        network=network,
        kind=form.kind,
        threshold=1 if form.internal and unspendable is None else form.threshold,
        is_sorted=form.is_sorted,
        keys=keys,
        policy=form.policy,
        leaves=form.leaves,
        unspendable=unspendable,
    )


def _without_internal(form: Form) -> Form:
    """The same tree with its keys counted from the first that can sign."""
    if any(0 in leaf.node.all_keys() for leaf in form.leaves):
        raise Violation("DESCRIPTOR", "the unspendable internal key stands in a leaf as well")
    leaves = tuple(TreeLeaf(leaf.depth, leaf.node.moved(-1)) for leaf in form.leaves)
    return replace(form, keys=form.keys[1:], leaves=leaves)


def _check_distinct(keys: tuple[DescriptorKey, ...], *, by_branches: bool) -> None:
    public_keys: dict[tuple[bytes, int], int] = {}
    origins: dict[tuple[bytes, tuple[int, ...]], tuple[bytes, bytes, int]] = {}
    for place, key in enumerate(keys, start=1):
        for branch in key.branches if by_branches else (0,):
            first = public_keys.setdefault((key.key.public_key, branch), place)
            if first != place:
                raise Violation(
                    "DESCRIPTOR",
                    f"keys {first} and {place} are the same key",
                    hint="each signer needs a key of their own, or the threshold means nothing",
                )
        claimed = (key.key.public_key, key.key.chain_code, place)
        public_key, chain_code, first = origins.setdefault(
            (key.fingerprint, key.origin_path), claimed
        )
        if (public_key, chain_code) != claimed[:2]:
            raise Violation(
                "DESCRIPTOR",
                f"keys {first} and {place} claim one origin and are different keys",
                hint="one of the two is not what it claims to be",
            )
