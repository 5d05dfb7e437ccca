"""Signing a request: read, verify, review, approve, sign, remember, answer.

The vault remembers what is signed before the answer leaves the station, so that a lost answer can be made
again and a second, different one can not.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from strongroom.core.approval import Approval, Consent, approve, check_words, draw_positions
from strongroom.core.bundle.archive import MANIFEST_CAP, parse_archive, render_archive
from strongroom.core.bundle.manifest import render_response_manifest
from strongroom.core.bundle.model import (
    BundleArchive,
    BundleFile,
    DetachedSignature,
    MemberDigest,
    ResponseManifest,
    VerifiedRequest,
)
from strongroom.core.bundle.openpgp import parse_certificate_listing
from strongroom.core.bundle.verify import certificates_for, verify_request
from strongroom.core.errors import Violation
from strongroom.core.optical.codes import Code, short_codes
from strongroom.core.progress import Progress
from strongroom.core.review.build import Known, review_request
from strongroom.core.review.memory import history_entry
from strongroom.core.review.model import Review
from strongroom.core.session.closing import head_code
from strongroom.core.session.desk import (
    Desk,
    OpenVault,
    coded,
    problem_of,
    record,
    save_vault,
    write_until_done,
)
from strongroom.core.session.requests import (
    CheckSignatures,
    ChooseFile,
    Confirm,
    DrawRandom,
    ListCertificate,
    ShowResult,
    ShowReview,
    SignManifest,
    Steps,
    Work,
    WriteFiles,
    ask,
)
from strongroom.core.session.values import FileKind, OutFile
from strongroom.core.signing.sign import SignedRequest, sign
from strongroom.core.transcript.chain import render_events
from strongroom.core.transcript.model import Value
from strongroom.core.transcript.text import render_text
from strongroom.core.vault.history import record_signed
from strongroom.core.vault.seeds import master_of

TRIES = 3
RECORD_SIZE = 170  # one signature's record in the answer's manifest, at most
MANIFEST_HEAD = 32 * 1024
LISTED, TEXT_CAP = 100, 1000  # what one event of the transcript takes


def sign_request(desk: Desk) -> Steps[None]:
    """Take one request from the stick to its answer; any rule that blocks ends it before a signature."""
    vault = desk.opened()
    file = yield from ask(ChooseFile(FileKind.REQUEST))
    request = yield from _verify(desk, vault, file)
    review = yield from _review(vault, request)
    yield from record(
        desk,
        "sign",
        "reviewed",
        _facts(review),
        inputs={
            "file": hashlib.sha256(file.data).hexdigest(),
            "request": request.digest.hex(),
            "review": review.digest.hex(),
        },
    )
    check_answer_size(review, len(vault.contents.seeds))
    acknowledged = yield from ask(ShowReview(review.shown()))
    approval = yield from _approve(vault, review, acknowledged)
    yield from record(
        desk,
        "sign",
        "approved",
        {},
        inputs={"request": request.digest.hex(), "review": approval.digest.hex()},
        actors=tuple(f"{p.name} ({p.role})" for p in approval.people),
    )
    signed = yield from _sign(vault, approval)
    yield from record(
        desk,
        "sign",
        "signed",
        {"signatures": len(signed.records)},
        outputs={"psbt": hashlib.sha256(signed.psbt).hexdigest()},
    )
    answer = yield from _answer(desk, vault, signed)
    yield from _remember(desk, vault, review)
    files = answer.files(_stem(file.name))
    receipt = yield from write_until_done(WriteFiles(files, "the answer"))
    desk.mirrored = len(desk.transcript.events)
    yield from ask(
        ShowResult(
            title="Signed. The answer is on the stick",
            lines=(
                f"transaction   {review.txid}",
                f"signatures    {len(signed.records)}",
                f"answer        {receipt.names[-1]}",
                "Head of the transcript, to be written on paper:",
            ),
            digest=desk.transcript.head,
            codes=(*_codes(coded(receipt, files)), head_code(desk.transcript.head)),
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    bundle: bytes
    psbt: bytes
    events: bytes
    text: bytes

    def files(self, stem: str) -> tuple[OutFile, ...]:
        return (
            OutFile(name=f"{stem}.signed.psbt", data=self.psbt),
            OutFile(name=f"{stem}.transcript.jsonl", data=self.events),
            OutFile(name=f"{stem}.transcript.txt", data=self.text),
            OutFile(name=f"{stem}.response", data=self.bundle),
        )


def _codes(files: tuple[Code, ...]) -> tuple[Code, ...]:
    """What small answers leave by the screen as; the whole answer first."""
    psbt, *_, bundle = files
    return short_codes(bundle, psbt)


def _stem(name: str) -> str:
    return name.removesuffix(FileKind.REQUEST.suffix)


def _verify(desk: Desk, vault: OpenVault, file: BundleFile) -> Steps[VerifiedRequest]:
    trust = vault.contents.trust
    archive = parse_archive(file.data)
    certificates = certificates_for(archive, trust)
    reports = yield from ask(CheckSignatures(archive.manifest, archive.signatures, certificates))
    return verify_request(archive, reports, trust, desk.declared)


def _review(vault: OpenVault, request: VerifiedRequest) -> Steps[Review]:
    contents = vault.contents
    known = Known(
        wallets=contents.wallets,
        policy=contents.policy,
        history=contents.history,
        own=frozenset(seed.fingerprint for seed in contents.seeds),
    )
    return (
        yield from ask(Work("Checking the request", lambda p: review_request(request, known, p)))
    )


def check_answer_size(review: Review, keys: int) -> None:
    """PSBT-SIZE: the answer's manifest will be within its cap, told before anything is signed."""
    size = len(review.inputs) * keys * RECORD_SIZE + MANIFEST_HEAD
    if size > MANIFEST_CAP:
        raise Violation(
            "PSBT-SIZE",
            f"the answer for {len(review.inputs)} inputs would need a manifest of {size} bytes, over "
            f"the cap of {MANIFEST_CAP}",
            hint="split the request into smaller ones",
        )


def _approve(vault: OpenVault, review: Review, acknowledged: tuple[str, ...]) -> Steps[Approval]:
    total = max(1, vault.contents.policy.witnesses)
    consents: list[Consent] = []
    while len(consents) < total:
        consents += [(yield from _consent(review, tuple(consents), total))]
    return approve(
        review, acknowledged=acknowledged, consents=consents, policy=vault.contents.policy
    )


def _consent(review: Review, before: tuple[Consent, ...], total: int) -> Steps[Consent]:
    """Another person's words; new positions after each wrong answer, and a stop after three."""
    problem, wrong, shown = "", 0, review.shown()
    names, number = {consent.name.strip().casefold() for consent in before}, len(before) + 1
    while True:
        random = yield from ask(DrawRandom(2))
        positions = draw_positions(random.reveal())
        reply = yield from ask(Confirm(shown, number, total, positions, problem))
        try:
            check_words(review.request.digest, positions, reply.typed)
        except Violation as stop:
            wrong += 1
            if wrong == TRIES:
                raise
            problem = problem_of(stop)
            continue
        if reply.name.strip().casefold() in names:
            problem = f"POLICY-WITNESSES: {reply.name.strip()} has confirmed already"
            continue
        return Consent(name=reply.name, role=reply.role, positions=positions, typed=reply.typed)


def _sign(vault: OpenVault, approval: Approval) -> Steps[SignedRequest]:
    seeds = vault.contents.seeds

    def work(progress: Progress) -> SignedRequest:
        return sign(approval, tuple(master_of(seed) for seed in seeds), progress)

    return (yield from ask(Work("Signing", work)))


def _answer(desk: Desk, vault: OpenVault, signed: SignedRequest) -> Steps[_Answer]:
    contents, request = vault.contents, signed.approval.review.request
    manifest = render_response_manifest(
        ResponseManifest(
            request_digest=request.digest.hex(),
            request_id=request.manifest.request_id,
            declared=desk.declared,
            approvals=signed.approval.people,
            signatures=signed.records,
            release=desk.release.version,
            image_digest=desk.release.image_digest,
            transcript_head=desk.transcript.head.hex(),
            psbt=MemberDigest(
                size=len(signed.psbt), sha256=hashlib.sha256(signed.psbt).hexdigest()
            ),
        )
    )
    armored = yield from ask(SignManifest(manifest, contents.signing_key))
    listing = yield from ask(ListCertificate(contents.certificate))
    signature = DetachedSignature(
        fingerprint=parse_certificate_listing(listing).fingerprint, armored=armored
    )
    bundle = render_archive(
        BundleArchive(manifest=manifest, psbt=signed.psbt, signatures=(signature,))
    )
    return _Answer(
        bundle=bundle,
        psbt=signed.psbt,
        events=render_events(desk.transcript),
        text=render_text(desk.transcript).encode(),
    )


def _remember(desk: Desk, vault: OpenVault, review: Review) -> Steps[None]:
    contents = record_signed(
        vault.contents,
        history_entry(review),
        transcript_head=desk.transcript.head.hex(),
        declared=desk.declared,
    )
    yield from save_vault(
        desk, replace(vault, contents=contents), "the vault, which now remembers this request"
    )


def _facts(review: Review) -> dict[str, Value]:
    """What the transcript keeps of a review; of a large batch the first hundred, beside the counts.

    The digests of the request and of the review, recorded with it, bind all of it.
    """
    findings = tuple(f"{f.rule} {f.severity.value}: {f.message}" for f in review.findings)
    return {
        "signers": review.request.signers,
        "wallet": review.wallet_name,
        "txid": review.txid,
        "sent": sum(r.amount for r in review.recipients if not r.is_self),
        "recipients": tuple(f"{r.amount} sat to {r.address}" for r in review.recipients[:LISTED]),
        "recipient_count": len(review.recipients),
        "fee": review.fee,
        "findings": tuple(finding[:TEXT_CAP] for finding in findings[:LISTED]),
        "finding_count": len(findings),
    }
