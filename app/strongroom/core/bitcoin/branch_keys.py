"""The addresses' keys of one branch: many children of one public key, each derived once (BIP-32)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from strongroom.core.bitcoin import curve
from strongroom.core.bitcoin.keys import ChildTweaks, ExtendedKey, no_child
from strongroom.core.parallel import map_in_parallel
from strongroom.core.progress import Progress, silent

_KEPT = 10_000  # as many as the largest request has inputs


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
            tweak, _ = self._tweaks.at(index)
            try:
                found = curve.add_to_point(self._point, tweak)
            except ValueError:
                raise no_child(index) from None
            self._keep({index: found})
        return found

    def derive_ahead(self, indexes: Iterable[int], progress: Progress = silent) -> None:
        """Derive the children at `indexes` on two processors, for `at` to find them."""
        missing = [index for index in indexes if index not in self._known]
        tweaks = [self._tweaks.at(index)[0] for index in missing]
        try:
            keys = map_in_parallel(partial(curve.add_to_point, self._point), tweaks, progress)
        except ValueError:  # `at` says which of them has no key
            return
        self._keep(dict(zip(missing, keys, strict=True)))

    def _keep(self, found: dict[int, bytes]) -> None:
        if len(self._known) + len(found) > _KEPT:
            self._known.clear()
        self._known.update(found)
