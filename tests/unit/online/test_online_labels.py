"""Labels go in and out in the form of BIP-329 without loss."""

from __future__ import annotations

import json

import pytest

from strongroom.core.bitcoin.model import OutPoint
from strongroom.core.errors import Violation
from strongroom.online.labels import Labels, parse_labels, render_labels

TXID = "ab" * 32
POINT = OutPoint(bytes.fromhex(TXID)[::-1], 1)
# One line of each type, with the optional fields of the BIP and one that nobody knows.
LINES = [
    {"type": "tx", "ref": TXID, "label": "Transaction", "origin": "wpkh([d34db33f/84'/0'/0'])"},
    {"type": "addr", "ref": "bc1q34aq5drpuwy3wgl9lhup9892qp6svr8ldzyy7c", "label": "Ana \u2764\ufe0f"},
    {"type": "pubkey", "ref": "02" * 33, "label": "Public key"},
    {"type": "input", "ref": f"{TXID}:0", "label": "Input", "fmv": {"USD": 1233.45}},
    {"type": "output", "ref": f"{TXID}:1", "label": "Output", "spendable": False, "value": 7},
    {"type": "xpub", "ref": "xpub66", "label": "", "later": [1, None]},
]  # fmt: skip
FILE = "".join(json.dumps(line) + "\n" for line in LINES).encode()


def test_what_goes_in_comes_out() -> None:
    again = render_labels(parse_labels(FILE)).decode().splitlines()
    assert [json.loads(line) for line in again] == LINES


def test_a_coin_is_frozen_by_spendable_false() -> None:
    labels = parse_labels(FILE)
    assert labels.is_frozen(POINT)
    assert not labels.with_frozen(POINT, frozen=False).is_frozen(POINT)
    assert labels.with_frozen(POINT, frozen=False).find("output", str(POINT)).text == "Output"  # type: ignore[union-attr]
    assert Labels().with_frozen(POINT, frozen=True).is_frozen(POINT)


def test_a_coin_is_called_by_the_nearest_label() -> None:
    labels = parse_labels(FILE)
    assert labels.of_coin(POINT, "bc1q") == "Output"
    assert labels.of_coin(OutPoint(POINT.txid, 0), "bc1q") == "Transaction"
    assert labels.of_coin(OutPoint(b"\x01" * 32, 0), "bc1q") == ""


def test_the_later_label_of_one_thing_wins() -> None:
    labels = parse_labels(FILE).with_label("tx", TXID, "new")
    assert len(labels.items) == len(LINES)
    assert labels.find("tx", TXID).text == "new"  # type: ignore[union-attr]


def test_what_can_not_be_seen_is_shown_by_its_number() -> None:
    label = parse_labels(b'{"type":"tx","ref":"x","label":"a\\u202eb"}').items[0]
    assert label.shown == "a<U+202E>b"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xff", "UTF-8"),
        (b"[]\n", "line 1"),
        (b"\n{", "line 2"),
        (b'{"type":"coin","ref":"x","label":""}', "what it labels"),
        (b'{"type":"tx","label":""}', "what it labels"),
        (b'{"type":"tx","ref":"x","label":1}', "no text"),
        (b'{"type":"output","ref":"x","label":"","spendable":"no"}', "spendable"),
        (b"[" * 100_000, "line 1"),
    ],
)
def test_a_line_that_is_no_label_is_named(data: bytes, says: str) -> None:
    with pytest.raises(Violation, match=says) as stop:
        parse_labels(data)
    assert stop.value.rule == "LABELS"


def test_a_label_that_hides_something_is_not_made_here() -> None:
    with pytest.raises(Violation, match="LABELS"):
        Labels().with_label("tx", TXID, "a\x1bb")
