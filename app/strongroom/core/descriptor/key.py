"""One key of a registered wallet: `[fingerprint/origin]xpub/<a;b>/*` and nothing else (BIP-380, 389).

Private keys are refused by their form and never quoted. The extended key must fit its origin: as deep as the
path is long, its number the path's last step, since a key that is not where it claims to be cannot be found
again from the seed.
"""

from __future__ import annotations

import re

from strongroom.core.bitcoin.keys import (
    HARDENED,
    ExtendedKey,
    parse_extended_key,
    parse_path,
    parse_step,
    render_step,
)
from strongroom.core.descriptor.model import DescriptorKey
from strongroom.core.errors import Violation
from strongroom.core.network import Network

_PARTS = re.compile(r"(\[[^\[\]]*\])?([^\[\]/<>*]*)(/[^\[\]]*)?")
_ORIGIN = re.compile(r"\[([0-9a-fA-F]{8})(/[^\[\]]*)?\]")
_BRANCHES = re.compile(r"/<([^<>/]*)>/\*")
_PRIVATE_EXTENDED = re.compile(r"[a-zA-Z]prv[0-9A-Za-z]*")
_PRIVATE_WIF = re.compile(r"[5KLc9][1-9A-HJ-NP-Za-km-z]{50,51}")
_PLAIN_KEY = re.compile(r"(0[2-7])?[0-9a-fA-F]{64}([0-9a-fA-F]{64})?")
_COMPRESSED = ("", "02", "03")
_DEPTH_CAP = 12
_TWO = 2


def parse_key(text: str, network: Network, place: int) -> DescriptorKey:
    """The key that `text` is, `place` (from 1) naming it in errors; else `Violation` DESCRIPTOR."""
    try:
        return _parse_key(text, network)
    except Violation as stop:
        raise Violation(stop.rule, f"key {place}: {stop.message}", hint=stop.hint) from None


def _parse_key(text: str, network: Network) -> DescriptorKey:
    parts = _PARTS.fullmatch(text)
    if parts is None:
        raise _bad("its brackets do not have the form [fingerprint/path]key/<0;1>/*")
    origin, body, rest = parts[1] or "", parts[2], parts[3] or ""
    _check_form(body)
    if not origin:
        raise _bad(
            "it has no origin [fingerprint/path]",
            hint="without one nobody can tell whose key it is; export it with its origin",
        )
    match = _ORIGIN.fullmatch(origin)
    if match is None:
        raise _bad("its origin is not eight hex digits and a path, such as [0a1b2c3d/84h/0h/0h]")
    path = parse_path(match[2][1:]) if match[2] else ()
    branches = parse_branches(rest)
    fingerprint = bytes.fromhex(match[1])
    key = parse_extended_key(body, network)
    _check_place(key, fingerprint, path)
    return DescriptorKey(fingerprint=fingerprint, origin_path=path, key=key, branches=branches)


def _check_form(body: str) -> None:
    if not body:
        raise _bad("there is no key after its origin")
    if _PRIVATE_EXTENDED.fullmatch(body) or _PRIVATE_WIF.fullmatch(body):
        raise _bad(
            "it is a private key",
            hint="a wallet is registered by public keys only; treat that private key as exposed",
        )
    if body.startswith("@"):
        raise _bad("it is a placeholder of a wallet policy (BIP-388); write the key itself")
    plain = _PLAIN_KEY.fullmatch(body)
    if plain and ((plain[1] or "") not in _COMPRESSED or plain[2]):
        raise _bad("it is an uncompressed or hybrid public key")
    if plain:
        raise _bad(
            "it is a single public key",
            hint="a registered wallet needs an extended key (xpub or tpub) with /<0;1>/*",
        )


def parse_branches(rest: str) -> tuple[int, int]:
    """The receive and the change branch in `/<a;b>/*`; raises `Violation` DESCRIPTOR."""
    if rest.endswith(("/*h", "/*'")):
        raise _bad("its addresses are hardened (/*h), which no public key can derive")
    if not rest.endswith("/*"):
        raise _bad("it does not end in /*: a registered wallet has many addresses")
    if "<" not in rest and ">" not in rest:
        raise _bad(
            "it has no receive and change branch",
            hint="write /<0;1>/* for receive 0 and change 1 (BIP-389)",
        )
    match = _BRANCHES.fullmatch(rest)
    if match is None:
        raise _bad(
            "between key and /* stands more or less than one pair of branches such as <0;1>",
            hint="export the key at the level above its branches",
        )
    branches = tuple(parse_step(step) for step in match[1].split(";"))
    if len(branches) != _TWO:
        raise _bad(f"it has {len(branches)} branches, 2 are needed: receive and change")
    if max(branches) >= HARDENED:
        raise _bad("its branches are hardened, which no public key can derive")
    receive, change = branches
    if receive == change:
        raise _bad(f"its receive and change branch are both {receive}")
    return receive, change


def _check_place(key: ExtendedKey, fingerprint: bytes, path: tuple[int, ...]) -> None:
    if len(path) > _DEPTH_CAP:
        raise _bad(f"its origin has {len(path)} steps, {_DEPTH_CAP} are the most")
    if key.depth != len(path):
        raise _bad(f"the key is at depth {key.depth} and its origin has {len(path)} steps")
    if path and key.child_number != path[-1]:
        raise _bad(
            f"the key is child {render_step(key.child_number)} and its origin ends in "
            f"{render_step(path[-1])}"
        )
    named = {0: key.fingerprint, 1: key.parent}.get(key.depth, fingerprint)
    if named != fingerprint:
        raise _bad(f"the key is of master {named.hex()}, its origin says {fingerprint.hex()}")


def _bad(what: str, *, hint: str = "") -> Violation:
    return Violation("DESCRIPTOR", what, hint=hint)
