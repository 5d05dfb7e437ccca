"""A descriptor of each script kind, of one key or of two among three, for software stations."""

from __future__ import annotations

from strongroom.core.bitcoin.keys import MasterKey, parse_path
from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.descriptor.account import account_descriptor
from strongroom.core.descriptor.checksum import descriptor_checksum
from strongroom.core.network import Network

MULTI_FORMS = {
    ScriptKind.SH_MULTI: ("m/45h", "sh(sortedmulti(2,{}))"),
    ScriptKind.SH_WSH_MULTI: ("m/48h/1h/0h/1h", "sh(wsh(sortedmulti(2,{})))"),
    ScriptKind.WSH_MULTI: ("m/48h/1h/0h/2h", "wsh(multi(2,{}))"),
}


def make_descriptor(kind: ScriptKind, masters: tuple[MasterKey, ...]) -> str:
    """The descriptor of `kind` on regtest: of the first master alone, or 2 of all of them."""
    if kind not in MULTI_FORMS:
        return account_descriptor(kind, masters[0], Network.REGTEST)
    path, form = MULTI_FORMS[kind]
    keys = ",".join(
        f"[{master.fingerprint.hex()}/{path.removeprefix('m/')}]"
        f"{master.derive_public(parse_path(path)).text(Network.REGTEST)}/<0;1>/*"
        for master in masters
    )
    body = form.format(keys)
    return f"{body}#{descriptor_checksum(body)}"
