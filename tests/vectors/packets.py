"""OpenPGP packets taken apart and put together again, to bend certificates in ways that gpg never makes.

Source: RFC 9580 sections 4.2, 5.2.3 and 5.5.4.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

SIGNATURE, SUBKEY = 2, 14
Packet = tuple[int, bytes]
_ISSUER = 10
"""Octets of the issuer's subpacket, which gpg puts first into the unhashed area of a binding."""


def split(certificate: bytes) -> tuple[Packet, ...]:
    """The packets as (tag, body)."""
    return tuple(_packets(certificate))


def joined(packets: tuple[Packet, ...]) -> bytes:
    """The certificate of these packets."""
    return b"".join(bytes((0xC0 | t, 0xFF)) + len(b).to_bytes(4, "big") + b for t, b in packets)


def unbound(certificate: bytes, subkey: str) -> bytes:
    """The certificate without the signature that binds `subkey` (its fingerprint) to it."""
    packets, place = split(certificate), _binding(certificate, subkey)
    return joined((*packets[:place], *packets[place + 1 :]))


def without_back_signature(certificate: bytes, subkey: str) -> bytes:
    """The certificate in which the primary binds `subkey`, which never agreed to that."""
    packets, place = split(certificate), _binding(certificate, subkey)
    body = packets[place][1]
    area = 6 + int.from_bytes(body[4:6], "big")
    size = int.from_bytes(body[area : area + 2], "big")
    first = area + 2
    kept = body[:area] + _ISSUER.to_bytes(2, "big") + body[first : first + _ISSUER]
    bent = (SIGNATURE, kept + body[first + size :])
    return joined((*packets[:place], bent, *packets[place + 1 :]))


def _binding(certificate: bytes, subkey: str) -> int:
    for place, (tag, body) in enumerate(split(certificate)):
        hashed = b"\x99" + len(body).to_bytes(2, "big") + body
        if tag == SUBKEY and hashlib.sha1(hashed).hexdigest().upper() == subkey:  # noqa: S324 - a name
            return place + 1
    raise LookupError(subkey)


def _packets(data: bytes) -> Iterator[Packet]:
    at = 0
    while at < len(data):
        sizes = 1 << (data[at] & 3)  # the old form, which gpg writes
        start = at + 1 + sizes
        end = start + int.from_bytes(data[at + 1 : start], "big")
        yield (data[at] >> 2) & 15, data[start:end]
        at = end
