"""A payment from start to end on a real node, with real OpenPGP, for each script kind."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.bundle.archive import parse_archive, render_archive
from strongroom.core.network import Network
from strongroom.core.wallet_file import render_wallet_file
from tests.integration.software_station import OpenPgpKey, add_key, make_key
from tests.integration.wallet_kinds import MULTI_FORMS

if TYPE_CHECKING:
    from tests.integration.conftest import OpenDesk

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("kind", list(ScriptKind), ids=lambda kind: kind.value)
def test_a_payment_of_each_kind_is_made(kind: ScriptKind, open_desk: OpenDesk) -> None:
    desk = open_desk(kind)
    name = desk.stations[0].wallet.name
    desk.fund("0.4")
    desk.fund("0.5")
    assert desk.do("wallet", "balance", name)["confirmed_sat"] == 90_000_000

    made = desk.pay("0.7btc", "--purpose", "test")
    assert made["recipients"][0]["amount_sat"] == 70_000_000
    assert len(made["inputs"]) == 2
    assert made["change"][0]["amount_sat"] == 20_000_000 - made["fee_sat"]
    data = desk.written(made["request_id"])
    assert desk.do("request", "show", made["request_id"])["words"] == made["words"]

    needed = 2 if kind in MULTI_FORMS else 1
    answers = []
    for number, station in enumerate(desk.stations[:needed], start=1):
        answers.append(desk.keep(f"{number}.response", station.answer(data)))
        checked = desk.do("response", "check", answers[-1])
        assert checked["missing"] == needed - number
        assert len(checked["signed"]) == number

    sent = desk.do("response", "broadcast", *answers)
    assert sent["txid"] in desk.node.rpc("getrawmempool")
    desk.node.mine(1)
    followed = desk.do("response", "broadcast", *answers, "--wait", "1")
    assert followed["confirmations"] == 1
    assert desk.do("request", "list")["requests"][0]["stage"] == "confirmed"
    left = desk.do("wallet", "balance", name)["confirmed_sat"]
    assert left == 20_000_000 - made["fee_sat"]


def test_coins_of_an_open_request_are_set_aside_until_it_is_cancelled(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    first = desk.pay("0.1btc")
    target = desk.node.rpc("getnewaddress", wallet="miner")
    again = ("request", "create", desk.stations[0].wallet.name, "--to", f"{target},0.1btc")
    assert desk.stop_of(*again, "--fee-rate", "2") == "FUNDS"
    desk.do("request", "cancel", first["request_id"])
    second = desk.do(*again, "--fee-rate", "2")
    assert second["sequence"] == 1
    assert second["inputs"][0]["outpoint"] == first["inputs"][0]["outpoint"]


def test_requests_of_a_wallet_form_a_chain(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.TR)
    desk.fund("0.4")
    desk.fund("0.4")
    first, second = desk.pay("0.1btc"), desk.pay("0.2btc")
    assert (first["sequence"], second["sequence"]) == (1, 2)
    assert second["previous_digest"] == first["digest"]
    assert first["inputs"][0]["outpoint"] != second["inputs"][0]["outpoint"]


def test_an_unapproved_request_is_not_written(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    made = desk.pay("0.1btc")
    write = ("request", "write", made["request_id"], "--to", str(desk.folder))
    assert desk.stop_of(*write) == "REQUEST-STATE"


def test_a_payment_to_another_network_is_refused(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    mainnet = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4,1000sat"
    name = desk.stations[0].wallet.name
    assert desk.stop_of("request", "create", name, "--to", mainnet) == "ADDRESS"


def test_a_wallet_of_another_network_is_refused_by_the_chain(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    wallet = replace(desk.stations[0].wallet, name="other", network=Network.SIGNET)
    path = desk.keep("other.wallet.json", render_wallet_file(wallet))
    add = ("wallet", "add", path, "--node", desk.node.url, "--cookie", str(desk.node.cookie))
    assert desk.stop_of(*add) == "NODE-CHAIN"


def test_a_node_that_refuses_the_credentials_is_a_fault(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    wallet = replace(desk.stations[0].wallet, name="other")
    path = desk.keep("other.wallet.json", render_wallet_file(wallet))
    cookie = desk.keep("cookie", b"__cookie__:wrong")
    code, printed = desk.run("wallet", "add", path, "--node", desk.node.url, "--cookie", cookie)
    assert code == 3
    assert printed["error"]["rule"] == "NODE-RPC"
    assert "credentials" in printed["error"]["message"]


def test_doctor_finds_node_and_wallets_healthy(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    assert desk.do("doctor")["healthy"]
    shown = desk.do("doctor", "--key", desk.stations[0].approver.fingerprint)
    assert len(shown["words"]) == 32


@pytest.mark.parametrize("kind", [ScriptKind.TR, ScriptKind.PKH], ids=lambda kind: kind.value)
def test_a_stuck_payment_is_replaced_and_pays_the_same(
    kind: ScriptKind, open_desk: OpenDesk
) -> None:
    desk = open_desk(kind)
    desk.fund("0.4")
    first = desk.pay("0.1btc")
    station = desk.stations[0]
    answer = desk.keep("first.response", station.answer(desk.written(first["request_id"])))
    sent = desk.do("response", "broadcast", answer)["txid"]

    second = desk.do("request", "bump", first["request_id"], "--fee-rate", "20")
    assert second["sequence"] == 2
    assert second["fee_sat"] > first["fee_sat"]
    assert second["recipients"] == first["recipients"]
    answer = desk.keep("second.response", station.answer(desk.written(second["request_id"])))
    replaced = desk.do("response", "broadcast", answer)["txid"]
    pool = desk.node.rpc("getrawmempool")
    assert replaced in pool
    assert sent not in pool
    stages = [entry["stage"] for entry in desk.do("request", "list")["requests"]]
    assert stages == ["replaced", "broadcast"]
    assert desk.stop_of("request", "bump", first["request_id"], "--fee-rate", "50") == (
        "REQUEST-STATE"
    )


def test_a_dry_run_sends_nothing_and_a_spent_coin_is_named_by_the_node(
    open_desk: OpenDesk,
) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    made = desk.pay("0.1btc")
    data = desk.written(made["request_id"])
    answer = desk.keep("a.response", desk.stations[0].answer(data))
    tried = desk.do("response", "broadcast", answer, "--dry-run")
    assert not tried["sent"]
    assert tried["txid"] not in desk.node.rpc("getrawmempool")
    desk.node.rpc("sendrawtransaction", tried["hex"])
    desk.node.mine(1)
    code, printed = desk.run("response", "broadcast", answer)
    assert (code, printed["error"]["rule"]) == (1, "NODE-REJECT")
    assert "already" in printed["error"]["message"]


def test_a_file_of_payments_is_one_request(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    rows = [desk.node.rpc("getnewaddress", wallet="miner") for _ in range(20)]
    lines = [
        "address,amount,payee,reference",
        *(f"{a},{n + 1000}sat,P{n},R{n}" for n, a in enumerate(rows)),
    ]
    path = desk.keep("payments.csv", "\n".join(lines).encode())
    name = desk.stations[0].wallet.name
    made = desk.do("request", "create", name, "--payments", path, "--fee-rate", "1.5")
    paid = {(r["address"], r["amount_sat"], r["payee"]) for r in made["recipients"]}
    assert paid == {(a, n + 1000, f"P{n}") for n, a in enumerate(rows)}


def test_a_wallet_is_watched_again_after_the_folder_was_lost(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WSH_MULTI)
    desk.fund("0.4")
    again = replace(desk, folder=desk.folder / "new")
    again.folder.mkdir()
    again.add_wallet()
    name = desk.stations[0].wallet.name
    assert again.do("wallet", "balance", name)["confirmed_sat"] == 40_000_000
    assert again.stop_of("wallet", "add", str(again.folder / "kind.wallet.json")) == (
        "WALLET-DUPLICATE"
    )


def test_a_changed_request_file_is_not_shown(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    data = desk.written(desk.pay("0.1btc")["request_id"])
    shown = desk.do("request", "show", desk.keep("good.request", data))
    assert shown["approvals"] == [desk.stations[0].approver.fingerprint]
    target = shown["recipients"][0]["address"].encode()
    forged = data.replace(b"10000000", b"10000001", 1)
    assert target in data
    assert forged != data
    assert desk.stop_of("request", "show", desk.keep("bad.request", forged)) == "BUNDLE-EQUAL"


def test_two_people_approve_one_request(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    made = desk.pay("0.1btc")
    station = desk.stations[0]
    first = desk.keep("first.request", desk.written(made["request_id"]))
    second = OpenPgpKey(
        home=station.approver.home, fingerprint=add_key(station.approver.home, "Ben")
    )
    shown = desk.do("request", "approve", first, "--key", second.fingerprint)
    assert len(shown["approvals"]) == 2
    assert desk.do("request", "show", made["request_id"])["approvals"] == [
        station.approver.fingerprint
    ]
    collected = desk.do("request", "collect", first)
    assert set(collected["approvals"]) == {station.approver.fingerprint, second.fingerprint}


def test_an_approval_for_another_request_is_not_collected(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    desk.fund("0.4")
    one, two = desk.pay("0.1btc"), desk.pay("0.1btc")
    theirs = parse_archive(desk.written(one["request_id"]))
    ours = parse_archive(desk.written(two["request_id"]))
    mixed = render_archive(replace(ours, signatures=theirs.signatures))
    assert desk.stop_of("request", "collect", desk.keep("mixed.request", mixed)) == (
        "BUNDLE-SIGNATURE"
    )


def test_the_vault_of_a_second_station_is_accepted_once_it_is_named(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.SH_WSH_MULTI)
    desk.fund("0.4")
    data = desk.written(desk.pay("0.1btc")["request_id"])
    vault = make_key(desk.folder / "second", "Second vault")
    wallet = replace(desk.stations[1].wallet, certificate=vault.certificate().decode())
    second = replace(desk.stations[1], vault_key=vault, wallet=wallet)
    answer = desk.keep("second.response", second.answer(data))
    assert desk.stop_of("response", "check", answer) == "BUNDLE-SIGNATURE"
    path = desk.keep("second.wallet.json", render_wallet_file(wallet))
    named = desk.do("wallet", "vault", wallet.name, path)
    assert named["vault"] == vault.fingerprint
    assert desk.do("response", "check", answer)["answers"][0]["vault"] == vault.fingerprint
