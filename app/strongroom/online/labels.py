"""Labels of a wallet's transactions, addresses and coins, in the form of BIP-329: one JSON object a line.

What other software writes is kept whole, fields that mean nothing here included, so that a file goes in
and out again without loss. A coin with `spendable` false is frozen: no request spends it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from strongroom.core.errors import Violation
from strongroom.core.text import render_visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from strongroom.core.bitcoin.model import OutPoint

RULE = "LABELS"
KINDS = ("tx", "addr", "pubkey", "input", "output", "xpub")
_REF_CAP, _LABEL_CAP, _LINES_CAP = 512, 255, 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One line: what is labelled, and how. `rest` is the JSON of the fields that are not ours."""

    kind: str
    ref: str
    text: str
    spendable: bool | None = None
    rest: str = "{}"

    @property
    def shown(self) -> str:
        """The label as it can be printed: what can not be seen stands as its code point."""
        return "".join(c if c.isprintable() else render_visible(c) for c in self.text)


@dataclass(frozen=True, slots=True)
class Labels:
    """All labels of one wallet, in their order; one for each kind and ref."""

    items: tuple[Label, ...] = ()

    def find(self, kind: str, ref: str) -> Label | None:
        """The label of one thing."""
        return next((x for x in self.items if (x.kind, x.ref) == (kind, ref)), None)

    def merged(self, others: Iterable[Label]) -> Labels:
        """These labels and `others`, which win."""
        known = {(label.kind, label.ref): label for label in self.items}
        known.update({(label.kind, label.ref): label for label in others})
        return Labels(tuple(known.values()))

    def with_label(self, kind: str, ref: str, text: str) -> Labels:
        """The same with one thing labelled anew."""
        before = self.find(kind, ref) or Label(kind=kind, ref=ref, text="")
        return self.merged((replace(before, text=_check_text(text, "the label")),))

    def with_frozen(self, point: OutPoint, *, frozen: bool) -> Labels:
        """The same with one coin frozen, or free again."""
        before = self.find("output", str(point)) or Label(kind="output", ref=str(point), text="")
        return self.merged((replace(before, spendable=not frozen),))

    def is_frozen(self, point: OutPoint) -> bool:
        """Whether a coin is kept from being spent."""
        label = self.find("output", str(point))
        return label is not None and label.spendable is False

    def of_coin(self, point: OutPoint, address: str) -> str:
        """What a coin is called: its own label, its address's, or its transaction's; "" if none is."""
        txid = str(point).partition(":")[0]
        named = (("output", str(point)), ("addr", address), ("tx", txid))
        found = (self.find(kind, ref) for kind, ref in named)
        return next((label.text for label in found if label is not None and label.text), "")


def parse_labels(data: bytes) -> Labels:
    """The labels of a file; raises LABELS with the number of the line that is wrong."""
    try:
        lines = data.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise Violation(RULE, f"the labels are not UTF-8 at byte {error.start}") from None
    if len(lines) > _LINES_CAP:
        raise Violation(RULE, f"there are {len(lines)} labels, {_LINES_CAP} are read")
    found = (_parse_line(line, n) for n, line in enumerate(lines, start=1) if line.strip())
    return Labels().merged(found)


def render_labels(labels: Labels) -> bytes:
    """The file that `parse_labels` reads, and other software too."""
    return "".join(f"{_render_line(label)}\n" for label in labels.items).encode()


def _parse_line(line: str, number: int) -> Label:
    where = f"line {number}"
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise Violation(
            RULE, f"{where} is not one JSON object", hint="BIP-329 has one object on each line"
        ) from None
    if not isinstance(value, dict):
        raise Violation(RULE, f"{where} is not a JSON object")
    kind, ref, text = value.pop("type", None), value.pop("ref", None), value.pop("label", "")
    spendable = value.pop("spendable", None)
    if kind not in KINDS or not isinstance(ref, str) or not 0 < len(ref) <= _REF_CAP:
        raise Violation(RULE, f"{where} does not say what it labels (type and ref of BIP-329)")
    if not isinstance(text, str) or not (spendable is None or isinstance(spendable, bool)):
        raise Violation(RULE, f"{where} has a label that is no text, or a wrong 'spendable'")
    return Label(
        kind=kind,
        ref=ref,
        text=text[:_LABEL_CAP],  # BIP-329: importing software may cut long labels
        spendable=spendable,
        rest=json.dumps(value, ensure_ascii=False, sort_keys=True),
    )


def _render_line(label: Label) -> str:
    value = {"type": label.kind, "ref": label.ref, "label": label.text}
    own = {} if label.spendable is None else {"spendable": label.spendable}
    return json.dumps({**value, **own, **json.loads(label.rest)}, ensure_ascii=False)


def _check_text(text: str, where: str) -> str:
    if len(text) > _LABEL_CAP or not text.isprintable():
        raise Violation(
            RULE, f"{where} is not one printable line of at most {_LABEL_CAP} characters"
        )
    return text
