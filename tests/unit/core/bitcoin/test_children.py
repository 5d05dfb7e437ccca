"""BIP-85 as published."""

from __future__ import annotations

import hmac

import pytest
from embit import base58

from strongroom.core.bitcoin.children import ChildKind, child_entropy, child_path, derive_child
from strongroom.core.bitcoin.keys import MasterKey, PrivateNode, parse_path
from strongroom.core.errors import Violation
from strongroom.core.network import Network
from strongroom.core.secret import Secret
from tests.vectors.published import read_published

BIP85 = read_published("bip85")
_ROOT = base58.decode_check(BIP85["root"])
MASTER = MasterKey(PrivateNode(Secret(_ROOT[46:78]), _ROOT[13:45]))
KINDS = {str(kind.application): kind for kind in ChildKind}


@pytest.mark.parametrize(("path", "fields"), BIP85["cases"])
def test_published_entropy(path: str, fields: list[list[str]]) -> None:
    entropy = child_entropy(MASTER, parse_path(path))
    halves = (
        entropy.reveal().hex(),
        entropy.reveal()[32:].hex(),
    )  # an extended key's is the second
    assert any(half.startswith(dict(fields)["DERIVED ENTROPY"]) for half in halves)


@pytest.mark.parametrize(
    ("path", "fields"),
    [case for case in BIP85["cases"] if case[0].split("/")[2].rstrip("'") in KINDS],
)
def test_published_children(path: str, fields: list[list[str]]) -> None:
    numbers = [int(step.rstrip("'")) for step in path.split("/")[1:]]
    kind = KINDS[str(numbers[1])]
    length = numbers[-2] if kind.lengths else 0
    assert child_path(kind, length, numbers[-1]) == parse_path(path)
    found = derive_child(MASTER, kind, length=length, index=numbers[-1], network=Network.MAINNET)
    values = [value for name, value in fields if name != "DERIVED KEY"]
    assert found.reveal().decode() in values


def test_every_kind_has_a_published_vector() -> None:
    applications = {case[0].split("/")[2].rstrip("'") for case in BIP85["cases"]}
    assert KINDS.keys() <= applications


@pytest.mark.parametrize(("length", "index"), [(13, 0), (0, 0), (12, -1), (12, 2**31)])
def test_a_child_that_there_is_not(length: int, index: int) -> None:
    with pytest.raises(Violation) as stop:
        child_path(ChildKind.WORDS, length, index)
    assert stop.value.rule == "CHILD"


def test_test_networks_have_their_own_prefixes() -> None:
    for kind, start in ((ChildKind.WIF, b"c"), (ChildKind.EXTENDED_KEY, b"tprv")):
        found = derive_child(MASTER, kind, length=0, index=0, network=Network.REGTEST)
        assert found.reveal().startswith(start)


def test_the_label_is_the_published_one() -> None:
    node = MASTER.derive_private(parse_path("m/83696968h/0h/0h"))
    expected = hmac.digest(b"bip-entropy-from-k", node.secret, "sha512")
    assert child_entropy(MASTER, parse_path("m/83696968h/0h/0h")).reveal() == expected
