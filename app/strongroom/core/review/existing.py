"""Signatures that are in a PSBT already: each must commit to everything, fit a key, and verify."""

from __future__ import annotations

from strongroom.core.bitcoin.signatures import verify_ecdsa, verify_schnorr
from strongroom.core.descriptor.model import DerivedScripts, Descriptor
from strongroom.core.errors import Violation
from strongroom.core.psbt.model import PsbtInput

SIGHASH_ALL = 1
SCHNORR_SIZE = 64


def find_signers(
    index: int,
    fields: PsbtInput,
    descriptor: Descriptor,
    scripts: DerivedScripts,
    sighash: bytes,
) -> tuple[str, ...]:
    """The master fingerprints (hex) of the keys whose signatures input `index` already carries.

    Raises SIGHASH-TYPE when one does not commit to the whole transaction, and SIG-EXISTING when one is
    of an unknown key or does not verify over `sighash`.
    """
    if descriptor.kind.is_taproot:
        return _taproot_signers(index, fields, descriptor, scripts, sighash)
    if fields.tap_key_signature is not None or fields.tap_script_signatures:
        raise Violation("SIG-EXISTING", f"input {index} is not taproot and has a taproot signature")
    signers = []
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
        place = scripts.public_keys.index(public_key)
        signers.append(descriptor.keys[place].fingerprint.hex())
    return tuple(signers)


def _taproot_signers(
    index: int,
    fields: PsbtInput,
    descriptor: Descriptor,
    scripts: DerivedScripts,
    sighash: bytes,
) -> tuple[str, ...]:
    if fields.tap_script_signatures or fields.partial_signatures:
        raise Violation(
            "SIG-EXISTING", f"input {index} has a signature that its key path has no use for"
        )
    signature = fields.tap_key_signature
    if signature is None:
        return ()
    wanted = bytes((SIGHASH_ALL,)) if fields.sighash_type == SIGHASH_ALL else b""
    if signature[SCHNORR_SIZE:] != wanted:
        raise Violation(
            "SIGHASH-TYPE",
            f"input {index} has a taproot signature of {len(signature)} bytes ending in "
            f"{signature[SCHNORR_SIZE:].hex() or 'nothing'}",
        )
    verify_schnorr(
        scripts.script_pubkey[2:], sighash, signature[:SCHNORR_SIZE], rule="SIG-EXISTING"
    )
    return (descriptor.keys[0].fingerprint.hex(),)
