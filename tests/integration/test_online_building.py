"""Ways to build a request, each signed by the station's core and judged by a real node."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from strongroom.core.bitcoin.model import ScriptKind

if TYPE_CHECKING:
    from tests.integration.companion import Desk
    from tests.integration.conftest import OpenDesk

pytestmark = pytest.mark.integration
EVERY_KIND = pytest.mark.parametrize("kind", list(ScriptKind), ids=lambda kind: kind.value)


def target(desk: Desk) -> str:
    address: str = desk.node.rpc("getnewaddress", wallet="miner")
    return address


def create(desk: Desk, *options: str, rate: str = "2") -> Any:  # noqa: ANN401 - the command's JSON
    name = desk.stations[0].wallet.name
    return desk.do("request", "create", name, *options, "--fee-rate", rate)


def refused(desk: Desk, *options: str) -> str:
    name = desk.stations[0].wallet.name
    return desk.stop_of("request", "create", name, *options, "--fee-rate", "2")


def sent(desk: Desk, made: Any) -> str:  # noqa: ANN401 - the command's JSON
    """The txid of a request that went all the way into the memory pool."""
    data = desk.written(made["request_id"])
    needed = 2 if desk.stations[1:] else 1
    answers = [
        desk.keep(f"{made['request_id']}-{n}.response", station.answer(data))
        for n, station in enumerate(desk.stations[:needed])
    ]
    txid: str = desk.do("response", "broadcast", *answers)["txid"]
    return txid


@EVERY_KIND
def test_a_wallet_is_drained(kind: ScriptKind, open_desk: OpenDesk) -> None:
    desk = open_desk(kind)
    desk.fund("0.4")
    desk.fund("0.2")
    made = create(desk, "--drain", f"{target(desk)},New vault", "--data-text", "moved")
    assert made["change"] == []
    paid = next(r for r in made["recipients"] if r["address"])
    assert paid["amount_sat"] == 60_000_000 - made["fee_sat"]
    assert paid["payee"] == "New vault"
    assert bytes.fromhex(made["recipients"][0]["data"] or "").endswith(b"moved")
    assert abs(float(made["fee_rate"]) - 2) < 0.01
    txid = sent(desk, made)
    desk.node.mine(1)
    assert desk.node.rpc("gettransaction", txid, wallet="miner")["confirmations"] == 1
    assert desk.do("wallet", "balance", desk.stations[0].wallet.name)["confirmed_sat"] == 0


def test_coins_are_chosen_one_by_one_or_in_an_order(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    name = desk.stations[0].wallet.name
    for amount in ("0.2", "0.3", "0.1"):
        desk.fund(amount)
    coins = {c["amount_sat"]: c for c in desk.do("wallet", "coins", name)["coins"]}
    assert set(coins) == {20_000_000, 30_000_000, 10_000_000}
    pay = ("--to", f"{target(desk)},0.05btc")

    def spent(*options: str) -> list[int]:
        made = create(desk, *pay, *options)
        desk.do("request", "cancel", made["request_id"])
        return [item["amount_sat"] for item in made["inputs"]]

    assert spent("--coins", "largest") == [30_000_000]
    assert spent("--coins", "smallest") == [10_000_000]
    assert spent("--coins", "oldest") == [20_000_000]
    chosen = [c["outpoint"] for c in coins.values()][1:]
    exact = spent("--coin", chosen[0], "--coin", chosen[1])
    assert sorted(exact) == sorted(a for a, c in coins.items() if c["outpoint"] in chosen)

    small = coins[10_000_000]["outpoint"]
    desk.do("wallet", "freeze", name, small)
    assert refused(desk, *pay, "--coin", small) == "FUNDS"
    assert spent("--coins", "smallest") == [20_000_000]
    assert refused(desk, "--to", f"{target(desk)},0.55btc", "--coins", "largest") == "FUNDS"
    assert refused(desk, "--to", f"{target(desk)},0.55btc") == "FUNDS"
    desk.do("wallet", "thaw", name, small)
    both = create(desk, "--to", f"{target(desk)},0.25btc", "--coins", "smallest")
    assert len(both["inputs"]) == 2
    assert refused(desk, *pay, "--coin", small) == "FUNDS"
    assert refused(desk, *pay, "--coin", "00" * 32 + ":0") == "FUNDS"


def test_the_fee_stays_below_what_the_person_allows(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    pay = ("--to", f"{target(desk)},0.05btc")
    assert refused(desk, *pay, "--max-fee", "100sat") == "FEE-ABSOLUTE"
    assert refused(desk, *pay, "--max-fee-rate", "1.9") == "FEE-RATE"
    assert desk.do("request", "list")["requests"] == []
    assert create(desk, *pay, "--max-fee", "1000sat", "--max-fee-rate", "3")["fee_sat"] <= 1000


def test_data_and_a_lock_are_in_the_transaction(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.TR)
    desk.fund("0.4")
    height = desk.node.rpc("getblockcount")
    locked = ("--data", "00ff", "--locktime", str(height + 2))
    made = create(desk, "--to", f"{target(desk)},0.05btc", *locked)
    assert {finding["rule"] for finding in made["findings"]} >= {"LOCKTIME", "OUTPUT-DATA"}
    answer = desk.stations[0].answer(desk.written(made["request_id"]))
    path = desk.keep("a.response", answer)
    assert desk.stop_of("response", "broadcast", path) == "NODE-REJECT"
    desk.node.mine(2)
    raw = desk.do("response", "broadcast", path)["hex"]
    decoded = desk.node.rpc("decoderawtransaction", raw)
    assert decoded["locktime"] == height + 2
    assert "6a0200ff" in {output["scriptPubKey"]["hex"] for output in decoded["vout"]}


@pytest.mark.parametrize(
    "kind", [ScriptKind.PKH, ScriptKind.WSH_MULTI], ids=lambda kind: kind.value
)
def test_a_sent_payment_is_taken_back(kind: ScriptKind, open_desk: OpenDesk) -> None:
    desk = open_desk(kind)
    desk.fund("0.4")
    made = desk.pay("0.1btc")
    first = sent(desk, made)
    low = ("request", "cancel", made["request_id"], "--fee-rate", "2.5")
    assert desk.stop_of(*low) == "RBF"
    back = desk.do("request", "cancel", made["request_id"], "--fee-rate", "20")
    assert back["recipients"] == []
    assert back["change"][0]["amount_sat"] == 40_000_000 - back["fee_sat"]
    assert [f["rule"] for f in back["findings"] if f["severity"] == "warn"] == ["RBF"]
    second = sent(desk, back)
    pool = desk.node.rpc("getrawmempool")
    assert second in pool
    assert first not in pool
    stages = [entry["stage"] for entry in desk.do("request", "list")["requests"]]
    assert stages == ["replaced", "broadcast"]


@pytest.mark.parametrize("kind", [ScriptKind.WPKH, ScriptKind.TR_TREE], ids=lambda kind: kind.value)
def test_a_child_pays_for_its_parent(kind: ScriptKind, open_desk: OpenDesk) -> None:
    desk = open_desk(kind)
    desk.fund("0.4")
    parent = sent(desk, desk.pay("0.1btc"))
    name = desk.stations[0].wallet.name
    made = desk.do("request", "lift", name, parent, "--fee-rate", "30")
    child = sent(desk, made)
    entry = desk.node.rpc("getmempoolentry", child)
    rate = entry["fees"]["ancestor"] * 100_000_000 / entry["ancestorsize"]
    assert 30 <= rate < 31
    desk.node.mine(1)
    assert desk.stop_of("request", "lift", name, parent, "--fee-rate", "30") == "REQUEST-STATE"


def test_a_lease_ends_at_its_height_and_on_cancel(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    pay = ("--to", f"{target(desk)},0.05btc")
    first = create(desk, *pay, "--expires-blocks", "2")
    desk.written(first["request_id"])
    name = desk.stations[0].wallet.name
    coin = desk.do("wallet", "coins", name)["coins"][0]
    assert coin["lease"] == first["request_id"]
    desk.node.mine(2)
    assert refused(desk, *pay) == "FUNDS"
    desk.node.mine(1)
    assert desk.do("wallet", "coins", name)["coins"][0]["lease"] == ""
    again = create(desk, *pay)
    assert again["inputs"][0]["outpoint"] == coin["outpoint"]
    assert again["sequence"] == 2


def test_coins_of_an_answered_request_stay_on_lease(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    pay = ("--to", f"{target(desk)},0.05btc")
    made = create(desk, *pay, "--expires-blocks", "1")
    answer = desk.stations[0].answer(desk.written(made["request_id"]))
    desk.do("response", "check", desk.keep("a.response", answer))
    desk.node.mine(3)
    assert refused(desk, *pay) == "FUNDS"
    desk.do("request", "cancel", made["request_id"])
    assert create(desk, *pay)["inputs"] == made["inputs"]


def test_a_transaction_that_someone_else_sent_is_noticed(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    desk.fund("0.3")
    made = create(desk, "--to", f"{target(desk)},0.05btc", "--coins", "largest")
    answer = desk.stations[0].answer(desk.written(made["request_id"]))
    tried = desk.do("response", "broadcast", desk.keep("a.response", answer), "--dry-run")
    desk.node.rpc("sendrawtransaction", tried["hex"])
    create(desk, "--to", f"{target(desk)},0.01btc")
    assert stage_of(desk, made) == "broadcast"
    desk.node.mine(1)
    create(desk, "--to", f"{target(desk)},0.01btc")
    assert stage_of(desk, made) == "confirmed"


def test_a_spend_elsewhere_makes_a_request_invalid(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    desk.fund("0.3")
    name = desk.stations[0].wallet.name
    coin = desk.do("wallet", "coins", name)["coins"][0]["outpoint"]
    first = create(desk, "--to", f"{target(desk)},0.05btc", "--coin", coin)
    spend_elsewhere(desk, coin)
    create(desk, "--to", f"{target(desk)},0.01btc")
    assert stage_of(desk, first) == "invalid"
    key = desk.stations[0].approver.fingerprint
    assert desk.stop_of("request", "approve", first["request_id"], "--key", key) == (
        "REQUEST-STATE"
    )


def stage_of(desk: Desk, made: Any) -> str:  # noqa: ANN401 - the command's JSON
    """How far a request has come."""
    listed = desk.do("request", "list")["requests"]
    stage: str = next(e["stage"] for e in listed if e["request_id"] == made["request_id"])
    return stage


def spend_elsewhere(desk: Desk, coin: str) -> None:
    """A second companion with a folder of its own has `coin` spent, in a block."""
    other = replace(desk, folder=desk.folder / "elsewhere")
    other.folder.mkdir()
    other.add_wallet()
    sent(other, create(other, "--to", f"{target(desk)},0.2btc", "--coin", coin))
    desk.node.mine(1)


def test_the_digest_of_the_payment_file_is_in_the_request(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    data = f"address,amount_btc,payee,reference\n{target(desk)},0.01,Ana,R1\n".encode()
    path = desk.keep("july.csv", data)
    made = create(desk, "--payments", path)
    assert made["payment_list"] == hashlib.sha256(data).hexdigest()
    assert made["recipients"][0]["amount_sat"] == 1_000_000
    shown = desk.do("request", "show", made["request_id"])
    assert shown["payment_list"] == made["payment_list"]
    desk.stations[0].answer(desk.written(made["request_id"]))


def test_a_name_of_the_book_is_paid_and_reuse_is_pointed_out(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    desk.fund("0.3")
    address, plain = target(desk), target(desk)
    desk.do("book", "add", "alice", address, "--network", "regtest")
    made = create(desk, "--to", "@alice,0.01btc")
    assert made["recipients"][0]["address"] == address
    assert made["recipients"][0]["payee"] == "alice"
    assert refused(desk, "--to", "@bob,0.01btc") == "BOOK-ENTRY"
    create(desk, "--to", f"{plain},0.01btc")
    desk.fund("0.1")
    again = create(desk, "--to", f"{plain},0.02btc")
    assert "PRIVACY-REUSE" in {finding["rule"] for finding in again["advice"]}


def test_labels_of_other_software_are_used_and_given_back(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.2")
    desk.fund("0.3")
    name = desk.stations[0].wallet.name
    coins = desk.do("wallet", "coins", name)["coins"]
    lines = (
        f'{{"type": "output", "ref": "{coins[0]["outpoint"]}", "label": "exchange", "fee": 1}}\n'
        f'{{"type": "addr", "ref": "{coins[1]["address"]}", "label": "donations"}}\n'
    )
    path = desk.keep("in.jsonl", lines.encode())
    assert desk.do("labels", "import", name, path)["imported"] == 2
    assert [c["label"] for c in desk.do("wallet", "coins", name)["coins"]] == [
        "exchange",
        "donations",
    ]
    made = create(desk, "--to", f"{target(desk)},0.4btc")
    assert "PRIVACY-LABELS" in {finding["rule"] for finding in made["advice"]}
    out = desk.folder / "out.jsonl"
    desk.do("labels", "export", name, str(out))
    assert out.read_text() == lines
