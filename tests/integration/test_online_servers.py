"""Wallets on an Esplora server on 127.0.0.1, over blocks that Bitcoin Core's own code has judged."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import bdkpython
import pytest

from strongroom.core.bitcoin.model import OutPoint, ScriptKind, TxInput
from strongroom.core.bitcoin.transaction import parse_transaction, render_transaction
from strongroom.online.wallets import bdk_calls
from strongroom.online.wallets.bdk_wallet import BdkWallet
from tests.embedded.electrum import ElectrumServer
from tests.embedded.node import EmbeddedNode
from tests.embedded.socks import SocksProxy
from tests.integration.server_desk import ServerDesk
from tests.integration.software_station import OpenPgpKey

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.integration
TRIED = ["coins unspent by the source", "lock time", "size"]
KINDS = [kind for kind in ScriptKind if kind is not ScriptKind.TR_TREE]


@pytest.fixture
def chain() -> Iterator[EmbeddedNode]:
    with EmbeddedNode() as running:
        yield running


@pytest.fixture
def open_server_desk(
    chain: EmbeddedNode,
    keys: tuple[OpenPgpKey, OpenPgpKey],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Any:  # noqa: ANN401 - a function that makes a desk
    monkeypatch.setenv("GNUPGHOME", str(keys[0].home))
    return lambda kind: ServerDesk(kind, chain, keys, tmp_path, capsys)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.value)
def test_a_payment_is_made_without_a_node(kind: ScriptKind, open_server_desk: Any) -> None:  # noqa: ANN401
    desk = open_server_desk(kind)
    desk.add()
    desk.fund()
    assert desk.do("wallet", "balance", "treasury")["confirmed_sat"] == 5_000_000_000
    to = desk.chain.new_address()
    made = desk.create("--to", f"{to},1btc,Ana,R-1", "--data-text", "hello")
    assert 1.9 < float(made["fee_rate"]) < 2.3  # the server's estimate is 2
    assert {finding["rule"] for finding in made["findings"]}.isdisjoint({"LOCKTIME"})
    sent = desk.do("response", "broadcast", *desk.answers(made))
    assert desk.do("status", made["request_id"])["requests"][0]["confirmations"] == 0
    desk.chain.mine(1)
    assert desk.chain.confirmations(sent["txid"]) == 1
    assert desk.chain.received(to) == "1.00000000"
    now = desk.do("status", made["request_id"])["requests"][0]
    assert (now["stage"], now["confirmations"]) == ("confirmed", 1)
    left = 5_000_000_000 - 100_000_000 - made["fee_sat"]
    assert desk.do("wallet", "balance", "treasury")["confirmed_sat"] == left
    assert desk.do("audit", "balance", "treasury")["balance_sat"] == left


def test_every_way_to_build_works_on_a_server(open_server_desk: Any) -> None:  # noqa: ANN401
    desk = open_server_desk(ScriptKind.WPKH)
    desk.add()
    desk.fund()
    desk.fund()
    to = desk.chain.new_address()
    coins = desk.do("wallet", "coins", "treasury")["coins"]
    assert [c["amount_sat"] for c in coins] == [5_000_000_000] * 2
    first = desk.create("--to", f"{to},1btc", "--coin", coins[1]["outpoint"], "--fee-rate", "3")
    assert [i["outpoint"] for i in first["inputs"]] == [coins[1]["outpoint"]]
    refused = desk.stop_of("request", "create", "treasury", "--to", f"{to},60btc")
    assert refused[0] == "FUNDS"
    desk.do("response", "broadcast", *desk.answers(first))
    bumped = desk.do("request", "bump", first["request_id"], "--fee-rate", "9")
    assert bumped["recipients"] == first["recipients"]
    desk.do("response", "broadcast", *desk.answers(bumped))
    back = desk.do("request", "cancel", bumped["request_id"], "--fee-rate", "30")
    sent = desk.do("response", "broadcast", *desk.answers(back))
    lifted = desk.do("request", "lift", "treasury", sent["txid"], "--fee-rate", "50")
    desk.do("response", "broadcast", *desk.answers(lifted))
    desk.chain.mine(1)
    assert desk.chain.received(to) == "0.00000000"
    drained = desk.create("--drain", f"{to},New", "--fee-rate", "2")
    desk.do("response", "broadcast", *desk.answers(drained))
    desk.chain.mine(1)
    assert desk.do("wallet", "balance", "treasury")["confirmed_sat"] == 0
    assert float(desk.chain.received(to)) > 99


def test_an_electrum_server_serves_as_well(open_server_desk: Any) -> None:  # noqa: ANN401
    desk = open_server_desk(ScriptKind.WPKH)
    server = desk.chain.server
    desk.chain.mine(1)
    with ElectrumServer(desk.chain.chain, server.lock) as electrum, SocksProxy() as proxy:
        node = f"electrum+tcp://127.0.0.1:{electrum.port}"
        options = ("--node", node, "--socks5", proxy.address)
        desk.do("wallet", "add", str(desk.file), *options, "--second", f"esplora+{server.url}")
        assert set(proxy.targets) == {f"127.0.0.1:{electrum.port}", server.url[7:]}
        desk.fund()
        to = desk.chain.new_address()
        made = desk.create("--to", f"{to},2btc,Ana")
        sent = desk.do("response", "broadcast", *desk.answers(made))
        lift = ("request", "lift", "treasury", sent["txid"], "--fee-rate", "20")
        lifted = desk.do(*lift)
        parent = desk.chain.chain.entries[bytes.fromhex(sent["txid"])[::-1]]
        size = bdkpython.Transaction(parent.raw).vsize() + lifted["virtual_size"]
        assert 20 <= (parent.fee + lifted["fee_sat"]) / size < 20.2
        desk.do("response", "broadcast", *desk.answers(lifted))
        desk.chain.mine(1)
        assert desk.do("status", made["request_id"])["requests"][0]["stage"] == "confirmed"
        assert desk.chain.received(to) == "2.00000000"


def test_a_spent_coin_is_known_to_a_second_electrum_server(open_server_desk: Any) -> None:  # noqa: ANN401
    desk = open_server_desk(ScriptKind.WPKH)
    server = desk.chain.server
    desk.chain.mine(1)
    with ElectrumServer(desk.chain.chain, server.lock) as electrum:
        desk.add("--second", f"electrum+tcp://127.0.0.1:{electrum.port}")
        desk.fund()
        pay = ("request", "create", "treasury", "--to", f"{desk.chain.new_address()},1btc")
        made = desk.do(*pay)
        desk.do("request", "cancel", made["request_id"])
        coin = made["inputs"][0]["outpoint"]
        electrum.pretend_spent(OutPoint(bytes.fromhex(coin[:64])[::-1], int(coin[65:])))
        rule, message = desk.stop_of(*pay)
        assert (rule, coin in message) == ("NODE-DIFFER", True)


@pytest.mark.parametrize(
    "kind", [ScriptKind.SH_WSH_SCRIPT, ScriptKind.WSH_SCRIPT], ids=lambda k: k.value
)
def test_a_payment_of_a_script_wallet_is_replaced(kind: ScriptKind, open_server_desk: Any) -> None:  # noqa: ANN401
    desk = open_server_desk(kind)
    desk.add()
    desk.fund()
    made = desk.create("--to", f"{desk.chain.new_address()},1btc", "--fee-rate", "2")
    desk.do("response", "broadcast", *desk.answers(made))
    bumped = desk.do("request", "bump", made["request_id"], "--fee-rate", "9")
    assert bumped["recipients"] == made["recipients"]
    assert float(bumped["fee_rate"]) >= 9
    sent = desk.do("response", "broadcast", *desk.answers(bumped))
    desk.chain.mine(1)
    assert desk.chain.confirmations(sent["txid"]) == 1


def test_a_tree_that_bdk_does_not_read_is_named(open_server_desk: Any) -> None:  # noqa: ANN401
    desk = open_server_desk(ScriptKind.TR_TREE)
    rule, message = desk.stop_of("wallet", "add", str(desk.file), *desk.chain.access)
    assert (rule, "sortedmulti_a" in message) == ("NODE-RPC", True)


def test_a_transaction_is_tried_here_where_no_source_can(
    open_server_desk: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = open_server_desk(ScriptKind.WPKH)
    desk.add()
    desk.fund()
    made = desk.create("--to", f"{desk.chain.new_address()},1btc")
    broadcast = ("response", "broadcast", *desk.answers(made))
    tried = desk.do(*broadcast, "--dry-run")
    assert tried["judge"] == "here"
    assert tried["tried"] == [*TRIED, "scripts by Bitcoin Core's code"]
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "pbk", None)
        tried = desk.do(*broadcast, "--dry-run")
        assert tried["tried"] == TRIED
        assert "strongroom[kernel]" in tried["untried"][0]
    txid, _, vout = made["inputs"][0]["outpoint"].partition(":")
    server = desk.chain.server
    status = {"confirmed": False}
    spend = {"spent": True, "txid": "11" * 32, "vin": 0, "status": status}
    server.changes[f"/tx/{txid}/outspend/{vout}"] = spend
    rule, message = desk.stop_of(*broadcast)
    assert (rule, txid in message) == ("NODE-REJECT", True)
    server.changes.clear()
    finish = BdkWallet.finish
    with monkeypatch.context() as broken:
        broken.setattr(BdkWallet, "finish", lambda *given: _damaged(finish(*given)))
        rule, message = desk.stop_of(*broadcast)
        assert (rule, "input 0" in message) == ("NODE-REJECT", True), message
    assert desk.do(*broadcast)["sent"]


def _damaged(raw: bytes) -> bytes:
    """The transaction with one bit of its first signature changed."""
    transaction = parse_transaction(raw, rule="PSBT-CANONICAL")
    first, *others = transaction.inputs
    signature = bytearray(first.witness[0])
    signature[40] ^= 1
    changed = TxInput(first.outpoint, first.sequence, b"", (bytes(signature), first.witness[1]))
    return render_transaction(replace(transaction, inputs=(changed, *others)))


def test_a_lock_that_is_not_reached_is_told_before_sending(open_server_desk: Any) -> None:  # noqa: ANN401
    desk = open_server_desk(ScriptKind.WPKH)
    desk.add()
    desk.fund()
    lock = desk.chain.chain.height + 2
    made = desk.create("--to", f"{desk.chain.new_address()},1btc", "--locktime", str(lock))
    broadcast = ("response", "broadcast", *desk.answers(made))
    desk.chain.mine(1)
    rule, message = desk.stop_of(*broadcast)
    assert (rule, f"lock time {lock} is not reached" in message) == ("NODE-REJECT", True)
    desk.chain.mine(1)
    assert desk.do(*broadcast)["sent"]


def test_a_certificate_that_nobody_vouches_for_is_refused(
    open_server_desk: Any,  # noqa: ANN401
    tmp_path: Path,
) -> None:
    desk = open_server_desk(ScriptKind.WPKH)
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost")
    files = ("-keyout", str(key), "-out", str(certificate), "-days", "2")
    subprocess.run((*command, *files), check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as plain:
        port = plain.getsockname()[1]
        threading.Thread(target=_greet, args=(plain, context), daemon=True).start()
        for node in (f"electrum+ssl://localhost:{port}", f"esplora+https://localhost:{port}"):
            rule, message = desk.stop_of("wallet", "add", str(desk.file), "--node", node)
            assert rule == "NODE-RPC"
            assert "ertificate" in message


def _greet(listening: socket.socket, context: ssl.SSLContext) -> None:
    """A TLS handshake with everybody who comes, and nothing after it."""
    with contextlib.suppress(OSError):
        while True:
            client, _ = listening.accept()
            with (
                contextlib.suppress(OSError),
                context.wrap_socket(client, server_side=True) as safe,
            ):
                safe.recv(1)


def test_a_server_that_is_silent_is_given_up(
    open_server_desk: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bdk_calls, "TIMEOUT", 1.0)
    desk = open_server_desk(ScriptKind.WPKH)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        node = f"esplora+http://127.0.0.1:{silent.getsockname()[1]}"
        rule, message = desk.stop_of("wallet", "add", str(desk.file), "--node", node)
    assert (rule, "did not answer within" in message) == ("NODE-RPC", True)


def test_two_sources_that_differ_stop_a_request(open_server_desk: Any) -> None:  # noqa: ANN401
    rule = "NODE-DIFFER"
    desk = open_server_desk(ScriptKind.WPKH)
    with EmbeddedNode() as other:
        desk.chain.mine(3)
        other.chain.mine(3, b"\x51\x20" + bytes(32))
        far = desk.run(
            "wallet", "add", str(desk.file), *desk.chain.access, "--second", other.access[1]
        )
        assert far[1]["error"]["rule"] == rule
    desk.add("--second", desk.chain.access[1])
    desk.fund()
    pay = ("request", "create", "treasury", "--to", f"{desk.chain.new_address()},1btc")
    good = desk.do(*pay)
    desk.do("request", "cancel", good["request_id"])
    server = desk.chain.server
    txid, _, vout = good["inputs"][0]["outpoint"].partition(":")
    server.changes[f"/tx/{txid}/outspend/{vout}"] = {
        "spent": True,
        "txid": "11" * 32,
        "vin": 0,
        "status": {"confirmed": False},
    }
    assert desk.stop_of(*pay)[0] == rule
    server.changes.clear()
    desk.do("request", "cancel", desk.do(*pay)["request_id"])


def test_a_server_of_another_chain_or_without_work_is_refused(open_server_desk: Any) -> None:  # noqa: ANN401
    desk = open_server_desk(ScriptKind.WPKH)
    desk.chain.mine(3)
    server, add = desk.chain.server, ("wallet", "add", str(desk.file), *desk.chain.access)
    server.changes["/block-height/0"] = "00" * 32
    assert desk.stop_of(*add)[0] == "NODE-CHAIN"
    server.changes.clear()
    tip = desk.chain.chain.hash_at(3)
    header = bytearray(desk.chain.chain.headers[3])
    header[76] ^= 0xFF
    server.changes[f"/block/{tip}/header"] = bytes(header).hex()
    rule, message = desk.stop_of(*add)
    assert (rule, "work" in message) == ("NODE-CHAIN", True)


def test_a_server_that_is_not_there_is_a_clear_error(open_server_desk: Any) -> None:  # noqa: ANN401
    desk = open_server_desk(ScriptKind.WPKH)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for node in (f"esplora+http://127.0.0.1:{port}", f"electrum+tcp://127.0.0.1:{port}"):
        rule, message = desk.stop_of("wallet", "add", str(desk.file), "--node", node)
        assert rule == "NODE-RPC"
        assert "the server failed" in message
    proxied = ("--node", "esplora+http://127.0.0.1:1", "--socks5", f"127.0.0.1:{port}")
    assert desk.stop_of("wallet", "add", str(desk.file), *proxied)[0] == "NODE-RPC"


@pytest.mark.parametrize(
    "options",
    [
        ("--node", "esplora+ftp://host"),
        ("--node", "electrum+ssl://host"),
        ("--node", "esplora+http://user@host"),
        ("--node", "http://127.0.0.1:1", "--socks5", "127.0.0.1:9050"),
        ("--node", "esplora+http://host", "--socks5", "socks"),
    ],
    ids=" ".join,
)
def test_an_address_that_is_none_is_a_usage_error(
    options: tuple[str, ...],
    open_server_desk: Any,  # noqa: ANN401
) -> None:
    desk = open_server_desk(ScriptKind.WPKH)
    assert desk.run("wallet", "add", str(desk.file), *options)[0] == 2


def test_a_wallet_file_of_bdk_is_found_again(open_server_desk: Any) -> None:  # noqa: ANN401
    desk = open_server_desk(ScriptKind.TR)
    desk.add()
    first = desk.do("wallet", "address", "treasury")
    second = desk.do("wallet", "address", "treasury")
    assert (first["index"] + 1, first["address"] != second["address"]) == (second["index"], True)
