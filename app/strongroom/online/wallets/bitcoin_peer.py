"""A word with a Bitcoin node by the peer-to-peer protocol, for what BDK's filter client does not hand out.

That is the header of a block, whose hash BDK has verified, and whether the node passes a transaction on, which
is all that a peer lets know of having taken it. Nothing else is read, and nothing is believed: a header is
compared with the hash that it was asked for.
"""

from __future__ import annotations

import contextlib
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from strongroom.core.bitcoin.codec import Reader, render_var_bytes, sha256d
from strongroom.core.errors import Fault
from strongroom.core.network import Network
from strongroom.core.text import render_visible
from strongroom.online.wallets.tunnel import connect_through

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

_RULE = "NODE-RPC"
_MAGIC = {
    Network.MAINNET: bytes.fromhex("f9beb4d9"),
    Network.TESTNET4: bytes.fromhex("1c163f28"),
    Network.SIGNET: bytes.fromhex("0a03cf40"),
    Network.REGTEST: bytes.fromhex("fabfb5da"),
}
PORTS = {
    Network.MAINNET: 8333,
    Network.TESTNET4: 48333,
    Network.SIGNET: 38333,
    Network.REGTEST: 18444,
}
_PROTOCOL = 70016  # BIP-339, wtxidrelay
_COMPACT_FILTERS = 1 << 6  # BIP-157, NODE_COMPACT_FILTERS
_CAP, _NAME_CAP, _INVENTORY_CAP = 4_000_000, 256, 50_000
_HEADER = 80
_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduction:
    """What a peer says of itself: its software, its services (BIP-157), and the height that it has reached."""

    software: str
    services: int
    height: int

    @property
    def serves_filters(self) -> bool:
        """Whether it offers compact filters."""
        return bool(self.services & _COMPACT_FILTERS)


class BitcoinPeer:
    """A connection to the node at `host`:`port`, through the SOCKS5 proxy `socks5` if one is given.

    A context manager. Raises NODE-RPC when nobody answers, or somebody who speaks for another network.
    """

    def __init__(self, network: Network, host: str, port: int, socks5: str = "") -> None:
        self._magic = _MAGIC[network]
        self._name = f"{host}:{port}"
        try:
            self._socket = connect_through(socks5, host, port, timeout=_SECONDS)
        except OSError as error:
            raise self._fault(f"can not be reached: {error}") from error
        try:
            self.introduction = self._shake_hands()
        except BaseException:
            self._socket.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def header(self, block_hash: str) -> bytes:
        """The 80 bytes that hash to `block_hash`; raises NODE-RPC if the peer has no such block.

        Asked with an empty locator, a node answers with the block that is named as the end.
        """
        stop = bytes.fromhex(block_hash)[::-1]
        self._send("getheaders", _PROTOCOL.to_bytes(4, "little") + b"\x00" + stop)
        for command, payload in self._messages(_SECONDS):
            if command == "headers":
                found = payload[1 : 1 + _HEADER]
                if len(found) == _HEADER and sha256d(found) == stop:
                    return found
                break
        raise self._fault(f"does not give the header of block {block_hash}")

    def hears_of(self, wanted: frozenset[bytes], seconds: float) -> bool:
        """Whether the peer announces one of `wanted` (txids or wtxids) within `seconds`."""
        with contextlib.suppress(Fault):
            for command, payload in self._messages(seconds):
                if command == "inv" and not wanted.isdisjoint(_inventory(payload)):
                    return True
        return False

    def _shake_hands(self) -> Introduction:
        self._send("version", _version())
        introduction = None
        for command, payload in self._messages(_SECONDS):
            if command == "version":
                introduction = _read_version(payload)
                self._send("wtxidrelay", b"")
                self._send("verack", b"")
            elif command == "verack" and introduction is not None:
                return introduction
        raise self._fault("did not finish the greeting")

    def _send(self, command: str, payload: bytes) -> None:
        head = self._magic + command.encode().ljust(12, b"\x00")
        head += len(payload).to_bytes(4, "little") + sha256d(payload)[:4]
        try:
            self._socket.sendall(head + payload)
        except OSError as error:
            raise self._fault(f"ended the connection: {error}") from error

    def _messages(self, seconds: float) -> Iterator[tuple[str, bytes]]:
        """Each message within `seconds`; pings are answered on the way."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._socket.settimeout(left)
            head = self._read(24)
            size = int.from_bytes(head[16:20], "little")
            if head[:4] != self._magic or size > _CAP:
                raise self._fault("does not speak for this network")
            payload = self._read(size)
            if sha256d(payload)[:4] != head[20:]:
                raise self._fault("sent a damaged message")
            command = head[4:16].rstrip(b"\x00").decode("ascii", errors="replace")
            if command == "ping":
                self._send("pong", payload)
            yield command, payload
        raise self._fault(f"did not answer within {seconds:.0f} seconds")

    def _read(self, count: int) -> bytes:
        data = b""
        try:
            while len(data) < count:
                more = self._socket.recv(min(count - len(data), 65536))
                if not more:
                    raise self._fault("ended the connection")
                data += more
        except TimeoutError as error:
            raise self._fault("did not answer in time") from error
        except OSError as error:
            raise self._fault(f"ended the connection: {error}") from error
        return data

    def _fault(self, what: str) -> Fault:
        return Fault(
            _RULE,
            f"the node at {self._name} {what}",
            hint="is it running, of the wallet's network, and does it listen there (-listen, -bind)?",
        )


def _version() -> bytes:
    """A `version` message: no services, no height, transactions wanted."""
    nobody = bytes(8) + bytes(10) + b"\xff\xff" + bytes(4) + bytes(2)
    return b"".join(
        (
            _PROTOCOL.to_bytes(4, "little"),
            bytes(8),
            int(time.time()).to_bytes(8, "little"),
            nobody,
            nobody,
            secrets.token_bytes(8),
            render_var_bytes(b"/strongroom/"),
            bytes(4),
            b"\x01",
        )
    )


def _read_version(payload: bytes) -> Introduction:
    reader = Reader(payload, rule=_RULE)
    reader.u32()
    services = reader.u64()
    reader.take(8 + 26 + 26 + 8)
    name = reader.take(min(reader.compact_size(), _NAME_CAP))
    return Introduction(
        software=render_visible(name.decode("ascii", errors="replace"), cap=_NAME_CAP),
        services=services,
        height=reader.u32(),
    )


def _inventory(payload: bytes) -> set[bytes]:
    reader = Reader(payload, rule=_RULE)
    found = set()
    for _ in range(min(reader.compact_size(), _INVENTORY_CAP)):
        reader.u32()
        found.add(reader.take(32))
    return found
