"""A SOCKS5 proxy on 127.0.0.1 that counts what goes through it (RFC 1928, no authentication, CONNECT only).

It can also be one that does not lead on: with another greeting, or a status that is not 0.
"""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading

from tests.embedded.loopback import LoopbackServer

_NAME = 3
_WELCOME = b"\x05\x00"


class SocksProxy(LoopbackServer):
    """Passes connections on; `targets` are the HOST:PORT that were asked for."""

    def __init__(self, greeting: bytes = _WELCOME, status: int = 0) -> None:
        self._greeting, self._status = greeting, status
        self.targets: list[str] = []
        proxy = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                proxy.serve(self.request)

        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        super().__init__(server)

    @property
    def address(self) -> str:
        """HOST:PORT of the proxy."""
        return f"127.0.0.1:{self.port}"

    def serve(self, client: socket.socket) -> None:
        """One connection: greeting, request, and then bytes both ways."""
        _, methods = client.recv(2)
        client.recv(methods)
        client.sendall(self._greeting)
        if self._greeting != _WELCOME:
            with contextlib.suppress(OSError):
                client.recv(1)  # until the other side has had enough
            return
        kind = client.recv(4)[3]
        size = client.recv(1)[0] if kind == _NAME else 4
        raw = client.recv(size)
        host = raw.decode() if kind == _NAME else socket.inet_ntoa(raw)
        port = int.from_bytes(client.recv(2), "big")
        self.targets.append(f"{host}:{port}")
        if self._status != 0:
            client.sendall(bytes((5, self._status, 0, 1)) + bytes(6))
            return
        with socket.create_connection((host, port)) as target:
            client.sendall(b"\x05\x00\x00\x01" + bytes(6))
            back = threading.Thread(target=_pass_on, args=(target, client), daemon=True)
            back.start()
            _pass_on(client, target)
            back.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
