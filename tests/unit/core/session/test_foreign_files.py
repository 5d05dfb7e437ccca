"""Wallets registered from files as other programs write them, our key among theirs, and each wrong one refused.

Layout, order and spelling of each file follow what its program documents or writes; the keys are ours, for
only a wallet with one of our keys can be registered:

- Coldcard: the text file of its documentation (multisig, "Import from file"): upper-case fingerprints, one
  derivation for all, comment lines.
- BSMS: the descriptor record of BIP-129 with `/**`; the BIP's own published records are tried too.
- Caravan: a wallet's configuration, in the order of its own fixtures.
- Specter: the account map of its export (label, blockheight, descriptor, devices), `h` for hardened.
- Sparrow: what it exports for Specter, pretty-printed, `'` for hardened.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from tests.unit.core.descriptor.wallets import key, sealed
from tests.unit.core.session.test_backups import Room, cheap_vaults, contents_of, room, words_of
from tests.unit.core.session.test_custodians import cosigner_of
from tests.unit.core.session.test_vaults import WORDS
from tests.vectors.published import read_published

from strongroom.core.bitcoin.address import render_address
from strongroom.core.bundle.model import BundleFile
from strongroom.core.descriptor.derive import RECEIVE, derive_scripts
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.network import Network
from strongroom.core.session import requests as asked
from strongroom.core.session.values import Task

__all__ = ["cheap_vaults"]
Keys = tuple[tuple[str, str], ...]
OURS = ("b8688df1", cosigner_of(WORDS))
THEIRS = tuple((key(n)[1:9], key(n).partition("]")[2].partition("/")[0]) for n in (1, 2))
KEYS: Keys = (OURS, *THEIRS)


def expression(keys: Keys, origin: str, ending: str) -> str:
    each = ",".join(f"[{fingerprint}/{origin}]{xpub}{ending}" for fingerprint, xpub in keys)
    return f"wsh(sortedmulti(2,{each}))"


def coldcard(keys: Keys) -> str:
    head = (
        "# Coldcard Multisig setup file (created on B8688DF1)\n#\nName: Vault\nPolicy: 2 of 3\n"
        "Derivation: m/48'/1'/0'/2'\nFormat: P2WSH\n\n"
    )
    return head + "".join(f"{fingerprint.upper()}: {xpub}\n" for fingerprint, xpub in keys)


def bsms(keys: Keys) -> str:
    descriptor = parse_descriptor(
        sealed(expression(keys, "48h/1h/0h/2h", "/<0;1>/*")), Network.REGTEST
    )
    script = derive_scripts(descriptor, RECEIVE, 0).script_pubkey
    lines = (
        "BSMS 1.0",
        sealed(expression(keys, "48'/1'/0'/2'", "/**")),
        "/0/*,/1/*",
        render_address(script, Network.REGTEST),
    )
    return "\n".join(map(str, lines))


def caravan(keys: Keys) -> str:
    return json.dumps(
        {
            "name": "Vault",
            "addressType": "P2WSH",
            "network": "regtest",
            "client": {"type": "public"},
            "quorum": {"requiredSigners": 2, "totalSigners": 3},
            "extendedPublicKeys": [
                {
                    "name": f"Holder {number}",
                    "bip32Path": "m/48'/1'/0'/2'",
                    "xpub": xpub,
                    "xfp": fingerprint,
                    "method": "text",
                }
                for number, (fingerprint, xpub) in enumerate(keys, 1)
            ],
            "startingAddressIndex": 0,
        },
        indent=2,
    )


def specter(keys: Keys) -> str:
    devices = [{"type": "coldcard", "label": "Mk4"}, {"type": "trezor", "label": "T"}]
    return json.dumps(
        {
            "label": "Vault",
            "blockheight": 481824,
            "descriptor": sealed(expression(keys, "48h/1h/0h/2h", "/0/*")),
            "devices": [*devices, {"type": "other", "label": "Third"}],
        }
    )


def sparrow(keys: Keys) -> str:
    devices = [{"type": "other", "label": name} for name in ("Ana", "Ben", "Chi")]
    return json.dumps(
        {
            "label": "Vault",
            "blockheight": 0,
            "descriptor": sealed(expression(keys, "48'/1'/0'/2'", "/0/*")),
            "devices": devices,
        },
        indent=2,
    )


PROGRAMS: dict[str, tuple[Callable[[Keys], str], str, str]] = {
    "Coldcard": (coldcard, "Coldcard, BSMS, descriptor", "Vault.txt"),
    "BSMS": (bsms, "BSMS", "Vault.bsms"),
    "Caravan": (caravan, "Caravan, Specter, Sparrow", "Vault.json"),
    "Specter": (specter, "Caravan, Specter, Sparrow", "Vault.json"),
    "Sparrow": (sparrow, "Caravan, Specter, Sparrow", "Vault.json"),
}


def registered(text: str, form: str, name: str, again: str = "") -> Room:
    """A vault with a wallet of its own, in which `text` is registered, and then `again` under another name."""
    owners = {
        f"Key {n} of 3: its owner compares": words_of(f"[{fingerprint}/48h/1h/0h/2h]{xpub}")
        for n, (fingerprint, xpub) in enumerate(KEYS, 1)
    }
    made = room(choices={"Whose file is it?": form}, fills=owners)
    files = [BundleFile(name=name, data=text.encode())]
    if again:
        other = again.replace('"Vault"', '"Other"').encode()
        files.append(BundleFile(name=name, data=other))
    made.script[asked.ChooseFile] = list(files)
    made.run(Task.CREATE_VAULT, *(Task.REGISTER_WALLET for _ in files))
    return made


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_file_of_each_program_is_registered_as_the_same_wallet(program: str) -> None:
    write, form, name = PROGRAMS[program]
    made = registered(write(KEYS), form, name)
    assert made.stops() == []
    wallet = contents_of(made).wallets[-1]
    assert (wallet.name, wallet.network) == ("Vault", Network.REGTEST)
    spelled = wallet.descriptor.partition("#")[0].replace("'", "h")
    assert spelled == expression(KEYS, "48h/1h/0h/2h", "/<0;1>/*")


def test_one_wallet_in_two_spellings_is_registered_once() -> None:
    made = registered(coldcard(KEYS), *PROGRAMS["Coldcard"][1:], again=sparrow(KEYS))
    assert made.stops() == ["WALLET-DUPLICATE"]
    assert len(contents_of(made).wallets) == 2


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_file_without_our_key_is_refused(program: str) -> None:
    write, form, name = PROGRAMS[program]
    stranger = (key(3)[1:9], key(3).partition("]")[2].partition("/")[0])
    made = registered(write((stranger, *THEIRS)), form, name)
    assert made.stops() == ["WALLET-KEY"]
    assert len(contents_of(made).wallets) == 1


@pytest.mark.parametrize("program", PROGRAMS)
def test_another_key_under_our_fingerprint_is_refused(program: str) -> None:
    write, form, name = PROGRAMS[program]
    stranger = key(3).partition("]")[2].partition("/")[0]
    made = registered(write(((OURS[0], stranger), *THEIRS)), form, name)
    assert made.stops() == ["WALLET-KEY"]
    assert len(contents_of(made).wallets) == 1


@pytest.mark.parametrize("program", ["BSMS", "Specter", "Sparrow"])
def test_a_wrong_checksum_is_refused(program: str) -> None:
    write, form, name = PROGRAMS[program]
    text = write(KEYS)
    at = text.index("#") + 8
    made = registered(text[:at] + ("q" if text[at] != "q" else "p") + text[at + 1 :], form, name)
    assert made.stops() == ["DESCRIPTOR"]


@pytest.mark.parametrize("program", ["Coldcard", "Caravan"])
def test_a_key_with_a_wrong_checksum_is_refused_where_the_form_has_no_other(program: str) -> None:
    write, form, name = PROGRAMS[program]
    last = THEIRS[0][1][-1]
    broken = THEIRS[0][1][:-1] + ("2" if last != "2" else "3")
    made = registered(write((OURS, (THEIRS[0][0], broken), THEIRS[1])), form, name)
    assert len(made.stops()) == 1
    assert made.stops()[0] in {"DESCRIPTOR", "WALLET-FORMAT"}
    assert len(contents_of(made).wallets) == 1


@pytest.mark.parametrize(
    "text",
    [
        content
        for mode, name, content in read_published("bsms")["files"]
        if name == "my_multisig_wallet.bsms" and "/**" in content
    ],
)
def test_the_published_records_are_read_whole_and_have_no_key_of_ours(text: str) -> None:
    made = registered(text, "BSMS", "my_multisig_wallet.bsms")
    assert made.stops() == ["WALLET-KEY"]
