"""C9: another trust list and other limits, signed online by enough of the old list and enough of the new.

The station writes the list as it stands; the companion makes a change of it, which people sign. Here both
quorums are checked, words of the change are typed from paper, every difference is read back and agreed to, and
a new generation of the vault is written. Nothing is changed before that.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from strongroom.core.bundle.archive import parse_signed_text
from strongroom.core.bundle.model import BundleArchive, OpenpgpReport
from strongroom.core.bundle.openpgp import parse_certificate_listing
from strongroom.core.bundle.trust_change import (
    NEW,
    OLD,
    check_certificates,
    check_signed,
    new_certificates,
    parse_change,
    signed_under,
)
from strongroom.core.bundle.verify import certificates_for
from strongroom.core.errors import Violation
from strongroom.core.session.desk import Desk, record, write_until_done
from strongroom.core.session.pages import Choose, Tell
from strongroom.core.session.paper_words import type_words
from strongroom.core.session.policy import agree, digests_of, save_terms, sentences
from strongroom.core.session.requests import (
    CheckSignatures,
    ChooseFile,
    ListCertificate,
    Steps,
    WriteFiles,
    ask,
)
from strongroom.core.session.values import FileKind, OutFile
from strongroom.core.vault.changes import Terms, changes_of
from strongroom.core.vault.history import record_session
from strongroom.core.vault.model import TrustList, VaultContents
from strongroom.core.vault.trust_file import TermsList, TermsProposal, render_list

LIST_NAME = "strongroom.trust-list.json"


def change_trust(desk: Desk) -> Steps[None]:
    """Write the list as it stands, or take a signed change of it."""
    place = yield from ask(Choose("Change of trust", _WHAT, _OPTIONS))
    yield from (_write_list, _take_change)[place](desk)


def terms_of(contents: VaultContents) -> TermsList:
    """What a vault signs under, and after how many changes."""
    terms = Terms(policy=contents.policy, trust=contents.trust)
    return TermsList(sequence=contents.trust_sequence, terms=terms)


def _write_list(desk: Desk) -> Steps[None]:
    data = render_list(terms_of(desk.opened().contents))
    receipt = yield from write_until_done(
        WriteFiles((OutFile(name=LIST_NAME, data=data),), "the trust list, which is public")
    )
    digest = hashlib.sha256(data).digest()
    yield from record(desk, "trust", "trust-list-written", {}, outputs={"list": digest.hex()})
    yield from ask(Tell("The trust list is written", (*receipt.names, *_WRITTEN), digest=digest))


def _take_change(desk: Desk) -> Steps[None]:
    vault = desk.opened()
    listed = terms_of(vault.contents)
    file = yield from ask(ChooseFile(FileKind.TRUST))
    archive = parse_signed_text(file.data)
    proposal, signers = yield from _verify(desk, archive, listed)
    digest = hashlib.sha256(archive.manifest).digest()
    yield from type_words(
        f"Change of trust, number {proposal.sequence}", _COMPARE, digest, rule="TRUST-WORDS"
    )
    changes = changes_of(listed.terms, proposal.terms)
    if not changes:
        raise Violation("TRUST-SEQUENCE", "the change changes nothing")
    people = yield from agree(changes, max(1, listed.terms.policy.witnesses))
    yield from record(
        desk,
        "trust",
        "trust-changed",
        {
            "sequence": proposal.sequence,
            "generation": vault.contents.generation + 1,
            "signed_under_old": signers[0],
            "signed_under_new": signers[1],
            "changes": sentences(changes),
            "change_count": len(changes),
        },
        actors=people,
        inputs={**digests_of(listed.terms), "change": digest.hex()},
        outputs=digests_of(proposal.terms),
    )
    contents = record_session(
        replace(
            vault.contents,
            policy=proposal.terms.policy,
            trust=proposal.terms.trust,
            trust_sequence=proposal.sequence,
        ),
        transcript_head=desk.transcript.head.hex(),
        declared=desk.declared,
    )
    yield from save_terms(desk, replace(vault, contents=contents), "trust")
    lines = (
        f"change         number {proposal.sequence}, to be written on paper",
        f"generation     {contents.generation} of the vault",
        "",
        *_SHARES,
        "",
        *_PAPER,
    )
    yield from ask(Tell("The trust is changed", lines, digest=digest))


def _verify(
    desk: Desk, archive: BundleArchive, listed: TermsList
) -> Steps[tuple[TermsProposal, tuple[tuple[str, ...], tuple[str, ...]]]]:
    """The change, and who signed it under the old list and under the new; raises what `trust_change` names."""
    old = yield from _signers(desk, archive, listed.terms.trust, OLD)
    proposal = parse_change(archive, listed, desk.declared)
    people = new_certificates(listed.terms.trust, proposal.terms.trust)
    found = []
    for person in people:
        listing = yield from ask(ListCertificate(person.certificate))
        found.append(parse_certificate_listing(listing))
    check_certificates(people, found)
    new = yield from _signers(desk, archive, proposal.terms.trust, NEW)
    return proposal, (old, new)


def _signers(
    desk: Desk, archive: BundleArchive, trust: TrustList, side: str
) -> Steps[tuple[str, ...]]:
    part = signed_under(archive, trust, desk.declared)
    reports: tuple[OpenpgpReport, ...] = ()
    if part.signatures:
        certificates = certificates_for(part, trust)
        reports = yield from ask(CheckSignatures(part.manifest, part.signatures, certificates))
    return check_signed(part, reports, trust, desk.declared, side=side)


_WHAT = (
    (
        "Approvers come, go or lose their certificates, and thresholds and limits change, "
        "once enough people of the old list and of the new list have signed for it."
    ),
)
_OPTIONS = (
    ("Write the list", "as it stands, for the companion"),
    ("Take a change", "that the old list and the new one signed"),
)
_WRITTEN = ("", "The companion makes changes of this file: strongroom trust propose.")
_COMPARE = (
    (
        "Type these words of the change from the paper that its signers brought. The "
        "differences are read back next."
    ),
)
_SHARES = (
    (
        "New shares do not revoke old ones, and neither does this. Where a key or enough shares "
        "may be in other hands, rotate the wallet (Ceremonies, Rotate a wallet)."
    ),
)
_PAPER = ("The digest of the change, for the certificate:",)
