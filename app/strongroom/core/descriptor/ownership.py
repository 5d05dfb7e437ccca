"""Which key of a wallet is ours: derived again from the seed, never believed by its fingerprint."""

from __future__ import annotations

from strongroom.core.bitcoin.keys import MasterKey, render_path
from strongroom.core.descriptor.model import Descriptor
from strongroom.core.errors import Violation


def find_own_key(descriptor: Descriptor, master: MasterKey) -> int:
    """The index of the first key of the one signer that derives from `master`; raises `Violation` WALLET-KEY.

    A key with our fingerprint that is not the key that we derive at its origin is refused as well (INPUT-KEY's
    case, met at registration): someone wants it to look like ours.
    """
    own: dict[tuple[int, ...], int] = {}
    for index, key in enumerate(descriptor.keys):
        if key.fingerprint != master.fingerprint:
            continue
        derived = master.derive_public(key.origin_path)
        if (derived.public_key, derived.chain_code) != (key.key.public_key, key.key.chain_code):
            raise Violation(
                "WALLET-KEY",
                f"key {index + 1} carries our fingerprint [{key.fingerprint.hex()}] and is not the "
                f"key that we derive at {render_path(key.origin_path)}",
                hint="treat the wallet as forged, or the fingerprints collide",
            )
        own.setdefault(key.origin_path, index)
    if len(own) != 1:
        found = f"{len(own)} keys" if own else "none"
        raise Violation(
            "WALLET-KEY",
            f"of the wallet's {len(descriptor.keys)} keys {found} derive from the seed "
            f"[{master.fingerprint.hex()}], exactly one must",
            hint="with none this vault cannot sign; with several one seed would count twice",
        )
    return next(iter(own.values()))


def places_of(descriptor: Descriptor, place: int) -> tuple[int, ...]:
    """The indexes of all keys of the signer who has the key at `place`: one key on several branches."""
    same = descriptor.keys[place].key
    return tuple(index for index, key in enumerate(descriptor.keys) if key.key == same)
