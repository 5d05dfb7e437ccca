"""How the values of PSBT fields read: each function takes (key data, value) and gives what is kept.

A value has one form. Lengths are exact, keys start with a byte that public keys start with, and nothing is
left over. Messages say what is wrong with the value; the caller adds where it stands.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct

from strongroom.core.bitcoin.codec import Reader
from strongroom.core.bitcoin.curve import find_point
from strongroom.core.bitcoin.model import TxOutput
from strongroom.core.bitcoin.transaction import parse_output, parse_previous_transaction, read_stack
from strongroom.core.errors import Violation
from strongroom.core.psbt.model import KeyOrigin, PreviousTransaction

RULE = "PSBT-CANONICAL"
PATH_CAP = 12
TRANSACTION_CAP = 4_000_000  # bytes; a block's weight limit, so that nothing larger was ever mined
PREVIOUS_OUTPUT_CAP = 500_000  # over all previous transactions: what fits the smallest station
TIME_LOCK = 500_000_000  # below it a lock is a height, from it on a time in seconds
TREE_DEPTH = 128
SCHNORR_SIZES = (64, 65)
_PATHS = {4 + 4 * steps: Struct(f"<{steps}I") for steps in range(PATH_CAP + 1)}
_DER_SIZES = range(9, 74)  # with the sighash byte: from one byte each of r and s to 33 each
_DER_SEQUENCE, _DER_INTEGER = 0x30, 0x02
_KEY_STARTS = {33: (2, 3), 65: (4,)}


class PreviousTransactions:
    """Reads the previous transactions of one PSBT; inputs that share one have it read once."""

    def __init__(self) -> None:
        self._read: dict[bytes, PreviousTransaction] = {}
        self._outputs = 0

    def parse(self, _key: bytes, value: bytes) -> PreviousTransaction:
        """The txid and outputs of the transaction `value`; raises PSBT-CANONICAL, PSBT-SIZE."""
        known = self._read.get(value)
        if known is not None:
            return known
        if len(value) > TRANSACTION_CAP:
            raise Violation(
                "PSBT-SIZE", f"the transaction has {len(value)} bytes, {TRANSACTION_CAP} are read"
            )
        txid, outputs = parse_previous_transaction(value, rule=RULE)
        self._outputs += len(outputs)
        if self._outputs > PREVIOUS_OUTPUT_CAP:
            raise Violation(
                "PSBT-SIZE",
                f"the previous transactions have over {PREVIOUS_OUTPUT_CAP} outputs together",
            )
        known = PreviousTransaction(txid=txid, outputs=outputs)
        self._read[value] = known
        return known


def plain(_key: bytes, value: bytes) -> bytes:
    """The value as it is."""
    return value


def exactly(size: int) -> Callable[[bytes, bytes], bytes]:
    """A reader of values of exactly `size` bytes."""

    def parse(_key: bytes, value: bytes) -> bytes:
        return _sized(value, size)

    return parse


def flags(_key: bytes, value: bytes) -> int:
    """One byte of bits."""
    return _sized(value, 1)[0]


def number(_key: bytes, value: bytes) -> int:
    """An unsigned number of four bytes."""
    return int.from_bytes(_sized(value, 4), "little")


def signed_number(_key: bytes, value: bytes) -> int:
    """A signed number of four bytes, as a transaction's version is."""
    return int.from_bytes(_sized(value, 4), "little", signed=True)


def amount(_key: bytes, value: bytes) -> int:
    """A signed number of eight bytes, as an amount is."""
    return int.from_bytes(_sized(value, 8), "little", signed=True)


def count(_key: bytes, value: bytes) -> int:
    """A compact size that fills its value."""
    reader = Reader(value, rule=RULE)
    found = reader.compact_size()
    reader.check_end()
    return found


def time_lock(key: bytes, value: bytes) -> int:
    """A required time: not below 500 000 000 (BIP-370)."""
    found = number(key, value)
    if found < TIME_LOCK:
        raise Violation(RULE, f"{found} is a height, not a time")
    return found


def height_lock(key: bytes, value: bytes) -> int:
    """A required height: above zero and below 500 000 000 (BIP-370)."""
    found = number(key, value)
    if not 0 < found < TIME_LOCK:
        raise Violation(RULE, f"{found} is not a height")
    return found


def output(_key: bytes, value: bytes) -> TxOutput:
    """An amount and a script, as in a transaction."""
    return parse_output(value, rule=RULE)


def x_only_key(_key: bytes, value: bytes) -> bytes:
    """An x-only public key."""
    _check_point(_sized(value, 32))
    return value


def preimage(hashed: Callable[[bytes], bytes]) -> Callable[[bytes, bytes], bytes]:
    """A reader of values whose hash is the key data."""

    def parse(key: bytes, value: bytes) -> bytes:
        if hashed(value) != key:
            raise Violation(RULE, f"the {len(value)} bytes do not hash to {key.hex()}")
        return value

    return parse


def text(_key: bytes, value: bytes) -> bytes:
    """UTF-8, kept as bytes."""
    try:
        value.decode()
    except UnicodeDecodeError as error:
        raise Violation(RULE, f"the text is not UTF-8 at its byte {error.start}") from None
    return value


def stack(_key: bytes, value: bytes) -> bytes:
    """A whole witness stack, kept as bytes."""
    reader = Reader(value, rule=RULE)
    read_stack(reader)
    reader.check_end()
    return value


def origin(key: bytes, value: bytes) -> KeyOrigin:
    """A public key with its master fingerprint and path; PSBT-SIZE over 12 steps."""
    _check_public_key(key)
    return _origin(key, value)


def tap_origin(key: bytes, value: bytes) -> KeyOrigin:
    """The same for an x-only key, behind the hashes of the leaves that have it (BIP-371)."""
    _check_point(key)
    if value[:1] == b"\x00":
        return _origin(key, value[1:])
    reader = Reader(value, rule=RULE)
    reader.take(32 * reader.compact_size())
    return _origin(key, value[reader.offset :])


def xpub_origin(key: bytes, value: bytes) -> KeyOrigin:
    """An extended key with as many steps as its depth says (BIP-174)."""
    found = _origin(key, value)
    _check_public_key(key[45:])
    if len(found.path) != key[4]:
        raise Violation(RULE, f"a path of {len(found.path)} steps leads to a depth of {key[4]}")
    return found


def ecdsa_signature(key: bytes, value: bytes) -> tuple[bytes, bytes]:
    """A public key and a DER signature whose lengths agree, with its sighash byte (BIP-66)."""
    _check_public_key(key)
    size = len(value)
    r_size = value[3] if size in _DER_SIZES else 0
    s_at = 6 + r_size
    if (
        not 0 < r_size < size - 7
        or value[:3] != bytes((_DER_SEQUENCE, size - 3, _DER_INTEGER))
        or value[s_at - 2 : s_at] != bytes((_DER_INTEGER, size - s_at - 1))
        or size - s_at <= 1
    ):
        raise Violation(RULE, f"the {size} bytes {value[:80].hex()} are not a DER signature")
    return key, value


def schnorr_signature(_key: bytes, value: bytes) -> bytes:
    """A BIP-340 signature, with or without a sighash byte."""
    return _sized(value, *SCHNORR_SIZES)


def keyed_schnorr_signature(key: bytes, value: bytes) -> tuple[bytes, bytes]:
    """An x-only key and leaf hash, and a BIP-340 signature."""
    _check_point(key[:32])
    return key, _sized(value, *SCHNORR_SIZES)


def leaf_script(key: bytes, value: bytes) -> bytes:
    """A script and its leaf version, which the control block names too (BIP-341)."""
    if not value or value[-1] != key[0] & ~1:
        raise Violation(RULE, "script and control block do not name one leaf version")
    _check_point(key[1:33])
    return value


def tree(_key: bytes, value: bytes) -> bytes:
    """A whole taproot tree: leaves with depth, version and script, from left to right (BIP-371)."""
    reader = Reader(value, rule=RULE)
    whole: list[int] = []  # the depths of finished branches that wait for their right side
    while not reader.at_end():
        depth, version = reader.u8(), reader.u8()
        if depth > TREE_DEPTH or version & 1:
            raise Violation(RULE, f"no leaf has depth {depth} and version {version}")
        reader.var_bytes()
        while whole and whole[-1] == depth:
            depth = whole.pop() - 1
        whole.append(depth)
    if whole != [0]:
        raise Violation(RULE, "the leaves do not make up one tree")
    return value


def participants(key: bytes, value: bytes) -> bytes:
    """The compressed keys behind an aggregate key (BIP-373)."""
    _check_public_key(key)
    if not value or len(value) % 33:
        raise Violation(RULE, f"{len(value)} bytes are not a list of compressed keys")
    for at in range(0, len(value), 33):
        _check_public_key(value[at : at + 33])
    return value


def musig_nonce(key: bytes, value: bytes) -> bytes:
    """A public nonce of a participant (BIP-373)."""
    _check_musig_place(key)
    return _sized(value, 66)


def musig_signature(key: bytes, value: bytes) -> bytes:
    """A partial signature of a participant (BIP-373)."""
    _check_musig_place(key)
    return _sized(value, 32)


def _sized(value: bytes, *sizes: int) -> bytes:
    if len(value) not in sizes:
        wanted = " or ".join(map(str, sizes))
        raise Violation(RULE, f"the value has {len(value)} bytes instead of {wanted}")
    return value


def _origin(key: bytes, value: bytes) -> KeyOrigin:
    path = _PATHS.get(len(value))
    if path is None:
        steps, rest = divmod(len(value) - 4, 4)
        if rest or steps < 0:
            raise Violation(RULE, f"{len(value)} bytes are not a fingerprint and a path")
        raise Violation("PSBT-SIZE", f"the path has {steps} steps, {PATH_CAP} are read")
    return KeyOrigin(key, value[:4], path.unpack_from(value, 4))


def _check_public_key(key: bytes) -> None:
    if key[0] not in _KEY_STARTS[len(key)]:
        raise Violation(RULE, f"no public key of {len(key)} bytes starts with 0x{key[0]:02x}")
    _check_point(key)


def _check_point(key: bytes) -> None:
    if find_point(key) is None:
        raise Violation(RULE, f"{key.hex()} is not the key of a point of the curve")


def _check_musig_place(key: bytes) -> None:
    _check_public_key(key[:33])
    _check_public_key(key[33:66])
