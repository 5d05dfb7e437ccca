"""The station's own core in this process: the same verification, review and signing, other adapters.

People are played by code that types the right words. OpenPGP is real: keys of real gpg homes.
"""

from __future__ import annotations

import atexit
import hashlib
import subprocess
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from strongroom.core.approval import Consent, approve
from strongroom.core.bitcoin.keys import MasterKey
from strongroom.core.bundle.archive import parse_archive, render_archive
from strongroom.core.bundle.manifest import render_response_manifest
from strongroom.core.bundle.model import (
    BundleArchive,
    CertificateFingerprint,
    DetachedSignature,
    MemberDigest,
    ResponseManifest,
)
from strongroom.core.bundle.verify import certificates_for, verify_request
from strongroom.core.review.build import Known, review_request
from strongroom.core.review.memory import history_entry
from strongroom.core.secret import Secret
from strongroom.core.signing.sign import sign
from strongroom.core.vault.model import (
    Approver,
    History,
    HistoryEntry,
    Policy,
    RegisteredWallet,
    TrustList,
)
from strongroom.core.words import pgp_words
from strongroom.gnupg import verify_signatures

if TYPE_CHECKING:
    from pathlib import Path

    from strongroom.core.signing.sign import SignedRequest
    from strongroom.core.wallet_file import WalletFile


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPgpKey:
    """A key pair in a gpg home of its own."""

    home: Path
    fingerprint: CertificateFingerprint

    def certificate(self) -> bytes:
        """The armored public part."""
        return _gpg(self.home, "--armor", "--export", self.fingerprint)

    def sign(self, data: bytes) -> bytes:
        """An armored detached signature."""
        user = ("--local-user", self.fingerprint)
        return _gpg(self.home, "--armor", *user, "--detach-sign", "--output", "-", given=data)


def _gpg(home: Path, *arguments: str, given: bytes = b"") -> bytes:
    command = ["gpg", "--batch", "--quiet", "--homedir", str(home), "--passphrase", ""]
    pinentry = ("--pinentry-mode", "loopback")
    done = subprocess.run(
        [*command, *pinentry, *arguments], input=given, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def make_key(home: Path, name: str) -> OpenPgpKey:
    """A new signing key without a passphrase, in a new gpg home."""
    home.mkdir(mode=0o700, parents=True)
    atexit.register(_end_agent, home)
    return OpenPgpKey(home=home, fingerprint=add_key(home, name))


def _end_agent(home: Path) -> None:
    subprocess.run(("gpgconf", "--homedir", str(home), "--kill", "all"), check=False)


def add_key(home: Path, name: str) -> CertificateFingerprint:
    """The fingerprint of a new signing key without a passphrase in `home`."""
    status = _gpg(
        home, "--status-fd", "1", "--quick-generate-key", name, "ed25519", "sign", "never"
    )
    created = next(line for line in status.decode().splitlines() if " KEY_CREATED " in line)
    return CertificateFingerprint(created.split()[-1])


def make_master(name: str) -> MasterKey:
    """A master key of its own for each name."""
    return MasterKey.from_seed(Secret(hashlib.sha512(name.encode()).digest()))


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftwareStation:
    """One station: seeds, the wallet it signs for, its vault's key, and the approver it trusts."""

    masters: tuple[MasterKey, ...]
    wallet: WalletFile
    vault_key: OpenPgpKey
    approver: OpenPgpKey
    workdir: Path
    signed: list[HistoryEntry] = field(default_factory=list)

    def _signed(self, data: bytes, now: datetime) -> SignedRequest:
        archive = parse_archive(data)
        approver = Approver(
            name="Approver",
            fingerprint=self.approver.fingerprint,
            certificate=self.approver.certificate(),
            roles=frozenset({"approver"}),
            valid_from=datetime(2020, 1, 1, tzinfo=UTC),
            valid_until=None,
            revoked_from=None,
        )
        trust = TrustList(approvers=(approver,))
        reports = verify_signatures(
            archive.manifest,
            archive.signatures,
            certificates_for(archive, trust),
            workdir=self.workdir,
        )
        request = verify_request(archive, reports, trust, now)
        registered = RegisteredWallet(
            name=self.wallet.name,
            network=self.wallet.network,
            descriptor=self.wallet.descriptor,
        )
        known = Known(
            wallets=(registered,),
            policy=Policy(),
            history=History(entries=tuple(self.signed)),
            own=frozenset(master.fingerprint for master in self.masters),
        )
        review = review_request(request, known)
        words = pgp_words(request.digest)
        approval = approve(
            review,
            acknowledged=tuple(finding.rule for finding in review.warnings),
            consents=(
                Consent(name="Olga", role="operator", positions=(3, 9), typed=(words[2], words[8])),
            ),
            policy=Policy(),
        )
        done = sign(approval, self.masters)
        self.signed.append(history_entry(review))
        return done

    def answer(self, data: bytes) -> bytes:
        """The response bundle to the request bundle `data`."""
        now = datetime.now(tz=UTC).replace(microsecond=0)
        signed = self._signed(data, now)
        request = signed.approval.review.request
        manifest = ResponseManifest(
            request_digest=request.digest.hex(),
            request_id=request.manifest.request_id,
            declared=now,
            approvals=signed.approval.people,
            signatures=signed.records,
            release="0.1.0",
            image_digest=None,
            transcript_head="0" * 64,
            psbt=MemberDigest(size=0, sha256="0" * 64),
        )
        return self.seal(manifest, signed.psbt)

    def seal(self, manifest: ResponseManifest, psbt: bytes) -> bytes:
        """A response bundle around `psbt`, signed by the vault's key."""
        member = MemberDigest(size=len(psbt), sha256=hashlib.sha256(psbt).hexdigest())
        raw = render_response_manifest(replace(manifest, psbt=member))
        signature = DetachedSignature(
            fingerprint=self.vault_key.fingerprint, armored=self.vault_key.sign(raw)
        )
        return render_archive(BundleArchive(manifest=raw, psbt=psbt, signatures=(signature,)))
