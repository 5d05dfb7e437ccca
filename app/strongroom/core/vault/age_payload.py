"""The body of an age file: chunks of 64 KiB, each sealed, numbered, and the last one marked.

A chunk that is missing, moved, changed or added fails its tag (STREAM, IACR eprint 2015/189), and
nothing of the body is handed out before all of it has been checked.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from strongroom.core.errors import Violation
from strongroom.core.vault.age_header import RULE, derive_key

NONCE_SIZE = 16
_CHUNK = 64 * 1024
_SEALED = _CHUNK + 16


def encrypt_payload(plaintext: bytes, file_key: bytes, *, nonce: bytes) -> bytes:
    """The body that holds `plaintext`; `nonce` is 16 random bytes, never used twice."""
    cipher = _cipher(file_key, nonce)
    chunks = _split(plaintext, _CHUNK)
    last = len(chunks) - 1
    sealed = (
        cipher.encrypt(_chunk_nonce(index, last=index == last), chunk, None)
        for index, chunk in enumerate(chunks)
    )
    return nonce + b"".join(sealed)


def decrypt_payload(payload: bytes, file_key: bytes) -> bytes:
    """The plaintext, all of it authenticated; raises VAULT-FORMAT."""
    if len(payload) < NONCE_SIZE:
        raise Violation(RULE, "the age file ends within its nonce")
    cipher = _cipher(file_key, payload[:NONCE_SIZE])
    chunks = _split(payload[NONCE_SIZE:], _SEALED)
    last = len(chunks) - 1
    opened: list[bytes] = []
    for index, chunk in enumerate(chunks):
        try:
            opened.append(cipher.decrypt(_chunk_nonce(index, last=index == last), chunk, None))
        except InvalidTag as error:
            raise Violation(
                RULE,
                f"chunk {index + 1} of {last + 1} of the age file is damaged or cut short",
                hint="use the previous generation or another copy of the vault",
            ) from error
    if last > 0 and not opened[-1]:
        raise Violation(RULE, "the age file ends with an empty chunk")
    return b"".join(opened)


def _cipher(file_key: bytes, nonce: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(derive_key(file_key, salt=nonce, info=b"payload"))


def _chunk_nonce(index: int, *, last: bool) -> bytes:
    return index.to_bytes(11, "big") + bytes([last])


def _split(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, max(len(data), 1), size)]
