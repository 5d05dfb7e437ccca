"""What a registered wallet may be, and a telling refusal for everything else."""

from __future__ import annotations

import pytest

from strongroom.core.bitcoin.keys import HARDENED
from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.descriptor.account import account_descriptor
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.descriptor.summary import render_summary
from strongroom.core.errors import Violation
from strongroom.core.network import Network
from tests.unit.core.descriptor.wallets import NETWORK, key, keys, master, sealed

K1, K2 = key(1), key(2)
ORIGIN, TPUB = key(1, branches="")[:-111], key(1, branches="")[-111:]
FINGERPRINT = master(1).fingerprint.hex()
ROOT = master(1).derive_public(()).text(NETWORK)
CHILD = master(1).derive_public((HARDENED,)).text(NETWORK)
PLAIN = "03a34b99f22c790c4e36b2b3c2c35a36db06226e41c692fc82b8b56ac1c540c5bd"
LONG = (
    "04a34b99f22c790c4e36b2b3c2c35a36db06226e41c692fc82b8b56ac1c540c5bd"
    "5b8dec5235a0fa8722476c7709c02559e3aa73aa03918ba2d492eea75abea235"
)
XPRV = (
    "xprv9s21ZrQH143K31xYSDQpPDxsXRTUcvj2iNHm5NUtrGiGG5e2DtALGdso3pGz6ssrdK4PFmM8NSpSBHNqPqm55Qn3LqFtT2"
    "emdEXVYsCzC2U"
)
WIF = "L4rK1yDtCWekvXuE6oXD9jCYfFNV2cWRpVuPLBcCU2z8TrisoyY1"
WIF_LONG = "5KYZdUEo39z3FPrtuX2QbbwGnNP5zTd7yyr2SC1j299sBCnWjss"


@pytest.mark.parametrize(
    ("body", "kind", "threshold", "is_sorted"),
    [
        (f"pkh({K1})", ScriptKind.PKH, 1, False),
        (f"wpkh({K1})", ScriptKind.WPKH, 1, False),
        (f"sh(wpkh({K1}))", ScriptKind.SH_WPKH, 1, False),
        (f"tr({K1})", ScriptKind.TR, 1, False),
        (f"sh(multi(2,{K1},{K2}))", ScriptKind.SH_MULTI, 2, False),
        (f"sh(sortedmulti(1,{K1},{K2}))", ScriptKind.SH_MULTI, 1, True),
        (f"sh(multi(15,{keys(15)}))", ScriptKind.SH_MULTI, 15, False),
        (f"wsh(multi(1,{K1}))", ScriptKind.WSH_MULTI, 1, False),
        (f"wsh(sortedmulti(20,{keys(20)}))", ScriptKind.WSH_MULTI, 20, True),
        (f"sh(wsh(multi(2,{K1},{K2})))", ScriptKind.SH_WSH_MULTI, 2, False),
        (f"sh(wsh(sortedmulti(2,{K1},{K2})))", ScriptKind.SH_WSH_MULTI, 2, True),
    ],
)
def test_forms(body: str, kind: ScriptKind, threshold: int, *, is_sorted: bool) -> None:
    text = sealed(body)
    found = parse_descriptor(text, NETWORK)
    assert (found.kind, found.threshold, found.is_sorted) == (kind, threshold, is_sorted)
    assert found.text == text
    assert found.network is NETWORK
    assert found.keys[0].fingerprint == master(1).fingerprint
    assert found.keys[0].key == master(1).derive_public(found.keys[0].origin_path)


def test_hardened_markers_and_branches_may_vary() -> None:
    quoted = parse_descriptor(
        sealed(f"wpkh({K1.replace(ORIGIN, ORIGIN.replace('h', chr(39)))})"), NETWORK
    )
    marked = parse_descriptor(sealed(f"wpkh({K1})"), NETWORK)
    assert quoted.keys == marked.keys
    assert quoted.text != marked.text
    upper = parse_descriptor(
        sealed(f"wpkh({K1.replace(FINGERPRINT, FINGERPRINT.upper())})"), NETWORK
    )
    assert upper.keys == marked.keys
    other = parse_descriptor(sealed(f"wpkh({key(1, branches='/<7;3>/*')})"), NETWORK)
    assert other.keys[0].branches == (7, 3)
    mixed = sealed(f"wsh(multi(2,{K1},{key(2, branches='/<4;5>/*')}))")
    assert [k.branches for k in parse_descriptor(mixed, NETWORK).keys] == [(0, 1), (4, 5)]
    root = parse_descriptor(sealed(f"wpkh([{FINGERPRINT}]{ROOT}/<0;1>/*)"), NETWORK)
    assert root.keys[0].origin_path == ()


REFUSED = [
    # the shape
    (K1, "not a function of keys"),
    ("", "empty argument or an open bracket"),
    ("wpkh()", "empty argument"),
    (f"wpkh({K1}", "brackets that do not match"),
    (f"wpkh({K1}))", "after its last bracket"),
    (f"wpkh({K1})x", "after its last bracket"),
    (f"wpkh({K1},)", "empty argument"),
    (f"wpkh({K1},{K2})", "takes one key and 2 are given"),
    (f"wpkh( {K1})", "brackets do not have the form|origin"),
    (f"Wpkh({K1})", "what is no function"),
    ("sh(" * 50 + K1 + ")" * 50, "nested deeper than 40"),
    (f"tr({{{K1},{K2})", "brackets that do not match"),
    # the functions
    (f"combo({K1})", "combo is several script types"),
    ("raw(deadbeef)", "raw names a script"),
    ("addr(bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080)", "addr names an address"),
    (f"rawtr({K1})", "rawtr hides"),
    (f"pk({K1})", "pk has no address"),
    (f"multi(1,{K1})", "multi without sh or wsh has no address"),
    (f"sortedmulti(1,{K1})", "sortedmulti without sh or wsh has no address"),
    (f"tr(musig({K1},{K2}))", "musig"),
    (f"tr(musig({TPUB},{TPUB})/<0;1>/*)", "derives from musig.*not supported"),
    (f"musig({K1},{K2})", "musig is not supported"),
    (f"wsh(multi_a(1,{K1}))", "multi_a stands in leaves of tr only"),
    (f"sh(pkh({K1}))", "pkh in sh is a form that wallets do not use"),
    (f"sh(tr({K1}))", "tr may not stand in sh"),
    (f"wsh(tr({K1}))", "tr may not stand in wsh"),
    (f"wsh(wpkh({K1}))", "wpkh may not stand in wsh"),
    (f"wsh(wsh(multi(1,{K1})))", "wsh may not stand in wsh"),
    (f"wsh(sh(multi(1,{K1})))", "sh may not stand in wsh"),
    (f"sh({K1})", "sh takes one script function"),
    (f"wsh({K1})", "wsh takes one script function"),
    (f"sh(wpkh({K1}),wpkh({K2}))", "sh takes one script function and nothing else"),
    (f"wpkh(pkh({K1}))", "wpkh takes keys, and pkh"),
    (f"elwpkh({K1})", "'elwpkh' is not a function"),
    # thresholds and sizes
    (f"wsh(multi(0,{K1}))", "no threshold"),
    (f"wsh(multi(01,{K1}))", "no threshold"),
    (f"wsh(multi(-1,{K1}))", "no threshold"),
    (f"wsh(multi({K1},{K2}))", "no threshold"),
    (f"wsh(multi(a,{K1}))", "no threshold"),
    (f"wsh(multi(3,{K1},{K2}))", "3 signatures of 2 keys"),
    ("wsh(multi(1))", "1 signatures of 0 keys"),
    (f"wsh(multi(2,{keys(21)}))", "21 keys, 20 are the most"),
    (f"sh(multi(2,{keys(16)}))", "redeem script of 547 bytes, 520"),
    (f"wsh(multi(1,{K1},pk({K2})))", "multi takes keys, and pk"),
    # keys twice
    (f"wsh(multi(1,{K1},{K2},{K1}))", "keys 1 and 3 are the same key"),
    (f"wsh(multi(1,{K1},{key(1, branches='/<2;3>/*')}))", "keys 1 and 2 are the same key"),
    (
        f"wsh(multi(1,{K1},{ORIGIN}{key(2, branches='')[-111:]}/<0;1>/*))",
        "keys 1 and 2 claim one origin",
    ),
    # the form of a key
    (f"wpkh({XPRV}/<0;1>/*)", "key 1: it is a private key"),
    (f"wsh(multi(1,{K1},{XPRV}/<0;1>/*))", "key 2: it is a private key"),
    (f"wpkh([{FINGERPRINT}/84h/1h/0h]{XPRV}/<0;1>/*)", "private key"),
    (f"wpkh({WIF})", "private key"),
    (f"pkh({WIF_LONG})", "private key"),
    (f"wpkh({PLAIN})", "single public key"),
    (f"wpkh([{FINGERPRINT}/84h]{PLAIN})", "single public key"),
    (f"tr({PLAIN[2:]})", "single public key"),
    (f"pkh({LONG})", "uncompressed or hybrid"),
    (f"pkh(06{LONG[2:]})", "uncompressed or hybrid"),
    (f"pkh(07{LONG[2:]})", "uncompressed or hybrid"),
    ("wpkh(@0/<0;1>/*)", "placeholder of a wallet policy"),
    (f"wpkh([{FINGERPRINT}/48h/1h/0h/2h]/<0;1>/*)", "no key after its origin"),
    # the origin
    (f"wpkh({TPUB}/<0;1>/*)", "no origin"),
    (f"wpkh({ORIGIN}{ORIGIN}{TPUB}/<0;1>/*)", "brackets do not have the form"),
    (f"wpkh({ORIGIN[1:]}{TPUB}/<0;1>/*)", "brackets do not have the form"),
    (f"wpkh([{FINGERPRINT[1:]}/48h]{TPUB}/<0;1>/*)", "eight hex digits"),
    (f"wpkh([{FINGERPRINT}0/48h]{TPUB}/<0;1>/*)", "eight hex digits"),
    (f"wpkh([gaaaaaaa/48h]{TPUB}/<0;1>/*)", "eight hex digits"),
    (f"wpkh([]{TPUB}/<0;1>/*)", "eight hex digits"),
    (f"wpkh({K1.replace('/48h', '/48H')})", "'48H' is not a step"),
    (f"wpkh({K1.replace('/48h', '/48f')})", "'48f' is not a step"),
    (f"wpkh({K1.replace('/48h', '/-48h')})", "'-48h' is not a step"),
    (f"wpkh({K1.replace('/48h', '/048h')})", "'048h' is not a step"),
    (f"wpkh({K1.replace('/48h', '/2147483648')})", "'2147483648' is not a step"),
    (f"wpkh({K1.replace('/2h]', '/2h/]')})", "'' is not a step"),
    (f"wpkh({K1.replace('/2h]', '/*]')})", r"'\*' is not a step"),
    (f"wpkh({K1.replace('/2h]', '/<0;1>]')})", "'<0;1>' is not a step"),
    (f"wpkh([{FINGERPRINT}{'/0h' * 13}]{TPUB}/<0;1>/*)", "13 steps, 12 are the most"),
    # the key against its origin and network
    (f"wpkh({K1.replace('/0h/2h]', '/2h]')})", "depth 4 and its origin has 3 steps"),
    (f"wpkh({K1.replace('/2h]', '/1h]')})", "child 2h and its origin ends in 1h"),
    (f"wpkh([00000000]{ROOT}/<0;1>/*)", f"of master {FINGERPRINT}, its origin says 00000000"),
    (f"wpkh([00000000/0h]{CHILD}/<0;1>/*)", f"of master {FINGERPRINT}, its origin says 00000000"),
    (f"wpkh({key(1, network=Network.MAINNET)})", "of mainnet, the wallet is of regtest"),
    (f"wpkh({ORIGIN}{TPUB[:-1]}{'1' if TPUB[-1] != '1' else '2'}/<0;1>/*)", "wrong checksum"),
    # branches and range
    (f"wpkh({ORIGIN}{TPUB})", r"does not end in /\*"),
    (f"wpkh({ORIGIN}{TPUB}/<0;1>)", r"does not end in /\*"),
    (f"wpkh({ORIGIN}{TPUB}/<0;1>/*h)", "addresses are hardened"),
    (f"wpkh({ORIGIN}{TPUB}/<0;1>/*')", "addresses are hardened"),
    (f"wpkh({ORIGIN}{TPUB}/0/*)", "no receive and change branch"),
    (f"wpkh({ORIGIN}{TPUB}/*)", "no receive and change branch"),
    (f"wpkh({ORIGIN}{TPUB}/**)", r"does not end in /\*"),
    (f"wpkh({ORIGIN}{TPUB}/<0;1>/0/*)", "more or less than one pair"),
    (f"wpkh({ORIGIN}{TPUB}/0/<0;1>/*)", "more or less than one pair"),
    (f"wpkh({ORIGIN}{TPUB}/<0;1>/<2;3>/*)", "more or less than one pair"),
    (f"wpkh({ORIGIN}{TPUB}/<0;1/*)", "more or less than one pair|brackets"),
    (f"wpkh({ORIGIN}{TPUB}/0;1>/*)", "more or less than one pair|brackets"),
    (f"wpkh({ORIGIN}{TPUB}/<>/*)", "'' is not a step"),
    (f"wpkh({ORIGIN}{TPUB}/<0;>/*)", "'' is not a step"),
    (f"wpkh({ORIGIN}{TPUB}/<0>/*)", "1 branches, 2 are needed"),
    (f"wpkh({ORIGIN}{TPUB}/<0;1;2>/*)", "3 branches, 2 are needed"),
    (f"wpkh({ORIGIN}{TPUB}/<0h;1h>/*)", "branches are hardened"),
    (f"wpkh({ORIGIN}{TPUB}/<0;1'>/*)", "branches are hardened"),
    (f"wpkh({ORIGIN}{TPUB}/<1;1>/*)", "receive and change branch are both 1"),
]


@pytest.mark.parametrize(("body", "said"), REFUSED)
def test_refusals_say_why(body: str, said: str) -> None:
    with pytest.raises(Violation, match=said) as stop:
        parse_descriptor(sealed(body), NETWORK)
    assert stop.value.rule == "DESCRIPTOR"
    shown = f"{stop.value} {stop.value.hint}"
    for secret in (XPRV, WIF, WIF_LONG):
        assert secret[:12] not in shown


def test_a_long_text_is_refused_before_it_is_read() -> None:
    with pytest.raises(Violation, match="8193 characters"):
        parse_descriptor("(" * 8193, NETWORK)


def test_the_checksum_is_required_and_checked() -> None:
    text = account_descriptor(ScriptKind.TR, master(1), NETWORK)
    with pytest.raises(Violation, match="no checksum"):
        parse_descriptor(text.partition("#")[0], NETWORK)
    with pytest.raises(Violation, match="not that of the descriptor"):
        parse_descriptor(text.replace("<0;1>", "<0;2>"), NETWORK)


def test_summaries() -> None:
    single = parse_descriptor(sealed(f"tr({K1})"), NETWORK)
    assert render_summary(single) == f"single key [{FINGERPRINT}]"
    many = parse_descriptor(sealed(f"wsh(sortedmulti(2,{keys(3)}))"), NETWORK)
    names = ", ".join(f"[{master(n).fingerprint.hex()}]" for n in (1, 2, 3))
    assert render_summary(many) == f"2 of 3 keys: {names}"
    alone = parse_descriptor(sealed(f"wsh(multi(1,{K1}))"), NETWORK)
    assert render_summary(alone) == f"1 of 1 keys: [{FINGERPRINT}]"
