"""From an archive to a verified request: signatures over raw bytes first, then everything else.

1. Each signature is good and by a known approver (BUNDLE-SIGNATURE), over the manifest's bytes, which no
   parser has seen yet.
2. Enough distinct approvers of each needed role signed (BUNDLE-QUORUM).
3. The manifest has the one form that is read (BUNDLE-FORMAT, BUNDLE-TEXT), and the PSBT its digest
   (BUNDLE-DIGEST).
4. Dates agree with the declared time, and each approver, and the very key or subkey that signed, was valid
   then and at the signature (BUNDLE-CLOCK); the request is not past its time (BUNDLE-EXPIRED).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from strongroom.core.bundle.manifest import parse_request_manifest, parse_response_manifest
from strongroom.core.bundle.model import (
    BundleArchive,
    BundleSignature,
    CertificateKey,
    MemberDigest,
    OpenpgpReport,
    RequestManifest,
    VerifiedRequest,
    VerifiedResponse,
)
from strongroom.core.bundle.openpgp import check_lifetime, parse_report
from strongroom.core.errors import Violation
from strongroom.core.moment import render_moment
from strongroom.core.vault.model import Approver, TrustList

SLACK = timedelta(hours=2)
"""How far people's clocks and block headers may run ahead; consensus allows headers two hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A good signature, the key that made it, and whose it is."""

    signature: BundleSignature
    key: CertificateKey
    approver: Approver


def certificates_for(archive: BundleArchive, trust: TrustList) -> tuple[bytes, ...]:
    """For each signature the certificate of the one whose it claims to be; empty for one that nobody knows.

    A signature is checked by this one only, so that no other certificate can take over its key.
    """
    known = {approver.fingerprint: approver.certificate for approver in trust.approvers}
    return tuple(known.get(signature.fingerprint, b"") for signature in archive.signatures)


def verify_request(
    archive: BundleArchive,
    reports: tuple[OpenpgpReport, ...],
    trust: TrustList,
    declared: datetime,
) -> VerifiedRequest:
    """The request in `archive`, every step above taken; `reports` are GnuPG's, one a signature."""
    signed = check_signatures(archive, reports, trust)
    check_quorum(signed, trust)
    manifest = parse_request_manifest(archive.manifest)
    check_member(archive.psbt, manifest.psbt)
    for one in signed:
        check_validity(one, declared)
    check_clock(manifest, declared)
    return VerifiedRequest(
        manifest=manifest,
        digest=hashlib.sha256(archive.manifest).digest(),
        psbt=archive.psbt,
        signers=tuple(one.approver.name for one in signed),
        declared=declared,
    )


def verify_response(archive: BundleArchive, request_digest: bytes) -> VerifiedResponse:
    """The response in `archive`, which answers the request of that digest; raises BUNDLE-*."""
    manifest = parse_response_manifest(archive.manifest)
    if manifest.request_digest != request_digest.hex():
        raise Violation(
            "BUNDLE-DIGEST",
            f"the answer is to request {manifest.request_digest}, not {request_digest.hex()}",
        )
    check_member(archive.psbt, manifest.psbt)
    return VerifiedResponse(
        manifest=manifest, digest=hashlib.sha256(archive.manifest).digest(), psbt=archive.psbt
    )


def check_signatures(
    archive: BundleArchive, reports: tuple[OpenpgpReport, ...], trust: TrustList
) -> tuple[Signed, ...]:
    """BUNDLE-SIGNATURE: every signature is good, is what its name says, and is by a known approver.

    BUNDLE-CLOCK: each was made while the very key that made it was valid.
    """
    if len(reports) != len(archive.signatures):
        raise _bad(f"{len(archive.signatures)} signatures and {len(reports)} results of gpgv")
    known = {approver.fingerprint: approver for approver in trust.approvers}
    signed: list[Signed] = []
    for detached, report in zip(archive.signatures, reports, strict=True):
        if detached.fingerprint not in known:
            raise _bad(
                f"{detached.fingerprint} is not in the trust list",
                hint="add the approver on the station, or have the request approved by others",
            )
        signature, key = parse_report(report)
        if signature.primary != detached.fingerprint:
            raise _bad(f"{detached.fingerprint}.asc is a signature of {signature.primary}")
        approver = known[signature.primary]
        check_lifetime(signature, key)
        signed.append(Signed(signature=signature, key=key, approver=approver))
    return tuple(signed)


def check_quorum(signed: tuple[Signed, ...], trust: TrustList) -> None:
    """BUNDLE-QUORUM: enough distinct primary keys of each needed role."""
    for role, needed in trust.quorum:
        present = {s.signature.primary for s in signed if role in s.approver.roles}
        if len(present) < needed:
            raise Violation(
                "BUNDLE-QUORUM",
                f"{len(present)} of {needed} needed signatures of role {role}",
                hint="have more approvers sign the request",
            )


def check_member(psbt: bytes, named: MemberDigest) -> None:
    """BUNDLE-DIGEST: the PSBT has the size and digest that the manifest names."""
    digest = hashlib.sha256(psbt).hexdigest()
    if len(psbt) != named.size or digest != named.sha256:
        raise Violation(
            "BUNDLE-DIGEST",
            f"the PSBT has {len(psbt)} bytes and digest {digest}, the manifest names {named.size} "
            f"and {named.sha256}",
            hint="the file was changed or damaged after it was approved",
        )


def check_validity(signed: Signed, declared: datetime) -> None:
    """BUNDLE-CLOCK: signed not after the declared time, and person and key valid both then and now."""
    signature, approver = signed.signature, signed.approver
    who = f"the signature of {approver.name}"
    if signature.created > declared + SLACK:
        raise _clock(f"{who} is of {render_moment(signature.created)}, in the future", declared)
    if signature.expires is not None and signature.expires <= declared:
        raise _clock(f"{who} expired at {render_moment(signature.expires)}", declared)
    if signed.key.expires is not None and signed.key.expires <= declared:
        until = render_moment(signed.key.expires)
        raise _clock(f"{approver.name}'s key {signed.key.fingerprint} expired at {until}", declared)
    for moment in (signature.created, declared):
        if moment < approver.valid_from - SLACK:
            since = render_moment(approver.valid_from)
            raise _clock(f"{approver.name}'s key is valid only from {since}", declared)
        if approver.valid_until is not None and moment >= approver.valid_until:
            until = render_moment(approver.valid_until)
            raise _clock(f"{approver.name}'s key expired at {until}", declared)
        if approver.revoked_from is not None and moment >= approver.revoked_from:
            since = render_moment(approver.revoked_from)
            raise _clock(f"{approver.name}'s key is revoked since {since}", declared)


def check_clock(manifest: RequestManifest, declared: datetime) -> None:
    """BUNDLE-CLOCK and BUNDLE-EXPIRED: the declared time fits the request's dates."""
    if declared < manifest.created - SLACK:
        raise _clock(f"the request was created at {render_moment(manifest.created)}", declared)
    if declared < manifest.anchor.tip_time - SLACK:
        tip = render_moment(manifest.anchor.tip_time)
        raise _clock(f"the request knows a block of {tip}", declared)
    if declared >= manifest.expires:
        raise Violation(
            "BUNDLE-EXPIRED",
            f"the request expired at {render_moment(manifest.expires)}, the declared time is "
            f"{render_moment(declared)}",
            hint="build the request anew",
        )


def _clock(what: str, declared: datetime) -> Violation:
    return Violation(
        "BUNDLE-CLOCK",
        f"{what}; the declared time is {render_moment(declared)}",
        hint="declare the right time, or have it approved with a valid key",
    )


def _bad(what: str, *, hint: str = "have the request approved and written again") -> Violation:
    return Violation("BUNDLE-SIGNATURE", what, hint=hint)
