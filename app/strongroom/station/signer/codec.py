"""Frozen values as bytes and back, by their declared types; both ends run the same code of the same image.

Nothing on the wire names a type: the declaration says what comes next, so that no other type can be made. Each
read checks what it takes, and what does not fit is a `BrokenFrame`. What may travel are frozen dataclasses and
named tuples of bool, int, str, bytes, `datetime` in UTC, None, enums, tuples, frozensets, unions, `Secret` and
`Stop`; another declaration is a `TypeError` at the first use, which a test of every request makes a failure.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, NewType, Union, get_args, get_origin, get_type_hints

from strongroom.core.errors import Fault, Stop, Violation
from strongroom.core.rules import RULE_IDS
from strongroom.core.secret import Secret
from strongroom.core.session.requests import Cancelled
from strongroom.station.wire import BrokenFrame

if TYPE_CHECKING:
    from collections.abc import Callable

COUNT_CAP = 1 << 20
DEPTH_CAP = 64
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_STOPS: tuple[type[Stop], ...] = (Violation, Fault, Cancelled)


class Reader:
    """Takes values off the front of some bytes."""

    def __init__(self, data: bytearray) -> None:
        self._data = data
        self._at = 0
        self.depth = 0

    def take(self, size: int) -> bytearray:
        """The next `size` bytes; raises `BrokenFrame` if there are fewer."""
        end = self._at + size
        if end > len(self._data):
            raise BrokenFrame("a frame ends too early")
        taken = self._data[self._at : end]
        self._at = end
        return taken

    def number(self) -> int:
        """The next length, count or index."""
        return int.from_bytes(self.take(4), "big")

    def end(self) -> None:
        """Raises `BrokenFrame` unless everything was taken."""
        if self._at != len(self._data):
            raise BrokenFrame("a frame goes on after its end")


class Codec:
    """How one declared type is written and read; `kinds` are the types at run time that it takes."""

    __slots__ = ("kinds", "read", "write")

    kinds: tuple[type, ...]
    write: Callable[[Any, bytearray], None]
    read: Callable[[Reader], Any]

    def encode(self, value: object, out: bytearray) -> None:
        """Append `value`; raises `TypeError` for one that is not of the declared type."""
        if type(value) not in self.kinds:
            raise TypeError(f"{type(value).__name__} where {self.kinds} is declared")
        self.write(value, out)


_codecs: dict[Any, Codec] = {}


def codec_of(declared: Any) -> Codec:  # noqa: ANN401 - a type, as annotations spell it
    """The codec of a declared type; raises `TypeError` for one that can not travel."""
    while isinstance(declared, NewType):
        declared = declared.__supertype__
    declared = NoneType if declared is None else declared
    if declared not in _codecs:
        codec = Codec()
        _codecs[declared] = codec  # before it is filled: a type may contain itself
        try:
            _fill(codec, declared)
        except TypeError:
            del _codecs[declared]
            raise
    return _codecs[declared]


def _fill(codec: Codec, declared: Any) -> None:  # noqa: ANN401 - as above
    origin, arguments = get_origin(declared), get_args(declared)
    if declared in _PLAIN:
        codec.kinds = (declared,)
        codec.write, codec.read = _PLAIN[declared]
    elif declared is Stop:
        codec.kinds = _STOPS
        codec.write, codec.read = _write_stop, _read_stop
    elif origin in {Union, UnionType}:
        _fill_union(codec, arguments)
    elif origin is tuple and arguments[-1:] == (...,):
        _fill_many(codec, tuple, codec_of(arguments[0]))
    elif origin is frozenset:
        _fill_many(codec, frozenset, codec_of(arguments[0]))
    elif origin is tuple:
        _fill_record(codec, tuple, tuple(map(codec_of, arguments)), None)
    elif isinstance(declared, type) and issubclass(declared, Enum):
        _fill_enum(codec, tuple(declared))
    elif isinstance(declared, type) and (names := _names(declared)) is not None:
        codec.kinds = (declared,)  # before the parts: one of them may contain it
        hints = get_type_hints(declared)
        _fill_record(codec, declared, tuple(codec_of(hints[name]) for name in names), names)
    else:
        raise TypeError(
            f"{declared} can not travel between signer and application: declare a frozen dataclass"
            " of the types that signer/codec.py names, or make it a MachineRequest if the signer"
            " answers it by itself"
        )


def _names(declared: type) -> tuple[str, ...] | None:
    """The names of the parts of a dataclass or a named tuple; None for any other type."""
    if is_dataclass(declared):
        return tuple(field.name for field in fields(declared))
    return getattr(declared, "_fields", None) if issubclass(declared, tuple) else None


def _fill_record(
    codec: Codec, made: type, parts: tuple[Codec, ...], names: tuple[str, ...] | None
) -> None:
    """A dataclass or named tuple, or a tuple of fixed length if there are no names."""
    codec.kinds = (made,)

    def write(value: Any, out: bytearray) -> None:  # noqa: ANN401 - of the declared type
        items = value if names is None else tuple(getattr(value, name) for name in names)
        if len(items) != len(parts):
            raise TypeError(f"{len(items)} items where {len(parts)} are declared")
        for part, item in zip(parts, items, strict=True):
            part.encode(item, out)

    def read(reader: Reader) -> Any:  # noqa: ANN401 - of the declared type
        reader.depth += 1
        if reader.depth > DEPTH_CAP:
            raise BrokenFrame("a value is nested too deeply")
        items = tuple(part.read(reader) for part in parts)
        reader.depth -= 1
        return items if names is None else made(**dict(zip(names, items, strict=True)))

    codec.write, codec.read = write, read


def _fill_many(codec: Codec, made: type, item: Codec) -> None:
    codec.kinds = (made,)

    def write(value: Any, out: bytearray) -> None:  # noqa: ANN401 - a tuple or frozenset
        _write_number(len(value), out)
        for one in value:
            item.encode(one, out)

    def read(reader: Reader) -> Any:  # noqa: ANN401 - a tuple or frozenset
        count = reader.number()
        if count > COUNT_CAP:
            raise BrokenFrame(f"{count} values in a row")
        return made(item.read(reader) for _ in range(count))

    codec.write, codec.read = write, read


def _fill_union(codec: Codec, arguments: tuple[Any, ...]) -> None:
    choices = tuple(map(codec_of, arguments))
    places = {kind: place for place, choice in enumerate(choices) for kind in choice.kinds}
    codec.kinds = tuple(places)
    if len(places) != sum(len(choice.kinds) for choice in choices):
        raise TypeError(f"two of {arguments} look the same at run time and can not travel")

    def write(value: object, out: bytearray) -> None:
        place = places[type(value)]
        _write_number(place, out)
        choices[place].write(value, out)

    codec.write, codec.read = write, lambda reader: _pick(choices, reader).read(reader)


def _fill_enum(codec: Codec, members: tuple[Enum, ...]) -> None:
    codec.kinds = (type(members[0]),)
    codec.write = lambda value, out: _write_number(members.index(value), out)
    codec.read = lambda reader: _pick(members, reader)


def _pick(choices: tuple[Any, ...], reader: Reader) -> Any:  # noqa: ANN401 - one of the choices
    place = reader.number()
    if place >= len(choices):
        raise BrokenFrame(f"choice {place} of {len(choices)}")
    return choices[place]


def _write_number(number: int, out: bytearray) -> None:
    out += number.to_bytes(4, "big")


def _write_int(value: int, out: bytearray) -> None:
    _write_bytes(value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True), out)


def _read_int(reader: Reader) -> int:
    size = reader.number()
    value = int.from_bytes(reader.take(size), "big", signed=True)
    if size != value.bit_length() // 8 + 1:
        raise BrokenFrame("a number is longer than it needs to be")
    return value


def _write_bytes(value: bytes, out: bytearray) -> None:
    _write_number(len(value), out)
    out += value


def _read_bytes(reader: Reader) -> bytes:
    return bytes(reader.take(reader.number()))


def _read_text(reader: Reader) -> str:
    try:
        return reader.take(reader.number()).decode()
    except UnicodeDecodeError as error:
        raise BrokenFrame("a text is not UTF-8") from error


def _write_moment(value: datetime, out: bytearray) -> None:
    if value.utcoffset() != timedelta():
        raise TypeError("only times in UTC travel")
    _write_int((value - _EPOCH) // _TICK, out)


def _read_moment(reader: Reader) -> datetime:
    try:
        return _EPOCH + _read_int(reader) * _TICK
    except OverflowError as error:
        raise BrokenFrame("a time out of range") from error


def _read_secret(reader: Reader) -> Secret:
    taken = reader.take(reader.number())
    secret = Secret(taken)
    taken[:] = bytes(len(taken))
    return secret


def _write_stop(stop: Stop, out: bytearray) -> None:
    _write_number(_STOPS.index(type(stop)), out)
    for text in (stop.rule, stop.message, stop.hint):
        _write_bytes(text.encode(), out)


def _read_stop(reader: Reader) -> Stop:
    kind = _pick(_STOPS, reader)
    rule, message, hint = (_read_text(reader) for _ in range(3))
    if rule not in RULE_IDS:
        raise BrokenFrame("a stop by an unknown rule")
    stop: Stop = Cancelled() if kind is Cancelled else kind(rule, message, hint=hint)
    return stop


_PLAIN: dict[Any, tuple[Callable[[Any, bytearray], None], Callable[[Reader], Any]]] = {
    NoneType: (lambda _value, _out: None, lambda _reader: None),
    bool: (_write_number, lambda r: _pick((False, True), r)),
    int: (_write_int, _read_int),
    str: (lambda value, out: _write_bytes(value.encode(), out), _read_text),
    bytes: (_write_bytes, _read_bytes),
    datetime: (_write_moment, _read_moment),
    Secret: (lambda value, out: _write_bytes(value.reveal(), out), _read_secret),
}
