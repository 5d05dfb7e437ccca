"""The promise of the format: anyone can make, open and check a bundle with tar, sha256sum and gpg."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from strongroom import gnupg
from strongroom.core.bundle.archive import parse_archive, render_archive
from strongroom.core.bundle.model import BundleArchive, DetachedSignature
from strongroom.core.bundle.openpgp import parse_certificate_listing
from tests.unit.core.bundle.examples import PSBT, bundle

pytestmark = pytest.mark.integration


def sealed(workdir: Path) -> tuple[BundleArchive, bytes]:
    """A request with one good signature, and its signer's certificate."""
    secret, certificate = gnupg.make_signing_key("Ana <ana@example.org>", workdir=workdir)
    listing = gnupg.list_certificate(certificate, workdir=workdir)
    manifest = bundle().manifest
    signature = DetachedSignature(
        fingerprint=parse_certificate_listing(listing).fingerprint,
        armored=gnupg.sign_detached(manifest, secret, workdir=workdir),
    )
    return BundleArchive(manifest=manifest, psbt=PSBT, signatures=(signature,)), certificate


def run(*command: str, folder: Path) -> str:
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def test_ours_is_opened_and_checked_with_other_tools(tmp_path: Path) -> None:
    archive, certificate = sealed(tmp_path)
    (tmp_path / "x.request").write_bytes(render_archive(archive))
    run("tar", "--extract", "--file", "x.request", folder=tmp_path)
    named = json.loads((tmp_path / "manifest.json").read_text())["psbt"]
    assert run("sha256sum", "transaction.psbt", folder=tmp_path).split()[0] == named["sha256"]
    assert (tmp_path / "transaction.psbt").stat().st_size == named["size"]
    (tmp_path / "ana.asc").write_bytes(certificate)
    run("gpg", "--dearmor", "--output", "ana.gpg", "ana.asc", folder=tmp_path)
    signature = f"signatures/{archive.signatures[0].fingerprint}.asc"
    run("gpgv", "--keyring", "./ana.gpg", signature, "manifest.json", folder=tmp_path)


@pytest.mark.parametrize("blocking", ["20", "1", "2"])
def test_gnu_tars_is_read(tmp_path: Path, blocking: str) -> None:
    archive, _ = sealed(tmp_path)
    (tmp_path / "signatures").mkdir()
    name = f"signatures/{archive.signatures[0].fingerprint}.asc"
    files = {"manifest.json": archive.manifest, "transaction.psbt": archive.psbt}
    for path, data in (files | {name: archive.signatures[0].armored}).items():
        (tmp_path / path).write_bytes(data)
    options = ("--format=ustar", "--create", "--blocking-factor", blocking)
    run("tar", *options, "--file", "x", "manifest.json", "transaction.psbt", name, folder=tmp_path)
    assert parse_archive((tmp_path / "x").read_bytes()) == archive
