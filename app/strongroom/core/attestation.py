"""What builders of the image sign, and what k of n signatures prove.

An attestation says which commit was built and which bytes came out. It has one form only, and the build writes
it: whoever builds the same commit holds the same file, so that all builders sign the same bytes, with
`strongroom image attest` or plain gpg. Anyone checks the signatures against builders of their own choice.

1. The attestation has the one form that is read (ATTESTATION-FORMAT, BUNDLE-TEXT).
2. The image has the size and digest that it names (ATTESTATION-IMAGE).
3. Each signature by a builder of the list is good, and the certificate was valid when it was made
   (ATTESTATION-SIGNATURE). One by anybody else says nothing: it is named and not counted.
4. Enough distinct builders signed (ATTESTATION-QUORUM).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from strongroom.core.bundle.model import BundleSignature, Certificate, CertificateFingerprint
from strongroom.core.bundle.openpgp import check_lifetime, key_of, parse_gpg_status
from strongroom.core.errors import Violation
from strongroom.core.fields import Fields
from strongroom.core.moment import render_moment
from strongroom.core.text import parse_strict_json, readable_json

UNCOMMITTED = "uncommitted"
"""What stands in place of the commit when the tree was changed after it."""

_RULE = "ATTESTATION-FORMAT"
_FORMAT, _VERSION = "strongroom-image-attestation", 1
_SIZE_CAP = 4096
_ISO_CAP = 1 << 40
_SHA256 = re.compile("[0-9a-f]{64}")
_COMMIT = re.compile(f"[0-9a-f]{{40}}|{UNCOMMITTED}")
_SLACK = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageAttestation:
    """One build: its commit (40 hex digits, or UNCOMMITTED), the ISO, and the digest that the station shows."""

    release: str
    commit: str
    iso_size: int
    iso_sha256: str
    image_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BuilderSignature:
    """A builder of the list who signed, under the first name in the certificate, and when by their clock."""

    fingerprint: CertificateFingerprint
    name: str
    signed: datetime


def parse_attestation(data: bytes) -> ImageAttestation:
    """The attestation in `data`; ATTESTATION-FORMAT for all but the bytes that a build writes."""
    fields = Fields(
        parse_strict_json(data, rule=_RULE, cap=_SIZE_CAP), where="attestation", rule=_RULE
    )
    fields.take_constant("format", _FORMAT)
    fields.take_constant("version", _VERSION)
    found = ImageAttestation(
        release=fields.take_text("release", cap=32),
        commit=fields.take_match("commit", _COMMIT, form="a commit"),
        iso_size=fields.take_int("iso_size", low=1, high=_ISO_CAP),
        iso_sha256=fields.take_match("iso_sha256", _SHA256, form="64 hex digits"),
        image_digest=fields.take_match("image_digest", _SHA256, form="64 hex digits"),
    )
    fields.check_end()
    if render_attestation(found) != data:
        raise Violation(
            _RULE,
            "the attestation is not written the way a build writes it",
        )
    return found


def render_attestation(attestation: ImageAttestation) -> bytes:
    """The one file that says this."""
    return readable_json(
        {
            "format": _FORMAT,
            "version": _VERSION,
            "release": attestation.release,
            "commit": attestation.commit,
            "iso_size": attestation.iso_size,
            "iso_sha256": attestation.iso_sha256,
            "image_digest": attestation.image_digest,
        }
    )


def check_image(attestation: ImageAttestation, *, size: int, sha256: str) -> None:
    """ATTESTATION-IMAGE: an image of `size` bytes and this digest is the one that was built."""
    if (size, sha256) != (attestation.iso_size, attestation.iso_sha256):
        raise Violation(
            "ATTESTATION-IMAGE",
            f"the image has {size} bytes and sha256 {sha256}, the attestation names "
            f"{attestation.iso_size} and {attestation.iso_sha256}",
            hint="an image signed for Secure Boot is compared without its signature: ./build.sh unsign ISO",
        )


def check_source(attestation: ImageAttestation) -> None:
    """ATTESTATION-SOURCE: the image was made of a commit that others can build too."""
    if attestation.commit == UNCOMMITTED:
        raise Violation(
            "ATTESTATION-SOURCE",
            "the image was made of a tree with changes that no commit holds",
        )


def verify_builders(
    statuses: Mapping[CertificateFingerprint, bytes],
    builders: tuple[Certificate, ...],
    *,
    threshold: int,
    now: datetime,
) -> tuple[BuilderSignature, ...]:
    """The builders whose signatures over one attestation hold, `threshold` of them or more.

    `statuses` are gpgv's, by the fingerprint that each signature is filed under. Raises ATTESTATION-SIGNATURE
    or ATTESTATION-QUORUM.
    """
    known = {builder.fingerprint: builder for builder in builders}
    if len(known) != len(builders):
        raise _quorum("a builder stands twice in the list")
    if not 1 <= threshold <= len(known):
        raise _quorum(f"{threshold} of {len(known)} builders can not be asked for")
    signed = tuple(
        _verify_one(fingerprint, status, known[fingerprint], now)
        for fingerprint, status in sorted(statuses.items())
        if fingerprint in known
    )
    if len(signed) < threshold:
        raise _quorum(f"{len(signed)} of {threshold} needed builders signed for this image")
    return signed


def _verify_one(
    claimed: CertificateFingerprint, status: bytes, builder: Certificate, now: datetime
) -> BuilderSignature:
    try:
        signature = parse_gpg_status(status)
        check_lifetime(signature, key_of(signature, builder))
    except Violation as bad:
        raise _bad(f"{claimed}.asc: {bad.message}") from bad
    if signature.primary != claimed:
        raise _bad(f"{claimed}.asc is a signature of {signature.primary}")
    _check_validity(signature, builder, now)
    return BuilderSignature(fingerprint=claimed, name=builder.user_ids[0], signed=signature.created)


def _check_validity(signature: BundleSignature, builder: Certificate, now: datetime) -> None:
    who = builder.fingerprint
    if builder.revoked:
        raise _bad(f"the certificate {who} is revoked")
    if signature.created > now + _SLACK:
        raise _bad(f"{who} signed at {render_moment(signature.created)}, in the future")
    if signature.expires is not None and signature.expires <= now:
        raise _bad(f"the signature of {who} expired at {render_moment(signature.expires)}")


def _bad(what: str) -> Violation:
    return Violation("ATTESTATION-SIGNATURE", what)


def _quorum(what: str) -> Violation:
    return Violation("ATTESTATION-QUORUM", what)
