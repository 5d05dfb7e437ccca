"""Approvals by roles, the state of requests and the record of them, on a real node with real OpenPGP."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from strongroom.core.bitcoin.model import ScriptKind
from tests.integration.software_station import OpenPgpKey, add_key

if TYPE_CHECKING:
    from tests.integration.companion import Desk
    from tests.integration.conftest import OpenDesk

pytestmark = pytest.mark.integration


def status(desk: Desk, made: Any) -> Any:  # noqa: ANN401 - the command's JSON
    return desk.do("status", made["request_id"])["requests"][0]


def test_a_request_is_followed_from_draft_to_confirmed(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WSH_MULTI)
    desk.fund("0.4")
    made = desk.pay("0.1btc")
    assert status(desk, made)["stage"] == "draft"
    data = desk.written(made["request_id"])
    now = status(desk, made)
    assert (now["stage"], now["signatures_missing"], len(now["could_sign"])) == ("written", 2, 3)
    first = desk.keep("1.response", desk.stations[0].answer(data))
    second = desk.keep("2.response", desk.stations[1].answer(data))
    desk.do("response", "check", first)
    now = status(desk, made)
    assert (now["stage"], len(now["signed"]), now["signatures_missing"]) == ("answered", 1, 1)
    sent = desk.do("response", "broadcast", second)
    assert status(desk, made)["confirmations"] == 0
    desk.node.mine(3)
    now = status(desk, made)
    assert (now["stage"], now["confirmations"], now["txid"]) == ("confirmed", 3, sent["txid"])
    assert [event["stage"] for event in now["events"]] == [
        "draft", "approved", "written", "answered", "answered", "broadcast", "confirmed",
    ]  # fmt: skip
    assert desk.do("audit", "log", "verify")["matches"]


def test_roles_and_thresholds_are_met_before_a_stick_is_written(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    name, ana = desk.stations[0].wallet.name, desk.stations[0].approver
    ben = OpenPgpKey(home=ana.home, fingerprint=add_key(ana.home, f"Ben {name}"))
    eve = OpenPgpKey(home=ana.home, fingerprint=add_key(ana.home, f"Eve {name}"))
    desk.do("approver", "add", name, ana.fingerprint, "--name", "Ana")
    desk.do("approver", "add", name, ben.fingerprint, "--name", "Ben", "--role", "auditor")
    listed = desk.do("approver", "quorum", name, "approver=1", "auditor=1")
    assert listed["quorum"] == {"approver": 1, "auditor": 1}
    made = desk.pay("0.1btc")
    write = ("request", "write", made["request_id"], "--to", str(desk.folder))
    approve = ("request", "approve", made["request_id"], "--key")
    assert desk.stop_of(*approve, eve.fingerprint) == "BUNDLE-SIGNATURE"
    desk.do(*approve, ana.fingerprint)
    assert desk.stop_of(*write) == "BUNDLE-QUORUM"
    roles = {role["role"]: role for role in status(desk, made)["roles"]}
    assert roles["approver"]["present"] == ["Ana"]
    assert roles["auditor"]["missing"] == 1
    desk.do(*approve, ben.fingerprint)
    desk.do(*write)


def test_two_copies_of_the_folder_are_joined_file_by_file(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    ana = desk.stations[0].approver
    ben = OpenPgpKey(home=ana.home, fingerprint=add_key(ana.home, f"Ben {desk.folder}"))
    made = desk.pay("0.1btc")
    other = replace(desk, folder=desk.folder / "copy")
    shutil.copytree(desk.folder / "home", other.folder / "home")
    desk.do("request", "approve", made["request_id"], "--key", ana.fingerprint)
    other.do("request", "approve", made["request_id"], "--key", ben.fingerprint)
    shutil.copytree(other.folder / "home", desk.folder / "home", dirs_exist_ok=True)
    now = status(desk, made)
    assert set(now["approvals"]) == {ana.fingerprint, ben.fingerprint}
    assert len(now["heads"]) == 2
    desk.do("request", "write", made["request_id"], "--to", str(desk.folder))
    assert len(status(desk, made)["heads"]) == 1
    assert desk.do("audit", "log", "verify")["matches"]


def test_the_audit_finds_what_was_changed(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    made = desk.pay("0.1btc")
    name, ana = desk.stations[0].wallet.name, desk.stations[0].approver
    desk.do("approver", "add", name, ana.fingerprint, "--name", "Ana")
    data = desk.written(made["request_id"])
    desk.do("response", "check", desk.keep("a.response", desk.stations[0].answer(data)))
    folder = desk.folder / "home" / "requests" / made["request_id"]
    event = next((folder / "log").glob("*.json"))
    for path, old, new in (
        (next(folder.glob("*.response")), b"Olga", b"Oleg"),
        (folder / f"{made['request_id']}.request", b"Miner", b"Mines"),
        (folder / "request.json", b'"amount_sat": 40000000', b'"amount_sat": 40000001'),
        (next((folder / "approvals").glob("*.asc")), b"\n\n", b"\n\nAAAA"),
        (event, b'"by":"', b'"by":"x'),
    ):
        good = path.read_bytes()
        assert old in good, path
        path.write_bytes(good.replace(old, new, 1))
        code, _ = desk.run("audit", "log", "verify")
        assert code == 1, path
        path.write_bytes(good)
    assert desk.do("audit", "log", "verify")["matches"]


def test_a_request_may_follow_one_that_was_given_up(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    desk.fund("0.3")
    first, _ = desk.pay("0.1btc"), desk.pay("0.2btc")
    desk.do("request", "cancel", first["request_id"])
    assert desk.do("audit", "log", "verify")["matches"]
    again = desk.pay("0.1btc")
    desk.do("request", "cancel", again["request_id"])
    desk.pay("0.15btc")
    assert desk.do("audit", "log", "verify")["matches"]
    shutil.rmtree(desk.folder / "home" / "requests" / first["request_id"])
    assert desk.run("audit", "log", "verify")[0] == 1


def test_a_payment_that_was_taken_back_is_in_the_balance(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    name = desk.stations[0].wallet.name

    def send(made: Any) -> None:  # noqa: ANN401 - the command's JSON
        answer = desk.stations[0].answer(desk.written(made["request_id"]))
        desk.do("response", "broadcast", desk.keep("a.response", answer))

    made = desk.pay("0.1btc")
    send(made)
    back = desk.do("request", "cancel", made["request_id"], "--fee-rate", "20")
    send(back)
    desk.node.mine(1)
    audited = desk.do("audit", "balance", name)["balance_sat"]
    assert audited == 40_000_000 - back["fee_sat"]
    target = desk.node.rpc("getnewaddress", wallet="miner")
    send(desk.do("request", "create", name, "--drain", target, "--fee-rate", "2"))
    desk.node.mine(1)
    assert desk.do("audit", "balance", name)["balance_sat"] == 0


def test_a_balance_is_known_at_every_height(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.TR)
    name = desk.stations[0].wallet.name
    start = desk.node.rpc("getblockcount")
    desk.fund("0.4")
    funded = desk.node.rpc("getblockcount")
    made = desk.pay("0.1btc")
    answer = desk.stations[0].answer(desk.written(made["request_id"]))
    desk.do("response", "broadcast", desk.keep("a.response", answer))
    desk.node.mine(1)
    expected = {start: 0, funded: 40_000_000, funded + 1: 30_000_000 - made["fee_sat"]}
    for height, balance in expected.items():
        held = desk.do("audit", "balance", name, "--at-height", str(height))
        assert held["balance_sat"] == balance
        assert held["block_hash"] == desk.node.rpc("getblockhash", height)
    ours = desk.do("wallet", "balance", name)["confirmed_sat"]
    assert desk.do("audit", "balance", name)["balance_sat"] == ours
    later = ("audit", "balance", name, "--at-height", str(funded + 100))
    assert desk.stop_of(*later) == "REQUEST-STATE"


def test_the_sheet_is_printed_as_text_and_as_a_page(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    made = desk.pay("0.1btc")
    page = desk.folder / "sheet.html"
    text = desk.do("request", "sheet", made["request_id"], "--html", str(page))["sheet"]
    for word in made["words"]:
        assert word in text
        assert word in page.read_text()
