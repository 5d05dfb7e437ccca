"""codex32 (BIP-93): a BIP-32 master seed as letters that can be checked, and shared, with pen and paper.

What is encoded is the master seed itself, so that every program that reads codex32 finds the same keys. A share
keeps the letters that it was written with, since the bits that fill its last letter belong to the sharing.
Nothing is corrected, and no message quotes a letter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from strongroom.core.backup.field import LETTERS
from strongroom.core.errors import Fault, Violation
from strongroom.core.secret import Secret

RULE = "CODEX32"
ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
WHOLE_INDEX = "s"
MAXIMUM_SHARES = len(ALPHABET) - 1
IDENTIFIER_SIZE = 4
_PREFIX = "ms1"
_SEED_SIZES = range(16, 65)
_SHARE_INDEXES = "acdefghjklmnpqrtuvwxyz023456789"  # the order in which shares are handed out
_HEADER = 6  # threshold, four letters of identifier, index
_LETTER = 5
_THRESHOLDS = "023456789"
_SPARE_BITS = 4


@dataclass(frozen=True, slots=True)
class _Code:
    """A BCH code of BIP-93: its generator, its target, and the letters of its checksum."""

    terms: tuple[int, ...]
    target: int
    size: int

    def rest(self, symbols: Sequence[int], start: int = 0x23181B3) -> int:
        """The residue of `symbols` (BIP-93, `ms32_polymod`)."""
        top = _LETTER * (self.size - 1)
        value = start
        for symbol in symbols:
            high = value >> top
            value = (value & ((1 << top) - 1)) << _LETTER ^ symbol
            for bit, term in enumerate(self.terms):
                if high >> bit & 1:
                    value ^= term
        return value

    def checksum(self, symbols: Sequence[int]) -> list[int]:
        """The letters that follow `symbols`."""
        rest = self.rest([*symbols, *bytes(self.size)]) ^ self.target
        return [rest >> _LETTER * place & 31 for place in reversed(range(self.size))]


_SHORT = _Code(
    terms=(
        *(0x19DC500CE73FDE210, 0x1BFAE00DEF77FE529, 0x1FBD920FFFE7BEE52),
        *(0x1739640BDEEE3FDAD, 0x07729A039CFC75F5A),
    ),
    target=0x10CE0795C2FD1E62A,
    size=13,
)
_LONG = _Code(
    terms=(
        *(0x3D59D273535EA62D897, 0x7A9BECB6361C6C51507, 0x543F9B7E6C38D8A2A0E),
        *(0x0C577EAECCF1990D13C, 0x1887F74F8DC71B10651),
    ),
    target=0x43381E570BF4798AB26,
    size=15,
)
_SHORT_CAP, _LONG_FLOOR = 93, 96  # letters after "ms1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Codex32:
    """A codex32 string; `letters` is all of it, in lower case, and secret.

    `threshold` is 0 for a seed that is not shared; `index` is `s` for the seed itself.
    """

    threshold: int
    identifier: str
    index: str
    letters: Secret

    def symbols(self) -> bytes:
        """The values of the letters after `ms1`."""
        text = self.letters.reveal().decode()[len(_PREFIX) :]
        return bytes(ALPHABET.index(letter) for letter in text)


def parse_codex32(typed: Secret) -> Codex32:
    """The codex32 string that was typed, spaces aside; raises `Violation` CODEX32, naming positions only."""
    text = "".join(typed.reveal().decode(errors="replace").split())
    if text not in {text.lower(), text.upper()}:
        raise _bad("upper and lower case are mixed")
    text = text.lower()
    if not text.startswith(_PREFIX):
        raise _bad("it does not start with MS1")
    body = text[len(_PREFIX) :]
    foreign = [str(n) for n, c in enumerate(text, start=1) if c not in ALPHABET]
    foreign.remove(str(len(_PREFIX)))  # the 1 that ends the prefix
    if foreign:
        raise _bad(f"no letter of the alphabet stands at position {', '.join(foreign)}")
    code = _code(len(body))
    size = (len(body) - _HEADER - code.size) * _LETTER // 8
    spare = (len(body) - _HEADER - code.size) * _LETTER % 8
    if size not in _SEED_SIZES or spare > _SPARE_BITS:
        raise _bad(f"{len(text)} letters hold no seed of 16 to 64 bytes")
    _check(code, [ALPHABET.index(letter) for letter in body])
    if body[0] not in _THRESHOLDS:
        raise _bad("the threshold after MS1 is not 0 or 2 to 9")
    if body[0] == "0" and body[_HEADER - 1] != WHOLE_INDEX:
        raise _bad("a seed that is not shared must have the index S")
    return Codex32(
        threshold=int(body[0]),
        identifier=body[1 : _HEADER - 1],
        index=body[_HEADER - 1],
        letters=Secret(text.encode()),
    )


def encode_seed(seed: Secret, identifier: str) -> Codex32:
    """The whole seed of 16 to 64 bytes as one string; `identifier` is four letters of the alphabet."""
    return _encode(seed, 0, identifier)


def split_seed(
    seed: Secret, *, threshold: int, count: int, identifier: str, random: Callable[[int], bytes]
) -> tuple[Codex32, ...]:
    """`count` shares, any `threshold` (2 to 9) of which give the seed back; raises SHARE-QUORUM."""
    if not 2 <= threshold <= min(count, 9) or count > MAXIMUM_SHARES:  # noqa: PLR2004 - one digit
        raise Violation(
            "SHARE-QUORUM",
            f"{threshold} of {count} is no codex32 quorum: 2 to 9 of at most {MAXIMUM_SHARES}",
        )
    whole = _encode(seed, threshold, identifier)
    points = {ALPHABET.index(WHOLE_INDEX): whole.symbols()}
    length = len(whole.symbols())
    for index in _SHARE_INDEXES[: threshold - 1]:
        points[ALPHABET.index(index)] = _random_share(whole, index, length, random)
    return tuple(
        _from_symbols(LETTERS.interpolate(points, ALPHABET.index(index)))
        for index in _SHARE_INDEXES[:count]
    )


def combine_codex32(shares: Sequence[Codex32]) -> Secret:
    """The seed of exactly as many shares as are needed; raises SHARE-SET for any others."""
    if not shares:
        raise Violation("SHARE-SET", "no share was given")
    first = shares[0]
    if first.index == WHOLE_INDEX and len(shares) == 1:
        return _payload(first)
    common = {(s.threshold, s.identifier, len(s.letters)) for s in shares}
    if len(common) != 1:
        raise Violation("SHARE-SET", "the shares are not of one seed")
    if len({share.index for share in shares}) != len(shares):
        raise Violation("SHARE-SET", "a share was given twice")
    if len(shares) != first.threshold:
        raise Violation(
            "SHARE-SET", f"{len(shares)} shares were given, {first.threshold} are needed"
        )
    points = {ALPHABET.index(share.index): share.symbols() for share in shares}
    whole = LETTERS.interpolate(points, ALPHABET.index(WHOLE_INDEX))
    return _payload(_from_symbols(whole))


def _encode(seed: Secret, threshold: int, identifier: str) -> Codex32:
    if len(seed) not in _SEED_SIZES or len(identifier) != IDENTIFIER_SIZE:
        raise Fault("PROGRAM", f"a seed of {len(seed)} bytes has no codex32 form")
    bits = int.from_bytes(seed.reveal(), "big")
    count = -(-len(seed) * 8 // _LETTER)
    bits <<= count * _LETTER - len(seed) * 8
    header = f"{threshold}{identifier}{WHOLE_INDEX}"
    symbols = [ALPHABET.index(letter) for letter in header]
    symbols += [bits >> _LETTER * place & 31 for place in reversed(range(count))]
    code = _SHORT if len(symbols) + _SHORT.size <= _SHORT_CAP else _LONG
    return _from_symbols(bytes(symbols + code.checksum(symbols)))


def _random_share(whole: Codex32, index: str, length: int, random: Callable[[int], bytes]) -> bytes:
    code = _code(length)
    header = f"{whole.threshold}{whole.identifier}{index}"
    symbols = [ALPHABET.index(letter) for letter in header]
    symbols += [byte & 31 for byte in random(length - _HEADER - code.size)]
    return bytes(symbols + code.checksum(symbols))


def _from_symbols(symbols: bytes) -> Codex32:
    text = _PREFIX + "".join(ALPHABET[symbol] for symbol in symbols)
    return parse_codex32(Secret(text.encode()))


def _payload(whole: Codex32) -> Secret:
    symbols = whole.symbols()
    payload = symbols[_HEADER : -_code(len(symbols)).size]
    bits = 0
    for symbol in payload:
        bits = bits << _LETTER | symbol
    size = len(payload) * _LETTER // 8
    return Secret((bits >> len(payload) * _LETTER - size * 8).to_bytes(size, "big"))


def _code(length: int) -> _Code:
    if _SHORT_CAP < length < _LONG_FLOOR:
        raise _bad(f"no codex32 string has {length + len(_PREFIX)} letters")
    return _SHORT if length <= _SHORT_CAP else _LONG


def _check(code: _Code, symbols: list[int]) -> None:
    rest = code.rest(symbols) ^ code.target
    if not rest:
        return
    suspects = [
        place
        for place in range(len(symbols))
        if any(code.rest([d, *bytes(len(symbols) - place - 1)], 0) == rest for d in range(1, 32))
    ]
    if len(suspects) == 1:
        raise _bad(
            f"the checksum is wrong, and letter {suspects[0] + 1 + len(_PREFIX)} alone would explain it",
            "read that letter again from paper; nothing was corrected",
        )
    raise _bad("the checksum is wrong", "more than one letter is wrong; read it all again")


def _bad(what: str, hint: str = "") -> Violation:
    return Violation(RULE, what, hint=hint)
