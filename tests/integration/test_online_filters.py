"""Wallets by compact block filters of a real node, which BDK's client reads on 127.0.0.1."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.bundle.archive import parse_archive
from strongroom.core.bundle.manifest import parse_request_manifest
from strongroom.core.errors import Fault
from strongroom.core.network import Network
from strongroom.online.wallets import bitcoin_peer, filters
from strongroom.online.wallets.bitcoin_peer import BitcoinPeer
from tests.embedded.socks import SocksProxy
from tests.integration.node import RegtestNode
from tests.integration.server_desk import ServerDesk
from tests.integration.wallet_kinds import TREE_IN_ORDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.integration.software_station import OpenPgpKey

pytestmark = pytest.mark.integration
INDEXED = ("-blockfilterindex=1", "-peerblockfilters=1")
AT_ONCE = "-whitelist=noban@127.0.0.1"  # transactions are announced without the wait that hides their origin


@pytest.fixture(scope="module")
def chain() -> Iterator[RegtestNode]:
    with RegtestNode(*INDEXED, AT_ONCE, peers=True) as running:
        running.mine(101)
        yield running


@pytest.fixture
def open_filter_desk(
    chain: RegtestNode,
    keys: tuple[OpenPgpKey, OpenPgpKey],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[ScriptKind], ServerDesk]:
    monkeypatch.setenv("GNUPGHOME", str(keys[0].home))
    return lambda kind: ServerDesk(kind, chain, keys, tmp_path, capsys)


def place(node: RegtestNode) -> str:
    """The node as a server of filters, once its index is up to date."""
    while not node.rpc("getindexinfo")["basic block filter index"]["synced"]:
        time.sleep(0.05)
    return f"filters+p2p://127.0.0.1:{node.peer_port}"


@pytest.mark.parametrize("kind", [ScriptKind.WPKH, ScriptKind.WSH_SCRIPT], ids=lambda k: k.value)
def test_a_payment_is_made_by_filters(
    kind: ScriptKind, chain: RegtestNode, open_filter_desk: Callable[[ScriptKind], ServerDesk]
) -> None:
    desk = open_filter_desk(kind)
    desk.do("wallet", "add", str(desk.file), "--node", place(chain))
    chain.fund(desk.do("wallet", "address", "treasury")["address"], "0.7")
    assert desk.do("wallet", "balance", "treasury")["confirmed_sat"] == 70_000_000
    to = chain.new_address()
    rule, message = desk.stop_of("request", "create", "treasury", "--to", f"{to},0.5btc")
    assert (rule, "can not estimate a fee" in message) == ("NODE-RPC", True)
    made = desk.create("--to", f"{to},0.5btc,Ana,R-1", "--fee-rate", "2")
    height = chain.rpc("getblockcount")
    answers = desk.answers(made)
    bundle = parse_archive((desk.folder / f"{made['request_id']}.request").read_bytes())
    anchor = parse_request_manifest(bundle.manifest).anchor
    tip = chain.rpc("getbestblockhash")
    assert (anchor.tip_height, anchor.tip_hash) == (height, tip)
    assert anchor.tip_time.timestamp() == chain.rpc("getblockheader", tip)["time"]
    sent = desk.do("response", "broadcast", *answers)
    assert sent["txid"] in chain.rpc("getrawmempool")
    assert desk.do("status", made["request_id"])["requests"][0]["confirmations"] == 0
    lifted = desk.do("request", "lift", "treasury", sent["txid"], "--fee-rate", "20")
    child = desk.do("response", "broadcast", *desk.answers(lifted))
    chain.mine(1)
    assert chain.received(to) == "0.50000000"
    now = desk.do("status", made["request_id"])["requests"][0]
    assert (now["stage"], now["confirmations"]) == ("confirmed", 1)
    left = 70_000_000 - 50_000_000 - made["fee_sat"] - lifted["fee_sat"]
    assert desk.do("wallet", "balance", "treasury")["confirmed_sat"] == left
    audited = desk.do("audit", "balance", "treasury", "--at-height", str(height))
    assert audited["balance_sat"] == 70_000_000
    assert child["txid"] != sent["txid"]


def test_a_tree_that_bdk_reads_is_paid_on_a_node(
    chain: RegtestNode,
    keys: tuple[OpenPgpKey, OpenPgpKey],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GNUPGHOME", str(keys[0].home))
    desk = ServerDesk(ScriptKind.TR_TREE, chain, keys, tmp_path, capsys, form=TREE_IN_ORDER)
    desk.do("wallet", "add", str(desk.file), "--node", place(chain))
    chain.fund(desk.do("wallet", "address", "treasury")["address"], "0.7")
    to = chain.new_address()
    made = desk.create("--to", f"{to},0.5btc", "--fee-rate", "2")
    sent = desk.do("response", "broadcast", *desk.answers(made))
    bumped = desk.do("request", "bump", made["request_id"], "--fee-rate", "9")
    last = desk.do("response", "broadcast", *desk.answers(bumped))
    pool = chain.rpc("getrawmempool")
    assert (last["txid"] in pool, sent["txid"] in pool) == (True, False)
    chain.mine(1)
    assert chain.received(to) == "0.50000000"
    back = desk.create("--drain", f"{chain.new_address()},New", "--fee-rate", "2")
    desk.do("response", "broadcast", *desk.answers(back))
    chain.mine(1)
    assert desk.do("wallet", "balance", "treasury")["confirmed_sat"] == 0


def test_a_transaction_that_the_node_refuses_is_not_taken_for_sent(
    chain: RegtestNode,
    open_filter_desk: Callable[[ScriptKind], ServerDesk],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = open_filter_desk(ScriptKind.TR)
    desk.do("wallet", "add", str(desk.file), "--node", place(chain))
    chain.fund(desk.do("wallet", "address", "treasury")["address"], "0.1")
    first = desk.create("--to", f"{chain.new_address()},0.05btc", "--fee-rate", "9")
    answers = desk.answers(first)
    monkeypatch.setattr(filters, "_HEARD_SECONDS", 3.0)
    before = chain.rpc("getrawmempool")
    chain.rpc(
        "prioritisetransaction", desk.do("request", "show", first["request_id"])["txid"], 0, -9000
    )
    rule, message = desk.stop_of("response", "broadcast", *answers)
    assert (rule, "not passed it on" in message) == ("NODE-RPC", True)
    assert chain.rpc("getrawmempool") == before
    assert desk.do("status", first["request_id"])["requests"][0]["stage"] == "answered"


def test_a_node_beside_the_filters_is_asked_whether_it_takes_it(
    chain: RegtestNode, open_filter_desk: Callable[[ScriptKind], ServerDesk]
) -> None:
    desk = open_filter_desk(ScriptKind.WPKH)
    second = ("--second", chain.url, "--second-cookie", str(chain.cookie))
    desk.do("wallet", "add", str(desk.file), "--node", place(chain), *second)
    chain.fund(desk.do("wallet", "address", "treasury")["address"], "0.1")
    made = desk.create("--to", f"{chain.new_address()},0.05btc", "--fee-rate", "9")
    broadcast = ("response", "broadcast", *desk.answers(made))
    assert desk.do(*broadcast, "--dry-run")["judge"] == "second"
    chain.rpc("prioritisetransaction", made["txid"], 0, -9000)
    rule, message = desk.stop_of(*broadcast)
    assert (rule, "would refuse the transaction" in message) == ("NODE-REJECT", True)


def test_filters_are_a_second_source_and_go_through_a_proxy(
    chain: RegtestNode, open_filter_desk: Callable[[ScriptKind], ServerDesk]
) -> None:
    desk = open_filter_desk(ScriptKind.WPKH)
    second = place(chain)
    desk.add("--rescan-from", "0", "--second", second)
    chain.fund(desk.do("wallet", "address", "treasury")["address"], "0.2")
    made = desk.create("--to", f"{chain.new_address()},0.1btc", "--fee-rate", "2")
    desk.do("request", "cancel", made["request_id"])
    with SocksProxy() as proxy:
        desk.do(
            "wallet",
            "add",
            str(desk.file),
            "--name",
            "proxied",
            "--node",
            second,
            "--socks5",
            proxy.address,
        )
        assert desk.do("wallet", "balance", "proxied")["confirmed_sat"] == 20_000_000
        assert set(proxy.targets) == {f"127.0.0.1:{chain.peer_port}"}


def test_a_node_without_filters_or_of_another_network_is_refused(
    chain: RegtestNode, open_filter_desk: Callable[[ScriptKind], ServerDesk]
) -> None:
    desk = open_filter_desk(ScriptKind.WPKH)
    with RegtestNode(peers=True) as plain:
        node = f"filters+p2p://127.0.0.1:{plain.peer_port}"
        rule, message = desk.stop_of("wallet", "add", str(desk.file), "--node", node)
        assert (rule, "serves no compact filters" in message) == ("NODE-RPC", True)
    rule, message = desk.stop_of("wallet", "add", str(desk.file), "--node", node)
    assert (rule, "can not be reached" in message) == ("NODE-RPC", True)
    with pytest.raises(Fault, match="NODE-RPC"):
        BitcoinPeer(Network.SIGNET, "127.0.0.1", chain.peer_port)


def test_a_header_is_the_one_that_was_asked_for(
    chain: RegtestNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    tip = chain.rpc("getbestblockhash")
    with BitcoinPeer(Network.REGTEST, "127.0.0.1", chain.peer_port) as peer:
        assert peer.header(tip).hex() == chain.rpc("getblockheader", tip, False)  # noqa: FBT003 - by position
        monkeypatch.setattr(bitcoin_peer, "_SECONDS", 1.0)
        with pytest.raises(Fault, match="did not answer in time"):
            peer.header("11" * 32)
