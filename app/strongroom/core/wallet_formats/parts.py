"""What every foreign form comes down to: a name, a network or none, and a descriptor with its checksum."""

from __future__ import annotations

from dataclasses import dataclass

from strongroom.core.bitcoin.keys import parse_path, render_step
from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.descriptor.account import BRANCHES
from strongroom.core.descriptor.checksum import check_checksum, descriptor_checksum
from strongroom.core.descriptor.model import DescriptorKey
from strongroom.core.errors import Violation
from strongroom.core.network import Network

RULE = "WALLET-FORMAT"
TEXT_CAP = 256 * 1024
MULTI = {
    ScriptKind.SH_MULTI: "sh({})",
    ScriptKind.SH_WSH_MULTI: "sh(wsh({}))",
    ScriptKind.WSH_MULTI: "wsh({})",
}
_RECEIVE = "/0/*"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignWallet:
    """A wallet as another program wrote it, in our terms.

    `networks` are those that it can be on: test networks share their keys' prefix. `first_address` is what the
    file says the first one is, "" when it says nothing. `signers` are the names that it
    has for the holders of keys, by master fingerprint.
    """

    name: str
    networks: tuple[Network, ...]
    descriptor: str
    form: str
    first_address: str = ""
    signers: tuple[tuple[bytes, str], ...] = ()


def multisig_descriptor(
    kind: ScriptKind, threshold: int, keys: tuple[tuple[str, str, str], ...]
) -> str:
    """`sortedmulti` of `keys` (fingerprint, path, extended key), with its checksum."""
    if kind not in MULTI:
        raise Violation(RULE, f"{kind.value} is no multisig")
    shown = (f"{key_origin(fingerprint, path)}{key}{BRANCHES}" for fingerprint, path, key in keys)
    return sealed(MULTI[kind].format(f"sortedmulti({threshold},{','.join(shown)})"))


def key_origin(fingerprint: str, path: str) -> str:
    """`[fingerprint/path]` in our spelling; raises WALLET-FORMAT."""
    steps = (render_step(step) for step in parse_path(path, rule=RULE))
    return f"[{'/'.join((fingerprint.lower(), *steps))}]"


def sealed(body: str) -> str:
    """`body` with its checksum; raises DESCRIPTOR for a character that no descriptor has."""
    return f"{body}#{descriptor_checksum(body)}"


def both_branches(text: str) -> str:
    """A descriptor of receive addresses only, as programs before BIP-389 write it, with both branches.

    A checksum that is there is checked first; none is needed, since the addresses are compared by people.
    """
    body = check_checksum(text) if "#" in text else text
    if "<" in body:
        return sealed(body)
    return sealed(body.replace("/**", BRANCHES).replace(_RECEIVE, BRANCHES))


def networks_of(key: str) -> tuple[Network, ...]:
    """The networks that an extended key in text can be of; an unknown prefix is left to the parser."""
    mainnet = key.startswith(("xpub", "ypub", "zpub", "Ypub", "Zpub"))
    return (Network.MAINNET,) if mainnet else tuple(n for n in Network if n is not Network.MAINNET)


def networks_of_descriptor(text: str) -> tuple[Network, ...]:
    """The networks that a descriptor's first key can be of."""
    return networks_of(text.partition("]")[2])


def plain_origin(key: DescriptorKey) -> str:
    """The path of a key's origin in the spelling that older programs read: `m/48'/0'/0'/2'`."""
    steps = (render_step(step).replace("h", "'") for step in key.origin_path)
    return "/".join(("m", *steps))
