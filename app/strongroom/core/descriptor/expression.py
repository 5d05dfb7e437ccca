"""The shape of a descriptor: function names, brackets and arguments, before anything has a meaning.

Script functions give a meaning to this tree (`forms.py`), keys to its leaves (`key.py`). Braces are
the branches of a taproot tree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from strongroom.core.errors import Violation

TREE = "{}"
_DEPTH_CAP = 40
_TOKEN = re.compile(r"[(){},]|[^(){},]+")
_NAME = re.compile(r"[a-z][a-z0-9_:]*")


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its arguments; the name `{}` stands for a taproot branch."""

    name: str
    arguments: tuple[Call | str, ...]


def parse_expression(body: str) -> Call:
    """The one call that `body` is; raises `Violation` DESCRIPTOR."""
    tokens = _Tokens(_TOKEN.findall(body))
    found = _parse_argument(tokens, depth=0)
    if not tokens.at_end():
        raise _malformed("goes on after its last bracket")
    if isinstance(found, str):
        raise _malformed("is not a function of keys, such as wpkh(...)")
    return found


class _Tokens:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._next = 0

    def at_end(self) -> bool:
        return self._next == len(self._tokens)

    def peek(self) -> str:
        return "" if self.at_end() else self._tokens[self._next]

    def take(self) -> str:
        token = self.peek()
        self._next += 1
        return token


def _parse_argument(tokens: _Tokens, *, depth: int) -> Call | str:
    if depth > _DEPTH_CAP:
        raise _malformed(f"is nested deeper than {_DEPTH_CAP} levels")
    text = tokens.take()
    if text == "{":
        return Call(TREE, _parse_arguments(tokens, "}", depth=depth + 1))
    if not text or text in "(){},":
        raise _malformed("has an empty argument or an open bracket")
    if tokens.peek() != "(":
        return text
    if _NAME.fullmatch(text) is None:
        raise _malformed("has a bracket after what is no function")
    tokens.take()
    call = Call(text, _parse_arguments(tokens, ")", depth=depth + 1))
    if tokens.peek().startswith("/"):
        raise _malformed(f"derives from {text}(...), which is not supported (BIP-390)")
    return call


def _parse_arguments(tokens: _Tokens, closing: str, *, depth: int) -> tuple[Call | str, ...]:
    arguments = [_parse_argument(tokens, depth=depth)]
    while (text := tokens.take()) == ",":
        arguments.append(_parse_argument(tokens, depth=depth))
    if text != closing:
        raise _malformed("has brackets that do not match")
    return tuple(arguments)


def _malformed(what: str) -> Violation:
    return Violation("DESCRIPTOR", f"the descriptor {what}")
