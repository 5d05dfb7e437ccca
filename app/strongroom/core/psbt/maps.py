"""The key-value maps of a PSBT: from bytes to pairs, and from pairs to what the known fields say.

Every refusal names the map, the field and the byte where it starts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from strongroom.core.bitcoin.codec import LONG_SIZE, Reader, render_compact_size
from strongroom.core.errors import Violation
from strongroom.core.psbt.fields import Field
from strongroom.core.psbt.model import UnknownField

RawMap = tuple[tuple[bytes, bytes], ...]

RULE = "PSBT-CANONICAL"
FIELD_CAP = (
    500_000  # over all maps: 10 000 inputs of 15 keys each fit, the smallest station's memory too
)


class FieldMap(NamedTuple):
    """One map's pairs in their order, and the byte of the PSBT where it starts."""

    scope: str
    offset: int
    pairs: RawMap

    def place(self, index: int) -> int:
        """The byte of the PSBT where pair `index` starts."""
        return self.offset + sum(len(render_pair(*pair)) for pair in self.pairs[:index])


class Reading(NamedTuple):
    """What a map says: values by slot, parts of a version 2 transaction by slot, unknown fields."""

    scope: str
    values: dict[str, Any]
    parts: dict[str, Any]
    unknown: tuple[UnknownField, ...]


class MapReader:
    """Reads the maps of one PSBT, one after the other."""

    def __init__(self, data: bytes, offset: int) -> None:
        self._reader = Reader(data, rule=RULE)
        self._reader.take(offset)
        self._fields_left = FIELD_CAP

    def read(self, scope: str) -> FieldMap:
        """The next map; raises PSBT-CANONICAL, PSBT-DUPLICATE-KEY or PSBT-SIZE."""
        reader, take, left = self._reader, self._reader.var_bytes, self._fields_left
        offset = reader.offset
        fields: dict[bytes, bytes] = {}
        try:
            while key := take():
                if key in fields:
                    raise _twice(key, reader.offset - len(key))
                if len(fields) >= left:
                    raise _too_many()
                fields[key] = take()
        except Violation as stop:
            raise Violation(stop.rule, f"{scope}: {stop.message}") from None
        self._fields_left -= len(fields)
        return FieldMap(scope, offset, tuple(fields.items()))

    def check_end(self) -> None:
        """No byte follows the last map."""
        try:
            self._reader.check_end()
        except Violation as stop:
            raise Violation(stop.rule, f"behind the last map {stop.message}") from None


def read_fields(found: FieldMap, known: Mapping[int, Field], version: int) -> Reading:
    """What the known fields of a map say, each checked against its entry in the table.

    Raises PSBT-MAGIC for a field of the other version, PSBT-CANONICAL for key data or a value that the
    field cannot have, PSBT-SIZE for a path or transaction over its cap.
    """
    values: dict[str, Any] = {}
    parts: dict[str, Any] = {}
    unknown: list[UnknownField] = []
    for index, (key, value) in enumerate(found.pairs):
        field = None
        try:
            number, data = (key[0], key[1:]) if key[0] < LONG_SIZE else split_key(key)
            field = known.get(number)
            if field is None:
                unknown.append(UnknownField(found.scope, key))
                continue
            _, parse, slot, key_sizes, versions, part, repeated, ignored = field
            if version not in versions or len(data) not in key_sizes:
                raise _misplaced(field, version, data)
            parsed = parse(data, value)
        except Violation as stop:
            name = field.name if field else f"key {key[:80].hex()}"
            where = f"{found.scope}, {name} at byte {found.place(index)}"
            raise Violation(stop.rule, f"{where}: {stop.message}") from None
        if ignored:
            unknown.append(UnknownField(found.scope, key))
        if repeated:
            values[slot] = (*values.get(slot, ()), parsed)
        elif part:
            parts[slot] = parsed
        elif slot:
            values[slot] = parsed
    return Reading(found.scope, values, parts, tuple(unknown))


def split_key(key: bytes) -> tuple[int, bytes]:
    """A key's type, which is a compact size, and its key data."""
    if key[0] < LONG_SIZE:
        return key[0], key[1:]
    reader = Reader(key, rule=RULE)
    number = reader.compact_size()
    return number, key[reader.offset :]


def render_pair(key: bytes, value: bytes) -> bytes:
    """A field as it stands in a map."""
    return b"".join((render_compact_size(len(key)), key, render_compact_size(len(value)), value))


def render_map(pairs: RawMap) -> bytes:
    """A map with its separator."""
    return b"".join((*(render_pair(key, value) for key, value in pairs), b"\x00"))


def _misplaced(field: Field, version: int, data: bytes) -> Violation:
    if version not in field.versions:
        return Violation("PSBT-MAGIC", f"the field does not exist in a PSBT of version {version}")
    return Violation(RULE, f"the field does not have {len(data)} bytes of key data")


def _twice(key: bytes, offset: int) -> Violation:
    return Violation(
        "PSBT-DUPLICATE-KEY", f"key {key[:80].hex()} stands twice, again at byte {offset}"
    )


def _too_many() -> Violation:
    return Violation("PSBT-SIZE", f"the PSBT has over {FIELD_CAP} fields")
