"""From text to a registered wallet's descriptor, strictly: what is not understood whole is refused.

The rules: a correct checksum; one of the forms of `forms.py`; public extended keys of the network with origin
and two branches; no key twice. Everything raises `Violation` DESCRIPTOR.
"""

from __future__ import annotations

from strongroom.core.descriptor.checksum import check_checksum
from strongroom.core.descriptor.expression import parse_expression
from strongroom.core.descriptor.forms import parse_form
from strongroom.core.descriptor.key import parse_key
from strongroom.core.descriptor.model import Descriptor, DescriptorKey
from strongroom.core.errors import Violation
from strongroom.core.network import Network

_TEXT_CAP = 8192


def parse_descriptor(text: str, network: Network) -> Descriptor:
    """The descriptor that `text` is on `network`; raises `Violation` DESCRIPTOR with the reason.

    Sources: BIP-380 to 386 and 389, narrowed to what a station can register and find again.
    """
    if len(text) > _TEXT_CAP:
        raise Violation(
            "DESCRIPTOR", f"the descriptor has {len(text)} characters, {_TEXT_CAP} are the most"
        )
    form = parse_form(parse_expression(check_checksum(text)))
    keys = tuple(parse_key(key, network, place) for place, key in enumerate(form.keys, start=1))
    _check_distinct(keys)
    return Descriptor(
        text=text,
        network=network,
        kind=form.kind,
        threshold=form.threshold,
        is_sorted=form.is_sorted,
        keys=keys,
    )


def _check_distinct(keys: tuple[DescriptorKey, ...]) -> None:
    public_keys: dict[bytes, int] = {}
    origins: dict[tuple[bytes, tuple[int, ...]], int] = {}
    for place, key in enumerate(keys, start=1):
        first = public_keys.setdefault(key.key.public_key, place)
        if first != place:
            raise Violation(
                "DESCRIPTOR",
                f"keys {first} and {place} are the same key",
                hint="each signer needs a key of their own, or the threshold means nothing",
            )
        first = origins.setdefault((key.fingerprint, key.origin_path), place)
        if first != place:
            raise Violation(
                "DESCRIPTOR",
                f"keys {first} and {place} claim one origin and are different keys",
                hint="one of the two is not what it claims to be",
            )
