"""Secrets derived from a seed for other uses (BIP-85): who has the seed has them all, and none gives the seed.

embit derives some of these too, but from keys in its own types; here it is two lines on top of BIP-32.
"""

from __future__ import annotations

import base64
import hmac
from enum import Enum

from embit import base58

from strongroom.core.bitcoin.keys import HARDENED, MasterKey
from strongroom.core.bitcoin.mnemonic import WORD_COUNTS, mnemonic_from_entropy
from strongroom.core.errors import Violation
from strongroom.core.network import Network
from strongroom.core.secret import Secret

_ROOT = 83696968
_LABEL = b"bip-entropy-from-k"
_ENGLISH = 0
_WIF = {Network.MAINNET: b"\x80"}
_WIF_TEST = b"\xef"
_XPRV = {Network.MAINNET: bytes.fromhex("0488ade4")}
_XPRV_TEST = bytes.fromhex("04358394")


class ChildKind(Enum):
    """What may be derived: its number in the path (BIP-85), and its lengths; none where there is one only."""

    WORDS = (39, (12, 15, 18, 21, 24))
    WIF = (2, ())
    EXTENDED_KEY = (32, ())
    HEX = (128169, tuple(range(16, 65)))
    PASSWORD_BASE64 = (707764, tuple(range(20, 87)))
    PASSWORD_BASE85 = (707785, tuple(range(10, 81)))

    def __init__(self, application: int, lengths: tuple[int, ...]) -> None:
        self.application = application
        self.lengths = lengths


def child_path(kind: ChildKind, length: int, index: int) -> tuple[int, ...]:
    """The hardened path of a child; raises CHILD for a length or index that it can not have."""
    if kind.lengths and length not in kind.lengths:
        shown = f"{kind.lengths[0]} to {kind.lengths[-1]}"
        raise Violation("CHILD", f"a child of length {length}: {shown} is what there is")
    if not 0 <= index < HARDENED:
        raise Violation("CHILD", f"there is no child {index}: numbers go from 0 to {HARDENED - 1}")
    steps: tuple[int, ...] = (_ROOT, kind.application)
    if kind is ChildKind.WORDS:
        steps += (_ENGLISH,)
    if kind.lengths:
        steps += (length,)
    return tuple(step | HARDENED for step in (*steps, index))


def child_entropy(master: MasterKey, path: tuple[int, ...]) -> Secret:
    """The 64 bytes at `path`: HMAC-SHA-512 of the private key there (BIP-85, "Specification")."""
    node = master.derive_private(path)
    entropy = Secret(hmac.digest(_LABEL, node.secret, "sha512"))
    node.wipe()
    return entropy


def derive_child(
    master: MasterKey, kind: ChildKind, *, length: int, index: int, network: Network
) -> Secret:
    """The child as text in ASCII; `network` shapes WIF and extended keys. Raises CHILD."""
    entropy = child_entropy(master, child_path(kind, length, index)).reveal()
    match kind:
        case ChildKind.WORDS:
            size = 4 * (4 + WORD_COUNTS.index(length))
            return Secret(" ".join(mnemonic_from_entropy(Secret(entropy[:size]))).encode())
        case ChildKind.WIF:
            head = _WIF.get(network, _WIF_TEST)
            return _base58(head + entropy[:32] + b"\x01")
        case ChildKind.EXTENDED_KEY:
            head = _XPRV.get(network, _XPRV_TEST)
            return _base58(head + bytes(9) + entropy[:32] + b"\x00" + entropy[32:])
        case ChildKind.HEX:
            return Secret(entropy[:length].hex().encode())
        case ChildKind.PASSWORD_BASE64:
            return Secret(base64.b64encode(entropy)[:length])
        case ChildKind.PASSWORD_BASE85:
            return Secret(base64.b85encode(entropy)[:length])


def _base58(payload: bytes) -> Secret:
    text: str = base58.encode_check(payload)
    return Secret(text.encode())
