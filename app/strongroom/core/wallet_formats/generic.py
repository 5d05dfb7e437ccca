"""The public keys of one seed for other software: plain text, and JSON as Coldcard's generic export."""

from __future__ import annotations

from embit import base58

from strongroom.core.bitcoin.address import render_address
from strongroom.core.bitcoin.keys import MasterKey, render_path
from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.descriptor.account import account_descriptor, account_path, cosigner_key
from strongroom.core.descriptor.derive import RECEIVE, derive_scripts
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.network import Network
from strongroom.core.text import JsonObject, readable_json

_SECTIONS = {
    "bip44": (ScriptKind.PKH, "p2pkh"),
    "bip49": (ScriptKind.SH_WPKH, "p2sh-p2wpkh"),
    "bip84": (ScriptKind.WPKH, "p2wpkh"),
    "bip86": (ScriptKind.TR, "p2tr"),
    "bip48_1": (ScriptKind.SH_WSH_MULTI, "p2sh-p2wsh"),
    "bip48_2": (ScriptKind.WSH_MULTI, "p2wsh"),
    "bip45": (ScriptKind.SH_MULTI, "p2sh"),
}
_SINGLE = frozenset((ScriptKind.PKH, ScriptKind.SH_WPKH, ScriptKind.WPKH, ScriptKind.TR))
_CHAINS = {Network.MAINNET: "BTC", Network.REGTEST: "XRT"}
# SLIP-132, by mainnet or not: what programs that mix the script type into the key want to read.
_SLIP132 = {
    "bip49": ("049d7cb2", "044a5262"),
    "bip84": ("04b24746", "045f1cf6"),
    "bip48_1": ("0295b43f", "024289ef"),
    "bip48_2": ("02aa7ed3", "02575483"),
}


def generic_json(master: MasterKey, network: Network, account: int = 0) -> bytes:
    """Every standard account key of a seed, with descriptors and first addresses of single-key ones.

    Legacy multisig (BIP-45) is there for account 0 only.
    """
    root = master.derive_public(())
    document: dict[str, str | int | JsonObject] = {
        "chain": _CHAINS.get(network, "XTN"),
        "xfp": master.fingerprint.hex().upper(),
        "account": account,
        "xpub": root.text(network),
    }
    for section, (kind, name) in _SECTIONS.items():
        if section == "bip45" and account:
            continue
        path = account_path(kind, network, account)
        document[section] = {
            "name": name,
            **_key(master, path, network, _SLIP132.get(section)),
            **(_first(kind, master, network, account) if kind in _SINGLE else {}),
        }
    return readable_json(document)


def plain_keys(master: MasterKey, network: Network, account: int = 0) -> str:
    """Every standard account key of a seed, one a line, with what it is for."""
    lines = [f"# keys of {master.fingerprint.hex()}, {network.value}, account {account}"]
    for section, (kind, _name) in _SECTIONS.items():
        if section == "bip45" and account:
            continue
        lines.append(f"{kind.value}: {cosigner_key(kind, master, network, account)}")
    return "\n".join(lines) + "\n"


def _key(
    master: MasterKey, path: tuple[int, ...], network: Network, versions: tuple[str, str] | None
) -> dict[str, str]:
    key = master.derive_public(path)
    found = {
        "xfp": key.fingerprint.hex().upper(),
        "deriv": render_path(path).replace("h", "'"),
        "xpub": key.text(network),
    }
    if versions is not None:
        version = bytes.fromhex(versions[network is not Network.MAINNET])
        found["_pub"] = base58.encode_check(version + base58.decode_check(found["xpub"])[4:])
    return found


def _first(kind: ScriptKind, master: MasterKey, network: Network, account: int) -> dict[str, str]:
    text = account_descriptor(kind, master, network, account)
    script = derive_scripts(parse_descriptor(text, network), RECEIVE, 0).script_pubkey
    return {"desc": text, "first": render_address(script, network) or ""}
