"""Write the bad PSBT containers and approvals: `python -m tests.vectors.generate_containers`.

A container is the bytes of a PSBT that the reader must refuse. An approval is a review vector of an honest
request with what the people in the room did: whose words, which warnings, over which digest.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from strongroom.core.bitcoin.codec import render_compact_size
from strongroom.core.bitcoin.transaction import render_transaction
from strongroom.core.review.build import review_request
from strongroom.core.vault.model import Policy
from strongroom.core.words import pgp_words
from tests.vectors.cases import Case
from tests.vectors.factory import Draft, draft
from tests.vectors.fields import Field, render_maps
from tests.vectors.generate import BAD, render_case

VERSION2: list[Field] = [
    (b"\x02", (2).to_bytes(4, "little")),
    (b"\x04", b"\x01"),
    (b"\x05", b"\x01"),
    (b"\xfb", (2).to_bytes(4, "little")),
]
CONTAINERS: list[tuple[str, Callable[[], bytes]]] = []


def container(rule: str) -> Callable[[Callable[[], bytes]], None]:
    """Register a container under the name of its function."""

    def register(build: Callable[[], bytes]) -> None:
        CONTAINERS.append((rule, build))

    return register


def _version2(changes: dict[bytes, bytes]) -> bytes:
    head = [(key, changes.get(key, value)) for key, value in VERSION2]
    given = [(b"\x0e", bytes(32)), (b"\x0f", bytes(4))]
    return render_maps(head, given, [(b"\x03", bytes(8)), (b"\x04", b"")])


def _with_tx(raw: bytes) -> bytes:
    good = draft()
    return render_maps([(b"\x00", raw)], *good.inputs, *good.outputs)


@container("PSBT-MAGIC")
def a_transaction_and_no_psbt() -> bytes:
    return render_transaction(draft().transaction, witness=False)


@container("PSBT-MAGIC")
def version_1() -> bytes:
    bad = draft()
    bad.global_fields.append((b"\xfb", (1).to_bytes(4, "little")))
    return bad.psbt()


@container("PSBT-MAGIC")
def field_of_version_2_in_version_0() -> bytes:
    bad = draft()
    bad.inputs[0].append((b"\x0e", bytes(32)))
    return bad.psbt()


@container("PSBT-MAGIC")
def unsigned_transaction_in_version_2() -> bytes:
    raw = render_transaction(draft().transaction, witness=False)
    head: list[Field] = [(b"\x00", raw), *VERSION2]
    return render_maps(head, [], [])


@container("PSBT-DUPLICATE-KEY")
def sighash_type_twice() -> bytes:
    bad = draft()
    bad.inputs[0] += [(b"\x03", b"\x01\x00\x00\x00"), (b"\x03", b"\x02\x00\x00\x00")]
    return bad.psbt()


@container("PSBT-DUPLICATE-KEY")
def unsigned_transaction_twice() -> bytes:
    raw = render_transaction(draft().transaction, witness=False)
    bad = draft()
    bad.global_fields.append((b"\x00", raw))
    return bad.psbt()


@container("PSBT-CANONICAL")
def length_that_is_not_minimal() -> bytes:
    good = draft().psbt()
    return good[:5] + b"\xfd\x01\x00" + good[6:]


@container("PSBT-CANONICAL")
def key_data_where_none_belongs() -> bytes:
    bad = draft()
    bad.inputs[0].append((b"\x03\x01", b"\x01\x00\x00\x00"))
    return bad.psbt()


@container("PSBT-CANONICAL")
def cut_in_the_middle() -> bytes:
    good = draft().psbt()
    return good[: len(good) // 2]


@container("PSBT-CANONICAL")
def bytes_behind_the_last_map() -> bytes:
    return draft().psbt() + b"\x00"


@container("PSBT-CANONICAL")
def one_map_too_few() -> bytes:
    bad = draft()
    bad.outputs.pop()
    return bad.psbt()


@container("PSBT-UNSIGNED-TX")
def script_sig_in_the_unsigned_transaction() -> bytes:
    raw = render_transaction(draft().transaction, witness=False)
    return _with_tx(raw[:41] + b"\x01\x51" + raw[42:])


@container("PSBT-UNSIGNED-TX")
def witness_in_the_unsigned_transaction() -> bytes:
    raw = render_transaction(draft().transaction, witness=False)
    return _with_tx(raw[:4] + b"\x00\x01" + raw[4:-4] + b"\x00\x00" + raw[-4:])


@container("PSBT-UNSIGNED-TX")
def transaction_of_version_4() -> bytes:
    return draft(version=4).psbt()


@container("PSBT-UNSIGNED-TX")
def transaction_without_outputs() -> bytes:
    bad = draft()
    bad.transaction = replace(bad.transaction, outputs=())
    bad.outputs = []
    return bad.psbt()


@container("PSBT-UNSIGNED-TX")
def version_2_without_inputs() -> bytes:
    return _version2({b"\x04": b"\x00"})


@container("PSBT-SIZE")
def more_than_ten_thousand_inputs() -> bytes:
    return _version2({b"\x04": render_compact_size(10_001)})


@container("PSBT-SIZE")
def more_than_ten_thousand_outputs() -> bytes:
    return _version2({b"\x05": render_compact_size(10_001)})


@container("PSBT-SIZE")
def path_of_thirteen_steps() -> bytes:
    bad = draft()
    key, value = bad.inputs[0].pop()
    bad.inputs[0].append((key, value[:4] + bytes(4 * 13)))
    return bad.psbt()


def _approval(case: Draft, rule: str, **changes: object) -> dict[str, object]:
    """An approval by one person, honest but for `changes`."""
    honest: dict[str, object] = json.loads(render_case(Case(rule, "", lambda: case, None)))
    review = review_request(case.request(), case.known())
    digest = hashlib.sha256(str(honest["manifest"]).encode()).digest()
    words = pgp_words(digest)
    return honest | {
        "stage": "approval",
        "acknowledged": [finding.rule for finding in review.warnings],
        "consents": [{"name": "Olga", "positions": [3, 17], "typed": [words[2], words[16]]}],
        "reviewed": None,
        **changes,
    }


def approvals() -> dict[tuple[str, str], dict[str, object]]:
    """The bad approvals, by rule and name."""
    two = draft()
    two.policy = Policy(witnesses=2)
    person = _approval(two, "POLICY-WITNESSES")["consents"][0]  # type: ignore[index]
    again = {**person, "name": " olga "}
    wrong = {**person, "typed": ["aardvark", "adviser"]}
    return {
        ("POLICY-WITNESSES", "one-of-two"): _approval(two, "POLICY-WITNESSES"),
        ("POLICY-WITNESSES", "one-person-twice"): _approval(
            two, "POLICY-WITNESSES", consents=[person, again]
        ),
        ("POLICY-WITNESSES", "nobody"): _approval(draft(), "POLICY-WITNESSES", consents=[]),
        ("APPROVAL-WORDS", "words-of-something-else"): _approval(
            draft(), "APPROVAL-WORDS", consents=[wrong]
        ),
        ("APPROVAL-WORDS", "one-word-only"): _approval(
            draft(),
            "APPROVAL-WORDS",
            consents=[{**person, "positions": [3], "typed": person["typed"][:1]}],
        ),
        ("APPROVAL-FINDINGS", "a-warning-that-nobody-acknowledged"): _approval(
            draft(), "APPROVAL-FINDINGS", acknowledged=[]
        ),
        ("APPROVAL-FINDINGS", "another-warning-acknowledged"): _approval(
            draft(), "APPROVAL-FINDINGS", acknowledged=["FEE-SHARE"]
        ),
        ("APPROVAL-DIGEST", "another-review-than-the-one-approved"): _approval(
            draft(), "APPROVAL-DIGEST", reviewed="00" * 32
        ),
    }


def main() -> None:
    """Write everything to bad/<RULE-ID>/."""
    found: dict[tuple[str, str], dict[str, object]] = {
        (rule, build.__name__.replace("_", "-")): {
            "stage": "psbt",
            "rule": rule,
            "psbt": base64.b64encode(build()).decode(),
        }
        for rule, build in CONTAINERS
    }
    write({**found, **approvals()})


def write(vectors: dict[tuple[str, str], dict[str, object]], bad: Path = BAD) -> None:
    """One JSON file for each vector, by rule and name."""
    for (rule, name), content in vectors.items():
        folder = bad / rule
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(content, indent=1, sort_keys=True) + "\n"
        (folder / f"{name}.json").write_text(text)


if __name__ == "__main__":
    main()
