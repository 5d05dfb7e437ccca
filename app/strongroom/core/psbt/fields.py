"""The fields that a PSBT may have: one table for each kind of map, by key type.

Sources: BIP-174, BIP-370 (version 2), BIP-371 (taproot), BIP-373 (MuSig2), BIP-375 (silent payments),
BIP-127, BIP-322 and BIP-353. Each entry says what its key data looks like, which versions may carry it and
how its value reads. A type that is not here is unknown; the reader lists it and the review decides.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from strongroom.core.bitcoin.codec import hash160, ripemd160, sha256, sha256d
from strongroom.core.psbt import values as v

BOTH = frozenset((0, 2))
ONLY_V0 = frozenset((0,))
ONLY_V2 = frozenset((2,))

NOTHING = frozenset((0,))
ECDSA_KEY = frozenset((33, 65))
COMPRESSED = frozenset((33,))
X_ONLY = frozenset((32,))
CONTROL_BLOCK = frozenset(range(33, 33 + 32 * 128 + 1, 32))
MUSIG_PLACE = frozenset((66, 98))


class Field(NamedTuple):
    """How one type of field reads.

    `parse(key_data, value)` gives what is kept, under the name `slot` ("" keeps nothing beyond the check).
    A `part` belongs to the transaction of a version 2 PSBT; a `repeated` field has key data and may stand
    in a map more than once. An `ignored` one is read and not acted on: it is listed with the unknown ones.
    """

    name: str
    parse: Callable[[bytes, bytes], object]
    slot: str = ""
    key_sizes: frozenset[int] = NOTHING
    versions: frozenset[int] = BOTH
    part: bool = False
    repeated: bool = False
    ignored: bool = False


def _part(name: str, parse: Callable[[bytes, bytes], object]) -> Field:
    return Field(name, parse, name.lower(), versions=ONLY_V2, part=True)


def _many(
    name: str, parse: Callable[[bytes, bytes], object], slot: str, key_sizes: frozenset[int]
) -> Field:
    return Field(name, parse, slot, key_sizes, repeated=True)


GLOBAL_TX, GLOBAL_TX_VERSION, GLOBAL_FALLBACK_LOCKTIME = 0x00, 0x02, 0x03
GLOBAL_INPUT_COUNT, GLOBAL_OUTPUT_COUNT, GLOBAL_VERSION = 0x04, 0x05, 0xFB

GLOBAL = {
    GLOBAL_TX: Field("UNSIGNED_TX", v.plain, "unsigned_tx", versions=ONLY_V0, part=True),
    0x01: _many("XPUB", v.xpub_origin, "xpubs", frozenset((78,))),
    GLOBAL_TX_VERSION: _part("TX_VERSION", v.signed_number),
    GLOBAL_FALLBACK_LOCKTIME: _part("FALLBACK_LOCKTIME", v.number),
    GLOBAL_INPUT_COUNT: _part("INPUT_COUNT", v.count),
    GLOBAL_OUTPUT_COUNT: _part("OUTPUT_COUNT", v.count),
    0x06: Field("TX_MODIFIABLE", v.flags, "modifiable", versions=ONLY_V2),
    0x07: Field(
        "SP_ECDH_SHARE", v.exactly(33), key_sizes=COMPRESSED, versions=ONLY_V2, ignored=True
    ),
    0x08: Field("SP_DLEQ", v.exactly(64), key_sizes=COMPRESSED, versions=ONLY_V2, ignored=True),
    0x09: Field("GENERIC_SIGNED_MESSAGE", v.text, ignored=True),
    GLOBAL_VERSION: Field("VERSION", v.number, "version", part=True),
}

IN_NON_WITNESS_UTXO, IN_PARTIAL_SIG, IN_TAP_KEY_SIG, IN_TAP_SCRIPT_SIG = 0x00, 0x02, 0x13, 0x14
IN_PREVIOUS_TXID, IN_OUTPUT_INDEX, IN_SEQUENCE = 0x0E, 0x0F, 0x10
IN_TIME_LOCKTIME, IN_HEIGHT_LOCKTIME = 0x11, 0x12

INPUT = {
    IN_NON_WITNESS_UTXO: Field("NON_WITNESS_UTXO", v.plain, "previous_transaction"),
    0x01: Field("WITNESS_UTXO", v.output, "witness_utxo"),
    IN_PARTIAL_SIG: _many("PARTIAL_SIG", v.ecdsa_signature, "partial_signatures", ECDSA_KEY),
    0x03: Field("SIGHASH_TYPE", v.number, "sighash_type"),
    0x04: Field("REDEEM_SCRIPT", v.plain, "redeem_script"),
    0x05: Field("WITNESS_SCRIPT", v.plain, "witness_script"),
    0x06: _many("BIP32_DERIVATION", v.origin, "derivations", ECDSA_KEY),
    0x07: Field("FINAL_SCRIPTSIG", v.plain, "final_script_sig"),
    0x08: Field("FINAL_SCRIPTWITNESS", v.stack, "final_script_witness"),
    0x09: Field("POR_COMMITMENT", v.text, ignored=True),
    0x0A: Field("RIPEMD160", v.preimage(ripemd160), key_sizes=frozenset((20,)), ignored=True),
    0x0B: Field("SHA256", v.preimage(sha256), key_sizes=X_ONLY, ignored=True),
    0x0C: Field("HASH160", v.preimage(hash160), key_sizes=frozenset((20,)), ignored=True),
    0x0D: Field("HASH256", v.preimage(sha256d), key_sizes=X_ONLY, ignored=True),
    IN_PREVIOUS_TXID: _part("PREVIOUS_TXID", v.exactly(32)),
    IN_OUTPUT_INDEX: _part("OUTPUT_INDEX", v.number),
    IN_SEQUENCE: _part("SEQUENCE", v.number),
    IN_TIME_LOCKTIME: _part("REQUIRED_TIME_LOCKTIME", v.time_lock),
    IN_HEIGHT_LOCKTIME: _part("REQUIRED_HEIGHT_LOCKTIME", v.height_lock),
    IN_TAP_KEY_SIG: Field("TAP_KEY_SIG", v.schnorr_signature, "tap_key_signature"),
    IN_TAP_SCRIPT_SIG: _many(
        "TAP_SCRIPT_SIG", v.keyed_schnorr_signature, "tap_script_signatures", frozenset((64,))
    ),
    0x15: Field("TAP_LEAF_SCRIPT", v.leaf_script, key_sizes=CONTROL_BLOCK),
    0x16: _many("TAP_BIP32_DERIVATION", v.tap_origin, "tap_derivations", X_ONLY),
    0x17: Field("TAP_INTERNAL_KEY", v.x_only_key, "tap_internal_key"),
    0x18: Field("TAP_MERKLE_ROOT", v.exactly(32), "tap_merkle_root"),
    0x1A: Field("MUSIG2_PARTICIPANT_PUBKEYS", v.participants, key_sizes=COMPRESSED, ignored=True),
    0x1B: Field("MUSIG2_PUB_NONCE", v.musig_nonce, key_sizes=MUSIG_PLACE, ignored=True),
    0x1C: Field("MUSIG2_PARTIAL_SIG", v.musig_signature, key_sizes=MUSIG_PLACE, ignored=True),
    0x1D: Field(
        "SP_ECDH_SHARE", v.exactly(33), key_sizes=COMPRESSED, versions=ONLY_V2, ignored=True
    ),
    0x1E: Field("SP_DLEQ", v.exactly(64), key_sizes=COMPRESSED, versions=ONLY_V2, ignored=True),
}

OUT_AMOUNT, OUT_SCRIPT = 0x03, 0x04

OUTPUT = {
    0x00: Field("REDEEM_SCRIPT", v.plain, "redeem_script"),
    0x01: Field("WITNESS_SCRIPT", v.plain, "witness_script"),
    0x02: _many("BIP32_DERIVATION", v.origin, "derivations", ECDSA_KEY),
    OUT_AMOUNT: _part("AMOUNT", v.amount),
    OUT_SCRIPT: _part("SCRIPT", v.plain),
    0x05: Field("TAP_INTERNAL_KEY", v.x_only_key, "tap_internal_key"),
    0x06: Field("TAP_TREE", v.tree),
    0x07: _many("TAP_BIP32_DERIVATION", v.tap_origin, "tap_derivations", X_ONLY),
    0x08: Field("MUSIG2_PARTICIPANT_PUBKEYS", v.participants, key_sizes=COMPRESSED, ignored=True),
    0x09: Field("SP_V0_INFO", v.exactly(66), versions=ONLY_V2, ignored=True),
    0x0A: Field("SP_V0_LABEL", v.exactly(4), versions=ONLY_V2, ignored=True),
    0x35: Field("DNSSEC_PROOF", v.plain, ignored=True),
}
