"""OpenPGP on the online side: a person's approval of a request, and a vault's seal on an answer.

What a person's own gpg signed is verified by gpgv before it is kept, against the certificate alone.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from pathlib import Path

from strongroom.core.bundle.model import BundleArchive, CertificateFingerprint, DetachedSignature
from strongroom.core.bundle.openpgp import parse_certificate_listing, parse_report
from strongroom.core.errors import Violation
from strongroom.core.vault.model import TrustList
from strongroom.core.words import pgp_words
from strongroom.gnupg import (
    export_user_certificate,
    list_certificate,
    sign_with_user_key,
    verify_signatures,
)

_KEY_ID = re.compile(r"(?:0x)?([0-9A-Fa-f]{16}|[0-9A-Fa-f]{40})")


def fingerprint_of(certificate: bytes) -> CertificateFingerprint:
    """The primary fingerprint of an armored certificate; raises CERTIFICATE."""
    with tempfile.TemporaryDirectory() as folder:
        return parse_certificate_listing(
            list_certificate(certificate, workdir=Path(folder))
        ).fingerprint


def fingerprint_words(fingerprint: CertificateFingerprint) -> tuple[str, ...]:
    """The 32 words by which people compare a certificate: of SHA-256 over its 40 hex digits."""
    return pgp_words(hashlib.sha256(fingerprint.encode("ascii")).digest())


def find_certificate(key: str) -> bytes:
    """The armored certificate of `key` in the user's own keyring; raises CERTIFICATE."""
    plain = _KEY_ID.fullmatch("".join(key.split()))
    if plain is None:
        raise Violation(
            "CERTIFICATE",
            f"{key!r} is not the fingerprint of an OpenPGP key",
            hint="40 hex digits; `gpg --list-secret-keys` shows yours",
        )
    certificate = export_user_certificate(plain[1])
    if not certificate:
        raise Violation(
            "CERTIFICATE",
            f"there is no key {plain[1]} in your keyring",
            hint="`gpg --list-keys` shows what there is",
        )
    return certificate


def approve_manifest(manifest: bytes, key: str) -> DetachedSignature:
    """The signature of `key`'s owner over `manifest`, verified; raises BUNDLE-SIGNATURE or OPENPGP."""
    certificate = find_certificate(key)
    fingerprint = fingerprint_of(certificate)
    armored = sign_with_user_key(manifest, fingerprint)
    signature = DetachedSignature(fingerprint=fingerprint, armored=armored)
    _check_signature(manifest, signature, certificate)
    return signature


def check_approval(manifest: bytes, signature: DetachedSignature, trust: TrustList) -> None:
    """BUNDLE-SIGNATURE: someone else's approval is good, by the certificate in the list or your keyring."""
    known = {approver.fingerprint: approver.certificate for approver in trust.approvers}
    certificate = known.get(signature.fingerprint) or find_certificate(signature.fingerprint)
    _check_signature(manifest, signature, certificate)


def check_vault_signature(archive: BundleArchive, certificates: tuple[bytes, ...]) -> str:
    """The fingerprint of the one of these vaults that sealed `archive`; "" if there are none.

    Raises BUNDLE-SIGNATURE when none of them did, or someone else did as well.
    """
    if not certificates:
        return ""
    known = {fingerprint_of(certificate): certificate for certificate in certificates}
    found = tuple(signature.fingerprint for signature in archive.signatures)
    if len(found) != 1 or found[0] not in known:
        raise Violation(
            "BUNDLE-SIGNATURE",
            f"the answer is signed by {', '.join(found) or 'nobody'}, the wallet's vaults are "
            f"{', '.join(known)}",
            hint="if it is another station's: strongroom wallet vault NAME ITS-WALLET-FILE",
        )
    _check_signature(archive.manifest, archive.signatures[0], known[found[0]])
    return found[0]


def _check_signature(manifest: bytes, signature: DetachedSignature, certificate: bytes) -> None:
    """BUNDLE-SIGNATURE: `signature` is good and by the primary key that it names."""
    with tempfile.TemporaryDirectory() as folder:
        (report,) = verify_signatures(manifest, (signature,), (certificate,), workdir=Path(folder))
    primary = parse_report(report)[0].primary
    if primary != signature.fingerprint:
        raise Violation(
            "BUNDLE-SIGNATURE", f"{signature.fingerprint}.asc is a signature of {primary}"
        )
