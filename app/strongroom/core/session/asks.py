"""What a request is: a question with a type for its reply."""

from __future__ import annotations

from typing import Generic, TypeVar

R_co = TypeVar("R_co", covariant=True)


class Asks(Generic[R_co]):
    """A request whose reply is an `R_co`."""

    __slots__ = ()
