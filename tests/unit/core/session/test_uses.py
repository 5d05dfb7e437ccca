"""What a seed and its wallets are used for beside signing: proofs, addresses, accounts and exports."""

from __future__ import annotations

import json

import pytest
from tests.unit.core.session.test_backups import Room, cheap_vaults, contents_of, room

from strongroom.core.bundle.model import BundleFile
from strongroom.core.descriptor.checksum import checksum_of
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.network import Network
from strongroom.core.proof.file import Proof, parse_proof, render_proof
from strongroom.core.proof.message import verify_message
from strongroom.core.proof.prove import proof_address
from strongroom.core.session import pages as paged
from strongroom.core.session import requests as asked
from strongroom.core.session.values import Task
from strongroom.core.wallet_file import parse_wallet_file
from strongroom.core.wallet_formats.read import read_wallet

__all__ = ["cheap_vaults"]


def held(ceremony: str, **changes: object) -> Room:
    made = room(ceremony, **changes)
    made.run(Task.CREATE_VAULT, Task.CEREMONY)
    return made


def proof_of(wallet: str = "treasury", checksum: str = "") -> bytes:
    made = room()
    made.run(Task.CREATE_VAULT)
    file = parse_wallet_file(made.written["treasury.wallet.json"])
    descriptor = parse_descriptor(file.descriptor, Network.REGTEST)
    proof = Proof(
        wallet=wallet,
        checksum=checksum or checksum_of(descriptor),
        message="nonce 42, block 00ab",
        branch=0,
        index=1,
    )
    return render_proof(proof)


def proven(data: bytes) -> Room:
    made = room("Prove keys")
    made.script[asked.ChooseFile] = [BundleFile(name="a.proof.json", data=data)]
    made.run(Task.CREATE_VAULT, Task.CEREMONY)
    return made


def test_an_auditors_message_is_shown_signed_and_verifies() -> None:
    made = proven(proof_of())
    assert made.stops() == []
    shown = next(tell for tell in made.told if tell.word == "sign")
    assert "Message   nonce 42, block 00ab" in shown.lines
    text = made.written["a.bip322.txt"].decode().strip()
    descriptor = parse_descriptor(contents_of(made).wallets[0].descriptor, Network.REGTEST)
    address = proof_address(parse_proof(proof_of()), descriptor)
    assert verify_message(b"nonce 42, block 00ab", address, text, Network.REGTEST).form == "smp"
    assert len(parse_proof(made.written["a.proof.json"]).signatures) == 1


@pytest.mark.parametrize(("wallet", "checksum"), [("payroll", ""), ("treasury", "qqqqqqqq")])
def test_a_proof_of_an_unknown_wallet_is_refused(wallet: str, checksum: str) -> None:
    made = proven(proof_of(wallet, checksum))
    assert made.stops() == ["WALLET-UNKNOWN"]
    assert "a.bip322.txt" not in made.written


def test_addresses_beyond_the_gap_are_marked() -> None:
    fills = {"From which receive address": ("15",), "Check the gap": [("x",), ("0",)]}
    made = held("Addresses", fills=fills)
    lines = made.told[-1].lines
    numbers = [line for line in lines if line[0:1].isdigit()]
    assert numbers[0] == "15"
    assert next(line for line in numbers if "beyond" in line) == "21  beyond the gap"
    assert len(numbers) == 20


def test_an_address_is_found_or_not() -> None:
    first = held("Addresses", fills={"From which receive address": ("0",)}).told[-1].lines
    address = first[first.index("7") + 1]
    choices = {"Addresses": "Find an address"}
    found = held("Addresses", choices=choices, fills={"Find an address": [("bad",), (address,)]})
    assert found.told[-1].lines[-1] == "It is ours: receive address 7."
    stranger = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
    other = held("Addresses", choices=choices, fills={"Find an address": (stranger,)})
    assert "not among the first 1000" in other.told[-1].lines[-1]


def test_another_account_becomes_a_wallet_of_its_own() -> None:
    made = held(
        "Add an account",
        choices={"What kind of addresses": "taproot (BIP-86)"},
        fills={"Which account": ("3",), "Name the wallet": [("a/b",), ("savings",)]},
    )
    assert made.stops() == []
    added = contents_of(made).wallets[1]
    assert added.name == "savings"
    assert "/86h/1h/3h]" in added.descriptor


def test_keys_are_exported_with_the_words_of_the_one_for_multisig() -> None:
    made = held("Export keys", fills={"Which account": ("0",)})
    exported = json.loads(made.written["b8688df1-regtest-0.keys.json"])
    assert exported["bip48_2"]["xpub"] in made.told[-1].lines[0]
    assert made.told[-1].digest is not None
    assert "xprv" not in made.written["b8688df1-regtest-0.keys.txt"].decode()


@pytest.mark.parametrize(
    ("form", "name"),
    [("Descriptor", "treasury.descriptor.txt"), ("Specter, Sparrow", "treasury.specter.json")],
)
def test_a_wallet_is_exported_for_other_software(form: str, name: str) -> None:
    made = held("Export a wallet", choices={"For which program": form})
    assert (
        read_wallet(made.written[name], name).descriptor == contents_of(made).wallets[0].descriptor
    )


def test_a_form_that_can_not_say_the_wallet_is_refused() -> None:
    made = held("Export a wallet", choices={"For which program": "Coldcard"})
    assert made.stops() == ["WALLET-FORMAT"]


def test_the_inventory_of_a_new_vault_is_empty() -> None:
    made = held("Inventory")
    assert made.told[-1].lines == ("No backup was made yet.",)
    assert not [r for r in made.asked if isinstance(r, paged.ShowPaper)]
