"""The textual head of an age file: strict to read, one form to write.

The head names, in stanzas, the ways to the file key, and ends with a MAC under that key. What the
age specification (C2SP, "age-encryption.org/v1") forbids is refused here, among it every second
spelling of the same bytes, so that two readers can never see two files in one.
"""

from __future__ import annotations

import binascii
import hmac
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from strongroom.core.errors import Violation

RULE = "VAULT-FORMAT"
VERSION_LINE = b"age-encryption.org/v1\n"
_COLUMNS = 64
_BASE64 = rb"[A-Za-z0-9+/]"
_STANZA = re.compile(
    rb"-> ([!-~]+(?: [!-~]+)*)\n"  # arguments: printable, one space between
    rb"((?:%b{64}\n)*%b{0,63}\n)" % (_BASE64, _BASE64)  # body: full lines, then a shorter one
)
_END = re.compile(rb"--- (%b{43})\n" % _BASE64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stanza:
    """One way to the file key: its type and arguments, and the wrapped key."""

    arguments: tuple[str, ...]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A header as it was read; `size` is its length, `authenticated` what its MAC covers."""

    stanzas: tuple[Stanza, ...]
    authenticated: bytes
    mac: bytes
    size: int


def derive_key(file_key: bytes, *, salt: bytes, info: bytes) -> bytes:
    """The 32 bytes that HKDF-SHA-256 gives (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(file_key)


def decode_base64(text: bytes, *, where: str) -> bytes:
    """The bytes behind canonical base64 without padding (RFC 4648, section 3.5); VAULT-FORMAT."""
    try:
        data = b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise Violation(RULE, f"the {where} of the age header is not base64") from error
    if encode_base64(data) != text:
        raise Violation(RULE, f"the {where} of the age header is not canonical base64")
    return data


def encode_base64(data: bytes) -> bytes:
    """Canonical base64 without padding."""
    return b64encode(data).rstrip(b"=")


def parse_header(data: bytes) -> Header:
    """The header at the start of `data`, its MAC not checked yet; raises VAULT-FORMAT."""
    if not data.startswith(VERSION_LINE):
        raise Violation(
            RULE,
            "the file does not start as an age file of version 1",
            hint="is it the right file?",
        )
    stanzas: list[Stanza] = []
    at = len(VERSION_LINE)
    while found := _STANZA.match(data, at):
        body = decode_base64(found[2].replace(b"\n", b""), where="stanza body")
        stanzas.append(Stanza(arguments=tuple(found[1].decode("ascii").split(" ")), body=body))
        at = found.end()
    end = _END.match(data, at)
    if end is None or not stanzas:
        raise Violation(RULE, f"the age header is malformed at byte {at}")
    return Header(
        stanzas=tuple(stanzas),
        authenticated=data[: at + 3],
        mac=decode_base64(end[1], where="MAC"),
        size=end.end(),
    )


def render_header(stanza: Stanza, file_key: bytes) -> bytes:
    """The header with one stanza and its MAC."""
    body = encode_base64(stanza.body)
    rows = [body[start : start + _COLUMNS] for start in range(0, len(body) + 1, _COLUMNS)]
    arguments = " ".join(stanza.arguments).encode("ascii")
    authenticated = VERSION_LINE + b"-> " + arguments + b"\n" + b"\n".join(rows) + b"\n---"
    return authenticated + b" " + encode_base64(_mac(authenticated, file_key)) + b"\n"


def verify_header(header: Header, file_key: bytes) -> None:
    """Raises VAULT-FORMAT unless the header's MAC is the one that `file_key` gives."""
    if not hmac.compare_digest(header.mac, _mac(header.authenticated, file_key)):
        raise Violation(RULE, "the age header was changed: its MAC differs")


def _mac(authenticated: bytes, file_key: bytes) -> bytes:
    return hmac.digest(derive_key(file_key, salt=b"", info=b"header"), authenticated, "sha256")
