"""Every request of the union and its reply go over the line and come back equal, whatever is in them.

A new request needs no line of code here. If it fails here, what it names can not travel: declare frozen
dataclasses of the types that signer/codec.py names, or make it a `MachineRequest`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strongroom.core.descriptor.miniscript.node import Node
from strongroom.core.errors import Fault, Stop, Violation
from strongroom.core.rules import RULE_IDS
from strongroom.core.secret import Secret
from strongroom.core.session import pages
from strongroom.core.session import requests as asked
from strongroom.station.signer.codec import COUNT_CAP, Reader, codec_of
from strongroom.station.signer.line import FromApplication, FromSigner
from strongroom.station.wire import BrokenFrame

REQUESTS: tuple[type[Any], ...] = get_args(asked.RoomRequest)
SHOWS_A_SECRET = {asked.ShowWords, asked.EnterWords, pages.ShowPaper, pages.EnterPaper}
"""The requests that take a secret to the screen, each because people must read it there. Think twice."""


def reply_of(request: type[Any]) -> Any:  # noqa: ANN401 - a type as annotations spell it
    return get_args(vars(request)["__orig_bases__"][0])[0]


def encoded(declared: Any, value: object) -> bytearray:  # noqa: ANN401
    out = bytearray()
    codec_of(declared).encode(value, out)
    return out


def decoded(declared: Any, data: bytes) -> Any:  # noqa: ANN401
    reader = Reader(bytearray(data))
    value = codec_of(declared).read(reader)
    reader.end()
    return value


@st.composite
def stops(draw: st.DrawFn) -> Stop:
    kind = draw(st.sampled_from((Violation, Fault)))
    return kind(draw(st.sampled_from(sorted(RULE_IDS))), draw(st.text()), hint=draw(st.text()))


st.register_type_strategy(Secret, st.builds(Secret, st.binary()))
st.register_type_strategy(Stop, st.one_of(stops(), st.builds(asked.Cancelled)))
st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))


def same(one: object, other: object) -> bool:
    """Equal, where `Stop` compares by what it says and a value's type counts."""
    if isinstance(one, Stop) and isinstance(other, Stop):
        said = [(type(s), s.rule, s.message, s.hint) for s in (one, other)]
        return said[0] == said[1]
    if type(one) is not type(other):
        return False
    if is_dataclass(one):
        return all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    return one == other


@pytest.mark.parametrize("request_type", REQUESTS)
@settings(max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_request_and_its_reply_come_back_equal(
    request_type: type[Any], data: st.DataObject
) -> None:
    for declared in (request_type, reply_of(request_type)):
        value = data.draw(st.from_type(declared) if declared is not None else st.none())
        assert same(decoded(declared, encoded(declared, value)), value)


def secrets_in(declared: Any, seen: set[Any]) -> bool:  # noqa: ANN401
    if declared is Secret:
        return True
    if declared in seen:
        return False
    seen.add(declared)
    parts = get_args(declared)
    if is_dataclass(declared):
        parts = tuple(get_type_hints(declared).values())
    return any(secrets_in(part, seen) for part in parts)


def test_no_secret_goes_to_the_screen_but_what_people_must_read() -> None:
    assert {cls for cls in REQUESTS if secrets_in(cls, set())} == SHOWS_A_SECRET


def test_every_request_has_one_side_that_answers_it() -> None:
    machine = {getattr(cls, "__origin__", cls) for cls in get_args(asked.MachineRequest)}
    assert machine.isdisjoint(REQUESTS)
    assert {asked.SignManifest, asked.MakeSigningKey, asked.DrawRandom, asked.Work} <= machine


@dataclass(frozen=True)
class Listed:
    items: list[int]


@pytest.mark.parametrize("declared", [Listed, dict[str, int], float, object, Any, Exception])
def test_what_can_not_travel_is_a_type_error(declared: Any) -> None:  # noqa: ANN401
    with pytest.raises(TypeError, match="can not travel"):
        codec_of(declared)


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        (int, True),
        (str, b"bytes"),
        (tuple[int, int], (1,)),
        (int | None, "1"),
        (datetime, datetime(2027, 1, 1)),  # noqa: DTZ001 - that it has no zone is the point
        (asked.DrawRandom, asked.ReadMonotonic()),
        (Stop, ValueError("no stop")),
    ],
)
def test_a_value_of_another_type_is_not_sent(declared: Any, value: object) -> None:  # noqa: ANN401
    with pytest.raises(TypeError):
        encoded(declared, value)


@pytest.mark.parametrize(
    ("declared", "data"),
    [
        (FromSigner, b""),
        (FromSigner, b"\0\0\0\x09"),
        (FromApplication, b"\0\0\0\0more"),
        (bool, b"\0\0\0\x02"),
        (str, b"\0\0\0\x02\xff\xff"),
        (bytes, b"\xff\xff\xff\xffshort"),
        (tuple[None, ...], (COUNT_CAP + 1).to_bytes(4, "big")),
        (datetime, b"\0\0\0\x10" + b"\x7f" * 16),
        (int, b"\0\0\0\x02\0\x01"),
        (asked.ChooseFile, b"\0\0\0\x63"),
        (Stop, b"\0\0\0\0" + b"\0\0\0\x07UNKNOWN" + bytes(8)),
    ],
)
def test_what_does_not_fit_is_a_broken_frame(declared: Any, data: bytes) -> None:  # noqa: ANN401
    with pytest.raises(BrokenFrame):
        decoded(declared, data)


@given(data=st.binary(max_size=300))
def test_no_bytes_make_the_signer_do_anything_but_refuse(data: bytes) -> None:
    for request in REQUESTS:
        try:
            value = decoded(reply_of(request), data)
        except BrokenFrame:
            continue
        assert bytes(encoded(reply_of(request), value)) == data


def test_a_deep_value_is_refused() -> None:
    node = Node("older")
    for _ in range(100):
        node = Node("and", (node,))
    with pytest.raises(BrokenFrame, match="deeply"):
        decoded(Node, encoded(Node, node))
