"""The addresses' keys of one branch: many children of one public key, each derived once (BIP-32)."""

from __future__ import annotations

from strongroom.core.bitcoin import curve
from strongroom.core.bitcoin.keys import ChildTweaks, ExtendedKey, no_child

_KEPT = 20_000  # twice as many as the largest request has inputs


class ChildKeys:
    """The unhardened children's public keys of one extended key, which is parsed once."""

    def __init__(self, parent: ExtendedKey) -> None:
        self._tweaks = ChildTweaks(parent)
        self._point = curve.parse_point(parent.public_key)
        self._known: dict[int, bytes] = {}

    def at(self, index: int) -> bytes:
        """The compressed public key of child `index`; raises `Violation` DESCRIPTOR."""
        found = self._known.get(index)
        if found is None:
            found = self.derive(index)
            self.keep(index, found)
        return found

    def derive(self, index: int) -> bytes:
        """The same, derived anew."""
        tweak, _ = self._tweaks.at(index)
        try:
            return curve.add_to_point(self._point, tweak)
        except ValueError:
            raise no_child(index) from None

    def has(self, index: int) -> bool:
        """Whether `at` need not derive child `index`."""
        return index in self._known

    def keep(self, index: int, key: bytes) -> None:
        """`key` is what `derive` gave for `index`: `at` finds it."""
        if len(self._known) >= _KEPT:
            self._known.clear()
        self._known[index] = key
