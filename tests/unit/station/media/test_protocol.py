"""Frames: what one end says the other hears, and nothing else is heard."""

from __future__ import annotations

import json
import socket
import struct

import pytest

from strongroom.station import wire
from strongroom.station.media import protocol
from strongroom.station.wire import BrokenFrame, Done, Stopped

STICK = protocol.Stick(id="sdb1#7", label="INBOX", filesystem="FAT32", size=64_000_000)
MESSAGES = (
    protocol.Look(stick="a", suffix=".request"),
    protocol.Read(stick="a", name="b", cap=3),
    protocol.Write(stick="a", names=("b", "c"), sizes=(1, 2), keep_previous=True),
    protocol.Claim(console="tty1"),
    protocol.Release(),
    protocol.PowerOff(),
    Done(),
    Stopped(rule="MEDIA-GONE", message="m", hint=""),
    protocol.Sticks(sticks=(STICK, STICK)),
    protocol.Holder(console="tty1", answer=True),
    protocol.Listing(files=(protocol.FileEntry(name="a", size=1),), skipped=2, free=3),
)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: type(m).__name__)
def test_a_message_arrives_as_it_was_sent(message: protocol.Message) -> None:
    here, there = socket.socketpair()
    with here, there:
        protocol.send(here, message, b"body")
        assert protocol.receive(there) == (message, bytearray(b"body"))


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b"null",
        b'["Look"]',
        b'["Unknown", {}]',
        b'["__class__", {}]',
        b'["Look", {"stick": "a"}]',
        b'["Look", {"stick": "a", "suffix": "b", "more": 1}]',
        b'["Look", {"stick": 1, "suffix": "b"}]',
        b'["Read", {"stick": "a", "name": "b", "cap": true}]',
        b'["Read", {"stick": "a", "name": "b", "cap": 1.0}]',
        b'["Write", {"stick": "a", "names": "bc", "sizes": [], "keep_previous": true}]',
        b'["Write", {"stick": "a", "names": [1], "sizes": [], "keep_previous": true}]',
        b'["Sticks", {"sticks": [{"id": "a"}]}]',
    ],
)
def test_another_header_is_no_message(header: bytes) -> None:
    with pytest.raises(BrokenFrame):
        protocol.parse_message(header)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0",
        struct.pack(">II", wire.HEADER_CAP + 1, 0),
        struct.pack(">II", 1, wire.BODY_CAP + 1),
        struct.pack(">II", 5, 0) + b"half",
    ],
)
def test_a_broken_frame_ends_the_connection(data: bytes) -> None:
    here, there = socket.socketpair()
    with there:
        here.sendall(data)
        here.close()
        with pytest.raises(BrokenFrame):
            protocol.receive(there)


def test_headers_are_plain_json() -> None:
    assert json.loads(protocol.render_message(MESSAGES[0])) == [
        "Look",
        {"stick": "a", "suffix": ".request"},
    ]
