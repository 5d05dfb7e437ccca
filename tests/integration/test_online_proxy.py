"""SOCKS5 proxies that do not lead on: each kind of server gives one clear error, with the proxy's reason."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.network import Network
from strongroom.core.wallet_file import WalletFile, render_wallet_file
from strongroom.online.cli.main import run
from strongroom.online.wallets import bitcoin_peer, tunnel
from tests.embedded.socks import SocksProxy
from tests.integration.software_station import make_master
from tests.integration.wallet_kinds import make_descriptor

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration
SERVERS = (
    "esplora+https://nowhere.example/api",
    "esplora+http://nowhere.example:3000",
    "electrum+ssl://nowhere.example:50002",
    "filters+p2p://192.0.2.1:8333",
)
EACH = pytest.mark.parametrize("server", SERVERS)
NO_WORDS = b""


def complaint(server: str, proxy: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What `wallet add` says on standard error."""
    wallet = WalletFile(
        name="treasury",
        network=Network.REGTEST,
        descriptor=make_descriptor(ScriptKind.WPKH, (make_master("proxied"),)),
        certificate="",
    )
    path = folder / "treasury.wallet.json"
    path.write_bytes(render_wallet_file(wallet))
    add = ("wallet", "add", str(path), "--node", server, "--socks5", proxy)
    assert run(["--home", str(folder / "home"), *add]) == 3
    assert not [*(folder / "home").rglob("treasury.json")]
    said = " ".join(capsys.readouterr().err.split())
    assert said.startswith("error: NODE-RPC: ")
    assert "hint:" in said
    return said


@EACH
@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ((b"\x05\x00", 2), "does not connect: its rules do not allow it"),
        ((b"\x05\x00", 4), "that host can not be reached, or its name is not known"),
        ((b"\x05\x00", 5), "does not connect: nobody listens there"),
        ((b"\x05\x00", 0xF0), "it says error 240"),
        ((b"\x05\xff", 0), "wants a user and a password"),
        ((b"\x05\x02", 0), "wants a user and a password"),
        ((b"HTTP/1.0 400 Bad Request\r\n\r\n", 0), "does not speak SOCKS5"),
    ],
    ids=["rules", "host", "refused", "own", "credentials", "password", "http"],
)
def test_a_proxy_that_does_not_lead_on_says_why(
    server: str,
    answers: tuple[bytes, int],
    reason: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with SocksProxy(*answers) as proxy:
        said = complaint(server, proxy.address, tmp_path, capsys)
        assert f"the proxy {proxy.address}" in said
    assert reason in said


@EACH
def test_a_proxy_that_is_silent_or_not_there_is_given_up(
    server: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tunnel, "_SECONDS", 1.0)
    monkeypatch.setattr(bitcoin_peer, "_SECONDS", 1.0)
    with SocksProxy(NO_WORDS) as proxy:
        said = complaint(server, proxy.address, tmp_path, capsys)
        assert f"the proxy {proxy.address} did not answer within 1 seconds" in said
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = f"127.0.0.1:{probe.getsockname()[1]}"
    assert f"the proxy {nobody} does not answer: Connection refused" in complaint(
        server, nobody, tmp_path, capsys
    )
