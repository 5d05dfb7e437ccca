"""The type that holds a secret: it shows nothing, serialises to nothing and can be wiped.

Python may have copied the bytes elsewhere, so wiping is best effort; the station relies on the kernel
(`init_on_free`) and on power-off for the rest.
"""

from __future__ import annotations

import hmac
from typing import NoReturn


class Secret:
    """Bytes that never appear in a repr, a string, a pickle or a log."""

    __slots__ = ("_data",)

    def __init__(self, data: bytes | bytearray) -> None:
        self._data = bytearray(data)

    def reveal(self) -> bytes:
        """The bytes; call it at the point of use and keep no copy."""
        return bytes(self._data)

    def wipe(self) -> None:
        """Overwrite the bytes with zeros and forget their number."""
        for index in range(len(self._data)):
            self._data[index] = 0
        del self._data[:]

    def __len__(self) -> int:
        return len(self._data)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._data, other._data)

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        raise TypeError("a secret has no text form")

    def __repr__(self) -> str:
        return "<Secret>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is never serialised")
