"""The vault's trust list and policy as JSON, and back."""

from __future__ import annotations

import re
from hashlib import sha256

from strongroom.core.bundle.model import CertificateFingerprint
from strongroom.core.errors import Violation
from strongroom.core.fields import Fields
from strongroom.core.moment import render_moment
from strongroom.core.money import MAX_MONEY, Sats
from strongroom.core.text import JsonObject, canonical_json
from strongroom.core.vault.contents_history import TEXT_CAP, WHOLE_CAP, take_amount
from strongroom.core.vault.model import Approver, Policy, TrustList

PEOPLE_CAP = 1000
BOOK_CAP = 100_000
_FINGERPRINT = re.compile(r"[0-9A-F]{40}")


def parse_trust(fields: Fields) -> TrustList:
    """The trust list in `fields`; raises the rule of `fields`."""
    trust = TrustList(
        approvers=tuple(map(_parse_approver, fields.take_objects("approvers", cap=PEOPLE_CAP))),
        quorum=tuple(map(_parse_quorum, fields.take_objects("quorum", cap=PEOPLE_CAP, least=1))),
    )
    fields.check_end()
    return trust


def render_trust(trust: TrustList) -> JsonObject:
    """`trust` as `parse_trust` reads it."""
    return {
        "approvers": [_render_approver(approver) for approver in trust.approvers],
        "quorum": [{"role": role, "count": count} for role, count in trust.quorum],
    }


def parse_policy(fields: Fields) -> Policy:
    """The policy in `fields`, every limit named; raises the rule of `fields`."""
    policy = Policy(
        fee_absolute=take_amount(fields, "fee_absolute"),
        fee_rate=_take_whole(fields, "fee_rate"),
        fee_share_block=_take_whole(fields, "fee_share_block"),
        fee_share_warn=_take_whole(fields, "fee_share_warn"),
        fee_relay_millisats=_take_whole(fields, "fee_relay_millisats"),
        change_gap=_take_whole(fields, "change_gap"),
        locktime_horizon=_take_whole(fields, "locktime_horizon"),
        block_unknown_fields=fields.take_bool("block_unknown_fields"),
        amount_per_transaction=_take_limit(fields, "amount_per_transaction"),
        amount_per_window=_take_limit(fields, "amount_per_window"),
        window_blocks=_take_whole(fields, "window_blocks"),
        address_book=tuple(
            map(_parse_book_entry, fields.take_objects("address_book", cap=BOOK_CAP))
        ),
        address_book_only=fields.take_bool("address_book_only"),
        witnesses=fields.take_int("witnesses", low=1, high=PEOPLE_CAP),
    )
    fields.check_end()
    return policy


def render_policy(policy: Policy) -> JsonObject:
    """`policy` as `parse_policy` reads it."""
    return {
        "fee_absolute": policy.fee_absolute,
        "fee_rate": policy.fee_rate,
        "fee_share_block": policy.fee_share_block,
        "fee_share_warn": policy.fee_share_warn,
        "fee_relay_millisats": policy.fee_relay_millisats,
        "change_gap": policy.change_gap,
        "locktime_horizon": policy.locktime_horizon,
        "block_unknown_fields": policy.block_unknown_fields,
        "amount_per_transaction": policy.amount_per_transaction,
        "amount_per_window": policy.amount_per_window,
        "window_blocks": policy.window_blocks,
        "address_book": [
            {"address": address, "name": name} for address, name in policy.address_book
        ],
        "address_book_only": policy.address_book_only,
        "witnesses": policy.witnesses,
    }


def _take_whole(fields: Fields, name: str) -> int:
    return fields.take_int(name, low=0, high=WHOLE_CAP)


def _take_limit(fields: Fields, name: str) -> Sats | None:
    limit = fields.take_int_or_none(name, low=0, high=MAX_MONEY)
    return None if limit is None else Sats(limit)


def _parse_approver(fields: Fields) -> Approver:
    roles = fields.take_texts("roles", cap=PEOPLE_CAP, text_cap=TEXT_CAP)
    if list(roles) != sorted(set(roles)):
        raise Violation("VAULT-FORMAT", f"an approver's roles are not in order: {roles}")
    fingerprint = fields.take_match("fingerprint", _FINGERPRINT, form="40 upper-case hex digits")
    approver = Approver(
        name=fields.take_text("name", cap=TEXT_CAP),
        fingerprint=CertificateFingerprint(fingerprint),
        certificate=fields.take_hex("certificate"),
        roles=frozenset(roles),
        valid_from=fields.take_moment("valid_from"),
        valid_until=fields.take_moment_or_none("valid_until"),
        revoked_from=fields.take_moment_or_none("revoked_from"),
    )
    fields.check_end()
    return approver


def _render_approver(approver: Approver) -> JsonObject:
    until, revoked = approver.valid_until, approver.revoked_from
    return {
        "name": approver.name,
        "fingerprint": approver.fingerprint,
        "certificate": approver.certificate.hex(),
        "roles": sorted(approver.roles),
        "valid_from": render_moment(approver.valid_from),
        "valid_until": None if until is None else render_moment(until),
        "revoked_from": None if revoked is None else render_moment(revoked),
    }


def _parse_quorum(fields: Fields) -> tuple[str, int]:
    role = fields.take_text("role", cap=TEXT_CAP)
    count = fields.take_int("count", low=1, high=PEOPLE_CAP)
    fields.check_end()
    return role, count


def _parse_book_entry(fields: Fields) -> tuple[str, str]:
    address = fields.take_text("address", cap=TEXT_CAP)
    name = fields.take_text("name", cap=TEXT_CAP, empty=True)
    fields.check_end()
    return address, name


def trust_digest(trust: TrustList) -> bytes:
    """The SHA-256 of the trust list's canonical JSON, which names everyone and every threshold."""
    return sha256(canonical_json(render_trust(trust))).digest()


def policy_digest(policy: Policy) -> bytes:
    """The SHA-256 of the policy's canonical JSON, address book included."""
    return sha256(canonical_json(render_policy(policy))).digest()
