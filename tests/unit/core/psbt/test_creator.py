"""A PSBT that we create says all that our reader and review want to know, for every kind of wallet."""

from __future__ import annotations

import pytest

from strongroom.core.bitcoin.model import OutPoint, ScriptKind
from strongroom.core.bitcoin.transaction import render_transaction
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.descriptor.places import Place, find_place
from strongroom.core.descriptor.tree import merkle_paths, merkle_root
from strongroom.core.errors import Violation
from strongroom.core.money import Sats
from strongroom.core.psbt.creator import CoinSpent, PlannedOutput, create_psbt
from strongroom.core.psbt.reader import parse_psbt
from strongroom.core.review.inputs import review_inputs
from strongroom.core.review.outputs import review_outputs
from strongroom.core.vault.model import Policy
from tests.vectors import factory

KINDS = pytest.mark.parametrize("kind", list(ScriptKind), ids=lambda kind: kind.value)


def made(draft: factory.Draft, **changes: object) -> bytes:
    transaction = draft.transaction
    coins = tuple(
        CoinSpent(
            **{  # type: ignore[arg-type]
                "outpoint": given.outpoint,
                "previous": render_transaction(draft.previous[index]),
                "place": Place(0, index),
                "sequence": given.sequence,
                **changes,
            }
        )
        for index, given in enumerate(transaction.inputs)
    )
    places = (None, Place(1, 0))
    outputs = tuple(
        PlannedOutput(amount=output.amount, script=output.script, place=place)
        for output, place in zip(transaction.outputs, places, strict=True)
    )
    return create_psbt(
        parse_descriptor(draft.registered.descriptor, factory.NETWORK), coins, outputs
    )


@KINDS
def test_inputs_are_proven_and_change_is_found(kind: ScriptKind) -> None:
    draft = factory.draft(kind)
    psbt = parse_psbt(made(draft))
    assert psbt.transaction == draft.transaction
    assert psbt.unknown_fields == ()
    inputs = review_inputs(psbt, draft.descriptor)
    assert [item.amount for item in inputs] == [5_000_000, 3_000_000]
    outputs = review_outputs(psbt, draft.descriptor, inputs, frozenset(), Policy())
    assert [change.amount for change in outputs.change] == [8_000_000 - 6_000_000 - 2_000]


def test_a_coin_of_another_place_is_refused() -> None:
    draft = factory.draft()
    with pytest.raises(Violation, match="INPUT-FOREIGN"):
        made(draft, place=Place(0, 7))


def test_another_previous_transaction_is_refused() -> None:
    draft = factory.draft()
    with pytest.raises(Violation, match="INPUT-PREVTX"):
        made(draft, outpoint=OutPoint(b"\x01" * 32, 0))


@KINDS
def test_a_script_is_found_on_its_branch_or_not_at_all(kind: ScriptKind) -> None:
    draft = factory.draft(kind)
    change = draft.transaction.outputs[1].script
    assert find_place(draft.descriptor, change, 0) == Place(1, 0)
    assert find_place(draft.descriptor, change, 1) is None


@pytest.mark.parametrize("depths", [(0,), (1, 1), (1, 2, 2), (2, 2, 2, 2), (1, 3, 3, 2)])
def test_every_path_leads_to_the_root(depths: tuple[int, ...]) -> None:
    from strongroom.core.bitcoin.codec import tagged_hash  # noqa: PLC0415

    leaves = tuple((depth, bytes((n,)) * 32) for n, depth in enumerate(depths))
    root = merkle_root(leaves)
    for (depth, node), path in zip(leaves, merkle_paths(leaves), strict=True):
        assert len(path) == depth
        for sibling in path:
            node = tagged_hash("TapBranch", b"".join(sorted((node, sibling))))  # noqa: PLW2901
        assert node == root


def test_an_amount_is_written_in_whole() -> None:
    draft = factory.draft(coins=(2_100_000_000_000_000,), pay=(Sats(1_000),))
    assert parse_psbt(made(draft)).transaction == draft.transaction
