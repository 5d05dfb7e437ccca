"""Builders' signatures on the image, as files: which are there, what they sign, who made them.

Beside `NAME.iso` lie `NAME.attestation.json`, which the build writes, and one
`NAME.attestation.<FINGERPRINT>.asc` for each builder who signed that file.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from strongroom.core.attestation import (
    BuilderSignature,
    ImageAttestation,
    check_image,
    check_source,
    parse_attestation,
    verify_builders,
)
from strongroom.core.bundle.model import Certificate, CertificateFingerprint, DetachedSignature
from strongroom.core.bundle.openpgp import parse_certificate_listing
from strongroom.core.errors import Fault, Violation
from strongroom.gnupg import list_certificate, sign_with_user_key, verify_signatures
from strongroom.online.files import read_file, write_file
from strongroom.online.trust import find_certificate

_CAP = 256 * 1024
_CHUNK = 1 << 20
_SIGNATURE_NAME = re.compile(r".*\.([0-9A-F]{40})\.asc")


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestedImage:
    """An image that is the one its attestation names; `raw` are the bytes that builders sign."""

    attestation: ImageAttestation
    raw: bytes
    path: Path


def attestation_beside(iso: Path) -> Path:
    """Where the build leaves the attestation of `iso`."""
    return iso.with_suffix(".attestation.json")


def read_attested(iso: Path, attestation: Path | None) -> AttestedImage:
    """The image at `iso`, a file or a whole device, compared with its attestation.

    Of a device only as many bytes are read as the attestation names. Raises MEDIA-READ or ATTESTATION-*.
    """
    path = attestation or attestation_beside(iso)
    raw = read_file(path, cap=_CAP)
    parsed = parse_attestation(raw)
    size, sha256 = _measure(iso, parsed.iso_size)
    check_image(parsed, size=size, sha256=sha256)
    return AttestedImage(attestation=parsed, raw=raw, path=path)


def _measure(iso: Path, size: int) -> tuple[int, str]:
    """How many bytes `iso` has, and the digest of the first `size` of them."""
    digest, left = hashlib.sha256(), size
    try:
        with iso.open("rb") as file:
            while left and (chunk := file.read(min(_CHUNK, left))):
                digest.update(chunk)
                left -= len(chunk)
        found = size - left if iso.is_block_device() else iso.stat().st_size
    except OSError as error:
        raise Fault("MEDIA-READ", f"cannot read {iso}: {error.strerror}") from error
    return found, digest.hexdigest()


def sign_attestation(image: AttestedImage, key: str) -> tuple[Certificate, Path]:
    """Who signed, and the file beside the attestation that the signature by `key` was written to.

    The signature is verified before it is kept. Raises ATTESTATION-*, CERTIFICATE, OPENPGP or MEDIA-WRITE.
    """
    check_source(image.attestation)
    armored = find_certificate(key)
    builder = _parse_certificate(armored)
    signature = DetachedSignature(
        fingerprint=builder.fingerprint, armored=sign_with_user_key(image.raw, builder.fingerprint)
    )
    signed_at = datetime.now().astimezone()
    statuses = _statuses(image.raw, (signature,), (armored,))
    verify_builders(statuses, (builder,), threshold=1, now=signed_at)
    path = image.path.with_suffix(f".{builder.fingerprint}.asc")
    write_file(path, signature.armored)
    return builder, path


def find_signatures(image: AttestedImage) -> tuple[Path, ...]:
    """The signature files beside the attestation."""
    return tuple(sorted(image.path.parent.glob(f"{image.path.stem}.*.asc")))


def read_builders(places: tuple[Path, ...]) -> Mapping[Path, bytes]:
    """The certificates at `places`: files, or folders with one `.asc` for each builder."""
    files = [
        file
        for place in places
        for file in (sorted(place.glob("*.asc")) if place.is_dir() else (place,))
    ]
    return {file: read_file(file, cap=_CAP) for file in files}


def verify_signature_files(
    image: AttestedImage,
    files: tuple[Path, ...],
    builders: Mapping[Path, bytes],
    *,
    threshold: int,
) -> tuple[tuple[BuilderSignature, ...], tuple[CertificateFingerprint, ...]]:
    """The builders whose signatures hold, and the fingerprints of others that were not counted.

    Raises ATTESTATION-SIGNATURE or ATTESTATION-QUORUM, and CERTIFICATE for a list that can not be read.
    """
    signatures = {s.fingerprint: s for s in map(_read_signature, files)}
    certificates = tuple(map(_parse_certificate, builders.values()))
    known = {certificate.fingerprint for certificate in certificates}
    counted = tuple(s for s in signatures.values() if s.fingerprint in known)
    armored = dict(zip((c.fingerprint for c in certificates), builders.values(), strict=True))
    statuses = _statuses(image.raw, counted, tuple(armored[s.fingerprint] for s in counted))
    now = datetime.now().astimezone()
    signed = verify_builders(statuses, certificates, threshold=threshold, now=now)
    return signed, tuple(sorted(signatures.keys() - known))


def _read_signature(path: Path) -> DetachedSignature:
    named = _SIGNATURE_NAME.fullmatch(path.name)
    if named is None:
        raise Violation(
            "ATTESTATION-SIGNATURE",
            f"{path.name} does not name its signer",
            hint="a signature's name ends in .FINGERPRINT.asc, with 40 digits 0-9 and A-F",
        )
    return DetachedSignature(
        fingerprint=CertificateFingerprint(named[1]), armored=read_file(path, cap=_CAP)
    )


def _parse_certificate(armored: bytes) -> Certificate:
    with tempfile.TemporaryDirectory() as folder:
        return parse_certificate_listing(list_certificate(armored, workdir=Path(folder)))


def _statuses(
    data: bytes, signatures: tuple[DetachedSignature, ...], certificates: tuple[bytes, ...]
) -> dict[CertificateFingerprint, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        reports = verify_signatures(data, signatures, certificates, workdir=Path(folder))
    return {s.fingerprint: report.status for s, report in zip(signatures, reports, strict=True)}
