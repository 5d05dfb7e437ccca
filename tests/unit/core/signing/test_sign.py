"""Signing: only what was approved, twice the same, verified, and nothing but signatures added."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from tests.finalised import finalise
from tests.vectors.factory import Draft, draft, master

from strongroom.core.approval import Approval, Consent, approve
from strongroom.core.bitcoin import curve
from strongroom.core.bitcoin.keys import PrivateNode
from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.errors import Fault, Stop, Violation
from strongroom.core.psbt.reader import parse_psbt
from strongroom.core.review.build import review_request
from strongroom.core.review.inputs import review_inputs
from strongroom.core.review.model import Review
from strongroom.core.signing import tasks
from strongroom.core.signing.sign import sign
from strongroom.core.signing.tasks import Signer
from strongroom.core.vault.model import Policy
from strongroom.core.words import pgp_words


def approved(made: Draft) -> Approval:
    review = review_request(made.request(), made.known())
    return approve(
        review, acknowledged=rules(review), consents=(consent(review),), policy=made.policy
    )


def signed_by(made: Draft, *owners: str) -> bytes:
    """`made` with the signatures of those of `owners` who are in its wallet, one after the other."""
    psbt, head = made.psbt(), len(parse_psbt(made.psbt()).raw_inputs[0]) - len(made.inputs[0])
    for owner in owners:
        made.owner = owner
        if master(owner).fingerprint in {key.fingerprint for key in made.descriptor.keys}:
            psbt = sign(approved(made), (master(owner),)).psbt
            made.inputs = [list(fields[head:]) for fields in parse_psbt(psbt).raw_inputs]
    return psbt


def rules(review: Review) -> tuple[str, ...]:
    return tuple(finding.rule for finding in review.warnings)


def consent(review: Review, name: str = "Olga") -> Consent:
    words = pgp_words(review.request.digest)
    return Consent(name=name, role="operator", positions=(3, 17), typed=(words[2], words[16]))


@pytest.mark.parametrize("kind", list(ScriptKind), ids=lambda k: k.value)
def test_every_input_is_signed_and_nothing_else_changes(kind: ScriptKind) -> None:
    made = draft(kind)
    signed = sign(approved(made), (master("ana"),))
    ours = master("ana").fingerprint.hex()
    places = {ScriptKind.WSH_SCRIPT: 2, ScriptKind.TR_TREE: 3}.get(kind, 1)
    assert [(r.index, r.fingerprint) for r in signed.records] == [
        (index, ours) for index in (0, 1) for _ in range(places)
    ]
    answer = parse_psbt(signed.psbt)
    assert answer.transaction == parse_psbt(made.psbt()).transaction
    # The answer's signatures verify over our own signature hash, or this would raise.
    again = review_inputs(answer, made.descriptor)
    assert all(item.signed_by == (master("ana").fingerprint.hex(),) for item in again)


SHAPES = [  # PSBT version, transaction version, sequence, lock time
    (0, 1, 0, 0),
    (0, 3, 0xFFFF_FFFD, 900),
    (2, 1, 0xFFFF_FFFE, 1_790_000_000),
    (2, 2, 0, 0),
    (2, 3, 0xFFFF_FFFF, 0),
]


@pytest.mark.parametrize("kind", list(ScriptKind), ids=lambda k: k.value)
@pytest.mark.parametrize(("psbt_version", "version", "sequence", "locktime"), SHAPES)
def test_what_is_signed_spends(
    kind: ScriptKind, psbt_version: int, version: int, sequence: int, locktime: int
) -> None:
    """The same version comes out; Core's interpreter takes each transaction, final sequences and locks too."""
    made = draft(kind, sequence=sequence, version=version, locktime=locktime)
    made.psbt_version = psbt_version
    psbt = signed_by(made, "ana", "ben")
    assert parse_psbt(psbt).version == psbt_version
    assert parse_psbt(psbt).transaction == made.transaction
    final = finalise(psbt)
    assert replace(final, inputs=made.transaction.inputs) == made.transaction


@pytest.mark.parametrize("kind", [ScriptKind.TR, ScriptKind.TR_TREE], ids=lambda k: k.value)
@pytest.mark.parametrize("asked", [None, 0, 1])
def test_taproot_signatures_name_their_type_only_if_it_is_not_the_default(
    kind: ScriptKind, asked: int | None
) -> None:
    """BIP-341: 64 bytes for DEFAULT, 65 with a last byte of 1 for ALL, in TAP_KEY_SIG and TAP_SCRIPT_SIG."""
    made = draft(kind)
    if asked is not None:
        for index in range(2):
            made.set_input(index, 0x03, asked.to_bytes(4, "little"))
    psbt = signed_by(made, *("ben", "chi") if kind is ScriptKind.TR_TREE else ("ana",))
    for fields in parse_psbt(psbt).inputs:
        found = [signature for _, signature in fields.tap_script_signatures]
        found += [fields.tap_key_signature] if fields.tap_key_signature else []
        assert len(found) == (2 if kind is ScriptKind.TR_TREE else 1)
        assert {signature[64:] for signature in found} == {b"\x01" if asked else b""}
    finalise(psbt)


@pytest.mark.parametrize("kind", [ScriptKind.TR, ScriptKind.TR_TREE], ids=lambda k: k.value)
def test_a_signature_there_that_names_all_is_taken_for_what_it_is(kind: ScriptKind) -> None:
    """BIP-341 lets a signer write ALL where the input asks for nothing; asked for DEFAULT, it may not."""
    made = draft(kind)
    made.set_input(0, 0x03, b"\x01\x00\x00\x00")
    made.set_input(1, 0x03, b"\x01\x00\x00\x00")
    whole = parse_psbt(sign(approved(made), (master("ana"),)).psbt)
    made.inputs = [[p for p in fields if p[0] != b"\x03"] for fields in whole.raw_inputs]
    ana = master("ana").fingerprint.hex()
    taken = review_inputs(parse_psbt(made.psbt()), made.descriptor)
    assert [item.signed_by for item in taken] == [(ana,), (ana,)]
    made.set_input(1, 0x03, bytes(4))
    with pytest.raises(Violation, match="input 1 has a taproot signature of 65 bytes") as stop:
        review_inputs(parse_psbt(made.psbt()), made.descriptor)
    assert stop.value.rule == "SIGHASH-TYPE"


def test_signing_is_deterministic() -> None:
    made = draft(ScriptKind.TR)
    first = sign(approved(made), (master("ana"),))
    assert first.psbt == sign(approved(made), (master("ana"),)).psbt


def test_a_second_cosigner_adds_to_the_first() -> None:
    made = draft(ScriptKind.WSH_MULTI)
    first = parse_psbt(sign(approved(made), (master("ana"),)).psbt)
    made.inputs = [list(fields) for fields in first.raw_inputs]
    made.owner = "ben"
    both = sign(approved(made), (master("ben"),))
    reviewed = review_inputs(parse_psbt(both.psbt), made.descriptor)
    assert all(len(item.signed_by) == 2 for item in reviewed)


def test_what_is_signed_already_is_not_signed_again() -> None:
    made = draft()
    first = parse_psbt(sign(approved(made), (master("ana"),)).psbt)
    made.inputs = [list(fields) for fields in first.raw_inputs]
    with pytest.raises(Violation) as stop:
        review_request(made.request(), made.known())
    assert stop.value.rule == "INPUT-NOTHING"


def test_a_psbt_that_changed_after_approval_is_refused() -> None:
    approval = approved(draft())
    request = replace(approval.review.request, psbt=draft(fee=2_500).psbt())
    forged = replace(approval, review=replace(approval.review, request=request))
    with pytest.raises(Violation) as stop:
        sign(forged, (master("ana"),))
    assert stop.value.rule == "APPROVAL-DIGEST"


def test_a_review_that_shows_something_else_is_refused() -> None:
    approval = approved(draft())
    shown = replace(approval.review, recipients=())
    with pytest.raises(Violation) as stop:
        sign(replace(approval, review=shown), (master("ana"),))
    assert stop.value.rule == "APPROVAL-DIGEST"


def other_maps(review: Review) -> Review:
    maps = ((*review.psbt.raw_outputs[0], (b"\xfc", b"x")), *review.psbt.raw_outputs[1:])
    return replace(review, psbt=replace(review.psbt, raw_outputs=maps))


def other_transaction(review: Review) -> Review:
    transaction = replace(review.psbt.transaction, locktime=77)
    return replace(review, psbt=replace(review.psbt, transaction=transaction))


def other_amount(review: Review) -> Review:
    first, *others = review.psbt.inputs
    previous = first.previous_transaction
    assert previous is not None
    outputs = tuple(output._replace(amount=output.amount + 1) for output in previous.outputs)
    first = first._replace(
        previous_transaction=previous._replace(outputs=outputs), witness_utxo=None
    )
    return replace(review, psbt=replace(review.psbt, inputs=(first, *others)))


def other_place(review: Review) -> Review:
    first, *others = review.inputs
    return replace(review, inputs=(replace(first, position=first.position + 1), *others))


@pytest.mark.parametrize(
    ("change", "rule", "said"),
    [
        (other_maps, "APPROVAL-DIGEST", "read a second time"),
        (other_transaction, "PSBT-ROUNDTRIP", "written again"),
        (other_amount, "APPROVAL-DIGEST", "hashed a second time"),
        (other_place, "APPROVAL-DIGEST", "hashed a second time"),
    ],
)
def test_what_is_not_what_the_bytes_say_is_refused(
    change: Callable[[Review], Review], rule: str, said: str
) -> None:
    approval = approved(draft())
    with pytest.raises(Violation, match=said) as stop:
        sign(replace(approval, review=change(approval.review)), (master("ana"),))
    assert stop.value.rule == rule


def test_a_key_that_the_wallet_does_not_have_signs_nothing() -> None:
    with pytest.raises(Violation) as stop:
        sign(approved(draft()), (master("mallory"),))
    assert stop.value.rule == "SIGN-ONLY-ADDS"


def bent(
    real: Callable[..., object], hashes: set[bytes], secret: bytes, digest: bytes, *extra: object
) -> object:
    """A signer that goes wrong over some hashes."""
    return real(secret, bytes(32) if digest in hashes else digest, *extra)


class TestEachInput:
    """Either all inputs have all our signatures in the end, or nothing leaves."""

    def test_what_is_missing_in_one_input_is_added(self) -> None:
        made = draft(ScriptKind.WSH_SCRIPT)
        whole = parse_psbt(sign(approved(made), (master("ana"),)).psbt)
        ours = [pair for pair in whole.raw_inputs[0] if pair[0][:1] == b"\x02"]
        assert len(ours) == 2
        made.inputs[0] = [pair for pair in whole.raw_inputs[0] if pair != ours[1]]
        signed = sign(approved(made), (master("ana"),))
        assert [record.index for record in signed.records] == [0, 1, 1]
        again = parse_psbt(signed.psbt)
        assert {*map(frozenset, again.raw_inputs)} == {*map(frozenset, whole.raw_inputs)}

    @pytest.mark.parametrize("kind", [ScriptKind.PKH, ScriptKind.WSH_MULTI, ScriptKind.TR_TREE])
    def test_a_fault_in_the_last_input_lets_nothing_out(
        self, kind: ScriptKind, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = draft(kind)
        approval = approved(made)
        last = approval.review.inputs[-1]
        hashes = {last.sighash, *last.leaf_sighashes}
        for name in ("ecdsa_sign", "schnorr_sign"):
            monkeypatch.setattr(curve, name, partial(bent, getattr(curve, name), hashes))
        with pytest.raises(Fault) as stop:
            sign(approval, (master("ana"),))
        assert stop.value.rule == "SIGN-NONCE"
        assert approval.review.request.psbt == made.psbt()

    def test_a_key_that_is_not_in_one_inputs_script_signs_nothing(self) -> None:
        made = draft(ScriptKind.WSH_MULTI)
        approval = approved(made)
        first, last = approval.review.inputs
        others = last.scripts._replace(public_keys=last.scripts.public_keys[::-1])
        bent = replace(approval.review, inputs=(first, replace(last, scripts=others)))
        with pytest.raises(Violation) as stop:
            sign(replace(approval, review=bent), (master("ana"),))
        assert stop.value.rule == "APPROVAL-DIGEST"
        (task,) = Signer.prepare(made.descriptor, master("ana")).tasks(bent.inputs[1])
        with pytest.raises(Violation, match="input 1: the key that we derive") as stop:
            task.perform()
        assert stop.value.rule == "INPUT-KEY"

    def test_a_wrong_path_is_reported_with_its_input(self) -> None:
        made = draft(ScriptKind.WSH_MULTI)
        key, value = made.inputs[1][-1]
        made.inputs[1][-1] = (key, value[:-4] + bytes((9, 0, 0, 0)))
        with pytest.raises(Violation, match="input 1: the derivation fields name 2") as stop:
            review_request(made.request(), made.known())
        assert stop.value.rule == "INPUT-KEY"

    def test_every_input_that_is_wrong_is_named(self) -> None:
        made = draft(ScriptKind.WSH_MULTI, coins=(4_000_000,) * 5)
        key, value = made.inputs[1][-1]
        made.inputs[1][-1] = (key, value[:-4] + bytes((9, 0, 0, 0)))
        made.inputs[2] = [pair for pair in made.inputs[2] if pair[0][0] != 0x06]
        made.set_input(4, 0x03, b"\x02\x00\x00\x00")
        with pytest.raises(Violation) as stop:
            review_request(made.request(), made.known())
        assert stop.value.rule == "INPUT-KEY"
        assert stop.value.message.startswith("input 1: ")
        assert "; INPUT-FOREIGN stops input 2 too; SIGHASH-TYPE stops input 4 too" in str(
            stop.value
        )


class TestApproval:
    def test_every_warning_is_acknowledged(self) -> None:
        made = draft()
        review = review_request(made.request(), made.known())
        with pytest.raises(Violation) as stop:
            approve(review, acknowledged=(), consents=(consent(review),), policy=made.policy)
        assert stop.value.rule == "APPROVAL-FINDINGS"

    def test_wrong_words_are_refused_without_telling_the_right_ones(self) -> None:
        made = draft()
        review = review_request(made.request(), made.known())
        wrong = replace(consent(review), typed=("aardvark", "adroitness"))
        with pytest.raises(Violation) as stop:
            approve(review, acknowledged=rules(review), consents=(wrong,), policy=made.policy)
        assert stop.value.rule == "APPROVAL-WORDS"
        assert not {*pgp_words(review.request.digest)} & {*stop.value.message.split()}

    @pytest.mark.parametrize("names", [("Olga",), ("Olga", "olga "), ("Olga", "")])
    def test_two_witnesses_are_two_people(self, names: tuple[str, ...]) -> None:
        made = draft()
        review = review_request(made.request(), made.known())
        with pytest.raises(Violation) as stop:
            approve(
                review,
                acknowledged=rules(review),
                consents=tuple(consent(review, name) for name in names),
                policy=Policy(witnesses=2),
            )
        assert stop.value.rule == "POLICY-WITNESSES"


class TestFaults:
    """A library that goes wrong is caught; these bend the real one for a moment."""

    def stop(self, kind: ScriptKind = ScriptKind.WPKH) -> Stop:
        with pytest.raises((Fault, Violation)) as stop:
            sign(approved(draft(kind)), (master("ana"),))
        return stop.value

    def test_two_ecdsa_signers_that_disagree(self, monkeypatch: pytest.MonkeyPatch) -> None:
        real = curve.ecdsa_sign
        monkeypatch.setattr(
            curve, "ecdsa_sign", lambda key, digest, n: real(key, digest, n or b"\1" * 32)
        )
        assert self.stop().rule == "SIGN-NONCE"

    def test_two_schnorr_signers_that_disagree(self, monkeypatch: pytest.MonkeyPatch) -> None:
        real = curve.schnorr_sign
        monkeypatch.setattr(
            curve, "schnorr_sign", lambda key, digest, _aux: real(key, digest, b"\1" * 32)
        )
        assert self.stop(ScriptKind.TR).rule == "SIGN-NONCE"

    @pytest.mark.parametrize("kind", list(ScriptKind), ids=lambda k: k.value)
    def test_a_key_that_is_not_the_scripts(
        self, kind: ScriptKind, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = PrivateNode.child_secret
        monkeypatch.setattr(PrivateNode, "child_secret", lambda self, index: real(self, index + 1))
        assert self.stop(kind).rule == "INPUT-KEY"

    def test_a_signature_over_something_else(self, monkeypatch: pytest.MonkeyPatch) -> None:
        real = tasks.sign_ecdsa
        monkeypatch.setattr(
            tasks, "sign_ecdsa", lambda secret, digest: real(secret, bytes(32) or digest)
        )
        assert self.stop().rule == "SIGN-VERIFY"
