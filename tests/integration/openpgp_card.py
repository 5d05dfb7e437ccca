"""A smartcard in software: as much of the OpenPGP card's specification (3.4) as gpg asks for to sign.

It holds one Ed25519 key and gives out signatures against a PIN, never the key. Debian's virtual reader (vpcd)
connects to it on 127.0.0.1, so that pcscd, scdaemon and gpg are the real ones and take it for a card.
"""

from __future__ import annotations

import contextlib
import socketserver
from dataclasses import dataclass, field
from functools import reduce
from operator import xor
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.embedded.loopback import LoopbackServer

if TYPE_CHECKING:
    import socket

_APPLICATION = bytes.fromhex("d27600012401")
_AID = _APPLICATION + bytes.fromhex("0304fffe000000010000")  # maker: for tests
_HISTORY = bytes.fromhex("0031f573c00160009000")
_ATR_HEAD = bytes([0x80 | len(_HISTORY), 0x80, 0x01]) + _HISTORY
_ATR = b"\x3b" + _ATR_HEAD + bytes([reduce(xor, _ATR_HEAD)])
_ED25519 = bytes.fromhex("162b06010401da470f01")
_RSA = bytes.fromhex("010800002000")  # of the two places that hold no key
_DONE, _BLOCKED = b"\x90\x00", b"\x69\x83"
_NO_PIN, _NOT_FOUND, _UNKNOWN = b"\x69\x82", b"\x6a\x88", b"\x6d\x00"
_SELECT, _VERIFY, _SIGN, _GET_DATA, _PUBLIC_KEY = 0xA4, 0x20, 0x2A, 0xCA, 0x47
_SIGNATURE_PLACE, _SIGNING_PIN = b"\xb6\x00", 0x81
_OFF_ON_RESET, _ASKED_ATR = frozenset({b"\x00", b"\x01", b"\x02"}), b"\x04"


@dataclass(slots=True, kw_only=True)
class OpenpgpCard:
    """A card with a signing key; it has made `signatures`, and takes `tries` more wrong PINs."""

    key: Ed25519PrivateKey
    fingerprint: bytes
    created: int
    pin: bytes
    tries: int = 3
    signatures: int = 0
    _is_open: bool = field(default=False)

    def answer(self, command: bytes) -> bytes:
        """The response to one APDU (ISO 7816-4), its status word at the end."""
        _, instruction, first, second, *_ = command
        data = command[5 : 5 + command[4]] if command[5:] else b""
        answers = {
            _SELECT: lambda: _DONE if data.startswith(_APPLICATION) else _NOT_FOUND,
            _GET_DATA: lambda: self._object(first << 8 | second),
            _VERIFY: lambda: self._verify(second, data),
            _PUBLIC_KEY: lambda: self._public_key(data),
            _SIGN: lambda: self._sign(data),
        }
        return answers.get(instruction, lambda: _UNKNOWN)()

    def _object(self, tag: int) -> bytes:
        found = self._objects().get(tag)
        return _NOT_FOUND if found is None else found + _DONE

    def _public_key(self, place: bytes) -> bytes:
        if place != _SIGNATURE_PLACE:
            return _NOT_FOUND
        return _tlv(0x7F49, _tlv(0x86, self.key.public_key().public_bytes_raw())) + _DONE

    def _verify(self, which: int, pin: bytes) -> bytes:
        if which != _SIGNING_PIN:
            return _BLOCKED
        if not pin:  # asked how many tries are left
            return bytes([0x63, 0xC0 | self.tries])
        if self.tries == 0:
            return _BLOCKED
        self._is_open = pin == self.pin
        self.tries = 3 if self._is_open else self.tries - 1
        return _DONE if self._is_open else bytes([0x63, 0xC0 | self.tries])

    def _sign(self, digest: bytes) -> bytes:
        if not self._is_open:
            return _NO_PIN
        self._is_open = False  # a PIN is good for one signature
        self.signatures += 1
        return self.key.sign(digest) + _DONE

    def _objects(self) -> dict[int, bytes]:
        """What GET DATA knows, by tag (chapter 4.4.1)."""
        pins = bytes([0x00, 32, 32, 32, self.tries, 0, 3])
        about = {
            0xC0: bytes(10),
            0xC1: _ED25519,
            0xC2: _RSA,
            0xC3: _RSA,
            0xC4: pins,
            0xC5: self.fingerprint + bytes(40),
            0xC6: bytes(60),
            0xCD: self.created.to_bytes(4, "big") + bytes(8),
        }
        known = {0x4F: _AID, 0x5F52: _HISTORY}
        discretionary = b"".join(_tlv(tag, value) for tag, value in about.items())
        related = b"".join(_tlv(tag, value) for tag, value in known.items())
        holder = _tlv(0x5B, b"Approver<<Ann") + _tlv(0x5F2D, b"en") + _tlv(0x5F35, b"9")
        return {
            **known,
            0xC4: pins,
            0x5E: b"",
            0x5F50: b"",
            0x65: _tlv(0x65, holder),
            0x6E: _tlv(0x6E, related + _tlv(0x73, discretionary)),
            0x7A: _tlv(0x7A, _tlv(0x93, self.signatures.to_bytes(3, "big"))),
        }


def _tlv(tag: int, value: bytes) -> bytes:
    name = tag.to_bytes(2 if tag > 0xFF else 1, "big")
    size = bytes([len(value)]) if len(value) < 0x80 else bytes([0x81, len(value)])
    return name + size + value


class CardSlot(LoopbackServer):
    """A card on a port of 127.0.0.1, as the virtual reader asks for it: messages after two bytes of length."""

    def __init__(self, card: OpenpgpCard, port: int) -> None:
        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError, EOFError):
                    _serve(self.request, card)

        server = socketserver.ThreadingTCPServer(("127.0.0.1", port), Handler)
        server.daemon_threads = True
        super().__init__(server)


def _serve(reader: socket.socket, card: OpenpgpCard) -> None:
    while True:
        message = _take(reader, int.from_bytes(_take(reader, 2), "big"))
        if message in _OFF_ON_RESET:
            continue
        answer = _ATR if message == _ASKED_ATR else card.answer(message)
        reader.sendall(len(answer).to_bytes(2, "big") + answer)


def _take(source: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = source.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data
