"""Real gpg and gpgv: what they say of real keys and signatures, read as values."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from strongroom import gnupg
from strongroom.core.bundle.model import CertificateFingerprint, DetachedSignature
from strongroom.core.bundle.openpgp import parse_certificate_listing, parse_report
from strongroom.core.errors import Fault, Violation
from tests.integration.software_station import make_key

pytestmark = pytest.mark.integration
MANIFEST = b'{"format": "strongroom-request"}\n'


@pytest.fixture
def workdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("g")


def agents(workdir: Path) -> list[str]:
    listed = subprocess.run(("ps", "-eo", "args"), capture_output=True, text=True, check=True)
    return [x for x in listed.stdout.splitlines() if "gpg-agent" in x and str(workdir) in x]


def test_a_vaults_key_signs_and_its_certificate_verifies(workdir: Path) -> None:
    secret, certificate = gnupg.make_signing_key("Strongroom vault 5a61a87e", workdir=workdir)
    listed = parse_certificate_listing(gnupg.list_certificate(certificate, workdir=workdir))
    assert listed.user_ids == ("Strongroom vault 5a61a87e",)
    assert listed.expires is None
    armored = gnupg.sign_detached(MANIFEST, secret, workdir=workdir)
    signature = DetachedSignature(fingerprint=listed.fingerprint, armored=armored)
    (report,) = gnupg.verify_signatures(MANIFEST, (signature,), (certificate,), workdir=workdir)
    found = parse_report(report)[0]
    assert found.primary == listed.fingerprint
    assert found.hash_algorithm == 10


def test_nothing_stays_behind_neither_files_nor_agents(workdir: Path) -> None:
    secret, _ = gnupg.make_signing_key("Strongroom vault", workdir=workdir)
    gnupg.sign_detached(MANIFEST, secret, workdir=workdir)
    assert list(workdir.iterdir()) == []
    assert agents(workdir) == []


def test_another_manifest_is_a_bad_signature(workdir: Path) -> None:
    secret, certificate = gnupg.make_signing_key("Strongroom vault", workdir=workdir)
    armored = gnupg.sign_detached(MANIFEST, secret, workdir=workdir)
    name = CertificateFingerprint("0" * 40)
    signature = DetachedSignature(fingerprint=name, armored=armored)
    (report,) = gnupg.verify_signatures(
        MANIFEST + b" ", (signature,), (certificate,), workdir=workdir
    )
    with pytest.raises(Violation) as stop:
        parse_report(report)
    assert stop.value.rule == "BUNDLE-SIGNATURE"


@pytest.mark.parametrize("junk", [b"", b"not armored", b"-----BEGIN PGP SIGNATURE-----\n\nAAAA\n"])
def test_junk_instead_of_a_signature_is_refused(workdir: Path, junk: bytes) -> None:
    _, certificate = gnupg.make_signing_key("Strongroom vault", workdir=workdir)
    signature = DetachedSignature(fingerprint=CertificateFingerprint("0" * 40), armored=junk)
    (report,) = gnupg.verify_signatures(MANIFEST, (signature,), (certificate,), workdir=workdir)
    with pytest.raises(Violation) as stop:
        parse_report(report)
    assert stop.value.rule == "BUNDLE-SIGNATURE"


def test_a_secret_key_is_no_certificate(workdir: Path) -> None:
    secret, _ = gnupg.make_signing_key("Strongroom vault", workdir=workdir)
    with pytest.raises(Violation) as stop:
        parse_certificate_listing(gnupg.list_certificate(secret.reveal(), workdir=workdir))
    assert stop.value.rule == "CERTIFICATE"


def test_an_empty_file_is_no_certificate(workdir: Path) -> None:
    with pytest.raises(Violation) as stop:
        parse_certificate_listing(gnupg.list_certificate(b"", workdir=workdir))
    assert stop.value.rule == "CERTIFICATE"


def test_a_missing_program_is_a_fault(workdir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(workdir))
    with pytest.raises(Fault, match="is not installed") as stop:
        gnupg.list_certificate(b"", workdir=workdir)
    assert stop.value.rule == "OPENPGP"


@pytest.mark.parametrize("how", ["--clear-sign", "--sign"])
@pytest.mark.parametrize("behind", [False, True], ids=["alone", "before a detached signature"])
def test_a_signed_mail_is_no_approval(how: str, *, behind: bool, workdir: Path) -> None:
    """What an approver signed elsewhere, text and signature in one, says nothing of the manifest beside it."""
    approver = make_key(workdir / "approver", "Ann Approver")
    mail = subprocess.run(
        ("gpg", "--homedir", str(approver.home), "--batch", "--armor", how),
        input=b"I am fine.\n",
        capture_output=True,
        check=True,
    ).stdout
    armored = mail + (approver.sign(MANIFEST) if behind else b"")
    signature = DetachedSignature(fingerprint=approver.fingerprint, armored=armored)
    (report,) = gnupg.verify_signatures(
        MANIFEST, (signature,), (approver.certificate(),), workdir=workdir
    )
    with pytest.raises(Violation) as stop:
        parse_report(report)
    assert stop.value.rule == "BUNDLE-SIGNATURE"
