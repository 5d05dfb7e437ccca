"""Each form is read into the descriptor that it means, and written so that it is read back."""

from __future__ import annotations

import json

import pytest

from strongroom.core.bitcoin.address import render_address
from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.descriptor.derive import derive_scripts
from strongroom.core.descriptor.model import Descriptor
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.errors import Violation
from strongroom.core.network import Network
from strongroom.core.wallet_formats.bsms import write_bsms
from strongroom.core.wallet_formats.coldcard import write_coldcard
from strongroom.core.wallet_formats.generic import generic_json, plain_keys
from strongroom.core.wallet_formats.json_forms import write_caravan, write_specter
from strongroom.core.wallet_formats.read import on_network, read_wallet
from tests.unit.core.descriptor.wallets import NETWORK, keys, master, sealed
from tests.vectors.published import read_published

BSMS = {name: content for mode, name, content in read_published("bsms")["files"] if "NO_" in mode}
BODIES = {
    ScriptKind.SH_MULTI: "sh(sortedmulti(2,{}))",
    ScriptKind.SH_WSH_MULTI: "sh(wsh(sortedmulti(2,{})))",
    ScriptKind.WSH_MULTI: "wsh(sortedmulti(2,{}))",
}


def wallet(kind: ScriptKind = ScriptKind.WSH_MULTI, network: Network = NETWORK) -> Descriptor:
    return parse_descriptor(sealed(BODIES[kind].format(keys(3, kind, network))), network)


def refused(data: str | bytes, said: str) -> None:
    raw = data if isinstance(data, bytes) else data.encode()
    with pytest.raises(Violation, match=said) as stop:
        on_network(read_wallet(raw, "w.txt"))
    assert stop.value.rule in {"WALLET-FORMAT", "DESCRIPTOR", "BUNDLE-TEXT"}


def same(data: bytes | str, descriptor: Descriptor, form: str) -> None:
    raw = data if isinstance(data, bytes) else data.encode()
    found = read_wallet(raw, "vault of 3.export.txt")
    assert found.form == form
    assert found.descriptor == descriptor.text
    assert descriptor.network in found.networks
    assert found.name in {"Vault", "vault of 3"}
    on_network(found, found.networks.index(descriptor.network))


@pytest.mark.parametrize("network", [Network.MAINNET, Network.REGTEST])
@pytest.mark.parametrize("kind", BODIES)
def test_what_is_written_is_read_back(kind: ScriptKind, network: Network) -> None:
    descriptor = wallet(kind, network)
    same(write_coldcard("Vault", descriptor), descriptor, "Coldcard multisig file")
    same(write_bsms(descriptor), descriptor, "BSMS descriptor record")
    same(write_caravan("Vault", descriptor), descriptor, "Caravan file")
    same(write_specter("Vault", descriptor), descriptor, "Specter file")
    same(descriptor.text, descriptor, "descriptor")


def test_the_published_bsms_record_gives_its_address() -> None:
    found = read_wallet(BSMS["my_multisig_wallet.bsms"].encode(), "x")
    descriptor = on_network(found)
    script = derive_scripts(descriptor, 0, 0).script_pubkey
    assert render_address(script, Network.MAINNET) == found.first_address
    assert found.first_address.startswith("bc1qrgc6p3ky")


def test_every_published_descriptor_record_of_extended_keys() -> None:
    for _mode, name, content in read_published("bsms")["files"]:
        if name == "my_multisig_wallet.bsms" and "/**" in content:
            assert on_network(read_wallet(content.encode(), "x")).threshold == 2


def test_a_bsms_record_with_another_first_address_is_refused() -> None:
    text = BSMS["my_multisig_wallet.bsms"]
    refused(text.replace("bc1qrgc6p3ky", "bc1qrgc6p3kz"), "first address")
    refused(text.replace("/0/*,/1/*", "/2/*,/3/*"), "restricts paths")


def test_a_key_record_is_no_wallet() -> None:
    record = next(text for name, text in BSMS.items() if name.startswith("signer_1"))
    refused(record, "5 lines")


def test_the_files_of_other_programs_are_read() -> None:
    keys_3 = [(k.fingerprint.hex(), k.key.text(NETWORK)) for k in wallet().keys]
    coldcard = "\n".join(
        [
            "# Coldcard Multisig setup file",
            "Name: Vault",
            "Policy: 2 of 3",
            "Derivation: m/48'/1'/0'/2'",
            "Format: P2WSH",
            "",
            *(f"{fingerprint.upper()}: {key}" for fingerprint, key in keys_3),
        ]
    )
    same(coldcard.replace("\n", "\r\n"), wallet(), "Coldcard multisig file")
    body = wallet().text.partition("#")[0]
    receive = sealed(body.replace("<0;1>", "0"))
    devices = [{"type": "coldcard", "label": "Mk4 of Ana"}]  # as its `account_map` writes it
    specter = {"label": "Vault", "blockheight": 5, "descriptor": receive, "devices": devices}
    same(json.dumps(specter), wallet(), "Specter file")
    same(
        json.dumps(specter | {"descriptor": body.replace("/<0;1>/*", "")}), wallet(), "Specter file"
    )


def sparrow_file(descriptor: Descriptor) -> str:
    """The lines of an output descriptor as Sparrow saves it."""
    body = descriptor.text.partition("#")[0]
    receive, change = (sealed(body.replace("<0;1>", branch)) for branch in "01")
    both = f"# Receive and change descriptor (BIP389):\n{descriptor.text}\n\n\n"
    of_core = f"# Receive descriptor (Bitcoin Core):\n{receive}\n\n"
    return f"{both}{of_core}# Change descriptor (Bitcoin Core):\n{change}\n"


def test_a_descriptor_and_its_branches_are_one_wallet() -> None:
    text = sparrow_file(wallet())
    same(text, wallet(), "descriptor")
    single = [line for line in text.splitlines() if line[:1] not in {"", "#"}][1:]
    same("\n\n".join(single), wallet(), "descriptor")
    other = wallet(ScriptKind.SH_WSH_MULTI).text
    refused(f"{wallet().text}\n{other}\n", "not branches of one wallet")
    refused("# only a comment\n", "no known form")


def test_specter_is_given_the_branch_that_it_reads() -> None:
    written = json.loads(write_specter("Vault", wallet()))["descriptor"]
    assert written == sealed(wallet().text.partition("#")[0].replace("<0;1>", "0"))
    odd = parse_descriptor(
        sealed(wallet().text.partition("#")[0].replace("<0;1>", "<2;3>")), NETWORK
    )
    assert json.loads(write_specter("Vault", odd))["descriptor"] == odd.text


def test_a_key_without_a_derivation_is_named() -> None:
    text = write_coldcard("Vault", wallet()).replace("Derivation:", "# derivation:")
    refused(text, "line 6 of the multisig file is a key without")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Policy: 2 of 3", "Policy: 2 of 4", "3 keys and its policy is 2 of 4"),
        ("Policy: 2 of 3", "Policy: most", "lacks a policy"),
        ("Policy: 2 of 3", "Policy: 4 of 3", "DESCRIPTOR"),
        ("Format: P2WSH", "Format: P2TR", "known format"),
        ("Name: Vault", "Name Vault", "line 1 of the multisig file has no colon"),
        ("Name: Vault", "Colour: red", "line 1 of the multisig file is not one"),
        ("Name: Vault", "Name: Va\u202eult", "U\\+202E"),
        ("/2'", "/1'", "origin ends in"),
    ],
)
def test_a_multisig_file_that_does_not_fit(old: str, new: str, said: str) -> None:
    text = write_coldcard("Vault", wallet())
    assert old in text
    refused(text.replace(old, new), said)


def test_json_files_that_do_not_fit() -> None:
    caravan = json.loads(write_caravan("Vault", wallet()))
    for change, said in (
        ({"quorum": {"requiredSigners": 2, "totalSigners": 2}}, "its quorum says 2"),
        ({"quorum": 2}, "quorum is not an object"),
        ({"addressType": "P2TR"}, "no multisig"),
        ({"extendedPublicKeys": {}}, "not an array"),
        ({"extendedPublicKeys": ["xpub"]}, "not an object"),
        ({"name": 5}, "name is not a text"),
    ):
        refused(json.dumps(caravan | change), said)
    refused('{"hello": "world"}', "no known program")
    refused("hello", "no known form")
    refused(b"\xff\xfe", "UTF-8")


def test_a_wrong_checksum_is_never_repaired() -> None:
    specter = json.loads(write_specter("Vault", wallet()))
    last = specter["descriptor"][-1]
    specter["descriptor"] = specter["descriptor"][:-1] + ("q" if last != "q" else "p")
    refused(json.dumps(specter), "checksum")


def test_what_a_form_can_not_say_is_not_written() -> None:
    unsorted = parse_descriptor(sealed(f"wsh(multi(2,{keys(3, ScriptKind.WSH_MULTI)}))"), NETWORK)
    for write in (write_coldcard, write_caravan):
        with pytest.raises(Violation, match="WALLET-FORMAT"):
            write("Vault", unsorted)
    other = parse_descriptor(sealed(f"wsh(sortedmulti(2,{keys(3, branches='/<2;3>/*')}))"), NETWORK)
    with pytest.raises(Violation, match="other branches"):
        write_bsms(other)


def test_the_generic_export_has_the_keys_that_are_registered() -> None:
    found = json.loads(generic_json(master(1), NETWORK))
    assert found["bip48_2"]["xpub"] == wallet().keys[0].key.text(NETWORK)
    assert found["bip48_2"]["deriv"] == "m/48'/1'/0'/2'"
    assert found["bip48_2"]["_pub"].startswith("Vpub")
    assert found["xfp"] == master(1).fingerprint.hex().upper()
    assert found["bip84"]["_pub"].startswith("vpub")
    descriptor = parse_descriptor(found["bip84"]["desc"], NETWORK)
    first = render_address(derive_scripts(descriptor, 0, 0).script_pubkey, NETWORK)
    assert found["bip84"]["first"] == first
    assert "bip45" not in json.loads(generic_json(master(1), NETWORK, 1))
    mainnet = json.loads(generic_json(master(1), Network.MAINNET))
    assert mainnet["bip84"]["_pub"].startswith("zpub")
    assert mainnet["chain"] == "BTC"


def test_the_plain_export_names_every_key_with_its_origin() -> None:
    lines = plain_keys(master(1), NETWORK).splitlines()
    assert len(lines) == 8
    assert f"wsh(multi): {keys(1, branches='')}" in lines


def test_a_caravan_file_names_who_holds_each_key() -> None:
    value = json.loads(write_caravan("Vault", wallet()))
    for item, name in zip(value["extendedPublicKeys"], ("Ana", "Ben", ""), strict=True):
        item["name"] = name
    del value["extendedPublicKeys"][2]["name"]
    found = read_wallet(json.dumps(value).encode(), "v.json")
    keys = wallet().keys
    assert found.signers == ((keys[0].fingerprint, "Ana"), (keys[1].fingerprint, "Ben"))
