"""What a vault signs under, as a file: the list as it stands, and a change that people sign online.

A change names the list that it replaces by the SHA-256 of that list's file, and is one higher in sequence, so
that none fits another vault's list, and none fits twice. Whatever it says is whole: everybody who may ask,
every threshold and every limit, as they will be.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from strongroom.core.errors import Violation
from strongroom.core.fields import Fields
from strongroom.core.moment import render_moment
from strongroom.core.text import JsonObject, canonical_json, parse_strict_json
from strongroom.core.vault.changes import Terms
from strongroom.core.vault.contents_policy import (
    parse_policy,
    parse_trust,
    render_policy,
    render_trust,
)

RULE = "TRUST-FORMAT"
LIST_FORMAT, CHANGE_FORMAT, VERSION = "strongroom-trust-list", "strongroom-trust-change", 1
SEQUENCE_CAP = 1_000_000
SIZE_CAP = 1024 * 1024
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LONG = frozenset({"certificate"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsList:
    """The terms of a vault after `sequence` changes."""

    sequence: int
    terms: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsProposal:
    """The terms that come next; `previous` is the SHA-256 (64 hex digits) of the file of those before."""

    sequence: int
    previous: str
    created: datetime
    terms: Terms


def render_list(listed: TermsList) -> bytes:
    """The file of a vault's terms; the same terms always give the same bytes."""
    return canonical_json({**_head(LIST_FORMAT, listed.sequence), **_body(listed.terms)})


def list_digest(listed: TermsList) -> str:
    """What a change of these terms names as the previous ones."""
    return hashlib.sha256(render_list(listed)).hexdigest()


def parse_list(data: bytes) -> TermsList:
    """The terms in a file that a station wrote; raises TRUST-FORMAT."""
    fields = _open(data, LIST_FORMAT)
    found = TermsList(sequence=_sequence(fields, low=0), terms=_terms(fields))
    fields.check_end()
    return found


def render_proposal(proposal: TermsProposal) -> bytes:
    """The bytes that people sign; raises TRUST-FORMAT for more than a station reads."""
    data = canonical_json(
        {
            **_head(CHANGE_FORMAT, proposal.sequence),
            "previous": proposal.previous,
            "created": render_moment(proposal.created),
            **_body(proposal.terms),
        }
    )
    if len(data) > SIZE_CAP:
        raise Violation(RULE, f"the change has {len(data)} bytes, {SIZE_CAP} are read")
    return data


def parse_proposal(data: bytes) -> TermsProposal:
    """The change in these bytes, which were signed; raises TRUST-FORMAT."""
    fields = _open(data, CHANGE_FORMAT)
    found = TermsProposal(
        sequence=_sequence(fields, low=1),
        previous=fields.take_match("previous", _DIGEST, form="64 hex digits"),
        created=fields.take_moment("created"),
        terms=_terms(fields),
    )
    fields.check_end()
    prints = [person.fingerprint for person in found.terms.trust.approvers]
    names = [person.name.casefold() for person in found.terms.trust.approvers]
    if len(set(prints)) != len(prints) or len(set(names)) != len(names):
        raise Violation(RULE, "a person or a certificate is in the new list twice")
    return found


def _head(form: str, sequence: int) -> JsonObject:
    return {"format": form, "version": VERSION, "sequence": sequence}


def _body(terms: Terms) -> JsonObject:
    return {"policy": render_policy(terms.policy), "trust": render_trust(terms.trust)}


def _open(data: bytes, form: str) -> Fields:
    value = parse_strict_json(data, rule=RULE, text_rule=RULE, cap=SIZE_CAP, blocks=_LONG)
    fields = Fields(value, where="trust", rule=RULE, text_rule=RULE)
    fields.take_constant("format", form)
    fields.take_constant("version", VERSION)
    return fields


def _sequence(fields: Fields, *, low: int) -> int:
    return fields.take_int("sequence", low=low, high=SEQUENCE_CAP)


def _terms(fields: Fields) -> Terms:
    return Terms(
        policy=parse_policy(fields.take_object("policy")),
        trust=parse_trust(fields.take_object("trust")),
    )
