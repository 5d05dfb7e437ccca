"""Who may approve requests of a wallet, in which role, and how many it takes: the online copy.

The vault's own trust list decides at the station. This one lets everybody see who has approved and who is
still missing, and keeps a request that no station would sign from being carried there.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from strongroom.core.bundle.verify import certificates_for, check_quorum, check_signatures
from strongroom.core.errors import Violation
from strongroom.core.fields import Fields
from strongroom.core.text import parse_strict_json, readable_json
from strongroom.core.vault.contents_policy import parse_trust, render_trust
from strongroom.core.vault.model import Approver, TrustList
from strongroom.gnupg import verify_signatures

if TYPE_CHECKING:
    from datetime import datetime

    from strongroom.core.bundle.model import BundleArchive, CertificateFingerprint
    from strongroom.core.bundle.verify import Signed

RULE = "APPROVERS"
_FORMAT, _VERSION = "strongroom-approvers", 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleStanding:
    """How many of a role have approved (`present`, by name) and how many it takes."""

    role: str
    present: tuple[str, ...]
    needed: int

    @property
    def missing(self) -> int:
        """How many are still to approve."""
        return max(0, self.needed - len(self.present))


def parse_approvers(data: bytes) -> TrustList:
    """The trust list in `data`; raises APPROVERS."""
    obj = parse_strict_json(data, rule=RULE, text_rule=RULE)
    fields = Fields(obj, where="approvers", rule=RULE, text_rule=RULE)
    fields.take_constant("format", _FORMAT)
    fields.take_constant("version", _VERSION)
    trust = parse_trust(fields.take_object("trust"))
    fields.check_end()
    return trust


def render_approvers(trust: TrustList) -> bytes:
    """The file that `parse_approvers` reads."""
    return readable_json({"format": _FORMAT, "version": _VERSION, "trust": render_trust(trust)})


def with_approver(trust: TrustList, approver: Approver) -> TrustList:
    """The same with one more; raises APPROVERS if name or key is there already."""
    for known in trust.approvers:
        if known.fingerprint == approver.fingerprint or known.name == approver.name:
            raise Violation(RULE, f"{known.name} ({known.fingerprint}) is there already")
    return replace(trust, approvers=(*trust.approvers, approver))


def without_approver(trust: TrustList, name: str) -> TrustList:
    """The same without the one of this name or fingerprint; raises APPROVERS if there is none."""
    left = tuple(a for a in trust.approvers if name not in {a.name, a.fingerprint})
    if len(left) == len(trust.approvers):
        raise Violation(
            RULE, f"there is no approver {name!r}", hint="see `strongroom approver list`"
        )
    return replace(trust, approvers=left)


def with_quorum(trust: TrustList, quorum: tuple[tuple[str, int], ...]) -> TrustList:
    """The same with other thresholds, which the people in the list can meet; raises APPROVERS."""
    for role, count in quorum:
        able = sum(1 for approver in trust.approvers if role in approver.roles)
        if not 0 < count <= able:
            raise Violation(RULE, f"{count} of role {role!r} are asked for, {able} people have it")
    return replace(trust, quorum=tuple(sorted(quorum)))


def make_approver(
    name: str,
    fingerprint: CertificateFingerprint,
    certificate: bytes,
    roles: frozenset[str],
    now: datetime,
) -> Approver:
    """An approver from now on, in these roles."""
    return Approver(
        name=name,
        fingerprint=fingerprint,
        certificate=certificate,
        roles=roles,
        valid_from=now,
        valid_until=None,
        revoked_from=None,
    )


def signed_by(archive: BundleArchive, trust: TrustList) -> tuple[Signed, ...]:
    """The approvals in `archive`, each good and by somebody in the list; raises BUNDLE-SIGNATURE.

    Without a list nothing is known of anybody, and nothing is checked.
    """
    if not trust.approvers:
        return ()
    certificates = certificates_for(archive, trust)
    with tempfile.TemporaryDirectory() as folder:
        reports = verify_signatures(
            archive.manifest, archive.signatures, certificates, workdir=Path(folder)
        )
    return check_signatures(archive, reports, trust)


def check_approved(archive: BundleArchive, trust: TrustList) -> None:
    """BUNDLE-SIGNATURE, BUNDLE-QUORUM: enough of each role have approved, if a list is kept at all."""
    signed = signed_by(archive, trust)
    if trust.approvers:
        check_quorum(signed, trust)


def standing(archive: BundleArchive, trust: TrustList) -> tuple[RoleStanding, ...]:
    """Who has approved in which role, and how many it takes."""
    if not trust.approvers:
        return ()
    people = [signed.approver for signed in signed_by(archive, trust)]
    return tuple(
        RoleStanding(
            role=role,
            present=tuple(sorted(person.name for person in people if role in person.roles)),
            needed=needed,
        )
        for role, needed in trust.quorum
    )
