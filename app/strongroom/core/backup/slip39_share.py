"""One SLIP-39 share as words: its fields, its checksum, and where a single wrong word stands.

Nothing is ever corrected. Messages name positions and counts, never a word. embit brings the word list; its
reader knows no extendable shares and quotes what was typed.
"""

from __future__ import annotations

from dataclasses import dataclass

from embit.wordlists.slip39 import SLIP39_WORDS

from strongroom.core.errors import Violation
from strongroom.core.secret import Secret

RULE = "SHARE-WORDS"
WORDS: tuple[str, ...] = tuple(SLIP39_WORDS)
WORD_COUNTS = {20: 16, 23: 20, 27: 24, 30: 28, 33: 32}
"""Words of a share by the size in bytes of what is shared."""
_PLACES = {word: place for place, word in enumerate(WORDS)}
_GENERATOR = (
    *(0xE0E040, 0x1C1C080, 0x3838100, 0x7070200, 0xE0E0009),
    *(0x1C0C2412, 0x38086C24, 0x3090FC48, 0x21B1F890, 0x3F3F120),
)
_WORD = 10
_HEADER_WORDS, _CHECKSUM_WORDS = 4, 3
# Widths of the fields in the header, in order: identifier, extendable, exponent, group, group threshold and
# count (less one), member, member threshold (less one).
_WIDTHS = (15, 1, 4, 4, 4, 4, 4, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareSet:
    """What all shares of one secret have in common."""

    identifier: int
    extendable: bool
    exponent: int
    group_threshold: int
    group_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One share; `value` is secret. Groups and members count from 0."""

    set: ShareSet
    group: int
    member: int
    threshold: int
    value: Secret


def parse_share(typed: Secret) -> Share:
    """The share whose words were typed (UTF-8), in any case; raises `Violation` SHARE-WORDS.

    A checksum that is wrong by one word says which position; with more it says only that it is wrong.
    """
    words = typed.reveal().decode(errors="replace").lower().split()
    if len(words) not in WORD_COUNTS:
        counts = ", ".join(map(str, WORD_COUNTS))
        raise Violation(RULE, f"{len(words)} words were typed; a share has one of {counts}")
    unknown = [str(place) for place, word in enumerate(words, start=1) if word not in _PLACES]
    if unknown:
        raise Violation(RULE, f"not in the list of SLIP-39: word {', '.join(unknown)}")
    symbols = [_PLACES[word] for word in words]
    header = int.from_bytes(_pack(symbols[:_HEADER_WORDS]), "big")
    fields: list[int] = []
    for width in reversed(_WIDTHS):
        fields.insert(0, header & ((1 << width) - 1))
        header >>= width
    identifier, extendable, exponent, group, group_threshold, group_count, member, need = fields
    _check_checksum(symbols, extendable=bool(extendable))
    if group_threshold > group_count:
        raise Violation(
            RULE, f"the share asks for {group_threshold + 1} of {group_count + 1} groups"
        )
    return Share(
        set=ShareSet(
            identifier=identifier,
            extendable=bool(extendable),
            exponent=exponent,
            group_threshold=group_threshold + 1,
            group_count=group_count + 1,
        ),
        group=group,
        member=member,
        threshold=need + 1,
        value=_parse_value(symbols[_HEADER_WORDS:-_CHECKSUM_WORDS], WORD_COUNTS[len(words)]),
    )


def render_share(share: Share) -> Secret:
    """The words of `share`, one space between."""
    common = share.set
    fields = (
        *(common.identifier, int(common.extendable), common.exponent, share.group),
        *(common.group_threshold - 1, common.group_count - 1, share.member, share.threshold - 1),
    )
    header = 0
    for width, field in zip(_WIDTHS, fields, strict=True):
        header = header << width | field
    value = int.from_bytes(share.value.reveal(), "big")
    count = -(-len(share.value) * 8 // _WORD)
    symbols = _split(header, _HEADER_WORDS) + _split(value, count)
    rest = _polynomial(_purpose(extendable=common.extendable) + symbols + [0, 0, 0]) ^ 1
    words = symbols + _split(rest, _CHECKSUM_WORDS)
    return Secret(" ".join(WORDS[symbol] for symbol in words).encode())


def _parse_value(symbols: list[int], size: int) -> Secret:
    value = 0
    for symbol in symbols:
        value = value << _WORD | symbol
    if value >> 8 * size:
        raise Violation(RULE, "the bits that fill the share's first word are not zero")
    return Secret(value.to_bytes(size, "big"))


def _check_checksum(symbols: list[int], *, extendable: bool) -> None:
    rest = _polynomial(_purpose(extendable=extendable) + symbols) ^ 1
    if not rest:
        return
    suspects = [
        str(place) for place in range(1, len(symbols) + 1) if _explains(rest, len(symbols) - place)
    ]
    if len(suspects) == 1:
        raise Violation(
            RULE,
            f"the checksum is wrong, and word {suspects[0]} alone would explain it",
            hint="read that word again from paper; nothing was corrected",
        )
    raise Violation(
        RULE, "the checksum is wrong", hint="more than one word is wrong; read the share again"
    )


def _explains(rest: int, behind: int) -> bool:
    """Whether one wrong word with `behind` words after it gives `rest`; the checksum is linear."""
    differences = [_polynomial([1 << bit, *bytes(behind)], start=0) for bit in range(_WORD)]
    for reached in _reduced(differences):
        rest = min(rest, rest ^ reached)
    return rest == 0


def _reduced(vectors: list[int]) -> list[int]:
    """The vectors over two elements in echelon form, highest bit first."""
    basis: list[int] = []
    for vector in vectors:
        left = vector
        for known in sorted(basis, reverse=True):
            left = min(left, left ^ known)
        if left:
            basis.append(left)
    return sorted(basis, reverse=True)


def _purpose(*, extendable: bool) -> list[int]:
    return list(b"shamir_extendable" if extendable else b"shamir")


def _polynomial(symbols: list[int], start: int = 1) -> int:
    """RS1024, a Reed-Solomon code over 1024 elements (SLIP-39, "Checksum")."""
    value = start
    for symbol in symbols:
        top = value >> 20
        value = (value & 0xFFFFF) << _WORD ^ symbol
        for bit, term in enumerate(_GENERATOR):
            if top >> bit & 1:
                value ^= term
    return value


def _split(number: int, count: int) -> list[int]:
    return [number >> _WORD * place & 1023 for place in reversed(range(count))]


def _pack(symbols: list[int]) -> bytes:
    number = 0
    for symbol in symbols:
        number = number << _WORD | symbol
    return number.to_bytes(len(symbols) * _WORD // 8, "big")
