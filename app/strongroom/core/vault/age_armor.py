"""The text form of an age file (RFC 7468, section 3), for a vault that `age --armor` wrote.

Strongroom writes the binary form only. On reading, armor has one spelling: 64 columns, canonical
base64, and nothing but white space around it.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode

from strongroom.core.errors import Violation
from strongroom.core.vault.age_header import RULE

_BEGIN = b"-----BEGIN AGE ENCRYPTED FILE-----"
_ARMOR = re.compile(
    _BEGIN
    + rb"\n((?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{1,64}={0,2}\n)-----END AGE ENCRYPTED FILE-----"
)
_COLUMNS = 64


def decode_armor(data: bytes) -> bytes:
    """The binary age file behind armor; `data` itself where it is not armored; VAULT-FORMAT."""
    if not data.lstrip().startswith(_BEGIN):
        return data
    found = _ARMOR.fullmatch(data.strip().replace(b"\r\n", b"\n"))
    if found is None:
        raise Violation(RULE, "the armor of the age file is malformed")
    rows = found[1].splitlines()
    text = b"".join(rows)
    try:
        binary = b64decode(text, validate=True)
    except binascii.Error as error:
        raise Violation(RULE, "the armor of the age file is not base64") from error
    if b64encode(binary) != text or len(rows[-1]) > _COLUMNS:
        raise Violation(RULE, "the armor of the age file is not canonical base64")
    return binary
