"""A way through a SOCKS5 proxy for clients that know HTTP proxies only, as BDK's of Esplora does.

It listens on a free port of 127.0.0.1, takes CONNECT (RFC 9110, 9.3.6), and passes it on as SOCKS5 (RFC 1928,
without authentication). Names go to the proxy as they are: nothing is resolved here.

BDK's clients say little or the wrong thing of a proxy that does not lead on, so the way is tried first.
"""

from __future__ import annotations

import contextlib
import re
import socket
import socketserver
import threading

from strongroom.core.errors import Fault

_CONNECT = re.compile(rb"CONNECT ([A-Za-z0-9.\-]{1,253}):(\d{1,5}) HTTP/1\.[01]\r\n")
_HEAD_CAP, _CHUNK, _SECONDS = 8192, 65536, 60.0
_REPLY_ADDRESSES = {1: 4, 4: 16}
_NAME = 3
_VERSION, _WITHOUT_CREDENTIALS = 5, b"\x05\x00"
_REFUSALS = {  # RFC 1928, 6
    2: "its rules do not allow it",
    3: "that network can not be reached",
    4: "that host can not be reached, or its name is not known",
    5: "nobody listens there",
    6: "it took too long on the way",
    8: "it takes no such address",
}


class SocksTunnel:
    """An HTTP proxy of this process that leads through the SOCKS5 proxy at `socks5` (HOST:PORT)."""

    def __init__(self, socks5: str) -> None:
        host, _, port = socks5.rpartition(":")
        upstream = (host, int(port))

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    _serve(self.request, upstream)

        self._tcp = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._tcp.daemon_threads = True
        threading.Thread(target=self._tcp.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """The address of the HTTP proxy."""
        return f"http://127.0.0.1:{self._tcp.server_address[1]}"


def _serve(client: socket.socket, upstream: tuple[str, int]) -> None:
    client.settimeout(_SECONDS)
    head = b""
    while b"\r\n\r\n" not in head and len(head) < _HEAD_CAP:
        data = client.recv(_CHUNK)
        if not data:
            return
        head += data
    found = _CONNECT.match(head)
    if found is None:
        client.sendall(b"HTTP/1.1 405 Method Not Allowed\r\n\r\n")
        return
    try:
        server = _connected(upstream, found[1], int(found[2]), _SECONDS)
    except OSError:
        client.sendall(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
        return
    with server:
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        back = threading.Thread(target=_pass_on, args=(server, client), daemon=True)
        back.start()
        _pass_on(client, server)
        back.join()


def connect_through(socks5: str, host: str, port: int, *, timeout: float) -> socket.socket:
    """A connection to `host`:`port`, by the SOCKS5 proxy at `socks5` unless that is empty; raises OSError."""
    if not socks5:
        return socket.create_connection((host, port), timeout=timeout)
    proxy, _, proxy_port = socks5.rpartition(":")
    return _connected((proxy, int(proxy_port)), host.encode("ascii"), port, timeout)


def check_way(socks5: str, host: str, port: int) -> None:
    """The SOCKS5 proxy at `socks5` connects to `host`:`port`; NODE-RPC with its reason if not."""
    try:
        connect_through(socks5, host, port, timeout=_SECONDS).close()
    except OSError as error:
        raise Fault(
            "NODE-RPC",
            f"{host}:{port} can not be reached: {error}",
            hint="is the proxy running without a password (as Tor's is), and is the server's address right?",
        ) from error


def _connected(upstream: tuple[str, int], host: bytes, port: int, timeout: float) -> socket.socket:
    proxy = f"the proxy {upstream[0]}:{upstream[1]}"
    try:
        server = socket.create_connection(upstream, timeout=timeout)
    except OSError as error:
        raise OSError(f"{proxy} does not answer: {error.strerror or error}") from error
    try:
        _ask(server, host, port)
    except OSError as error:
        server.close()
        is_late = isinstance(error, TimeoutError)
        why = f"did not answer within {timeout:.0f} seconds" if is_late else error
        raise OSError(f"{proxy} {why}") from error
    return server


def _ask(server: socket.socket, host: bytes, port: int) -> None:
    """Have the SOCKS5 proxy connect to `host`; raises OSError with its reason."""
    server.sendall(b"\x05\x01\x00")
    greeting = _read(server, 2)
    if greeting[0] != _VERSION:
        raise OSError("does not speak SOCKS5")
    if greeting != _WITHOUT_CREDENTIALS:
        raise OSError("wants a user and a password, which Strongroom does not give")
    place = bytes((_NAME, len(host))) + host + (port & 0xFFFF).to_bytes(2, "big")
    server.sendall(b"\x05\x01\x00" + place)
    _, status, _, kind = _read(server, 4)
    size = _read(server, 1)[0] if kind == _NAME else _REPLY_ADDRESSES.get(kind, 4)
    _read(server, size + 2)
    if status != 0:
        raise OSError(f"does not connect: {_REFUSALS.get(status, f'it says error {status}')}")


def _read(source: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = source.recv(count - len(data))
        if not more:
            raise OSError("ended the connection")
        data += more
    return data


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(_CHUNK):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
