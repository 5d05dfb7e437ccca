"""A clock that is wrong by decades, and certificates as people bring them: real gpg and gpgv."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from strongroom import gnupg
from strongroom.core.bundle.model import CertificateFingerprint, DetachedSignature
from strongroom.core.bundle.openpgp import parse_certificate_listing, parse_report
from strongroom.core.errors import Violation
from strongroom.core.secret import Secret

pytestmark = pytest.mark.integration
MANIFEST = b'{"format": "strongroom-request"}\n'
NOBODY = CertificateFingerprint("0" * 40)
MADE, GONE = "20500101T000000!", datetime(2052, 1, 1, tzinfo=UTC)


class Person:
    """Someone with a keyring, who acts at a time of their own."""

    def __init__(self, home: Path) -> None:
        home.mkdir(mode=0o700)
        self.home = home

    def gpg(self, *arguments: str, time: str = MADE, stdin: bytes = b"") -> bytes:
        options = ("--homedir", str(self.home), "--batch", "--quiet", "--pinentry-mode", "loopback")
        clock = ("--passphrase", "", "--faked-system-time", time)
        command = ("gpg", *options, *clock, *arguments)
        return subprocess.run(command, input=stdin, capture_output=True, check=True).stdout

    def leave(self) -> None:
        """End the agent that gpg started."""
        subprocess.run(("gpgconf", "--homedir", str(self.home), "--kill", "all"), check=True)

    def sign(self, *options: str) -> DetachedSignature:
        armored = self.gpg(*options, "--armor", "--detach-sign", stdin=MANIFEST)
        return DetachedSignature(fingerprint=NOBODY, armored=armored)


@pytest.fixture(scope="module")
def person(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    made = Person(tmp_path_factory.mktemp("p") / "home")
    made.gpg("--quick-generate-key", "Fay <fay@example.org>", "ed25519", "sign", "2y")
    yield made
    made.leave()


def test_a_clock_that_is_behind_hides_neither_names_nor_expiry(
    person: Person, tmp_path: Path
) -> None:
    listing = gnupg.list_certificate(person.gpg("--armor", "--export"), workdir=tmp_path)
    found = parse_certificate_listing(listing)
    assert found.user_ids == ("Fay <fay@example.org>",)
    assert found.expires == GONE


def test_a_clock_that_is_behind_makes_no_good_signature_bad(person: Person, tmp_path: Path) -> None:
    certificate = person.gpg("--armor", "--export")
    (report,) = gnupg.verify_signatures(
        MANIFEST, (person.sign(),), (certificate,), workdir=tmp_path
    )
    assert parse_report(report)[0].created.year == 2050


def test_a_clock_that_is_behind_does_not_keep_the_vault_from_signing(
    person: Person, tmp_path: Path
) -> None:
    secret = Secret(person.gpg("--armor", "--export-secret-keys"))
    armored = gnupg.sign_detached(MANIFEST, secret, workdir=tmp_path)
    signature = DetachedSignature(fingerprint=NOBODY, armored=armored)
    certificates = (person.gpg("--armor", "--export"),)
    (report,) = gnupg.verify_signatures(MANIFEST, (signature,), certificates, workdir=tmp_path)
    assert parse_report(report)[0].hash_algorithm == 10
    assert list(tmp_path.iterdir()) == []


def test_a_certificate_without_armor_serves_as_well(person: Person, tmp_path: Path) -> None:
    binary = person.gpg("--export")
    parse_certificate_listing(gnupg.list_certificate(binary, workdir=tmp_path))
    (report,) = gnupg.verify_signatures(MANIFEST, (person.sign(),), (binary,), workdir=tmp_path)
    assert parse_report(report)[0].created.year == 2050


def test_a_revoked_key_signs_nothing(person: Person, tmp_path: Path) -> None:
    revoker = Person(tmp_path / "home")
    revoker.gpg("--import", stdin=person.gpg("--export"))
    (file,) = (person.home / "openpgp-revocs.d").iterdir()
    revoker.gpg("--import", stdin=file.read_bytes().replace(b":-----BEGIN", b"-----BEGIN"))
    revoked = revoker.gpg("--armor", "--export")
    revoker.leave()
    assert parse_certificate_listing(gnupg.list_certificate(revoked, workdir=tmp_path)).revoked
    (report,) = gnupg.verify_signatures(MANIFEST, (person.sign(),), (revoked,), workdir=tmp_path)
    with pytest.raises(Violation, match="REVKEYSIG"):
        parse_report(report)


@pytest.mark.parametrize("kind", ["weak hash", "text", "inline", "two", "of a key"])
def test_signatures_of_other_kinds(person: Person, tmp_path: Path, kind: str) -> None:
    certificate = person.gpg("--armor", "--export")
    made = {
        "weak hash": lambda: (
            person.sign("--digest-algo", "SHA1", "--allow-weak-digest-algos").armored
        ),
        "text": lambda: person.sign("--textmode").armored,
        "inline": lambda: person.gpg("--armor", "--sign", stdin=MANIFEST),
        "two": lambda: 2 * person.gpg("--detach-sign", stdin=MANIFEST),
        "of a key": lambda: certificate,
    }[kind]()
    signature = DetachedSignature(fingerprint=NOBODY, armored=made)
    (report,) = gnupg.verify_signatures(MANIFEST, (signature,), (certificate,), workdir=tmp_path)
    if kind == "text":
        assert parse_report(report)[0].signature_class == 1
        return
    with pytest.raises(Violation) as stop:
        parse_report(report)
    assert stop.value.rule == "BUNDLE-SIGNATURE"


def test_a_name_that_its_key_did_not_sign_is_not_shown(person: Person, tmp_path: Path) -> None:
    whole = person.gpg("--export")
    claimed = b"Chief Auditor <boss@example.org>"
    forged = whole + bytes((0xB4, len(claimed))) + claimed  # a user id packet, old format, tag 13
    found = parse_certificate_listing(gnupg.list_certificate(forged, workdir=tmp_path))
    assert found.user_ids == ("Fay <fay@example.org>",)


def test_a_certificate_over_the_cap(tmp_path: Path) -> None:
    with pytest.raises(Violation) as stop:
        gnupg.list_certificate(bytes(gnupg.CERTIFICATE_CAP + 1), workdir=tmp_path)
    assert stop.value.rule == "CERTIFICATE"
