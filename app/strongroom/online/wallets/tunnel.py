"""A way through a SOCKS5 proxy for clients that know HTTP proxies only, as BDK's of Esplora does.

It listens on a free port of 127.0.0.1, takes CONNECT (RFC 9110, 9.3.6), and passes it on as SOCKS5 (RFC 1928,
without authentication). Names go to the proxy as they are: nothing is resolved here.
"""

from __future__ import annotations

import contextlib
import re
import socket
import socketserver
import threading

_CONNECT = re.compile(rb"CONNECT ([A-Za-z0-9.\-]{1,253}):(\d{1,5}) HTTP/1\.[01]\r\n")
_HEAD_CAP, _CHUNK, _SECONDS = 8192, 65536, 60.0
_REPLY_ADDRESSES = {1: 4, 4: 16}
_NAME = 3


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


def _connected(upstream: tuple[str, int], host: bytes, port: int, timeout: float) -> socket.socket:
    server = socket.create_connection(upstream, timeout=timeout)
    if not _ask(server, host, port):
        server.close()
        raise OSError("the proxy does not connect there")
    return server


def _ask(server: socket.socket, host: bytes, port: int) -> bool:
    """Whether the SOCKS5 proxy has connected to `host`."""
    server.sendall(b"\x05\x01\x00")
    if _read(server, 2) != b"\x05\x00":
        return False
    place = bytes((_NAME, len(host))) + host + (port & 0xFFFF).to_bytes(2, "big")
    server.sendall(b"\x05\x01\x00" + place)
    _, status, _, kind = _read(server, 4)
    size = _read(server, 1)[0] if kind == _NAME else _REPLY_ADDRESSES.get(kind, 4)
    _read(server, size + 2)
    return status == 0


def _read(source: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = source.recv(count - len(data))
        if not more:
            raise OSError("the proxy ended the connection")
        data += more
    return data


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(_CHUNK):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
