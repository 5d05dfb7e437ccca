"""Every bad vector of the review trips the rule that its folder names, and no other."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest
from tests.vectors.cases import CASES
from tests.vectors.generate import BAD, render_case

from strongroom.core.bundle.manifest import parse_request_manifest
from strongroom.core.bundle.model import VerifiedRequest
from strongroom.core.errors import Violation
from strongroom.core.review.build import Known, review_request
from strongroom.core.review.model import Review
from strongroom.core.vault.contents import parse_vault

FILES = sorted(
    path for path in BAD.glob("*/*.json") if json.loads(path.read_text()).get("stage") == "review"
)


def review(vector: dict[str, object]) -> Review:
    text = str(vector["manifest"]).encode()
    manifest = parse_request_manifest(text)
    vault = parse_vault(json.dumps(vector["vault"]).encode())
    request = VerifiedRequest(
        manifest=manifest,
        digest=hashlib.sha256(text).digest(),
        psbt=base64.b64decode(str(vector["psbt"])),
        signers=("Ana",),
        declared=manifest.created,
    )
    known = Known(
        wallets=vault.wallets,
        policy=vault.policy,
        history=vault.history,
        own=frozenset(seed.fingerprint for seed in vault.seeds),
    )
    return review_request(request, known)


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_vector_trips_its_rule(path: Path) -> None:
    vector = json.loads(path.read_text())
    if vector["finding"] is None:
        with pytest.raises(Violation) as stop:
            review(vector)
        assert stop.value.rule == path.parent.name
        assert stop.value.message
    else:
        findings = {(f.rule, f.severity.value) for f in review(vector).findings}
        assert (path.parent.name, vector["finding"]) in findings


def test_vectors_are_what_the_generator_writes() -> None:
    for case in CASES:
        path = BAD / case.rule / f"{case.name}.json"
        assert path.read_text() == render_case(case), (
            f"{path}: run python -m tests.vectors.generate"
        )
