"""Signatures that are in a PSBT already: each must commit to everything, fit a key, and verify."""

from __future__ import annotations

from collections.abc import Callable

from strongroom.core.bitcoin.signatures import verify_ecdsa, verify_schnorr
from strongroom.core.descriptor.model import DerivedScripts, Descriptor
from strongroom.core.errors import Violation
from strongroom.core.psbt.model import PsbtInput

SIGHASH_DEFAULT, SIGHASH_ALL = 0, 1
SCHNORR_SIZE = 64
X_ONLY = 32


_TAPROOT_TYPES = {b"": SIGHASH_DEFAULT, bytes((SIGHASH_ALL,)): SIGHASH_ALL}

Hashes = Callable[[int], tuple[bytes, ...]]
_Slot = tuple[int, int]  # a key's place, and 0 or the number of the leaf from 1


def find_signers(
    index: int,
    fields: PsbtInput,
    descriptor: Descriptor,
    scripts: DerivedScripts,
    hashes: Hashes,
) -> tuple[str, ...]:
    """The master fingerprints (hex) of the signers whose signatures input `index` already carries.

    `hashes` gives for a hash type the input's own hash and one for each leaf. A signer with several places has
    signed with the key path's signature or when none is missing. Raises SIGHASH-TYPE when a signature does not
    commit to the whole transaction, and SIG-EXISTING when one is of an unknown key or does not verify.
    """
    if not (fields.partial_signatures or fields.tap_key_signature or fields.tap_script_signatures):
        return ()
    if descriptor.kind.is_taproot:
        found = _taproot_slots(index, fields, descriptor, scripts, hashes)
    else:
        found = _ecdsa_slots(index, fields, scripts, hashes(SIGHASH_ALL)[0])
    wanted: dict[bytes, set[_Slot]] = {}
    signed = []
    for place, leaf in _slots(descriptor, scripts):
        wanted.setdefault(descriptor.keys[place].fingerprint, set()).add((place, leaf))
    for fingerprint, slots in wanted.items():
        key_path = descriptor.has_key_path and (0, 0) in slots & found
        if slots <= found or key_path:
            signed.append(fingerprint.hex())
    return tuple(signed)


def _slots(descriptor: Descriptor, scripts: DerivedScripts) -> tuple[_Slot, ...]:
    if not descriptor.kind.is_taproot:
        return tuple((place, 0) for place in range(len(descriptor.keys)))
    leaves = enumerate(scripts.leaves, start=1)
    in_leaves = tuple((place, number) for number, leaf in leaves for place in leaf.places)
    return ((0, 0), *in_leaves) if descriptor.has_key_path else in_leaves


def _ecdsa_slots(
    index: int, fields: PsbtInput, scripts: DerivedScripts, sighash: bytes
) -> set[_Slot]:
    if fields.tap_key_signature is not None or fields.tap_script_signatures:
        raise Violation("SIG-EXISTING", f"input {index} is not taproot and has a taproot signature")
    found = set()
    for public_key, signature in fields.partial_signatures:
        if public_key not in scripts.public_keys:
            raise Violation(
                "SIG-EXISTING",
                f"input {index} has a signature of key {public_key.hex()}, which the script has not",
            )
        if signature[-1:] != bytes((SIGHASH_ALL,)):
            raise Violation(
                "SIGHASH-TYPE",
                f"input {index} has a signature of hash type 0x{signature[-1:].hex()}",
                hint="a signature that does not cover every output can be turned against you",
            )
        verify_ecdsa(public_key, sighash, signature[:-1], rule="SIG-EXISTING")
        found.add((scripts.public_keys.index(public_key), 0))
    return found


def _taproot_slots(
    index: int,
    fields: PsbtInput,
    descriptor: Descriptor,
    scripts: DerivedScripts,
    hashes: Hashes,
) -> set[_Slot]:
    key_signature = fields.tap_key_signature
    if fields.partial_signatures or (key_signature is not None and not descriptor.has_key_path):
        raise Violation(
            "SIG-EXISTING", f"input {index} has a signature that its script has no use for"
        )
    found: set[_Slot] = set()
    if key_signature is not None:
        sighash = hashes(_taproot_type(index, fields, key_signature))[0]
        _verify_taproot(scripts.script_pubkey[2:], sighash, key_signature)
        found.add((0, 0))
    leaves = {leaf.leaf_hash: number for number, leaf in enumerate(scripts.leaves, start=1)}
    for named, signature in fields.tap_script_signatures:
        public_key, number = named[:X_ONLY], leaves.get(named[X_ONLY:], 0)
        places = scripts.leaves[number - 1].places if number else ()
        at = next((p for p in places if scripts.public_keys[p][1:] == public_key), None)
        if at is None:
            raise Violation(
                "SIG-EXISTING",
                f"input {index} has a signature of key {public_key.hex()} for leaf "
                f"{named[X_ONLY:].hex()}, which the wallet's tree has not",
            )
        sighash = hashes(_taproot_type(index, fields, signature))[number]
        _verify_taproot(public_key, sighash, signature)
        found.add((at, number))
    return found


def _taproot_type(index: int, fields: PsbtInput, signature: bytes) -> int:
    """DEFAULT for 64 bytes, ALL for 65 that name it (BIP-341), if the input does not ask for the other."""
    suffix = signature[SCHNORR_SIZE:]
    kind = _TAPROOT_TYPES.get(suffix)
    if kind is None or fields.sighash_type not in {None, kind}:
        raise Violation(
            "SIGHASH-TYPE",
            f"input {index} has a taproot signature of {len(signature)} bytes ending in "
            f"{suffix.hex() or 'nothing'}",
        )
    return kind


def _verify_taproot(public_key: bytes, sighash: bytes, signature: bytes) -> None:
    verify_schnorr(public_key, sighash, signature[:SCHNORR_SIZE], rule="SIG-EXISTING")
