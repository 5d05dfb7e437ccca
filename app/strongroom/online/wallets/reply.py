"""A node's answer, read by type: nothing is guessed, and an amount is exact or refused."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias, Union

from strongroom.core.errors import Fault
from strongroom.core.money import COIN, MAX_MONEY, Sats

Json: TypeAlias = Union[
    "dict[str, Json]", "list[Json]", "tuple[Json, ...]", str, int, Decimal, bool, None
]


@dataclass(frozen=True, slots=True)
class Reply:
    """A node's answer, read by type; anything unexpected in it is a `NODE-RPC` fault."""

    method: str
    value: Json

    def _fault(self, wanted: str) -> Fault:
        shown = type(self.value).__name__
        return Fault("NODE-RPC", f"{self.method} answered {shown} where {wanted} was expected")

    def has(self, key: str) -> bool:
        """Whether this is an object with `key`."""
        return isinstance(self.value, dict) and key in self.value

    def at(self, key: str) -> Reply:
        """The member `key` of an object."""
        if not isinstance(self.value, dict) or key not in self.value:
            raise self._fault(f"an object with {key!r}")
        return Reply(f"{self.method}.{key}", self.value[key])

    def items(self) -> tuple[Reply, ...]:
        """The elements of a list."""
        if not isinstance(self.value, list):
            raise self._fault("a list")
        return tuple(Reply(f"{self.method}[]", item) for item in self.value)

    def keys(self) -> tuple[str, ...]:
        """The keys of an object."""
        if not isinstance(self.value, dict):
            raise self._fault("an object")
        return tuple(self.value)

    def text(self) -> str:
        """A string."""
        if not isinstance(self.value, str):
            raise self._fault("text")
        return self.value

    def integer(self) -> int:
        """A whole number."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self._fault("a whole number")
        return self.value

    def flag(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            raise self._fault("true or false")
        return self.value

    def number(self) -> Decimal:
        """A number that is no amount of money."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | Decimal):
            raise self._fault("a number")
        return Decimal(self.value)

    def sats(self) -> Sats:
        """An amount that the node gave in bitcoin, exactly, in satoshis."""
        amount = self.number() * COIN
        if amount != amount.to_integral_value() or abs(amount) > MAX_MONEY:
            raise self._fault("an amount of bitcoin with eight decimals")
        return Sats(int(amount))
