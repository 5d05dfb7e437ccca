"""The standard keys and descriptors of an account: BIP-44, 49, 84 and 86 for one key, 45 and 48 for many."""

from __future__ import annotations

from strongroom.core.bitcoin.keys import HARDENED, MasterKey, render_step
from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.descriptor.checksum import descriptor_checksum
from strongroom.core.errors import Violation
from strongroom.core.network import Network

BRANCHES = "/<0;1>/*"
_PURPOSES = {
    ScriptKind.PKH: 44,
    ScriptKind.SH_WPKH: 49,
    ScriptKind.WPKH: 84,
    ScriptKind.TR: 86,
}
_WRAPPINGS = {
    ScriptKind.PKH: "pkh({})",
    ScriptKind.SH_WPKH: "sh(wpkh({}))",
    ScriptKind.WPKH: "wpkh({})",
    ScriptKind.TR: "tr({})",
}
_BIP45, _BIP48 = 45, 48
_BIP48_SCRIPTS = {
    ScriptKind.SH_WSH_MULTI: 1,
    ScriptKind.SH_WSH_SCRIPT: 1,
    ScriptKind.WSH_MULTI: 2,
    ScriptKind.WSH_SCRIPT: 2,
    ScriptKind.TR_TREE: 3,
}


def account_path(kind: ScriptKind, network: Network, account: int = 0) -> tuple[int, ...]:
    """The hardened path of an account; legacy multisig has one account only (BIP-45)."""
    coin_type = network.constants.coin_type
    if kind in _PURPOSES:
        steps: tuple[int, ...] = (_PURPOSES[kind], coin_type, account)
    elif kind in _BIP48_SCRIPTS:
        steps = (_BIP48, coin_type, account, _BIP48_SCRIPTS[kind])
    elif account == 0:
        steps = (_BIP45,)
    else:
        raise Violation("DESCRIPTOR", f"sh(multi) has no account {account}, only account 0")
    return tuple(step | HARDENED for step in steps)


def cosigner_key(kind: ScriptKind, master: MasterKey, network: Network, account: int = 0) -> str:
    """`[fingerprint/path]xpub` of an account: what one signer brings to a wallet of many."""
    path = account_path(kind, network, account)
    origin = "/".join((master.fingerprint.hex(), *(render_step(step) for step in path)))
    return f"[{origin}]{master.derive_public(path).text(network)}"


def account_descriptor(
    kind: ScriptKind, master: MasterKey, network: Network, account: int = 0
) -> str:
    """The descriptor with checksum of an account of one key; raises `Violation` DESCRIPTOR for multisig."""
    if kind not in _WRAPPINGS:
        raise Violation("DESCRIPTOR", f"{kind.value} needs the keys of all signers")
    body = _WRAPPINGS[kind].format(cosigner_key(kind, master, network, account) + BRANCHES)
    return f"{body}#{descriptor_checksum(body)}"
