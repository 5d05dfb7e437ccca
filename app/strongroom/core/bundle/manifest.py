"""The manifests of requests and responses: strict JSON with no field missing, unknown or of another form.

What approvers sign is the manifest's bytes, so that reading never depends on how they were rendered. We render
for eyes: sorted keys, two spaces, one newline at the end.
"""

from __future__ import annotations

import re

from strongroom.core.bitcoin.address import networks_of, parse_address
from strongroom.core.bundle.model import (
    ChainAnchor,
    ChangeOutput,
    InputSignatureRecord,
    MemberDigest,
    Payment,
    RequestManifest,
    ResponseManifest,
    RoomApproval,
)
from strongroom.core.errors import Violation
from strongroom.core.fields import Fields
from strongroom.core.moment import render_moment
from strongroom.core.money import MAX_MONEY, Sats
from strongroom.core.network import Network
from strongroom.core.text import JsonObject, parse_strict_json, readable_json, render_visible

RULE = "BUNDLE-FORMAT"
REQUEST, RESPONSE, VERSION = "strongroom-request", "strongroom-response", 1
TEXT_CAP, NAME_CAP, ADDRESS_CAP, OUTPUTS_CAP, PEOPLE_CAP = 200, 64, 100, 10_000, 64
INPUTS_CAP = 10_000 * 20
HEIGHT_CAP = 499_999_999
SIZE_CAP = 32 * 1024 * 1024

_DIGEST = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_CHECKSUM = re.compile(r"[qpzry9x8gf2tvdw0s3jn54khce6mua7l]{8}")
_FINGERPRINT = re.compile(r"[0-9a-f]{8}")
_PUBLIC_KEY = re.compile(r"[0-9a-f]{64}(?:[0-9a-f]{2})?")
_ADDRESS = re.compile(r"[A-Za-z0-9]{14,100}")
_HEX_64 = "64 lower-case hex digits"


def parse_request_manifest(data: bytes) -> RequestManifest:
    """The request that `data` describes; raises BUNDLE-FORMAT, BUNDLE-TEXT, ADDRESS or INPUT-NETWORK."""
    fields = _open(data, REQUEST)
    anchor = _parse_anchor(fields.take_object("anchor"))
    manifest = RequestManifest(
        request_id=fields.take_match("request_id", _ID, form="an id"),
        sequence=fields.take_int("sequence", low=1, high=2**31),
        previous_digest=fields.take_match_or_none("previous_digest", _DIGEST, form=_HEX_64),
        created=fields.take_moment("created"),
        expires=fields.take_moment("expires"),
        expires_height=fields.take_int("expires_height", low=0, high=HEIGHT_CAP),
        anchor=anchor,
        wallet=fields.take_text("wallet", cap=NAME_CAP),
        descriptor_checksum=fields.take_match("descriptor_checksum", _CHECKSUM, form="a checksum"),
        payments=tuple(
            _parse_payment(item, anchor.network)
            for item in fields.take_objects("payments", cap=OUTPUTS_CAP)
        ),
        change=tuple(
            _parse_change(item, anchor.network)
            for item in fields.take_objects("change", cap=OUTPUTS_CAP)
        ),
        fee=_take_amount(fields, "fee_sat"),
        purpose=fields.take_text("purpose", cap=TEXT_CAP, empty=True),
        requester=fields.take_text("requester", cap=NAME_CAP, empty=True),
        replaces=fields.take_match_or_none("replaces", _DIGEST, form=_HEX_64),
        psbt=_parse_member(fields.take_object("psbt")),
        payment_list=(
            fields.take_match("payment_list", _DIGEST, form=_HEX_64)
            if fields.has("payment_list")
            else None
        ),
    )
    fields.check_end()
    if manifest.expires <= manifest.created:
        raise Violation(
            RULE,
            f"the request expires at {render_moment(manifest.expires)}, before it was created at "
            f"{render_moment(manifest.created)}",
        )
    return manifest


def render_request_manifest(manifest: RequestManifest) -> bytes:
    """The bytes that approvers sign."""
    anchor = manifest.anchor
    return readable_json(
        {
            "format": REQUEST,
            "version": VERSION,
            "request_id": manifest.request_id,
            "sequence": manifest.sequence,
            "previous_digest": manifest.previous_digest,
            "created": render_moment(manifest.created),
            "expires": render_moment(manifest.expires),
            "expires_height": manifest.expires_height,
            "anchor": {
                "network": anchor.network.value,
                "genesis_hash": anchor.genesis_hash,
                "tip_height": anchor.tip_height,
                "tip_hash": anchor.tip_hash,
                "tip_time": render_moment(anchor.tip_time),
            },
            "wallet": manifest.wallet,
            "descriptor_checksum": manifest.descriptor_checksum,
            "payments": [
                {
                    "address": p.address,
                    "amount_sat": p.amount,
                    "payee": p.payee,
                    "reference": p.reference,
                }
                for p in manifest.payments
            ],
            "change": [{"address": c.address, "amount_sat": c.amount} for c in manifest.change],
            "fee_sat": manifest.fee,
            "purpose": manifest.purpose,
            "requester": manifest.requester,
            "replaces": manifest.replaces,
            "psbt": _render_member(manifest.psbt),
            **({"payment_list": manifest.payment_list} if manifest.payment_list else {}),
        }
    )


def parse_response_manifest(data: bytes) -> ResponseManifest:
    """The response that `data` describes; raises BUNDLE-FORMAT or BUNDLE-TEXT."""
    fields = _open(data, RESPONSE)
    manifest = ResponseManifest(
        request_digest=fields.take_match("request_digest", _DIGEST, form=_HEX_64),
        request_id=fields.take_match("request_id", _ID, form="an id"),
        declared=fields.take_moment("declared"),
        approvals=tuple(
            _parse_approval(item) for item in fields.take_objects("approvals", cap=PEOPLE_CAP)
        ),
        signatures=tuple(
            _parse_record(item) for item in fields.take_objects("signatures", cap=INPUTS_CAP)
        ),
        release=fields.take_text("release", cap=NAME_CAP),
        image_digest=fields.take_match_or_none("image_digest", _DIGEST, form=_HEX_64),
        transcript_head=fields.take_match("transcript_head", _DIGEST, form=_HEX_64),
        psbt=_parse_member(fields.take_object("psbt")),
    )
    fields.check_end()
    return manifest


def render_response_manifest(manifest: ResponseManifest) -> bytes:
    """The bytes that the vault's key signs."""
    return readable_json(
        {
            "format": RESPONSE,
            "version": VERSION,
            "request_digest": manifest.request_digest,
            "request_id": manifest.request_id,
            "declared": render_moment(manifest.declared),
            "approvals": [{"name": a.name, "role": a.role} for a in manifest.approvals],
            "signatures": [
                {"index": r.index, "fingerprint": r.fingerprint, "public_key": r.public_key}
                for r in manifest.signatures
            ],
            "release": manifest.release,
            "image_digest": manifest.image_digest,
            "transcript_head": manifest.transcript_head,
            "psbt": _render_member(manifest.psbt),
        }
    )


def _open(data: bytes, kind: str) -> Fields:
    fields = Fields(parse_strict_json(data, rule=RULE), where="manifest", rule=RULE)
    fields.take_constant("format", kind)
    fields.take_constant("version", VERSION)
    return fields


def _parse_anchor(fields: Fields) -> ChainAnchor:
    name = fields.take_block("network")
    network = next((n for n in Network if n.value == name), None)
    if network is None:
        raise Violation(RULE, f"the network {render_visible(name)!r} is not known")
    anchor = ChainAnchor(
        network=network,
        genesis_hash=fields.take_match("genesis_hash", _DIGEST, form=_HEX_64),
        tip_height=fields.take_int("tip_height", low=0, high=HEIGHT_CAP),
        tip_hash=fields.take_match("tip_hash", _DIGEST, form=_HEX_64),
        tip_time=fields.take_moment("tip_time"),
    )
    fields.check_end()
    return anchor


def _parse_payment(fields: Fields, network: Network) -> Payment:
    payment = Payment(
        address=_take_address(fields, network),
        amount=_take_amount(fields, "amount_sat"),
        payee=fields.take_text("payee", cap=NAME_CAP, empty=True),
        reference=fields.take_text("reference", cap=NAME_CAP, empty=True),
    )
    fields.check_end()
    return payment


def _parse_change(fields: Fields, network: Network) -> ChangeOutput:
    change = ChangeOutput(
        address=_take_address(fields, network), amount=_take_amount(fields, "amount_sat")
    )
    fields.check_end()
    return change


def _parse_approval(fields: Fields) -> RoomApproval:
    approval = RoomApproval(
        name=fields.take_text("name", cap=NAME_CAP), role=fields.take_text("role", cap=NAME_CAP)
    )
    fields.check_end()
    return approval


def _parse_record(fields: Fields) -> InputSignatureRecord:
    record = InputSignatureRecord(
        index=fields.take_int("index", low=0, high=OUTPUTS_CAP),
        fingerprint=fields.take_match("fingerprint", _FINGERPRINT, form="8 hex digits"),
        public_key=fields.take_match("public_key", _PUBLIC_KEY, form="a public key"),
    )
    fields.check_end()
    return record


def _parse_member(fields: Fields) -> MemberDigest:
    member = MemberDigest(
        size=fields.take_int("size", low=0, high=SIZE_CAP),
        sha256=fields.take_match("sha256", _DIGEST, form=_HEX_64),
    )
    fields.check_end()
    return member


def _render_member(member: MemberDigest) -> JsonObject:
    return {"size": member.size, "sha256": member.sha256}


def _take_amount(fields: Fields, name: str) -> Sats:
    return Sats(fields.take_int(name, low=0, high=MAX_MONEY))


def _take_address(fields: Fields, network: Network) -> str:
    address = fields.take_match("address", _ADDRESS, form="an address")
    try:
        parse_address(address, network)
    except Violation as stop:
        if networks_of(address):
            raise Violation("INPUT-NETWORK", stop.message) from stop
        raise
    return address
