"""Every bad bundle trips the rule that its folder names, with real gpgv."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from strongroom import gnupg
from strongroom.core.bundle.archive import parse_archive
from strongroom.core.bundle.model import VerifiedRequest
from strongroom.core.bundle.verify import verify_request
from strongroom.core.errors import Violation
from strongroom.core.moment import parse_moment
from strongroom.core.vault.model import Approver, TrustList
from tests.vectors.factory import CREATED
from tests.vectors.generate_bundles import BAD, KEYS, Bundle, fingerprint_of, keyring

pytestmark = pytest.mark.integration
FILES = sorted(
    path for path in BAD.glob("*/*.json") if json.loads(path.read_text())["stage"] == "bundle"
)


def approver(name: str, changes: dict[str, str]) -> Approver:
    dates = {key: parse_moment(text) for key, text in changes.items()}
    return Approver(
        name=name.title(),
        fingerprint=fingerprint_of(name),
        certificate=(KEYS / f"{name}.asc").read_bytes(),
        roles=frozenset(("approver",)),
        valid_from=dates.get("valid_from", CREATED - timedelta(days=30)),
        valid_until=dates.get("valid_until"),
        revoked_from=dates.get("revoked_from"),
    )


def verify(data: bytes, vector: dict[str, object], workdir: Path) -> VerifiedRequest:
    changes = dict(vector["trust"])  # type: ignore[call-overload]
    quorum = tuple((role, count) for role, count in changes.pop("quorum", [["approver", 1]]))
    people = tuple(approver(name, changes.get(name, {})) for name in ("ana", "ben"))
    archive = parse_archive(data)
    statuses = gnupg.verify_signatures(
        archive.manifest,
        archive.signatures,
        tuple(person.certificate for person in people),
        workdir=workdir,
    )
    trust = TrustList(approvers=people, quorum=quorum)
    return verify_request(archive, statuses, trust, parse_moment(str(vector["declared"])))


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_bundle_trips_its_rule(path: Path, tmp_path: Path) -> None:
    vector = json.loads(path.read_text())
    with pytest.raises(Violation) as stop:
        verify(path.with_suffix(".request").read_bytes(), vector, tmp_path)
    assert stop.value.rule == path.parent.name


def test_honest_bundle_is_verified(tmp_path: Path) -> None:
    with keyring() as gpg:
        bundle = Bundle(gpg, signers=("ana", "ben"))
        data = bundle.render()
    vector: dict[str, object] = {
        "declared": "2026-11-01T13:00:00Z",
        "trust": {"quorum": [["approver", 2]]},
    }
    verified = verify(data, vector, tmp_path)
    assert set(verified.signers) == {"Ana", "Ben"}
    assert verified.manifest.payments[0].payee == "Payee 0"
