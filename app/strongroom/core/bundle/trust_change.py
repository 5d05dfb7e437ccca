"""From a signed change of terms to one that may be kept: by enough of the old list, and enough of the new.

1. Each signature by somebody of the old list is good, over bytes that no parser has seen yet
   (BUNDLE-SIGNATURE), and they are enough (TRUST-QUORUM).
2. The change has the one form that is read (TRUST-FORMAT), and continues this vault's list (TRUST-SEQUENCE).
3. Every new certificate is one that may sign (CERTIFICATE), and thresholds can be met at the declared time
   (TRUST-QUORUM).
4. Each signature by somebody of the new list is good by the certificate there, and they are enough. A
   signature by somebody of neither is refused (BUNDLE-SIGNATURE).

Who takes part in both lists counts in both, once in each, however often they signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from strongroom.core.bundle.model import BundleArchive, Certificate, OpenpgpReport
from strongroom.core.bundle.verify import SLACK, check_quorum, check_signatures, check_validity
from strongroom.core.errors import Violation
from strongroom.core.moment import render_moment
from strongroom.core.vault.model import Approver, TrustList
from strongroom.core.vault.trust_file import TermsList, TermsProposal, list_digest, parse_proposal

OLD, NEW = "old", "new"


def signed_under(archive: BundleArchive, trust: TrustList, declared: datetime) -> BundleArchive:
    """The archive with the signatures of those whom `trust` lists and has not revoked by then."""
    listed = {person.fingerprint for person in trust.approvers if not is_out(person, declared)}
    kept = tuple(s for s in archive.signatures if s.fingerprint in listed)
    return replace(archive, signatures=kept)


def is_out(person: Approver, declared: datetime) -> bool:
    """Whether somebody's certificate counts no longer, by the list's own dates."""
    ends = (person.valid_until, person.revoked_from)
    return any(end is not None and declared >= end for end in ends)


def check_signed(
    archive: BundleArchive,
    reports: tuple[OpenpgpReport, ...],
    trust: TrustList,
    declared: datetime,
    *,
    side: str,
) -> tuple[str, ...]:
    """The names of those who signed under one of the lists, which are enough; `side` is OLD or NEW."""
    signed = check_signatures(archive, reports, trust)
    for one in signed:
        check_validity(one, declared)
    try:
        check_quorum(signed, trust)
    except Violation as stop:
        raise Violation(
            "TRUST-QUORUM",
            f"under the {side} list: {stop.message}",
            hint=f"have more people of the {side} list approve the change",
        ) from stop
    return tuple(one.approver.name for one in signed)


def parse_change(archive: BundleArchive, listed: TermsList, declared: datetime) -> TermsProposal:
    """The change, which continues `listed`; raises TRUST-FORMAT, TRUST-SEQUENCE, TRUST-QUORUM, BUNDLE-CLOCK."""
    proposal = parse_proposal(archive.manifest)
    check_sequence(proposal, listed)
    if declared < proposal.created - SLACK:
        raise Violation(
            "BUNDLE-CLOCK",
            f"the change was made at {render_moment(proposal.created)}, the declared time is "
            f"{render_moment(declared)}",
        )
    check_thresholds(proposal.terms.trust, declared)
    known = {p.fingerprint for t in (listed.terms.trust, proposal.terms.trust) for p in t.approvers}
    for signature in archive.signatures:
        if signature.fingerprint not in known:
            raise Violation(
                "BUNDLE-SIGNATURE",
                f"{signature.fingerprint} is neither in the old list nor in the new",
            )
    return proposal


def check_sequence(proposal: TermsProposal, listed: TermsList) -> None:
    """TRUST-SEQUENCE: the change is the next one, of exactly the terms that this vault has now."""
    due, current = listed.sequence + 1, list_digest(listed)
    if (proposal.sequence, proposal.previous) != (due, current):
        raise Violation(
            "TRUST-SEQUENCE",
            f"the change is number {proposal.sequence} and of list {proposal.previous}; this vault "
            f"takes number {due} of list {current}",
            hint="write the list as it is to a stick, and propose the change of that",
        )


def check_thresholds(trust: TrustList, declared: datetime) -> None:
    """TRUST-QUORUM: somebody is needed, and no role by more people than have it and are valid."""
    if not trust.quorum:
        raise Violation("TRUST-QUORUM", "no role would be needed to ask for a signature")
    for role, needed in trust.quorum:
        able = sum(
            role in person.roles and not is_out(person, declared) for person in trust.approvers
        )
        if able < needed:
            raise Violation(
                "TRUST-QUORUM", f"{needed} of role {role} would be needed, and {able} have it"
            )


def new_certificates(old: TrustList, new: TrustList) -> tuple[Approver, ...]:
    """Those whose certificate is not, byte for byte, in the old list."""
    known = {(person.fingerprint, person.certificate) for person in old.approvers}
    return tuple(p for p in new.approvers if (p.fingerprint, p.certificate) not in known)


def check_certificates(people: Sequence[Approver], found: Sequence[Certificate]) -> None:
    """CERTIFICATE: each is the one it is listed as; a revoked one is listed as revoked, dates hold."""
    for person, certificate in zip(people, found, strict=True):
        if certificate.fingerprint != person.fingerprint:
            raise Violation(
                "CERTIFICATE",
                f"{person.name} is listed with {person.fingerprint}, and the certificate is "
                f"{certificate.fingerprint}",
            )
        if certificate.revoked and person.revoked_from is None:
            raise Violation("CERTIFICATE", f"the certificate of {person.name} is revoked")
        ends = certificate.expires
        if ends and (person.valid_until is None or person.valid_until > ends):
            raise Violation(
                "CERTIFICATE",
                f"the certificate of {person.name} expires at {render_moment(ends)}, before the "
                "list says",
            )
