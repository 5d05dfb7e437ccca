"""Adding a person to the trust list, by an OpenPGP certificate that is compared in words."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from strongroom.core.approval import check_words, draw_positions
from strongroom.core.bundle.model import Certificate
from strongroom.core.bundle.openpgp import parse_certificate_listing
from strongroom.core.errors import Violation
from strongroom.core.session.desk import Desk, Done, problem_of, save_vault
from strongroom.core.session.requests import (
    AcceptCertificate,
    ChooseFile,
    DrawRandom,
    ListCertificate,
    ShowResult,
    Steps,
    ask,
)
from strongroom.core.session.values import FileKind
from strongroom.core.text import check_text
from strongroom.core.vault.changes import ALONE, TOGETHER, needs_several
from strongroom.core.vault.model import Approver, TrustList

NAME_CAP = 64


def add_approver(desk: Desk) -> Steps[None]:
    """Read a certificate, have it compared, and keep it in the vault's trust list.

    Raises TRUST-QUORUM where several people ask together and have to sign for a new one; CERTIFICATE for one
    that is unusable, expired, revoked or known already.
    """
    vault = desk.opened()
    trust = vault.contents.trust
    if needs_several(trust):
        raise Violation("TRUST-QUORUM", ALONE, hint=TOGETHER)
    file = yield from ask(ChooseFile(FileKind.CERTIFICATE))
    certificate = parse_certificate_listing((yield from ask(ListCertificate(file.data))))
    if certificate.revoked or (certificate.expires and certificate.expires <= desk.declared):
        raise Violation(
            "CERTIFICATE", f"certificate {certificate.fingerprint} is expired or revoked"
        )
    if any(known.fingerprint == certificate.fingerprint for known in trust.approvers):
        raise Violation("CERTIFICATE", f"{certificate.fingerprint} is in the trust list already")
    name = yield from _accept(certificate)
    approver = Approver(
        name=name,
        fingerprint=certificate.fingerprint,
        certificate=file.data,
        roles=frozenset(("approver",)),
        valid_from=certificate.created,
        valid_until=certificate.expires,
        revoked_from=None,
    )
    contents = replace(
        vault.contents,
        generation=vault.contents.generation + 1,
        trust=TrustList(approvers=(*trust.approvers, approver), quorum=trust.quorum),
    )
    body = {"name": name, "fingerprint": certificate.fingerprint}
    done = Done(step="approver", kind="approver-added", body=body)
    following = replace(vault, contents=contents)
    yield from save_vault(desk, following, "the vault with the new approver", done)
    yield from ask(
        ShowResult(title=f"{name} may approve requests", lines=(str(certificate.fingerprint),))
    )


def _accept(certificate: Certificate) -> Steps[str]:
    digest = hashlib.sha256(certificate.fingerprint.encode()).digest()
    problem = ""
    while True:
        random = yield from ask(DrawRandom(2))
        positions = draw_positions(random.reveal())
        accepted = yield from ask(AcceptCertificate(certificate, positions, problem))
        try:
            check_words(digest, positions, accepted.typed)
            check_text(accepted.name, where="the approver's name", cap=NAME_CAP)
        except Violation as stop:
            problem = problem_of(stop)
            continue
        return accepted.name
