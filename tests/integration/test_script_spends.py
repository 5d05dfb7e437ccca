"""Every way to spend a script or a tree, signed here and judged by Bitcoin Core's own script interpreter."""

from __future__ import annotations

from dataclasses import replace

import pytest

from strongroom.core.approval import Consent, approve
from strongroom.core.bitcoin.model import ScriptKind, Transaction
from strongroom.core.bitcoin.signatures import taproot_output_key
from strongroom.core.bitcoin.transaction import render_transaction
from strongroom.core.psbt.model import PsbtInput
from strongroom.core.psbt.reader import parse_psbt
from strongroom.core.review.build import review_request
from strongroom.core.review.fee import virtual_size
from strongroom.core.review.model import ReviewedInput
from strongroom.core.signing.sign import sign
from strongroom.core.vault.model import Policy
from strongroom.core.words import pgp_words
from tests.finalised import rejected_inputs
from tests.vectors.factory import Draft, draft, master

pytestmark = pytest.mark.integration


def signed_by(made: Draft, owner: str) -> tuple[PsbtInput, ReviewedInput]:
    made.owner = owner
    review = review_request(made.request(), made.known())
    words = pgp_words(review.request.digest)
    consent = Consent(name="O", role="operator", positions=(1, 2), typed=(words[0], words[1]))
    acknowledged = tuple(finding.rule for finding in review.warnings)
    approval = approve(review, acknowledged=acknowledged, consents=(consent,), policy=made.policy)
    psbt = parse_psbt(sign(approval, (master(owner),)).psbt)
    made.inputs = [list(fields) for fields in psbt.raw_inputs]
    return psbt.inputs[0], review.inputs[0]


def witness_of(path: str, fields: PsbtInput, item: ReviewedInput) -> tuple[bytes, ...]:
    scripts = item.scripts
    keys, ecdsa = scripts.public_keys, dict(fields.partial_signatures)
    if path == "key":
        return (fields.tap_key_signature or b"",)
    if path.startswith("leaf"):
        number = int(path[-1])
        leaf, other = scripts.leaves[number], scripts.leaves[1 - number]
        named = dict(fields.tap_script_signatures)
        x_only = sorted((keys[place][1:] for place in leaf.places), reverse=True)
        internal = scripts.internal_key or b""
        parity = taproot_output_key(internal, scripts.merkle_root)[1]
        control = bytes((0xC0 | parity,)) + internal + other.leaf_hash
        stack = (named.get(key + leaf.leaf_hash, b"") for key in x_only)
        return (*stack, leaf.script, control)
    script = scripts.witness_script or b""
    return {
        "multi": lambda: (b"", ecdsa[keys[0]], ecdsa[keys[1]], script),
        "later": lambda: (ecdsa[keys[3]], keys[3], b"", b"", b"", script),
        "both": lambda: (b"\x01", ecdsa[keys[1]], ecdsa[keys[0]], script),
        "wait": lambda: (b"", b"", ecdsa[keys[0]], script),
    }[path]()


def judged(made: Draft, item: ReviewedInput, witness: tuple[bytes, ...]) -> bool:
    redeem = item.scripts.redeem_script
    script_sig = bytes((len(redeem),)) + redeem if redeem else b""
    first, *others = made.transaction.inputs
    final: Transaction = replace(
        made.transaction,
        inputs=(first._replace(script_sig=script_sig, witness=witness), *others),
    )
    coins = [previous.outputs[1] for previous in made.previous]
    return not rejected_inputs(render_transaction(final), coins)


NOW = 0xFFFF_FFFD
WAYS = [
    (ScriptKind.WSH_SCRIPT, "multi", NOW, ("ana", "ben")),
    (ScriptKind.WSH_SCRIPT, "later", 52560, ("ana",)),
    (ScriptKind.SH_WSH_SCRIPT, "both", NOW, ("ana", "ben")),
    (ScriptKind.SH_WSH_SCRIPT, "wait", 144, ("ana",)),
    (ScriptKind.TR_TREE, "key", NOW, ("ana",)),
    (ScriptKind.TR_TREE, "leaf 0", NOW, ("ben", "chi")),
    (ScriptKind.TR_TREE, "leaf 1", 144, ("ana",)),
]


@pytest.mark.parametrize(("kind", "path", "sequence", "owners"), WAYS)
def test_the_signed_way_spends(
    kind: ScriptKind, path: str, sequence: int, owners: tuple[str, ...]
) -> None:
    made = draft(kind, sequence=sequence, coins=(9_000_000,))
    for owner in owners:
        fields, item = signed_by(made, owner)
    witness = witness_of(path, fields, item)
    assert judged(made, item, witness)
    spoilt = tuple(part[:-2] + b"\x00" + part[-1:] if len(part) > 63 else part for part in witness)
    assert not judged(made, item, spoilt)
    base = render_transaction(made.transaction, witness=False)
    redeem = len(item.scripts.redeem_script or b"")
    stack = 2 + 1 + sum(1 + 2 * (len(part) > 252) + len(part) for part in witness)
    real = (4 * (len(base) + redeem + bool(redeem)) + stack + 3) // 4
    assert real <= virtual_size(made.transaction, made.descriptor)


@pytest.mark.parametrize(("kind", "path", "sequence", "owners"), [w for w in WAYS if w[2] != NOW])
def test_a_way_that_waits_does_not_spend_early(
    kind: ScriptKind, path: str, sequence: int, owners: tuple[str, ...]
) -> None:
    made = draft(kind, sequence=sequence - 1, coins=(9_000_000,))
    made.policy = Policy(locktime_horizon=60_000)
    fields, item = signed_by(made, owners[0])
    assert not judged(made, item, witness_of(path, fields, item))
