"""PSBTs with something wrong in them, made from good ones by a die: for fuzzing and for comparing readers.

The same number makes the same PSBT. Edits know the format (fields, keys, sizes, maps), so that most results are
wrong in one place and right in all others; some know nothing and change bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.psbt.reader import decode_psbt_file, parse_psbt
from tests.vectors.factory import draft
from tests.vectors.fields import Field, render_maps
from tests.vectors.published import read_published

Maps = list[list[Field]]

MAGIC = b"psbt\xff"
_INTERESTING = (
    b"",
    b"\x00",
    b"\xff",
    b"\xfd\xff\xff",
    b"\xfd\x00\x00",
    b"\xfe\xff\xff\xff\x7f",
    b"\xff" * 9,
    bytes(4),
    b"\xff" * 4,
    b"\x01\x00\x00\x00",
    b"\x03\x00\x00\x00",
    b"\x82\x00\x00\x00",
    bytes(8),
    b"\xff" * 8,
    b"\x00\x40\x07\x5a\xf0\x75\x07\x00",
    bytes(32),
    b"\xff" * 32,
    b"\x02" + b"\xff" * 32,
    b"\x04" + bytes(64),
    b"\x30\x06\x02\x01\x01\x02\x01\x01\x01",
    b"\x01" * 64,
    b"\x01" * 65,
)
_TYPES = 0x20


@dataclass(frozen=True)
class Sample:
    """A good PSBT: where it is from, its bytes, and its maps with their number of inputs."""

    name: str
    data: bytes
    maps: tuple[tuple[Field, ...], ...]


@cache
def samples() -> tuple[Sample, ...]:
    """Good PSBTs of every script kind in both versions, and those that the BIPs publish."""
    found = []
    for kind in ScriptKind:
        for version in (0, 2):
            made = draft(kind, coins=(5_000_000, 3_000_000, 90_000))
            made.psbt_version = version
            found.append(_sample(f"{kind.value} v{version}", made.psbt()))
    for place, _, expected, text in read_published("psbt")["cases"]:
        if isinstance(expected, int):
            found.append(_sample(place, decode_psbt_file(text.encode())))
    return tuple(found)


def _sample(name: str, data: bytes) -> Sample:
    psbt = parse_psbt(data)
    return Sample(name, data, (psbt.raw_global, *psbt.raw_inputs, *psbt.raw_outputs))


def mutated(number: int) -> tuple[str, bytes]:
    """The name of the good PSBT that was taken and what became of it; one in fifty stays as it is."""
    die = Random(number)  # noqa: S311 - no secret, and the same each time
    sample = die.choice(samples())
    maps = [list(fields) for fields in sample.maps]
    edits = die.choices((0, 1, 2, 4), (2, 70, 20, 8))[0]
    for _ in range(edits):
        die.choice(_EDITS)(die, maps)
    data = render_maps(*maps)
    if edits and die.random() < 0.2:
        data = _with_other_bytes(die, data)
    if edits and len(data) > len(MAGIC) and die.random() < 0.05:
        data = _with_other_sizes(die, data)
    return sample.name, data


def _drop(die: Random, maps: Maps) -> None:
    fields = die.choice(maps)
    if fields:
        del fields[die.randrange(len(fields))]


def _again(die: Random, maps: Maps) -> None:
    fields = die.choice(maps)
    if fields:
        key, value = die.choice(fields)
        fields.append((key, die.choice((value, b"", value[::-1]))))


def _carry(die: Random, maps: Maps) -> None:
    source, target = die.choice(maps), die.choice(maps)
    if source:
        target.insert(die.randrange(len(target) + 1), die.choice(source))


def _shuffle(die: Random, maps: Maps) -> None:
    die.shuffle(die.choice(maps))


def _add(die: Random, maps: Maps) -> None:
    key = bytes((die.randrange(_TYPES),)) + die.choice(_INTERESTING)
    die.choice(maps).append((key, die.choice(_INTERESTING)))


def _change_value(die: Random, maps: Maps) -> None:
    fields = die.choice(maps)
    if fields:
        at = die.randrange(len(fields))
        fields[at] = (fields[at][0], _bent(die, fields[at][1]))


def _change_key(die: Random, maps: Maps) -> None:
    fields = die.choice(maps)
    if fields:
        at = die.randrange(len(fields))
        key, value = fields[at]
        new_type = bytes((die.randrange(_TYPES),)) + key[1:]
        fields[at] = (die.choice((new_type, key[:1] + _bent(die, key[1:]))), value)


def _swap_values(die: Random, maps: Maps) -> None:
    one, other = die.choice(maps), die.choice(maps)
    if one and other:
        left, right = die.randrange(len(one)), die.randrange(len(other))
        value = one[left][1]
        one[left] = (one[left][0], other[right][1])
        other[right] = (other[right][0], value)


def _change_maps(die: Random, maps: Maps) -> None:
    at = die.randrange(len(maps))
    match die.randrange(3):
        case 0 if len(maps) > 1:
            del maps[at]
        case 1:
            maps.insert(at, list(die.choice(maps)))
        case _:
            other = die.randrange(len(maps))
            maps[at], maps[other] = maps[other], maps[at]


def _bent(die: Random, value: bytes) -> bytes:
    at = die.randrange(len(value) + 1)
    flipped = value[:at] + bytes((die.randrange(256),)) + value[at + 1 :]
    longer = value[:at] + die.choice(_INTERESTING) + value[at:]
    return die.choice((value[:at], flipped, flipped, longer, die.choice(_INTERESTING)))


_EDITS: tuple[Callable[[Random, Maps], None], ...] = (
    _drop,
    _again,
    _carry,
    _shuffle,
    _add,
    _change_value,
    _change_value,
    _change_value,
    _change_key,
    _change_key,
    _swap_values,
    _change_maps,
)


def _with_other_bytes(die: Random, data: bytes) -> bytes:
    at = die.randrange(len(MAGIC), len(data) + 1)
    match die.randrange(4):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + die.randbytes(die.randrange(1, 9)) + data[at:]
        case 2:
            return data[:at] + data[at + die.randrange(1, 9) :]
        case _:
            return data[:at] + die.choice(_INTERESTING) + data[at + 1 :]


def _with_other_sizes(die: Random, data: bytes) -> bytes:
    """Some byte that may be a size, written as a size of more bytes than it needs."""
    at = die.randrange(len(MAGIC), len(data))
    width = die.choice((2, 4, 8))
    first = {2: b"\xfd", 4: b"\xfe", 8: b"\xff"}[width]
    return data[:at] + first + data[at].to_bytes(width, "little") + data[at + 1 :]
