"""A descriptor of each script kind, of one key or of two among three, for software stations."""

from __future__ import annotations

from strongroom.core.bitcoin.keys import MasterKey, parse_path
from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.descriptor.account import account_descriptor
from strongroom.core.descriptor.checksum import descriptor_checksum
from strongroom.core.descriptor.unspendable import NUMS
from strongroom.core.network import Network

MULTI_FORMS = {
    ScriptKind.SH_MULTI: ("m/45h", "sh(sortedmulti(2,{}))"),
    ScriptKind.SH_WSH_MULTI: ("m/48h/1h/0h/1h", "sh(wsh(sortedmulti(2,{})))"),
    ScriptKind.WSH_MULTI: ("m/48h/1h/0h/2h", "wsh(multi(2,{}))"),
    ScriptKind.SH_WSH_SCRIPT: (
        "m/48h/1h/0h/1h",
        "sh(wsh(thresh(2,pk({1}),s:pk({2}),sln:older(144))))",
    ),
    ScriptKind.WSH_SCRIPT: (
        "m/48h/1h/0h/2h",
        "wsh(or_d(multi(2,{1},{2},{3}),and_v(v:pkh({4}),older(52560))))",
    ),
    ScriptKind.TR_TREE: (
        "m/48h/1h/0h/3h",
        f"tr({NUMS.hex()},{{{{sortedmulti_a(2,{{1}},{{2}},{{3}}),and_v(v:pk({{4}}),older(144))}}}})",
    ),
}


TREE_IN_ORDER = MULTI_FORMS[ScriptKind.TR_TREE][1].replace(
    "sortedmulti_a", "multi_a"
)  # BDK reads it


def make_descriptor(kind: ScriptKind, masters: tuple[MasterKey, ...], form: str = "") -> str:
    """The descriptor of `kind` on regtest: of the first master alone, 2 of all of them, or `form`."""
    if kind not in MULTI_FORMS:
        return account_descriptor(kind, masters[0], Network.REGTEST)
    path, usual = MULTI_FORMS[kind]
    keys = tuple(
        f"[{master.fingerprint.hex()}/{path.removeprefix('m/')}]"
        f"{master.derive_public(parse_path(path)).text(Network.REGTEST)}/<0;1>/*"
        for master in masters
    )
    later = keys[0].replace("<0;1>", "<2;3>")
    body = (form or usual).format(",".join(keys), *keys, later)
    return f"{body}#{descriptor_checksum(body)}"
