"""Wallets as JSON: Caravan's file, and Specter's, which Sparrow writes as well."""

from __future__ import annotations

import re

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.descriptor.account import BRANCHES
from strongroom.core.descriptor.checksum import check_checksum
from strongroom.core.descriptor.model import Descriptor
from strongroom.core.errors import Violation
from strongroom.core.network import Network
from strongroom.core.text import JsonObject, JsonValue, parse_strict_json, readable_json
from strongroom.core.wallet_formats.parts import (
    RULE,
    TEXT_CAP,
    ForeignWallet,
    both_branches,
    multisig_descriptor,
    networks_of,
    networks_of_descriptor,
    plain_origin,
    sealed,
)

_ACCOUNT_KEY = re.compile(r"([xt]pub[1-9A-HJ-NP-Za-km-z]{107})(?=[,)])")
_FINGERPRINT = re.compile(r"[0-9a-fA-F]{8}")
_KINDS = {
    "P2SH": ScriptKind.SH_MULTI,
    "P2SH-P2WSH": ScriptKind.SH_WSH_MULTI,
    "P2WSH": ScriptKind.WSH_MULTI,
}
_NETWORKS = {
    "mainnet": (Network.MAINNET,),
    "testnet": (Network.TESTNET4, Network.SIGNET),
    "signet": (Network.SIGNET,),
    "regtest": (Network.REGTEST,),
}


def read_json_wallet(data: bytes) -> ForeignWallet:
    """The wallet of a Caravan or Specter file; raises WALLET-FORMAT, or BUNDLE-TEXT for hidden characters.

    Fields that say nothing about the wallet's scripts are passed over: both programs add some.
    """
    value = parse_strict_json(data, rule=RULE, cap=TEXT_CAP)
    if "extendedPublicKeys" in value:
        return _read_caravan(value)
    if "descriptor" in value:
        return _read_specter(value)
    raise Violation(
        RULE, "the JSON file is a wallet of no known program", hint="Caravan and Specter are known"
    )


def write_caravan(name: str, descriptor: Descriptor) -> bytes:
    """Caravan's file of a wallet of sorted keys; raises WALLET-FORMAT for any other."""
    shown = next((text for text, kind in _KINDS.items() if kind is descriptor.kind), None)
    if shown is None or not descriptor.is_sorted:
        raise Violation(RULE, f"Caravan can not say {descriptor.kind.value} of this form")
    network = descriptor.network
    return readable_json(
        {
            "name": name,
            "addressType": shown,
            "network": network.value
            if network in {Network.MAINNET, Network.REGTEST}
            else "testnet",
            "client": {"type": "public"},
            "quorum": {
                "requiredSigners": descriptor.threshold,
                "totalSigners": len(descriptor.keys),
            },
            "extendedPublicKeys": [
                {
                    "name": f"key {number}",
                    "bip32Path": plain_origin(key),
                    "xpub": key.key.text(network),
                    "xfp": key.fingerprint.hex(),
                }
                for number, key in enumerate(descriptor.keys, start=1)
            ],
            "startingAddressIndex": 0,
        }
    )


def write_specter(name: str, descriptor: Descriptor) -> bytes:
    """Specter's file: a label and the descriptor of receive addresses, which Sparrow imports too.

    Specter 2.1 reads no multipath (BIP-389) and adds the change branch itself. A wallet with other branches is
    written with both, since it would be another without.
    """
    receive = descriptor.text.partition("#")[0].replace(BRANCHES, "/0/*")
    return readable_json(
        {
            "label": name,
            "blockheight": 0,
            "descriptor": descriptor.text if "<" in receive else sealed(receive),
            "devices": [
                {"type": "other", "label": f"key {number} {key.fingerprint.hex()}"}
                for number, key in enumerate(descriptor.keys, start=1)
            ],
        }
    )


def _read_caravan(value: JsonObject) -> ForeignWallet:
    quorum = _inner(value, "quorum")
    items = value["extendedPublicKeys"]
    if not isinstance(items, list):
        raise Violation(RULE, "extendedPublicKeys is not an array")
    keys, signers = [], []
    for item in items:
        if not isinstance(item, dict):
            raise Violation(RULE, "an extended public key is not an object")
        keys.append((_text(item, "xfp"), _text(item, "bip32Path"), _text(item, "xpub")))
        if isinstance(name := item.get("name"), str) and _FINGERPRINT.fullmatch(keys[-1][0]):
            signers.append((bytes.fromhex(keys[-1][0]), name))
    kind = _KINDS.get(_text(value, "addressType"))
    if kind is None or not keys:
        raise Violation(RULE, "the file has no keys, or an address type that is no multisig")
    threshold, total = quorum.get("requiredSigners"), quorum.get("totalSigners")
    if not isinstance(threshold, int) or total != len(keys):
        raise Violation(RULE, f"the file has {len(keys)} keys and its quorum says {total!a}")
    return ForeignWallet(
        name=_text(value, "name"),
        networks=_NETWORKS.get(_text(value, "network"), networks_of(keys[0][2])),
        descriptor=multisig_descriptor(kind, threshold, tuple(keys)),
        form="Caravan file",
        signers=tuple(signers),
    )


def _read_specter(value: JsonObject) -> ForeignWallet:
    descriptor = _text(value, "descriptor")
    if "*" not in descriptor:  # older ones end at the account keys, and mean both branches
        body = check_checksum(descriptor) if "#" in descriptor else descriptor
        descriptor = _ACCOUNT_KEY.sub(rf"\1{BRANCHES}", body)
    return ForeignWallet(
        name=_text(value, "label") if "label" in value else "",
        networks=networks_of_descriptor(descriptor),
        descriptor=both_branches(descriptor),
        form="Specter file",
    )


def _inner(value: JsonObject, name: str) -> JsonObject:
    found = value.get(name)
    if not isinstance(found, dict):
        raise Violation(RULE, f"{name} is not an object")
    return found


def _text(value: JsonObject, name: str) -> str:
    found: JsonValue = value.get(name)
    if not isinstance(found, str):
        raise Violation(RULE, f"{name} is not a text")
    return found
