"""JSON-RPC to a Bitcoin node, and nothing more than that.

Rules kept here: no redirect and no proxy is ever followed (`http.client` knows neither); a cookie is
read anew for every connection, since it changes when the node starts; amounts arrive as `Decimal`
and leave as whole satoshis or not at all; every refusal names method, code and message.
"""

from __future__ import annotations

import base64
import http.client
import json
import ssl
import time
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from strongroom.core.errors import Fault
from strongroom.online.wallets.reply import Json, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

WARMING_UP = -28
WALLET_NOT_FOUND = -18
NOT_FOUND = -5
METHOD_NOT_FOUND = -32601
_REPLY_CAP = 256 * 1024 * 1024
_COOKIE_CAP = 4096
_WARM_UP_SECONDS = 120.0


class RpcRefused(Fault):
    """The node answered with an error; `code` is the node's own."""

    def __init__(self, method: str, code: int, message: str) -> None:
        text = " ".join(message.split()) or "no reason given"
        super().__init__("NODE-RPC", f"the node refused {method}: {text} (code {code})")
        self.code = code
        self.reason = text


@dataclass(frozen=True, slots=True)
class CookieFile:
    """The credentials that a node writes for programs of its own user."""

    path: Path

    def header(self) -> str:
        """The value of the Authorization header; `NODE-RPC` if the cookie can not be read."""
        try:
            with self.path.open("rb") as file:
                cookie = file.read(_COOKIE_CAP).strip()
        except OSError as error:
            raise Fault(
                "NODE-RPC",
                f"cannot read the node's cookie {self.path}: {error.strerror}",
                hint="is the node running, and may this user read its data folder?",
            ) from error
        return _basic(cookie)


@dataclass(frozen=True, slots=True, repr=False)
class UserPassword:
    """A user name and a password out of a prompt, never out of an argument."""

    user: str
    password: str

    def header(self) -> str:
        """The value of the Authorization header."""
        return _basic(f"{self.user}:{self.password}".encode())


def _basic(pair: bytes) -> str:
    return "Basic " + base64.b64encode(pair).decode("ascii")


@dataclass(frozen=True, slots=True)
class RpcClient:
    """Calls to one node at `url` (http or https, host and port, no path)."""

    url: str
    credentials: CookieFile | UserPassword
    timeout: float = 60.0

    def call(
        self,
        method: str,
        *params: Json,
        wallet: str | None = None,
        timeout: float | None = None,
        named: Mapping[str, Json] | None = None,
    ) -> Reply:
        """The result of `method`; waits while the node starts up, and raises `NODE-RPC` otherwise.

        `named` sends parameters by name instead of by position. `RpcRefused` carries the node's
        error code.
        """
        body = json.dumps(
            {
                "jsonrpc": "1.0",
                "id": "strongroom",
                "method": method,
                "params": dict(named) if named is not None else list(params),
            }
        ).encode()
        deadline = time.monotonic() + _WARM_UP_SECONDS
        while True:
            try:
                return _parse_reply(method, self._post(method, body, wallet, timeout))
            except RpcRefused as refused:
                if refused.code != WARMING_UP or time.monotonic() > deadline:
                    raise
            time.sleep(0.25)

    def _connection(self, timeout: float) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        if parts.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, parts.port, timeout=timeout, context=context)
        return http.client.HTTPConnection(host, parts.port, timeout=timeout)

    def _post(self, method: str, body: bytes, wallet: str | None, timeout: float | None) -> bytes:
        seconds = self.timeout if timeout is None else timeout
        connection = self._connection(seconds)
        path = "/" if wallet is None else f"/wallet/{quote(wallet, safe='')}"
        headers = {
            "Authorization": self.credentials.header(),
            "Content-Type": "application/json",
        }
        try:
            connection.request("POST", path, body=body, headers=headers)
            response = connection.getresponse()
            data = response.read(_REPLY_CAP)
        except TimeoutError as error:
            raise Fault(
                "NODE-RPC", f"the node did not answer {method} within {seconds:.0f} seconds"
            ) from error
        except (OSError, http.client.HTTPException) as error:
            raise Fault(
                "NODE-RPC",
                f"no answer from the node at {self.url}: {error}",
                hint="is the node running with server=1, and is the address right?",
            ) from error
        finally:
            connection.close()
        _check_status(method, response.status, data)
        return data


def parse_node_url(text: str) -> str:
    """The address of a node as `scheme://host:port`; `NODE-RPC` for anything with more in it."""
    try:
        parts = urlsplit(text if "//" in text else f"http://{text}")
        port = parts.port
    except ValueError as error:
        raise Fault("NODE-RPC", f"{text!r} is not the address of a node: {error}") from error
    if parts.username is not None or parts.password is not None:
        raise Fault(
            "NODE-RPC",
            "the address of a node carries no user and no password",
            hint="use --cookie PATH, or --user NAME and type the password when asked",
        )
    plain = parts.path in {"", "/"} and not parts.query and not parts.fragment
    if parts.scheme not in {"http", "https"} or not parts.hostname or port is None or not plain:
        raise Fault(
            "NODE-RPC",
            f"{text!r} is not the address of a node",
            hint="for example http://127.0.0.1:8332",
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port}"


def _check_status(method: str, status: int, data: bytes) -> None:
    if status == HTTPStatus.UNAUTHORIZED:
        raise Fault(
            "NODE-RPC",
            "the node does not accept these credentials",
            hint="give the node's .cookie file with --cookie, or --user and its password",
        )
    if status == HTTPStatus.FORBIDDEN:
        raise Fault("NODE-RPC", "the node accepts no calls from this computer (rpcallowip)")
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        raise Fault("NODE-RPC", f"the node is too busy to answer {method}")
    if status != HTTPStatus.OK and not data.startswith(b"{"):
        raise Fault("NODE-RPC", f"the node answered {method} with HTTP status {status}")


def _parse_reply(method: str, data: bytes) -> Reply:
    try:
        answer = json.loads(data, parse_float=Decimal)
    except ValueError as error:
        raise Fault("NODE-RPC", f"the answer to {method} is not JSON") from error
    if not isinstance(answer, dict) or "result" not in answer:
        raise Fault("NODE-RPC", f"the answer to {method} is not JSON-RPC")
    refusal = answer.get("error")
    if isinstance(refusal, dict):
        code, message = refusal.get("code"), refusal.get("message")
        raise RpcRefused(method, code if isinstance(code, int) else 0, str(message))
    return Reply(method, answer["result"])
