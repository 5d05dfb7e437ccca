"""age files that a key opens instead of a passphrase: the way in for custodians who hold shares of that key.

This is the X25519 recipient of age version 1 (C2SP, "age-encryption.org/v1"), one of it and nothing beside it.
The key is 32 random bytes; split by SLIP-39 nobody has it, and together any quorum can give it to the plain
`age` program in the form that `render_identity` writes.
"""

from __future__ import annotations

from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from embit import bech32

from strongroom.core.errors import Violation
from strongroom.core.secret import Secret
from strongroom.core.vault.age_armor import decode_armor
from strongroom.core.vault.age_header import (
    RULE,
    Stanza,
    decode_base64,
    derive_key,
    encode_base64,
    parse_header,
    render_header,
    verify_header,
)
from strongroom.core.vault.age_payload import NONCE_SIZE, decrypt_payload, encrypt_payload

IDENTITY_SIZE = 32
_TYPE = "X25519"
_INFO = b"age-encryption.org/v1/X25519"
_FILE_KEY_SIZE, _WRAPPED_SIZE = 16, 32
_HRP = "age-secret-key-"


def is_for_custodians(data: bytes) -> bool:
    """Whether the age file `data` is locked by a key; raises VAULT-FORMAT for what is no age file."""
    header = parse_header(decode_armor(data))
    return [stanza.arguments[0] for stanza in header.stanzas] == [_TYPE]


def recipient_of(identity: Secret) -> bytes:
    """The public half of an identity of 32 bytes: to it files are written without the identity."""
    return _public(X25519PrivateKey.from_private_bytes(identity.reveal()))


def render_identity(identity: Secret) -> Secret:
    """`AGE-SECRET-KEY-1...`, as the age program reads it from a file."""
    data = bech32.convertbits(identity.reveal(), 8, 5)
    text: str = bech32.bech32_encode(bech32.Encoding.BECH32, _HRP, data)
    return Secret(text.upper().encode())


def encrypt_to_recipient(
    plaintext: bytes, recipient: bytes, *, random: Callable[[int], bytes]
) -> bytes:
    """An age file that the identity of `recipient` opens.

    `random` gives that many bytes of the kernel's generator: 16 for the file key, 32 for the ephemeral key, 16
    for the nonce, in that order.
    """
    file_key = random(_FILE_KEY_SIZE)
    ephemeral = X25519PrivateKey.from_private_bytes(random(IDENTITY_SIZE))
    nonce = random(NONCE_SIZE)
    share = _public(ephemeral)
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(recipient))
    wrapped = ChaCha20Poly1305(_wrap_key(shared, share, recipient)).encrypt(
        bytes(12), file_key, None
    )
    stanza = Stanza(arguments=(_TYPE, encode_base64(share).decode("ascii")), body=wrapped)
    return render_header(stanza, file_key) + encrypt_payload(plaintext, file_key, nonce=nonce)


def decrypt_with_identity(data: bytes, identity: Secret) -> bytes:
    """What the age file `data` holds, all of it authenticated.

    Raises VAULT-SHARES when the identity does not open it, VAULT-FORMAT when it is malformed or damaged.
    """
    binary = decode_armor(data)
    header = parse_header(binary)
    share, wrapped = _parse(header.stanzas)
    key = X25519PrivateKey.from_private_bytes(identity.reveal())
    try:
        shared = key.exchange(X25519PublicKey.from_public_bytes(share))
        file_key = ChaCha20Poly1305(_wrap_key(shared, share, _public(key))).decrypt(
            bytes(12), wrapped, None
        )
    except (InvalidTag, ValueError):  # a share of low order gives no secret
        raise Violation(
            "VAULT-SHARES",
            "the key that these shares give does not open the vault",
            hint="the shares may be of a seed, or of the vault's key before it was changed",
        ) from None
    verify_header(header, file_key)
    return decrypt_payload(binary[header.size :], file_key)


def _parse(stanzas: tuple[Stanza, ...]) -> tuple[bytes, bytes]:
    if [stanza.arguments[0] for stanza in stanzas] != [_TYPE]:
        raise Violation(
            RULE, f"the age file is not locked by one key but by {len(stanzas)} stanzas"
        )
    arguments, body = stanzas[0].arguments, stanzas[0].body
    if len(arguments) != 2 or len(body) != _WRAPPED_SIZE:  # noqa: PLR2004 - type and share
        raise Violation(
            RULE, f"the X25519 stanza has {len(body)} bytes and {len(arguments)} arguments"
        )
    share = decode_base64(arguments[1].encode("ascii"), where="ephemeral share")
    if len(share) != IDENTITY_SIZE:
        raise Violation(RULE, f"the ephemeral share has {len(share)} bytes")
    return share, body


def _wrap_key(shared: bytes, share: bytes, recipient: bytes) -> bytes:
    return derive_key(shared, salt=share + recipient, info=_INFO)


def _public(key: X25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
