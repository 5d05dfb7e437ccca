"""Bad answers and bad signatures trip the rule that their folder names."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from embit.util import py_secp256k1
from tests.vectors.generate_answers import BAD

from strongroom.core.bitcoin import curve, embit_curve, signatures
from strongroom.core.errors import Stop, Violation
from strongroom.core.psbt.reader import parse_psbt
from strongroom.core.signing.only_adds import check_only_adds


def vectors(stage: str) -> list[object]:
    return [
        pytest.param(path.parent.name, content, id=f"{path.parent.name}/{path.stem}")
        for path in sorted(Path(BAD).glob("*/*.json"))
        if (content := json.loads(path.read_text()))["stage"] == stage
    ]


@pytest.mark.parametrize(("rule", "vector"), vectors("answer"))
def test_answer_that_does_more_than_add_signatures(rule: str, vector: dict[str, str]) -> None:
    request, answer = (parse_psbt(base64.b64decode(vector[k])) for k in ("request", "answer"))
    with pytest.raises(Violation) as stop:
        check_only_adds(request, answer)
    assert stop.value.rule == rule


@pytest.mark.parametrize(("rule", "vector"), vectors("signature"))
def test_signature_that_does_not_verify(rule: str, vector: dict[str, str]) -> None:
    key, digest, signature = (
        bytes.fromhex(vector[name]) for name in ("public_key", "digest", "signature")
    )
    verify = signatures.verify_ecdsa if len(key) == 33 else signatures.verify_schnorr
    with pytest.raises(Violation) as stop:
        verify(key, digest, signature, rule="SIGN-VERIFY")
    assert stop.value.rule == rule


@pytest.mark.parametrize(("rule", "vector"), vectors("nonce"))
def test_two_signers_that_disagree(
    rule: str, vector: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = bytes.fromhex(vector["other"])
    monkeypatch.setattr(signatures, "_coincurve_ecdsa", lambda _secret, _digest: other)
    monkeypatch.setattr(curve, "schnorr_sign", lambda _secret, _digest, _aux: other)
    sign = {"ecdsa": signatures.sign_ecdsa, "schnorr": signatures.sign_schnorr}[vector["kind"]]
    with pytest.raises(Stop) as stop:
        sign(bytes.fromhex(vector["secret"]), bytes.fromhex(vector["digest"]))
    assert stop.value.rule == rule


@pytest.mark.parametrize(("rule", "vector"), vectors("backend"))
def test_library_that_is_missing(
    rule: str, vector: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if vector["missing"] == "embit":
        monkeypatch.setattr(signatures, "embit_chosen", py_secp256k1)
    else:
        address = embit_curve.library_address(signatures._embit())  # noqa: SLF001 - asked like the signer asks
        monkeypatch.setattr(curve, "library_address", lambda: address)
    with pytest.raises(Stop) as stop:
        signatures.check_backend()
    assert stop.value.rule == rule
