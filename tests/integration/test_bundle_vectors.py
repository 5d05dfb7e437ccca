"""Every bad bundle trips the rule that its folder names, with real gpgv."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from pathlib import Path

import pytest

from strongroom import gnupg
from strongroom.core.bundle.archive import parse_archive
from strongroom.core.bundle.model import VerifiedRequest
from strongroom.core.bundle.verify import certificates_for, verify_request
from strongroom.core.errors import Violation
from strongroom.core.moment import parse_moment
from strongroom.core.vault.model import Approver, TrustList
from tests.vectors.factory import CREATED
from tests.vectors.generate_bundles import BAD, KEYS, Bundle, fingerprint_of, keyring
from tests.vectors.generate_subkeys import Eve, certificate, render, vector

pytestmark = pytest.mark.integration
FILES = sorted(
    path for path in BAD.glob("*/*.json") if json.loads(path.read_text())["stage"] == "bundle"
)


def approver(name: str, changes: dict[str, str], certificate: bytes | None = None) -> Approver:
    dates = {key: parse_moment(text) for key, text in changes.items()}
    return Approver(
        name=name.title(),
        fingerprint=fingerprint_of(name),
        certificate=certificate or (KEYS / f"{name}.asc").read_bytes(),
        roles=frozenset(("approver",)),
        valid_from=dates.get("valid_from", CREATED - timedelta(days=30)),
        valid_until=dates.get("valid_until"),
        revoked_from=dates.get("revoked_from"),
    )


def verify(data: bytes, found: dict[str, object], workdir: Path) -> VerifiedRequest:
    changes = dict(found["trust"])  # type: ignore[call-overload]
    quorum = tuple((role, count) for role, count in changes.pop("quorum", [["approver", 1]]))
    brought = dict(found.get("certificates", {}))  # type: ignore[call-overload]
    people = tuple(approver(name, changes.get(name, {})) for name in ("ana", "ben")) + tuple(
        approver(name, {}, base64.b64decode(certificate)) for name, certificate in brought.items()
    )
    archive = parse_archive(data)
    trust = TrustList(approvers=people, quorum=quorum)
    reports = gnupg.verify_signatures(
        archive.manifest,
        archive.signatures,
        certificates_for(archive, trust),
        workdir=workdir,
    )
    return verify_request(archive, reports, trust, parse_moment(str(found["declared"])))


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_bundle_trips_its_rule(path: Path, tmp_path: Path) -> None:
    found = json.loads(path.read_text())
    with pytest.raises(Violation) as stop:
        verify(path.with_suffix(".request").read_bytes(), found, tmp_path)
    assert stop.value.rule == path.parent.name


def test_honest_bundle_is_verified(tmp_path: Path) -> None:
    with keyring() as gpg:
        bundle = Bundle(gpg, signers=("ana", "ben"))
        data = bundle.render()
    found: dict[str, object] = {
        "declared": "2026-11-01T13:00:00Z",
        "trust": {"quorum": [["approver", 2]]},
    }
    verified = verify(data, found, tmp_path)
    assert set(verified.signers) == {"Ana", "Ben"}
    assert verified.manifest.payments[0].payee == "Payee 0"


def test_a_good_subkey_counts_for_its_owner(tmp_path: Path) -> None:
    with Eve() as eve:
        data = render(eve, "good", CREATED)
    verified = verify(data, vector("", certificate()), tmp_path)
    assert verified.signers == ("Eve",)
