"""An honest request and answer, a trust list, and what gpgv says of a good signature."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from strongroom.core.bundle.archive import BundleArchive
from strongroom.core.bundle.manifest import render_request_manifest, render_response_manifest
from strongroom.core.bundle.model import (
    CertificateFingerprint,
    ChainAnchor,
    ChangeOutput,
    DetachedSignature,
    InputSignatureRecord,
    MemberDigest,
    OpenpgpReport,
    Payment,
    RequestManifest,
    ResponseManifest,
    RoomApproval,
)
from strongroom.core.money import Sats
from strongroom.core.network import Network
from strongroom.core.vault.model import Approver, TrustList

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CREATED = datetime(2026, 11, 1, 12, tzinfo=UTC)
PSBT = b"psbt\xff" + bytes(90)
MEMBER = MemberDigest(size=len(PSBT), sha256=hashlib.sha256(PSBT).hexdigest())
ANA, BEN, MALLORY = (CertificateFingerprint(digit * 40) for digit in "ABC")
PAYEE = "bcrt1q6rhpng9evdsfnn833a4f4vej0asu6dk5srld6x"

REQUEST = RequestManifest(
    request_id="2026-11-01-0001",
    sequence=7,
    previous_digest="ab" * 32,
    created=CREATED,
    expires=CREATED + 7 * DAY,
    expires_height=1908,
    anchor=ChainAnchor(
        network=Network.REGTEST,
        genesis_hash=Network.REGTEST.constants.genesis_hash,
        tip_height=900,
        tip_hash="11" * 32,
        tip_time=CREATED,
    ),
    wallet="Treasury",
    descriptor_checksum="qqqqqqqq",
    payments=(Payment(address=PAYEE, amount=Sats(5), payee="Zoë & Söhne", reference="INV-1"),),
    change=(ChangeOutput(address=PAYEE, amount=Sats(6)),),
    fee=Sats(200),
    purpose="invoices of October",
    requester="Ana",
    replaces=None,
    psbt=MEMBER,
)
RESPONSE = ResponseManifest(
    request_digest="cd" * 32,
    request_id="2026-11-01-0001",
    declared=CREATED,
    approvals=(RoomApproval(name="Ana", role="operator"),),
    signatures=(InputSignatureRecord(index=0, fingerprint="5a61a87e", public_key="02" * 33),),
    release="strongroom 0.1.0",
    image_digest=None,
    transcript_head="ef" * 32,
    psbt=MEMBER,
)


def bundle(*signers: CertificateFingerprint, manifest: bytes | None = None) -> BundleArchive:
    """An archive with signatures under these names; what gpgv says of them is another matter."""
    return BundleArchive(
        manifest=render_request_manifest(REQUEST) if manifest is None else manifest,
        psbt=PSBT,
        signatures=tuple(DetachedSignature(fingerprint=s, armored=b"") for s in signers),
    )


def answer(psbt: bytes = PSBT) -> BundleArchive:
    """A response without signatures."""
    return BundleArchive(manifest=render_response_manifest(RESPONSE), psbt=psbt, signatures=())


def good_status(
    primary: str = ANA,
    *,
    signer: str | None = None,
    created: datetime = CREATED,
    expires: datetime | None = None,
    verdict: str = "GOODSIG",
) -> bytes:
    """The status lines of gpgv for one good signature."""
    key, until = signer or primary, int(expires.timestamp()) if expires else 0
    lines = (
        f"NEWSIG {primary.lower()}@example.org",
        f"KEY_CONSIDERED {primary} 0",
        f"SIG_ID mPnTf+5hSSVKmGoTGi2tqqJuQqA {created:%Y-%m-%d} {int(created.timestamp())}",
        f"{verdict} {key[-16:]} Someone <someone@example.org>",
        f"VALIDSIG {key} {created:%Y-%m-%d} {int(created.timestamp())} {until} 4 0 22 10 00 {primary}",
    )
    return "".join(f"[GNUPG:] {line}\n" for line in lines).encode()


def good_report(
    primary: str = ANA,
    *,
    signer: str | None = None,
    created: datetime = CREATED,
    expires: datetime | None = None,
    verdict: str = "GOODSIG",
    key: tuple[datetime, datetime | None] = (CREATED - 300 * DAY, None),
    use: str = "s",
) -> OpenpgpReport:
    """What GnuPG says of one good signature, by a subkey (`signer`) or the primary; `key`: made, expires."""
    status = good_status(primary, signer=signer, created=created, expires=expires, verdict=verdict)
    return OpenpgpReport(status=status, listing=listing(primary, signer, key=key, use=use))


def listing(
    primary: str,
    subkey: str | None = None,
    *,
    key: tuple[datetime, datetime | None] = (CREATED - 300 * DAY, None),
    use: str = "s",
) -> bytes:
    """The listing of a certificate; dates and use are the subkey's, if there is one."""
    old = int((CREATED - 300 * DAY).timestamp())
    made, ends = int(key[0].timestamp()), int(key[1].timestamp()) if key[1] else ""
    dates, flags = (f"{old}:", "scSC") if subkey else (f"{made}:{ends}", use)
    lines = [
        f"pub:-:255:22:{primary[-16:]}:{dates}::-:::{flags}:::::ed25519:::0:",
        f"fpr:::::::::{primary}:",
        f"uid:-::::{old}::00::Someone <someone@example.org>::::::::::0:",
    ]
    if subkey:
        lines += [f"sub:-:255:22:{subkey[-16:]}:{made}:{ends}:::::{use}:::::ed25519::"]
        lines += [f"fpr:::::::::{subkey}:"]
    return "".join(f"{line}\n" for line in lines).encode()


def approver(name: str, fingerprint: CertificateFingerprint, *roles: str) -> Approver:
    """A person of the trust list, valid for a year around the request."""
    return Approver(
        name=name,
        fingerprint=fingerprint,
        certificate=b"",
        roles=frozenset(roles or ("approver",)),
        valid_from=CREATED - 180 * DAY,
        valid_until=CREATED + 180 * DAY,
        revoked_from=None,
    )


def trust(
    *approvers: Approver, quorum: tuple[tuple[str, int], ...] = (("approver", 1),)
) -> TrustList:
    """A trust list; Ana and Ben unless others are given."""
    people = approvers or (approver("Ana", ANA), approver("Ben", BEN))
    return TrustList(approvers=people, quorum=quorum)
