"""Miniscript: the published types and scripts, and a telling refusal for what is not safe."""

from __future__ import annotations

import pytest

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.descriptor.derive import derive_scripts
from strongroom.core.descriptor.expression import parse_expression
from strongroom.core.descriptor.miniscript.compile import compile_script
from strongroom.core.descriptor.miniscript.read import KeyTexts, read_miniscript
from strongroom.core.descriptor.miniscript.size import Witness, largest_witness
from strongroom.core.descriptor.ownership import find_own_key, places_of
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.descriptor.tree import leaf_hash
from strongroom.core.descriptor.unspendable import NUMS
from strongroom.core.errors import Violation
from tests.unit.core.descriptor.wallets import NETWORK, key, master, sealed

K1, K2, K3, LATER = key(1), key(2), key(3), key(1, branches="/<2;3>/*")
H = "11" * 32
SAFE = [
    f"pk({K1})",
    f"pkh({K1})",
    f"and_v(v:pk({K1}),pk({K2}))",
    f"and_v(v:pk({K1}),older(144))",
    f"or_d(pk({K1}),and_v(v:pkh({K2}),older(65535)))",
    f"or_d(multi(2,{K1},{K2},{K3}),and_v(v:pkh({LATER}),older(52560)))",
    f"andor(pk({K1}),sha256({H}),and_v(v:pk({K2}),after(900000)))",
    f"and_n(pk({K1}),sha256({H}))",
    f"and_b(pk({K1}),a:pk({K2}))",
    f"or_b(pk({K1}),s:pk({K2}))",
    f"t:or_c(pk({K1}),v:pk({K2}))",
    f"or_i(pk({K1}),and_v(v:pk({K2}),after(1700000000)))",
    f"thresh(2,pk({K1}),s:pk({K2}),sln:older(144))",
    f"and_v(v:pk({K1}),or_d(pk({K2}),ripemd160({H[:40]})))",
    f"and_v(v:pk({K1}),hash160({H[:40]}))",
    f"j:and_v(vdv:after(1567547623),pk({K1}))",
    f"and_v(vc:or_i(pk_h({K1}),pk_h({K2})),hash256({H}))",
]


@pytest.mark.parametrize("body", SAFE)
def test_what_may_be_registered(body: str) -> None:
    for form, kind in (
        ("wsh({})", ScriptKind.WSH_SCRIPT),
        ("sh(wsh({}))", ScriptKind.SH_WSH_SCRIPT),
    ):
        found = parse_descriptor(sealed(form.format(body)), NETWORK)
        assert found.kind is kind
        assert derive_scripts(found, 0, 0) != derive_scripts(found, 1, 0)


REFUSED = [
    ("older(144)", "without any signature"),
    (f"or_i(pk({K1}),sha256({H}))", "without any signature"),
    (f"or_b(pk({K1}),a:sha256({H}))", "malleable"),
    (f"and_v(v:pk({K1}),or_i(sha256({H}),hash256({H})))", "malleable"),
    (f"and_v(v:pk({K1}),and_v(v:older(1),older(4194305)))", "height and by time"),
    (f"thresh(3,pk({K1}),sln:after(100),sln:after(1700000000))", "height and by time"),
    (f"and_v(v:pk({K1}),after(2147483648))", "no lock"),
    (f"and_v(v:pk({K1}),older(0))", "no lock"),
    (f"and_v(v:pk({K1}),older(65536))", "only 0 would count"),
    (f"and_v(v:pk({K1}),older(70000))", "only 4464 would count"),
    (f"and_v(pk({K1}),pk({K2}))", "do not fit together"),
    (f"or_d(pk({K1}),pk({K1}))", "names one key twice"),
    (f"thresh(1,pk({K1}),s:pk({LATER}))", "counts one signer twice in thresh"),
    (f"and_v(v:pk({K2}),multi(2,{K1},{LATER}))", "counts one signer twice in multi"),
    (
        f"thresh(2,pk({K1}),s:pk({K2}),sdv:older(144))",
        "do not fit together",
    ),  # d: is u in leaves only
    (f"thresh(3,pk({K1}),s:pk({K2}))", "3 of 2 conditions"),
    (f"thresh(0,pk({K1}))", "no threshold"),
    (f"q:pk({K1})", "no wrapper 'q'"),
    (f"and_v(v:pk({K1}))", "takes 2 conditions and 1"),
    (f"sha256({H[:-2]})", "64 lower-case hex"),
    (f"and_v(v:pk({K1}),multi_a(1,{K2}))", "multi_a may not stand in wsh"),
    (f"and_v(v:pk({K1}),sortedmulti(1,{K2}))", "sortedmulti stands alone"),
    (f"and_v(v:pk({K1}),foo({K2}))", "'foo' may not stand in wsh"),
    (f"pk(musig({K1},{K2}))", "musig.* is not supported"),
]


@pytest.mark.parametrize(("body", "said"), REFUSED)
def test_what_may_not_is_refused_by_name(body: str, said: str) -> None:
    with pytest.raises(Violation, match=said) as stop:
        parse_descriptor(sealed(f"wsh({body})"), NETWORK)
    assert stop.value.rule == "DESCRIPTOR"


TREES = [
    (f"tr({K1},musig({K2},{K3}))", "'musig' may not stand in a leaf"),
    (f"tr({K1},multi(1,{K2}))", "multi may not stand in a leaf of tr"),
    (f"tr({K1},{{pk({K2})}})", "1 sides instead of 2"),
    (f"tr({K1},{{pk({K2}),pk({K3}),pk({LATER})}})", "3 sides instead of 2"),
    (f"tr({K1},pk({K2}),pk({K3}))", "1 more are given"),
    (f"tr({K1},older(5))", "without any signature"),
    (f"tr({K1},sortedmulti_a(3,{K2},{K3}))", "3 signatures of 2 keys"),
    (f"tr({K1},and_v(v:pk({K2}),sortedmulti_a(1,{K3})))", "sortedmulti_a stands alone"),
    (f"tr({'22' * 32},pk({K2}))", "single public key, and not the unspendable one"),
]


@pytest.mark.parametrize(("body", "said"), TREES)
def test_trees_are_refused_by_name(body: str, said: str) -> None:
    with pytest.raises(Violation, match=said) as stop:
        parse_descriptor(sealed(body), NETWORK)
    assert stop.value.rule == "DESCRIPTOR"


def test_an_unspendable_internal_key_is_of_nobody() -> None:
    text = f"tr({NUMS.hex()},{{pk({K1}),multi_a(2,{K2},{K3})}})"
    found = parse_descriptor(sealed(text), NETWORK)
    assert not found.has_key_path
    assert [k.fingerprint for k in found.keys] == [master(n).fingerprint for n in (1, 2, 3)]
    scripts = derive_scripts(found, 0, 0)
    assert scripts.internal_key == NUMS
    assert [leaf.places for leaf in scripts.leaves] == [(0,), (1, 2)]
    script = b"\x20" + scripts.public_keys[0][1:] + b"\xac"
    assert scripts.leaves[0].leaf_hash == leaf_hash(script)


def test_one_signer_on_two_branches_is_one_signer() -> None:
    found = parse_descriptor(sealed(f"wsh({SAFE[5]})"), NETWORK)
    assert (find_own_key(found, master(1)), places_of(found, 0)) == (0, (0, 3))
    assert found.threshold == 2


def test_scripts_and_the_largest_witness() -> None:
    node = read_miniscript(
        parse_expression("andor(pk(a),older(1008),pk(b))"), KeyTexts(), tapscript=False
    )
    one, two = b"\x02" * 33, b"\x03" * 33
    script = compile_script(node, (one, two))
    push = b"\x21"
    assert script == push + one + b"\xac\x64" + push + two + b"\xac\x67\x02\xf0\x03\xb2\x68"
    assert largest_witness(node, signature=72, key=33) == Witness(74, 2)


@pytest.mark.parametrize("letter", ["n", "v", "l", "u", "t", "a"])
@pytest.mark.parametrize("count", [100, 7_500])
def test_wrappers_without_end_are_refused(letter: str, count: int) -> None:
    """Each is a level, and a few thousand would be deeper than the program can go."""
    with pytest.raises(Violation, match="nested deeper than 100 levels") as stop:
        parse_descriptor(sealed(f"wsh({letter * count}:pk({K1}))"), NETWORK)
    assert stop.value.rule == "DESCRIPTOR"
