"""Spend conditions in plain words."""

from __future__ import annotations

import pytest

from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.descriptor.summary import render_summary
from strongroom.core.descriptor.unspendable import NUMS
from tests.unit.core.descriptor.wallets import NETWORK, key, master, sealed

PEOPLE = ("Ana", "Ben", "Chi", "Dan", "Eve")
A, B, C, D, E = (key(number) for number in range(1, 6))
LATER = key(1, branches="/<2;3>/*")
NAMES = {master(number).fingerprint: name for number, name in enumerate(PEOPLE, start=1)}
H = "11" * 32


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            f"wsh(or_d(multi(2,{A},{B},{C}),and_v(v:pkh({LATER}),older(52560))))",
            "2 of Ana, Ben, Chi, or Ana after 52 560 blocks",
        ),
        (f"wsh(and_v(v:older(1),pk({A})))", "Ana after 1 block"),
        (f"wsh(and_v(v:pk({A}),pk({B})))", "2 of Ana, Ben"),
        (
            f"wsh(and_v(v:pk({A}),or_d(pk({B}),older(4194306))))",
            "Ana and (Ben or after 1 024 seconds (about 17 minutes))",
        ),
        (
            f"wsh(thresh(2,pk({A}),s:pk({B}),sln:after(900000)))",
            "2 of these 3 [Ana; Ben; from block 900 000 on]",
        ),
        (
            f"wsh(andor(pk({A}),sha256({H}),and_v(v:pk({B}),after(1800000000))))",
            f"Ana with the secret whose sha256 is {H}, or Ben from 2027-01-15T08:00:00Z on",
        ),
        (f"tr({A},{{pk({B}),multi_a(2,{LATER},{C})}})", "Ana, or Ben, or 2 of Ana, Chi"),
        (
            f"tr({NUMS.hex()},{{sortedmulti_a(2,{A},{B},{C}),and_v(v:pk({LATER}),older(144))}})",
            "2 of Ana, Ben, Chi, or Ana after 144 blocks; nobody has the internal key (no key path)",
        ),
        (
            f"wsh(and_b(or_b(pk({A}),s:pk({B})),a:or_b(pk({C}),s:pk({LATER}))))",
            "(Ana or Ben) and (Chi or Ana)",
        ),
        (
            f"wsh(thresh(2,pk({A}),s:pk({B}),aln:and_v(v:pk({C}),older(4259839))))",
            "2 of these 3 [Ana; Ben; Chi after 33 553 920 seconds (about 388 days)]",
        ),
        (
            f"wsh(thresh(2,pk({A}),a:and_b(pk({B}),s:pk({C})),a:or_b(pk({D}),s:pk({E}))))",
            "2 of these 3 [Ana; 2 of Ben, Chi; (Dan or Eve)]",
        ),
        (
            f"wsh(or_i(and_v(v:pk({A}),older(4194318)),and_v(v:thresh(1,pk({B}),s:pk({C})),older(9))))",
            "Ana after 7 168 seconds (about 119 minutes), or (Ben or Chi) after 9 blocks",
        ),
        (
            f"wsh(or_i(and_v(v:pk({A}),multi(2,{B},{C})),and_v(v:pkh({LATER}),older(9))))",
            "3 of Ana, Ben, Chi, or Ana after 9 blocks",
        ),
    ],
)
def test_who_can_spend_and_when(body: str, words: str) -> None:
    assert render_summary(parse_descriptor(sealed(body), NETWORK), NAMES) == words


def test_without_names_the_fingerprints_stand() -> None:
    ana = master(1).fingerprint.hex()
    found = parse_descriptor(sealed(f"wsh(pk({A}))"), NETWORK)
    assert render_summary(found) == f"[{ana}]"
