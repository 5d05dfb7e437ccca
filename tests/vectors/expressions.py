"""Miniscript expressions made by a die, right in their basic types and often not sane: for comparing readers.

The same number makes the same expression.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from random import Random

_HASHES = (("sha256", 64), ("hash256", 64), ("ripemd160", 40), ("hash160", 40))
_LOCKS = (1, 144, 52_560, 65_535, 4_194_305, 4_259_839)
_TIMES = (1, 900_000, 499_999_999, 500_000_000, 1_900_000_000)


class Expressions:
    """Makes expressions whose keys `key(n)` are numbered from 1; in `tapscript` multi is multi_a."""

    def __init__(self, number: int, key: Callable[[int], str], *, tapscript: bool) -> None:
        self._die = Random(number)  # noqa: S311 - no secret, and the same each time
        self._numbers = count(1)
        self._key = key
        self._multi = "multi_a" if tapscript else "multi"

    def make(self, depth: int = 4) -> str:
        """An expression of type B with at most `depth` levels above its leaves."""
        return self._base(depth).replace(":\0", "")

    def _pick(self, *makers: Callable[[], str]) -> str:
        return self._die.choice(makers)()

    def _next_key(self) -> str:
        return self._key(next(self._numbers))

    def _leaf(self) -> str:
        name, size = self._die.choice(_HASHES)
        return self._pick(
            lambda: f"pk({self._next_key()})",
            lambda: f"pk({self._next_key()})",
            lambda: f"pkh({self._next_key()})",
            lambda: f"{name}({self._die.randbytes(size // 2).hex()})",
            lambda: f"older({self._die.choice(_LOCKS)})",
            lambda: f"after({self._die.choice(_TIMES)})",
            self._keys,
        )

    def _keys(self) -> str:
        total = self._die.randint(1, 4)
        keys = ",".join(self._next_key() for _ in range(total))
        return f"{self._multi}({self._die.randint(1, total)},{keys})"

    def _base(self, depth: int) -> str:
        if depth <= 0:
            return self._leaf()
        below = depth - 1
        base, verify, wrapped = self._base, self._verify, self._wrapped
        return self._pick(
            self._leaf,
            lambda: f"and_v({verify(below)},{base(below)})",
            lambda: f"and_v({verify(below)},{base(below)})",
            lambda: f"and_b({base(below)},{wrapped(below)})",
            lambda: f"or_b({base(below)},{wrapped(below)})",
            lambda: f"or_d({base(below)},{base(below)})",
            lambda: f"or_i({base(below)},{base(below)})",
            lambda: f"andor({base(below)},{base(below)},{base(below)})",
            lambda: f"and_n({base(below)},{base(below)})",
            lambda: f"c:{self._signer(below)}",
            lambda: self._threshold(below),
            lambda: self._die.choice(("n:", "l:", "u:", "j:")) + self._plain(base(below)),
            lambda: f"t:{self._plain(verify(below))}",
        )

    def _threshold(self, depth: int) -> str:
        rest = [self._wrapped(depth) for _ in range(self._die.randint(1, 3))]
        number = self._die.randint(1, len(rest) + 1)
        return f"thresh({number},{','.join((self._base(depth), *rest))})"

    def _verify(self, depth: int) -> str:
        if depth <= 0:
            return f"v:{self._plain(self._leaf())}"
        below = depth - 1
        return self._pick(
            lambda: f"v:{self._plain(self._base(below))}",
            lambda: f"v:{self._plain(self._base(below))}",
            lambda: f"or_c({self._base(below)},{self._verify(below)})",
            lambda: f"and_v({self._verify(below)},{self._verify(below)})",
        )

    def _wrapped(self, depth: int) -> str:
        return self._die.choice(("a:", "s:")) + self._plain(self._base(depth))

    def _signer(self, depth: int) -> str:
        name = self._die.choice(("pk_k", "pk_h"))
        alone = f"{name}({self._next_key()})"
        return alone if depth <= 0 else f"and_v({self._verify(depth - 1)},{alone})"

    @staticmethod
    def _plain(text: str) -> str:
        """`text` behind wrappers: its own, if any, are marked so that they join those (`v:n:` is `vn:`)."""
        mark, opening = text.find(":"), text.find("(")
        return f"\0{text}" if 0 <= mark < opening else text
