"""Every bad vector of a request, its container and its approval trips the rule that its folder names."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.vectors.cases import CASES
from tests.vectors.generate import BAD, render_case
from tests.vectors.generate_containers import CONTAINERS, approvals

from strongroom.core.approval import Consent, approve
from strongroom.core.bundle.manifest import parse_request_manifest
from strongroom.core.bundle.model import VerifiedRequest
from strongroom.core.errors import Violation
from strongroom.core.psbt.reader import parse_psbt
from strongroom.core.review.build import Known, review_request
from strongroom.core.review.model import Review
from strongroom.core.signing.sign import check_unchanged
from strongroom.core.vault.contents import parse_vault


def files(stage: str) -> list[Path]:
    return sorted(p for p in BAD.glob("*/*.json") if json.loads(p.read_text())["stage"] == stage)


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


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


@pytest.mark.parametrize("path", files("psbt"), ids=name)
def test_container_is_refused_by_its_rule(path: Path) -> None:
    with pytest.raises(Violation) as stop:
        parse_psbt(base64.b64decode(json.loads(path.read_text())["psbt"]))
    assert (stop.value.rule, bool(stop.value.hint)) == (path.parent.name, True)


def test_containers_are_what_the_generator_writes() -> None:
    for rule, build in CONTAINERS:
        path = BAD / rule / f"{build.__name__.replace('_', '-')}.json"
        assert json.loads(path.read_text())["psbt"] == base64.b64encode(build()).decode()


@pytest.mark.parametrize("path", files("approval"), ids=name)
def test_approval_is_refused_by_its_rule(path: Path) -> None:
    vector = json.loads(path.read_text())
    reviewed = review(vector)
    consents = [
        Consent(
            name=person["name"],
            role="operator",
            positions=tuple(person["positions"]),
            typed=tuple(person["typed"]),
        )
        for person in vector["consents"]
    ]
    policy = parse_vault(json.dumps(vector["vault"]).encode()).policy

    def approve_and_look_again() -> None:
        given = approve(
            reviewed, acknowledged=vector["acknowledged"], consents=consents, policy=policy
        )
        check_unchanged(replace(given, digest=bytes.fromhex(vector["reviewed"])))

    with pytest.raises(Violation) as stop:
        approve_and_look_again()
    assert (stop.value.rule, bool(stop.value.hint)) == (path.parent.name, True)


def test_approvals_are_what_the_generator_writes() -> None:
    for (rule, case), content in approvals().items():
        assert json.loads((BAD / rule / f"{case}.json").read_text()) == content


@pytest.mark.parametrize("path", files("review"), ids=name)
def test_vector_trips_its_rule(path: Path) -> None:
    vector = json.loads(path.read_text())
    if vector["finding"] is None:
        with pytest.raises(Violation) as stop:
            review(vector)
        assert stop.value.rule == path.parent.name
        assert stop.value.message
        assert stop.value.hint
    else:
        findings = {(f.rule, f.severity.value) for f in review(vector).findings}
        assert (path.parent.name, vector["finding"]) in findings


def test_vectors_are_what_the_generator_writes() -> None:
    for case in CASES:
        path = BAD / case.rule / f"{case.name}.json"
        assert path.read_text() == render_case(case), (
            f"{path}: run python -m tests.vectors.generate"
        )
