"""Requests and answers in and out of other people's programs, each run as it is; the node judges the result."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import bdkpython as bdk
import pytest
from embit import bip32

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.psbt.reader import parse_psbt
from strongroom.online.wallets.core_wallet import branch_text
from tests.finalised import judge, spent_by
from tests.integration.peers.programs import electrum, hwi, javascript

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.companion import Desk
    from tests.integration.conftest import OpenDesk

pytestmark = pytest.mark.integration
VPRV = bytes.fromhex("045f18bc")


def wrapped(desk: Desk, psbt: bytes, *options: str) -> Any:  # noqa: ANN401 - the command's JSON
    name = desk.stations[0].wallet.name
    return desk.do("request", "wrap", name, desk.keep("plain.psbt", psbt), *options)


def answered(desk: Desk, made: Any) -> str:  # noqa: ANN401 - the command's JSON
    data = desk.written(made["request_id"])
    return desk.keep("a.response", desk.stations[0].answer(data))


def signed(desk: Desk, made: Any) -> str:  # noqa: ANN401 - the command's JSON
    """The plain signed PSBT of the station's answer, in base64."""
    answer = answered(desk, made)
    out = desk.folder / "signed.psbt"
    printed: str = desk.do("response", "unwrap", answer, "--to", str(out))["psbt"]
    assert base64.b64encode(out.read_bytes()).decode() == printed
    return printed


def check_accepted(desk: Desk, raw: str, psbt: str) -> None:
    """The node and Bitcoin Core's interpreter take what became of `psbt`."""
    judge(bytes.fromhex(raw), spent_by(parse_psbt(base64.b64decode(psbt))))
    (judged,) = desk.node.rpc("testmempoolaccept", [raw])
    assert judged["allowed"], judged


def target(desk: Desk) -> str:
    address: str = desk.node.rpc("getnewaddress", wallet="miner")
    return address


def coin(desk: Desk) -> Any:  # noqa: ANN401 - the command's JSON
    return desk.do("wallet", "coins", desk.stations[0].wallet.name)["coins"][0]


def by_node(desk: Desk) -> bytes:
    """A PSBT that the node's own wallet makes, with the previous transactions left out as it does."""
    name = f"strongroom-{desk.stations[0].wallet.name}-{desk.stations[0].wallet.descriptor[-8:]}"
    made = desk.node.rpc(
        "walletcreatefundedpsbt", [], [{target(desk): "0.1"}], 0, {"fee_rate": 2}, wallet=name
    )
    return base64.b64decode(made["psbt"])


def by_javascript(desk: Desk) -> bytes:
    spent = coin(desk)
    txid, _, vout = spent["outpoint"].partition(":")
    asked = {
        "do": "make",
        "txid": txid,
        "vout": int(vout),
        "previous": desk.node.rpc("gettransaction", txid, wallet="miner")["hex"],
        "address": target(desk),
        "amount": 10_000_000,
        "change": desk.do("wallet", "address", desk.stations[0].wallet.name)["address"],
        "rest": spent["amount_sat"] - 10_000_000 - 1_000,
    }
    return base64.b64decode(javascript(asked)["psbt"])


def by_bdk(desk: Desk) -> bytes:
    wallet = bdk_wallet(desk)
    raw = desk.node.rpc("gettransaction", coin(desk)["outpoint"][:64], wallet="miner")["hex"]
    seen = bdk.UnconfirmedTx(tx=bdk.Transaction(bytes.fromhex(raw)), last_seen=1)
    wallet.apply_unconfirmed_txs([seen])
    script = bdk.Address(target(desk), bdk.Network.REGTEST).script_pubkey()
    builder = bdk.TxBuilder().add_recipient(script, bdk.Amount.from_sat(10_000_000))
    made = builder.fee_rate(bdk.FeeRate.from_sat_per_vb(2)).finish(wallet)
    return base64.b64decode(made.serialize())


def bdk_wallet(desk: Desk) -> bdk.Wallet:
    text = desk.stations[0].wallet.descriptor.replace(
        "#" + desk.stations[0].wallet.descriptor[-8:], ""
    )
    descriptor = bdk.Descriptor(text, bdk.NetworkKind.TEST)
    wallet = bdk.Wallet.create_from_two_path_descriptor(
        descriptor, bdk.Network.REGTEST, bdk.Persister.new_in_memory()
    )
    for _ in range(30):
        wallet.reveal_next_address(bdk.KeychainKind.EXTERNAL)
    return wallet


def account_key(desk: Desk) -> str:
    """The station's account key as Electrum takes it."""
    seed = hashlib.sha512(f"{desk.folder} 0".encode()).digest()
    root = bip32.HDKey.from_seed(seed)
    assert root.my_fingerprint == desk.stations[0].masters[0].fingerprint
    key: str = root.derive("m/84h/1h/0h").to_base58(version=VPRV)
    return key


def by_electrum(desk: Desk) -> bytes:
    spent = coin(desk)["outpoint"][:64]
    asked = {
        "do": "make",
        "key": account_key(desk),
        "funding": desk.node.rpc("gettransaction", spent, wallet="miner")["hex"],
        "address": target(desk),
        "amount": 10_000_000,
        "fee": 1_000,
    }
    return bytes.fromhex(electrum(asked)["psbt"])


def with_node(desk: Desk, psbt: str) -> str:
    decoded = desk.node.rpc("decodepsbt", psbt)
    assert decoded["fee"] > 0
    assert desk.node.rpc("analyzepsbt", psbt)["next"] == "finalizer"
    done = desk.node.rpc("finalizepsbt", psbt)
    assert done["complete"]
    return str(done["hex"])


def with_javascript(_desk: Desk, psbt: str) -> str:
    return str(javascript({"do": "finish", "psbt": psbt})["hex"])


def with_bdk(_desk: Desk, psbt: str) -> str:
    done = bdk.Psbt(psbt).finalize()
    assert done.could_finalize
    return bytes(done.psbt.extract_tx().serialize()).hex()


MAKERS: dict[str, Callable[[Desk], bytes]] = {
    "node": by_node,
    "bitcoinjs": by_javascript,
    "bdk": by_bdk,
    "electrum": by_electrum,
}
FINISHERS: dict[str, Callable[[Desk, str], str]] = {
    "node": with_node,
    "bitcoinjs": with_javascript,
    "bdk": with_bdk,
}


@pytest.mark.parametrize("maker", MAKERS)
def test_a_plain_psbt_of_other_software_is_wrapped_and_sent(
    maker: str, open_desk: OpenDesk
) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    plain = MAKERS[maker](desk)
    made = wrapped(desk, plain, "--purpose", maker)
    paid = [recipient["amount_sat"] for recipient in made["recipients"]]
    assert 10_000_000 in paid
    sent = desk.do("response", "broadcast", answered(desk, made))
    assert sent["txid"] == made["txid"]
    assert sent["txid"] in desk.node.rpc("getrawmempool")


@pytest.mark.parametrize("finisher", FINISHERS)
@pytest.mark.parametrize(
    "kind", [ScriptKind.WPKH, ScriptKind.PKH, ScriptKind.TR], ids=lambda k: k.value
)
def test_our_answer_is_finished_by_other_software(
    finisher: str, kind: ScriptKind, open_desk: OpenDesk
) -> None:
    desk = open_desk(kind)
    desk.fund("0.4")
    made = desk.pay("0.1btc")
    psbt = signed(desk, made)
    check_accepted(desk, FINISHERS[finisher](desk, psbt), psbt)


def test_electrum_loads_and_signs_our_request_offline(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    made = desk.pay("0.1btc")
    out = desk.folder / "unsigned.psbt"
    plain = desk.do("request", "unwrap", made["request_id"], "--to", str(out))["psbt"]
    done = electrum({"do": "sign", "key": account_key(desk), "psbt": plain})
    assert done["complete"]
    check_accepted(desk, done["raw"], plain)
    first = desk.node.rpc("deriveaddresses", *receive_range(desk))
    assert done["first"] == first[0]


def receive_range(desk: Desk) -> tuple[str, list[int]]:
    wallet = desk.stations[0].wallet
    return branch_text(parse_descriptor(wallet.descriptor, wallet.network), 0), [0, 0]


@pytest.mark.parametrize("kind", [ScriptKind.WPKH, ScriptKind.WSH_MULTI], ids=lambda k: k.value)
def test_hwi_reads_our_request_and_our_answer(kind: ScriptKind, open_desk: OpenDesk) -> None:
    desk = open_desk(kind)
    desk.fund("0.4")
    made = desk.pay("0.1btc")
    out = str(desk.folder / "unsigned.psbt")
    plain = desk.do("request", "unwrap", made["request_id"], "--to", out, "--base64")["psbt"]
    read = hwi({"psbt": plain})
    assert read["txid"] == made["txid"]
    ours = {station.masters[0].fingerprint.hex() for station in desk.stations}
    assert {origin[1] for origin in read["origins"]} == ours
    assert read["signatures"] == [0]
    assert hwi({"psbt": signed(desk, made)})["signatures"] == [1]
    again = base64.b64decode(read["psbt"])
    assert wrapped_again(desk, made, again)["txid"] == made["txid"]


def wrapped_again(desk: Desk, made: Any, psbt: bytes) -> Any:  # noqa: ANN401 - the command's JSON
    """What HWI wrote back, wrapped as a request of its own."""
    desk.do("request", "cancel", made["request_id"])
    return wrapped(desk, psbt)


@pytest.mark.parametrize(
    "form", ["strongroom", "sparrow", "specter", "coldcard", "bsms", "caravan"]
)
def test_a_wallet_goes_out_and_comes_back_in_every_form(form: str, open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.SH_WSH_MULTI)
    desk.fund("0.4")
    name = desk.stations[0].wallet.name
    path = str(desk.folder / f"exported-{form}")
    desk.do("wallet", "export", name, "--as", form, "--to", path)
    again = replace(desk, folder=desk.folder / "again")
    again.folder.mkdir()
    access = ("--node", desk.node.url, "--cookie", str(desk.node.cookie), "--rescan-from", "0")
    added = again.do("wallet", "add", path, "--name", name, "--network", "regtest", *access)
    there = again.do("wallet", "coins", name)["coins"]
    assert [c["amount_sat"] for c in there] == [40_000_000]
    assert added["name"] == name


def test_the_node_imports_our_descriptors_as_they_were_exported(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.TR_TREE)
    desk.fund("0.4")
    name = desk.stations[0].wallet.name
    path = desk.folder / "descriptors.json"
    desk.do("wallet", "export", name, "--as", "core", "--to", str(path))
    wanted = json.loads(path.read_text())
    other = f"other-{desk.folder.name}"
    desk.node.rpc("createwallet", other, *(True, True))
    for entry in wanted:
        entry["timestamp"] = 0
    assert all(e["success"] for e in desk.node.rpc("importdescriptors", wanted, wallet=other))
    assert desk.node.rpc("getbalances", wallet=other)["mine"]["trusted"] * 10 == 4


def test_a_psbt_of_another_wallet_or_on_lease_is_not_wrapped(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    name = desk.stations[0].wallet.name
    made = desk.pay("0.1btc")
    out = desk.folder / "plain.psbt"
    desk.do("request", "unwrap", made["request_id"], "--to", str(out))
    assert desk.stop_of("request", "wrap", name, str(out)) == "FUNDS"
    miner = desk.node.rpc(
        "walletcreatefundedpsbt", [], [{target(desk): "0.1"}], 0, {"fee_rate": 2}, wallet="miner"
    )
    foreign = desk.keep("foreign.psbt", miner["psbt"].encode())
    assert desk.stop_of("request", "wrap", name, foreign) in {"INPUT-FOREIGN", "NODE-RPC"}
    other = desk.keep(
        "list.csv", f"address,amount_sat,payee,reference\n{target(desk)},5,,\n".encode()
    )
    desk.do("request", "cancel", made["request_id"])
    assert desk.stop_of("request", "wrap", name, str(out), "--payments", other) == "BUNDLE-EQUAL"
