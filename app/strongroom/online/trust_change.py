"""Making a change of a vault's trust and limits online, from the list that its station wrote."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from strongroom.core.bundle.archive import parse_signed_text, render_archive
from strongroom.core.bundle.model import BundleArchive, Certificate
from strongroom.core.bundle.openpgp import parse_certificate_listing
from strongroom.core.bundle.trust_change import check_thresholds
from strongroom.core.errors import Violation
from strongroom.core.vault.changes import Terms
from strongroom.core.vault.limits import limit_of, parse_value
from strongroom.core.vault.model import Approver, Policy, TrustList
from strongroom.core.vault.trust_file import (
    TermsList,
    TermsProposal,
    list_digest,
    parse_proposal,
    render_proposal,
)
from strongroom.gnupg import list_certificate
from strongroom.online.approvers import with_approver, without_approver
from strongroom.online.requests import with_approval
from strongroom.online.trust import approve_manifest


def described(certificate: bytes) -> Certificate:
    """What an armored certificate says of itself; raises CERTIFICATE."""
    with tempfile.TemporaryDirectory() as folder:
        return parse_certificate_listing(list_certificate(certificate, workdir=Path(folder)))


def added(trust: TrustList, name: str, certificate: bytes, roles: Sequence[str]) -> TrustList:
    """The list with one more person, valid as the certificate is; raises CERTIFICATE or APPROVERS."""
    found = described(certificate)
    if found.revoked:
        raise Violation("CERTIFICATE", f"certificate {found.fingerprint} is revoked")
    person = Approver(
        name=name,
        fingerprint=found.fingerprint,
        certificate=certificate,
        roles=frozenset(roles),
        valid_from=found.created,
        valid_until=found.expires,
        revoked_from=None,
    )
    return with_approver(trust, person)


def renewed(trust: TrustList, certificate: bytes) -> TrustList:
    """The list with a newer form of a certificate in it: other dates, subkeys or a revocation.

    Raises CERTIFICATE for a revoked one of somebody whom the list does not revoke.
    """
    found = described(certificate)
    person = _one(trust, found.fingerprint)
    if found.revoked and person.revoked_from is None:
        raise Violation(
            "CERTIFICATE",
            f"the newer certificate of {person.name} is revoked, and the list would let it count",
            hint=f'add --revoke "{person.name}", so that it counts no longer',
        )
    newer = replace(person, certificate=certificate, valid_until=found.expires)
    return _with(trust, person, newer)


def revoked(trust: TrustList, name: str, moment: datetime) -> TrustList:
    """The list in which somebody's certificate counts no longer from `moment` on."""
    person = _one(trust, name)
    return _with(trust, person, replace(person, revoked_from=moment))


def removed(trust: TrustList, name: str) -> TrustList:
    """The list without somebody; raises APPROVERS."""
    return without_approver(trust, name)


def with_threshold(trust: TrustList, role: str, count: int) -> TrustList:
    """The list in which a role is needed that many times, or not at all for 0."""
    needed = dict(trust.quorum) | {role: count}
    return replace(trust, quorum=tuple((r, n) for r, n in sorted(needed.items()) if n))


def with_limit(policy: Policy, name: str, typed: str) -> Policy:
    """The policy with another limit; raises POLICY-VALUE."""
    limit = limit_of(name)
    return replace(policy, **{limit.field: parse_value(limit, typed)})  # type: ignore[arg-type]  # by name


def propose(listed: TermsList, terms: Terms, now: datetime) -> bytes:
    """The file of a change that nobody has signed yet; raises TRUST-QUORUM or TRUST-SEQUENCE."""
    if terms == listed.terms:
        raise Violation("TRUST-SEQUENCE", "the change changes nothing")
    check_thresholds(terms.trust, now)
    proposal = TermsProposal(
        sequence=listed.sequence + 1, previous=list_digest(listed), created=now, terms=terms
    )
    return render_archive(
        BundleArchive(manifest=render_proposal(proposal), psbt=b"", signatures=())
    )


def approve(data: bytes, key: str) -> bytes:
    """The file with the signature of `key`'s owner as well."""
    archive = parse_signed_text(data)
    parse_proposal(archive.manifest)
    return render_archive(with_approval(archive, approve_manifest(archive.manifest, key)))


def _one(trust: TrustList, name: str) -> Approver:
    for person in trust.approvers:
        if name in {person.name, person.fingerprint}:
            return person
    raise Violation("APPROVERS", f"there is no approver {name!r} in the list")


def _with(trust: TrustList, old: Approver, new: Approver) -> TrustList:
    people = tuple(new if person == old else person for person in trust.approvers)
    return replace(trust, approvers=people)
