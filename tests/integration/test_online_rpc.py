"""The JSON-RPC client against servers that misbehave, and a real node with a password."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from strongroom.core.errors import Fault
from strongroom.online.wallets.rpc import RpcClient, UserPassword
from tests.integration.node import RegtestNode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.integration

Answer = tuple[int, dict[str, str], bytes]


@contextmanager
def serving(answer: Callable[[int], Answer]) -> Iterator[tuple[RpcClient, list[str]]]:
    """A client of a server that gives `answer(n)` to its n-th call; the paths that were asked for."""
    paths: list[str] = []

    class Server(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            paths.append(self.path)
            self.rfile.read(int(self.headers["Content-Length"]))
            status, headers, body = answer(len(paths))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        yield RpcClient(url, UserPassword("u", "p"), timeout=1.0), paths
        server.shutdown()


def _result(value: object) -> bytes:
    return json.dumps({"result": value, "error": None, "id": 1}).encode()


def test_a_redirect_is_not_followed() -> None:
    with serving(lambda _: (302, {"Location": "/elsewhere"}, b"")) as (client, paths):
        with pytest.raises(Fault, match="HTTP status 302"):
            client.call("getblockcount")
        assert paths == ["/"]


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with serving(lambda _: (200, {}, _result(7))) as (client, _paths):
        assert client.call("getblockcount").integer() == 7


def test_a_node_that_starts_is_waited_for() -> None:
    warming = json.dumps({"result": None, "error": {"code": -28, "message": "Loading"}}).encode()

    def answer(call: int) -> Answer:
        return (500, {}, warming) if call < 3 else (200, {}, _result(5))

    with serving(answer) as (client, paths):
        assert client.call("getblockcount").integer() == 5
        assert len(paths) == 3


def test_the_name_of_a_wallet_is_quoted_in_the_path() -> None:
    with serving(lambda _: (200, {}, _result(1))) as (client, paths):
        client.call("getwalletinfo", wallet="a b/../c")
        assert paths == ["/wallet/a%20b%2F..%2Fc"]


def test_a_node_that_does_not_answer_in_time_is_a_fault() -> None:
    def answer(_call: int) -> Answer:
        time.sleep(2)
        return 200, {}, _result(1)

    with (
        serving(answer) as (client, _paths),
        pytest.raises(Fault, match="did not answer getblockcount within 1 seconds"),
    ):
        client.call("getblockcount")


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (200, b"not json", "is not JSON"),
        (200, b"[]", "is not JSON-RPC"),
        (403, b"", "rpcallowip"),
        (503, b"Work queue depth exceeded", "too busy"),
        (401, b"", "credentials"),
        (404, b"<html>", "HTTP status 404"),
    ],
)
def test_an_answer_that_is_none_is_a_fault(status: int, body: bytes, message: str) -> None:
    with serving(lambda _: (status, {}, body)) as (client, _), pytest.raises(Fault) as caught:
        client.call("getblockcount")
    assert caught.value.rule == "NODE-RPC"
    assert message in caught.value.message


def test_a_user_with_a_password_is_let_in_and_nothing_shows_it() -> None:
    password, salt = "correct horse", "0123456789abcdef"
    digest = hmac.new(salt.encode(), password.encode(), hashlib.sha256).hexdigest()
    with RegtestNode(f"-rpcauth=ann:{salt}${digest}") as node:
        client = RpcClient(node.url, UserPassword("ann", password))
        assert client.call("getblockcount").integer() == 0
        assert password not in repr(client)
        with pytest.raises(Fault, match="credentials") as caught:
            RpcClient(node.url, UserPassword("ann", "wrong")).call("getblockcount")
    assert "wrong" not in str(caught.value)
