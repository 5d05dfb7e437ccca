"""Rotate and retire, through the whole session; what the review then refuses is in the vectors."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.core.session.test_backups import (
    FORMS,
    Room,
    cheap_vaults,
    contents_of,
    holders,
    room,
    words_of,
)
from tests.vectors.factory import draft, master

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.bundle.model import BundleFile
from strongroom.core.descriptor.account import account_descriptor
from strongroom.core.descriptor.derive import derive_scripts
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.errors import Violation
from strongroom.core.network import Network
from strongroom.core.psbt.reader import parse_psbt
from strongroom.core.review.lifecycle import check_destinations
from strongroom.core.session import pages as paged
from strongroom.core.session import requests as asked
from strongroom.core.session.values import Task
from strongroom.core.session.wallets import key_text
from strongroom.core.wallet_file import WalletFile, parse_wallet_file, render_wallet_file

__all__ = ["cheap_vaults"]
NEXT = account_descriptor(ScriptKind.WPKH, master("chi"), Network.REGTEST)
COMPARED = "Key 1 of 1: its owner compares"
FROM_PAPER = words_of(key_text(parse_descriptor(NEXT, Network.REGTEST).keys[0], Network.REGTEST))


def wallet_file(descriptor: str, network: Network = Network.REGTEST) -> BundleFile:
    file = WalletFile(name="Next", network=network, descriptor=descriptor, certificate="")
    return BundleFile(name="n.wallet.json", data=render_wallet_file(file))


def rotated(file: BundleFile | None = None, *words: object) -> Room:
    made = room("Rotate a wallet", fills={COMPARED: list(words or (FROM_PAPER,))})
    made.script[asked.ChooseFile] = [file or wallet_file(NEXT)]
    made.run(Task.CREATE_VAULT, Task.CEREMONY)
    return made


def test_a_wallet_of_other_keys_becomes_the_successor() -> None:
    made = rotated()
    assert made.stops() == []
    (wallet,) = contents_of(made).wallets
    assert wallet.successor == NEXT
    accepted = next(r for r in made.asked if isinstance(r, asked.AcceptWallet))
    assert accepted.name == "Next"


def test_a_cosigners_words_are_typed_from_paper_and_never_shown() -> None:
    made = rotated(None, ("wrong", "words"), FROM_PAPER)
    assert made.stops() == []
    asked_for = [r for r in made.asked if isinstance(r, paged.Fill) and r.title == COMPARED]
    assert [bool(r.problem) for r in asked_for] == [False, True]
    assert asked_for[0].labels != asked_for[1].labels
    words = FROM_PAPER(asked_for[0])
    assert not any(word in " ".join((*r.lines, r.problem)) for word in words for r in asked_for)


def test_an_exchanged_cosigner_key_stops_with_wallet_cosigner() -> None:
    made = rotated(None, *(("wrong", "words"),) * 3)
    assert made.stops() == ["WALLET-COSIGNER"]
    assert contents_of(made).wallets[0].successor is None


def test_a_wallet_is_not_its_own_successor_and_stays_on_its_network() -> None:
    made = room("Export keys", fills={"Which account": ("0",)})
    made.run(Task.CREATE_VAULT)
    own = parse_wallet_file(made.written["treasury.wallet.json"]).descriptor
    assert rotated(wallet_file(own)).stops() == ["ROTATION"]
    mainnet = account_descriptor(ScriptKind.WPKH, master("chi"), Network.MAINNET)
    assert rotated(wallet_file(mainnet, Network.MAINNET)).stops() == ["WALLET-FORMAT"]


def test_a_sweep_to_the_successor_passes_and_change_does_not() -> None:
    made = draft()
    wallet = made.registered
    psbt = made.request().psbt  # pays a stranger, with change
    parsed = parse_psbt(psbt)
    scripts = [output.script for output in parsed.transaction.outputs]
    with pytest.raises(Violation, match="ROTATION"):
        check_destinations(replace(wallet, successor=NEXT), (wallet,), parsed)
    swept = derive_scripts(parse_descriptor(NEXT, Network.REGTEST), 0, 7).script_pubkey
    outputs = tuple(o._replace(script=swept) for o in parsed.transaction.outputs)
    sweep = replace(parsed, transaction=replace(parsed.transaction, outputs=outputs))
    check_destinations(replace(wallet, successor=NEXT), (wallet,), sweep)
    assert swept not in scripts


def test_a_wallet_is_retired_with_every_sheet_accounted_for() -> None:
    made = room(
        "Back up a seed",
        "Retire a wallet",
        choices={"How to back up": FORMS[1]},
        fills=holders(3),
    )
    for number, end in enumerate(("Destroyed", "Missing", "Kept"), 1):
        made.choices |= {
            f"SLIP-39 set {identifier}, sheet {number}": end for identifier in range(32768)
        }
    made.run(Task.CREATE_VAULT, Task.CEREMONY, Task.CEREMONY)
    assert made.stops() == []
    (wallet,) = contents_of(made).wallets
    assert wallet.retired is not None
    certificate = made.written["retired-treasury.txt"].decode()
    assert [line.partition(": ")[2] for line in certificate.splitlines() if "sheet" in line] == [
        *("destroyed", "missing", "kept")
    ]
    assert wallet.descriptor in certificate
    warned = next(r for r in made.told if r.title == "Retire")
    assert warned.word == "retire"
    assert any("Holder 2" in line for line in warned.lines)
