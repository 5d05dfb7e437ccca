"""The checksum of a descriptor (BIP-380): always present, always checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strongroom.core.errors import Violation

if TYPE_CHECKING:
    from strongroom.core.descriptor.model import Descriptor

# The order groups characters so that common mistakes (case, `'` for `h`) touch few symbols.
_INPUT = (
    "0123456789()[],'/*abcdefgh@:$%{}"
    "IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~"
    'ijklmnopqrstuvwxyzABCDEFGH`#"\\ '
)
_OUTPUT = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0xF5DEE51989, 0xA9FDCA3312, 0x1BAB10E32D, 0x3706B1677A, 0x644D626FFD)
_SIZE = 8
_GROUP = 3


def descriptor_checksum(body: str) -> str:
    """The eight characters that follow `#`; raises `Violation` DESCRIPTOR on a foreign character."""
    symbols: list[int] = []
    groups: list[int] = []
    for place, character in enumerate(body, start=1):
        value = _INPUT.find(character)
        if value < 0:
            raise Violation(
                "DESCRIPTOR",
                f"the descriptor holds U+{ord(character):04X} at position {place}",
                hint="a descriptor is plain ASCII",
            )
        symbols.append(value & 31)
        groups.append(value >> 5)
        if len(groups) == _GROUP:
            symbols.append(groups[0] * 9 + groups[1] * 3 + groups[2])
            groups.clear()
    if groups:
        symbols.append(groups[0] if len(groups) == 1 else groups[0] * 3 + groups[1])
    rest = _polynomial([*symbols, *bytes(_SIZE)]) ^ 1
    return "".join(_OUTPUT[rest >> 5 * (_SIZE - 1 - i) & 31] for i in range(_SIZE))


def check_checksum(text: str) -> str:
    """The descriptor without `#` and its checksum, which is right; else `Violation` DESCRIPTOR."""
    body, mark, given = text.partition("#")
    if not mark:
        raise Violation(
            "DESCRIPTOR",
            "the descriptor has no checksum",
            hint="a descriptor ends in # and eight characters; export it with its checksum",
        )
    if len(given) != _SIZE:
        raise Violation(
            "DESCRIPTOR", f"the checksum has {len(given)} characters, {_SIZE} are needed"
        )
    if given != descriptor_checksum(body):
        raise Violation(
            "DESCRIPTOR",
            f"the checksum {given!a} is not that of the descriptor",
            hint="a character was lost or changed; copy the descriptor again",
        )
    return body


def checksum_of(descriptor: Descriptor) -> str:
    """The eight characters that name a registered descriptor."""
    return descriptor.text.rpartition("#")[2]


def _polynomial(symbols: list[int]) -> int:
    value = 1
    for symbol in symbols:
        top = value >> 35
        value = (value & 0x7FFFFFFFF) << 5 ^ symbol
        for bit, term in enumerate(_GENERATOR):
            if top >> bit & 1:
                value ^= term
    return value
