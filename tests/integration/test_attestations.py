"""Builders' attestations, with real gpg and gpgv: the bad vectors, and the commands on real files."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from strongroom import gnupg
from strongroom.core.attestation import (
    ImageAttestation,
    check_image,
    check_source,
    parse_attestation,
    render_attestation,
    verify_builders,
)
from strongroom.core.bundle.model import CertificateFingerprint, DetachedSignature
from strongroom.core.bundle.openpgp import parse_certificate_listing
from strongroom.core.errors import Violation
from strongroom.core.moment import parse_moment
from strongroom.online.cli.exits import Exit
from strongroom.online.cli.main import run
from tests.vectors.generate_attestations import BAD, Build
from tests.vectors.generate_bundles import KEYS, fingerprint_of, keyring

pytestmark = pytest.mark.integration
FILES = sorted(
    path for path in BAD.glob("*/*.json") if json.loads(path.read_text())["stage"] == "attestation"
)
PEOPLE = ("ana", "ben", "mallory")


def check(vector: dict[str, object], workdir: Path) -> tuple[str, ...]:
    """The names of the builders who count."""
    raw = str(vector["attestation"]).encode()
    attestation = parse_attestation(raw)
    check_image(attestation, size=int(str(vector["iso_size"])), sha256=str(vector["iso_sha256"]))
    check_source(attestation)
    armored = tuple((KEYS / f"{name}.asc").read_bytes() for name in vector["builders"])  # type: ignore[attr-defined]
    builders = tuple(
        parse_certificate_listing(gnupg.list_certificate(a, workdir=workdir)) for a in armored
    )
    signatures = tuple(
        DetachedSignature(fingerprint=CertificateFingerprint(name), armored=text.encode())
        for name, text in vector["signatures"].items()  # type: ignore[attr-defined]
    )
    known = {b.fingerprint: a for b, a in zip(builders, armored, strict=True)}
    certificates = tuple(known.get(s.fingerprint, b"") for s in signatures)
    reports = gnupg.verify_signatures(raw, signatures, certificates, workdir=workdir)
    statuses = {s.fingerprint: r.status for s, r in zip(signatures, reports, strict=True)}
    signed = verify_builders(
        statuses,
        builders,
        threshold=int(str(vector["threshold"])),
        now=parse_moment(str(vector["now"])),
    )
    return tuple(sorted(s.name.split(" ")[1] for s in signed))


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_attestation_trips_its_rule(path: Path, tmp_path: Path) -> None:
    with pytest.raises(Violation) as stop:
        check(json.loads(path.read_text()), tmp_path)
    assert stop.value.rule == path.parent.name
    assert stop.value.message


def test_honest_builders_count_once_each_and_strangers_not_at_all(tmp_path: Path) -> None:
    with keyring() as gpg:
        vector = Build(signers=PEOPLE).content(gpg)
    assert check(vector, tmp_path) == ("Ana", "Ben")


# The commands


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with an image and its attestation; the user's own keyring holds two builders' keys."""
    home = tmp_path / "gnupg"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(home))
    for name in PEOPLE:
        subprocess.run(
            ("gpg", "--batch", "--quiet", "--import", KEYS / f"{name}.test-secret.asc"), check=True
        )
    iso = tmp_path / "out/strongroom.iso"
    iso.parent.mkdir()
    iso.write_bytes(bytes(range(256)) * 5000)
    attestation = ImageAttestation(
        release="0.1.0",
        commit="8f" * 20,
        iso_size=iso.stat().st_size,
        iso_sha256=hashlib.sha256(iso.read_bytes()).hexdigest(),
        image_digest="2d" * 32,
    )
    (iso.parent / "strongroom.attestation.json").write_bytes(render_attestation(attestation))
    yield iso
    subprocess.run(("gpgconf", "--homedir", home, "--kill", "all"), check=True)


def strongroom(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[Exit, str, str]:
    code = run([str(argument) for argument in arguments])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_two_builders_attest_and_anyone_checks(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("ana", "ben"):
        code, out, err = strongroom(
            capsys, "image", "attest", built, "--key", fingerprint_of(name), "--json"
        )
        assert code == Exit.OK, err
        assert Path(json.loads(out)["signature"]).name.endswith(f".{fingerprint_of(name)}.asc")
    builders = tmp_path / "builders"
    builders.mkdir()
    for name in ("ana", "ben"):
        (builders / f"{name}.asc").write_bytes((KEYS / f"{name}.asc").read_bytes())
    arguments = ("image", "verify-attestations", built, "--builders", builders, "--threshold")
    code, out, err = strongroom(capsys, *arguments, "2")
    assert (code, err) == (Exit.OK, "")
    assert out.count("matches") == 2
    assert "2 builders of 2 needed" in out

    code, out, err = strongroom(capsys, *arguments, "3", "--json")
    assert code == Exit.VIOLATION
    assert json.loads(out)["error"]["rule"] == "ATTESTATION-QUORUM"


def test_a_builder_who_is_not_in_the_list_is_named_and_not_counted(
    built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("ana", "mallory"):
        assert strongroom(capsys, "image", "attest", built, "--key", fingerprint_of(name))[0] == 0
    arguments = ("image", "verify-attestations", built, "--builders", KEYS / "ana.asc")
    code, out, _ = strongroom(capsys, *arguments, "--threshold", "1")
    assert code == Exit.OK
    assert f"not checked   {fingerprint_of('mallory')}" in out


def test_plain_gpg_makes_the_same_signature_file(
    built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    attestation = built.with_name("strongroom.attestation.json")
    by_hand = built.with_name(f"strongroom.attestation.{fingerprint_of('ana')}.asc")
    options = ("--batch", "--quiet", "--local-user", fingerprint_of("ana"), "--armor")
    subprocess.run(("gpg", *options, "--output", by_hand, "--detach-sign", attestation), check=True)
    arguments = ("image", "verify-attestations", built, by_hand, "--builders", KEYS / "ana.asc")
    assert strongroom(capsys, *arguments, "--threshold", "1")[0] == Exit.OK


def test_an_image_that_differs_is_neither_signed_nor_checked(
    built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with built.open("r+b") as file:
        file.write(b"\xff")
    for arguments in (
        ("image", "attest", built, "--key", fingerprint_of("ana")),
        ("image", "verify-attestations", built, "--builders", KEYS, "--threshold", "1"),
    ):
        code, _, err = strongroom(capsys, *arguments)
        assert code == Exit.VIOLATION
        assert err.startswith("error: ATTESTATION-IMAGE: the image has 1280000 bytes and sha256 ")
        assert "\nhint: " in err
    assert not list(built.parent.glob("*.asc"))
