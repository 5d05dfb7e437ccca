"""Vaults are age files, so that the plain `age` program opens one with no help from Strongroom.

This is age version 1 (C2SP, "age-encryption.org/v1") with a passphrase, that is with exactly one
scrypt stanza. It is our own because a station must know beforehand how much memory opening takes:
the work factor is read first and compared with what the machine has. Primitives come from
`cryptography` and hashlib; randomness is passed in. Why not a binding: docs/adr/0003.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from strongroom.core.errors import Fault, Violation
from strongroom.core.secret import Secret
from strongroom.core.vault.age_armor import decode_armor
from strongroom.core.vault.age_header import (
    RULE,
    Stanza,
    decode_base64,
    encode_base64,
    parse_header,
    render_header,
    verify_header,
)
from strongroom.core.vault.age_payload import NONCE_SIZE, decrypt_payload, encrypt_payload

WORK_FACTOR = 17
"""Base-two logarithm of scrypt's N in vaults that we write: 128 MiB of memory.

The smallest station has 512 MiB, and its whole system lives in them. 18, the age program's own
choice, takes half of that to double an attacker's work; one more letter of passphrase does more.
"""
MAX_WORK_FACTOR = 20
"""The most that is ever tried: 1 GiB."""

_TYPE = "scrypt"
_SALT_LABEL = b"age-encryption.org/v1/scrypt"
_SALT_SIZE = 16
_FILE_KEY_SIZE = 16
_WRAPPED_SIZE = _FILE_KEY_SIZE + 16
_BLOCK_SIZE = 8  # scrypt's r
_MIB = 1024 * 1024
_NUMBER = re.compile(r"[1-9][0-9]?")


def memory_needed(work_factor: int) -> int:
    """Bytes of memory that scrypt takes at `work_factor` (RFC 7914: 128 r N, and a few blocks)."""
    return 128 * _BLOCK_SIZE * ((1 << work_factor) + 4)


def encrypt_with_passphrase(
    plaintext: bytes,
    passphrase: Secret,
    *,
    work_factor: int = WORK_FACTOR,
    random: Callable[[int], bytes],
) -> bytes:
    """An age file that `passphrase` opens and that holds `plaintext`.

    `random` gives that many bytes from the kernel's generator; file key, salt and nonce are 16
    bytes each, drawn in that order. `work_factor` is the base-two logarithm of scrypt's N.
    """
    file_key = _draw(random, _FILE_KEY_SIZE)
    salt = _draw(random, _SALT_SIZE)
    nonce = _draw(random, NONCE_SIZE)
    cipher = ChaCha20Poly1305(_stretch(passphrase, salt, work_factor))
    stanza = Stanza(
        arguments=(_TYPE, encode_base64(salt).decode("ascii"), str(work_factor)),
        body=cipher.encrypt(bytes(12), file_key, None),
    )
    return render_header(stanza, file_key) + encrypt_payload(plaintext, file_key, nonce=nonce)


def decrypt_with_passphrase(
    data: bytes, passphrase: Secret, *, available: int | None = None
) -> bytes:
    """What the age file `data` holds, all of it authenticated.

    `available` is the memory in bytes that may be used (None: not known). Raises VAULT-PASSPHRASE
    when the passphrase does not open it, VAULT-FORMAT when it is malformed or damaged, and
    VAULT-MEMORY when its work factor needs more memory than there is.
    """
    binary = decode_armor(data)
    header = parse_header(binary)
    salt, work_factor, wrapped = _parse_scrypt(header.stanzas)
    needed = memory_needed(work_factor)
    if available is not None and needed > available:
        raise Fault(
            "VAULT-MEMORY",
            f"the vault's work factor {work_factor} needs {needed // _MIB} MiB of memory"
            f" and {available // _MIB} MiB are free",
            hint="open it on a machine with more memory",
        )
    try:
        file_key = ChaCha20Poly1305(_stretch(passphrase, salt, work_factor)).decrypt(
            bytes(12), wrapped, None
        )
    except InvalidTag as error:
        raise Violation(
            "VAULT-PASSPHRASE",
            "the passphrase does not open the vault",
            hint="check capitals and the keyboard's layout, and whether it is the right vault",
        ) from error
    verify_header(header, file_key)
    return decrypt_payload(binary[header.size :], file_key)


def _parse_scrypt(stanzas: tuple[Stanza, ...]) -> tuple[bytes, int, bytes]:
    """Salt, work factor and wrapped file key of the one stanza that may be there."""
    types = [stanza.arguments[0] for stanza in stanzas]
    if types != [_TYPE]:
        raise Violation(
            RULE,
            f"the age file is not locked by one passphrase but by {len(types)} stanzas"
            if _TYPE in types
            else "the age file is locked by a key, not by a passphrase",
        )
    arguments, body = stanzas[0].arguments, stanzas[0].body
    if len(arguments) != 3:  # noqa: PLR2004 - type, salt and work factor
        raise Violation(RULE, f"the scrypt stanza has {len(arguments)} arguments instead of 3")
    salt = decode_base64(arguments[1].encode("ascii"), where="salt")
    if len(salt) != _SALT_SIZE or len(body) != _WRAPPED_SIZE:
        raise Violation(
            RULE, f"the scrypt stanza has a salt of {len(salt)} and a body of {len(body)} bytes"
        )
    if _NUMBER.fullmatch(arguments[2]) is None or int(arguments[2]) > MAX_WORK_FACTOR:
        raise Violation(
            RULE,
            f"the scrypt work factor is not a number from 1 to {MAX_WORK_FACTOR}",
            hint="encrypt the vault again with the age program",
        )
    return salt, int(arguments[2]), body


def _stretch(passphrase: Secret, salt: bytes, work_factor: int) -> bytes:
    """The wrap key; slow by intent, and other threads run meanwhile. Raises VAULT-MEMORY."""
    needed = memory_needed(work_factor)
    try:
        return hashlib.scrypt(
            passphrase.reveal(),
            salt=_SALT_LABEL + salt,
            n=1 << work_factor,
            r=_BLOCK_SIZE,
            p=1,
            maxmem=needed,
            dklen=32,
        )
    except (MemoryError, ValueError) as error:  # OpenSSL's "malloc failure" comes as a ValueError
        raise Fault(
            "VAULT-MEMORY",
            f"work factor {work_factor} needs {needed // _MIB} MiB of memory, more than is free",
            hint="open it on a machine with more memory",
        ) from error


def _draw(random: Callable[[int], bytes], size: int) -> bytes:
    drawn = random(size)
    if len(drawn) != size:
        raise Fault("PROGRAM", f"{size} random bytes were asked for and {len(drawn)} came")
    return drawn
