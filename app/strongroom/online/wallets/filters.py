"""The chain by compact block filters (BIP-157, BIP-158) from any node that serves them, by BDK's client.

The node learns which blocks are of interest, and no address. BDK checks all headers, and the blocks that it
reads.
What a filter client can not know is said, not guessed: fees of others, and payments that no block holds yet.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.errors import Fault
from strongroom.core.network import Network
from strongroom.online.wallets.bdk_calls import load_bdk
from strongroom.online.wallets.bdk_open import GAP
from strongroom.online.wallets.bitcoin_peer import BitcoinPeer
from strongroom.online.wallets.chain_guard import check_software
from strongroom.online.wallets.servers import Header, known_coin

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from strongroom.core.bitcoin.model import OutPoint, TxOutput
    from strongroom.core.descriptor.model import Descriptor
    from strongroom.online.wallets.bdk_wallet import BdkWallet

_IDLE_SECONDS = 120.0
_HEARD_SECONDS = 60.0
_HANDSHAKE_MILLIS, _RESPONSE_MILLIS = 10_000, 60_000
_BACK = 2016


class FilterServer:
    """The node at HOST:PORT (a `place`), through a SOCKS5 proxy if one is given.

    It knows the chain only while it looks for the coins of one wallet: `watched` is set before it is used.
    `report` is told how many percent of the filters are read. Raises NODE-RPC when the node is not there or
    serves no filters, NODE-CHAIN when it says that it follows a fork.
    """

    def __init__(
        self, place: str, socks5: str, descriptor: Descriptor, report: Callable[[float], None]
    ) -> None:
        self.watched: BdkWallet | None = None
        self._bdk = load_bdk()
        self._host, _, port = place.rpartition(":")
        self._host = self._host.strip("[]")
        self._port, self._socks5 = int(port), socks5
        self._descriptor, self._report = descriptor, report
        self._checkpoints: dict[int, str] = {}
        with self._peer() as peer:
            said = peer.introduction
        self.name = f"compact filters of {place} ({said.software})"
        if descriptor.network is Network.MAINNET:
            check_software(said.software)
        if not said.serves_filters:
            raise Fault(
                "NODE-RPC",
                f"the node at {place} ({said.software}) serves no compact filters",
                hint="start it with -blockfilterindex=1 -peerblockfilters=1, or name another",
            )

    def _peer(self) -> BitcoinPeer:
        return BitcoinPeer(self._descriptor.network, self._host, self._port, self._socks5)

    def update(self, wallet: Any) -> None:  # noqa: ANN401 - BDK's Wallet
        """`wallet` knows what the blocks up to the newest one hold for it."""
        asyncio.run(self._update(wallet))
        self._checkpoints = {int(b.height): str(b.hash) for b in wallet.checkpoints()}

    async def _update(self, wallet: Any) -> None:  # noqa: ANN401 - BDK's Wallet
        async with self._client(wallet) as client:
            updating = asyncio.ensure_future(client.update())
            while not updating.done():
                news = asyncio.ensure_future(client.next_info())
                done, _ = await asyncio.wait(
                    {updating, news},
                    timeout=_IDLE_SECONDS,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if news in done and not updating.done():
                    told = news.result()
                    if told.is_PROGRESS():
                        self._report(float(told.filters_downloaded_percent))
                news.cancel()
                if not done:
                    raise self._silent("its filters")
            wallet.apply_update(updating.result())

    @asynccontextmanager
    async def _client(self, wallet: Any) -> AsyncIterator[Any]:  # noqa: ANN401 - BDK's CbfClient
        bdk = self._bdk
        peer = bdk.Peer(address=self._address(self._host), port=self._port, v2_transport=False)
        builder = bdk.CbfBuilder().peers([peer]).only_configured_peers().connections(1)
        builder = builder.configure_timeout_millis(_HANDSHAKE_MILLIS, _RESPONSE_MILLIS)
        builder = builder.scan_type(self._scan(wallet))
        if self._socks5:
            proxy, _, port = self._socks5.rpartition(":")
            builder = builder.socks5_proxy(
                bdk.Socks5Proxy(address=self._address(proxy), port=int(port))
            )
        parts = builder.build(wallet)
        parts.node.run()
        try:
            yield parts.client
        except bdk.CbfError as error:
            raise self._silent("its filters") from error
        finally:
            if parts.node is not None:
                _stop(bdk, parts.client)

    def _scan(self, wallet: Any) -> Any:  # noqa: ANN401 - BDK's ScanType
        """From the last block that the wallet has seen, or from the first that can concern it."""
        bdk = self._bdk
        if int(wallet.latest_checkpoint().height) > 0:
            return bdk.ScanType.SYNC()
        first = bdk.RecoveryPoint.GENESIS_BLOCK()
        if self._descriptor.network is Network.MAINNET:
            if self._descriptor.kind.is_taproot:
                first = bdk.RecoveryPoint.TAPROOT_ACTIVATION()
            elif self._descriptor.kind not in {ScriptKind.PKH, ScriptKind.SH_MULTI}:
                first = bdk.RecoveryPoint.SEGWIT_ACTIVATION()
        return bdk.ScanType.RECOVERY(GAP, first)

    def _address(self, host: str) -> Any:  # noqa: ANN401 - BDK's IpAddress
        """The address of `host`; a name is only resolved here when there is no proxy."""
        try:
            found = ipaddress.ip_address(host)
        except ValueError:
            if self._socks5:
                raise Fault(
                    "NODE-RPC",
                    f"{host!r} would have to be resolved outside of the proxy",
                    hint="give the node and the proxy by their IP addresses",
                ) from None
            found = ipaddress.ip_address(socket.gethostbyname(host))
        if isinstance(found, ipaddress.IPv4Address):
            return self._bdk.IpAddress.from_ipv4(*found.packed)
        return self._bdk.IpAddress.from_ipv6(*(int(part, 16) for part in found.exploded.split(":")))

    def _wallet(self) -> BdkWallet:
        if self.watched is None:
            raise Fault("PROGRAM", "a filter client without a wallet")
        return self.watched

    def tip(self) -> Header:
        """The newest block; its header, with its time, is the peer's, and hashes to what BDK has verified."""
        if not self._checkpoints:
            self._wallet().refresh()
        height = max(self._checkpoints)
        block_hash = self._checkpoints[height]
        with self._peer() as peer:
            return Header(height=height, block_hash=block_hash, raw=peer.header(block_hash))

    def block_hash(self, height: int) -> str:
        """The hash of the block at `height`: one that BDK keeps, or at most 2016 before one."""
        if height == 0:
            return self._descriptor.network.constants.genesis_hash  # BDK's headers begin there
        tip = self.tip()
        above = [known for known in self._checkpoints if known >= height]
        if not above or min(above) - height > _BACK:
            raise Fault(
                "NODE-RPC",
                f"block {height} is not known here: a filter client keeps few, the newest is {tip.height}",
                hint="ask for a block near the newest one, or use a node",
            )
        nearest = min(above)
        found = self._checkpoints[nearest]
        with self._peer() as peer:
            for _ in range(nearest - height):
                found = peer.header(found)[4:36][::-1].hex()
        return found

    def transaction(self, txid: str) -> bytes:
        """None but the wallet's own; raises NODE-RPC."""
        raise Fault(
            "NODE-RPC",
            f"transaction {txid} is not the wallet's, and filters tell of no other",
            hint="use a node or a server for this",
        )

    def output(self, wallet: Any, point: OutPoint) -> TxOutput | None:  # noqa: ANN401 - BDK's Wallet
        """A coin of `wallet` in the blocks; None if it is spent or not there."""
        return known_coin(wallet, point)

    def estimates(self) -> Mapping[int, float]:
        """None: blocks do not say what the next one will cost."""
        return {}

    def send(self, transaction: bytes) -> None:
        """The node has taken `transaction` and passes it on; raises NODE-RPC if it does not in a minute.

        A peer says nothing of what it refuses, so a second connection listens for what it announces.
        """
        made = self._bdk.Transaction(transaction)
        ids = (str(made.compute_txid()), str(made.compute_wtxid()))
        wallet = self._wallet()
        with self._peer() as listening:
            asyncio.run(self._broadcast(wallet.engine(), made))
            wanted = frozenset(bytes.fromhex(text)[::-1] for text in ids)
            if not listening.hears_of(wanted, _HEARD_SECONDS):
                raise Fault(
                    "NODE-RPC",
                    f"{ids[0]} was handed to the node, which has not passed it on in "
                    f"{_HEARD_SECONDS:.0f} seconds; it does not say whether it refuses it",
                    hint="its fee may be too low or a coin spent: see `status`, or send it by another node",
                )
        wallet.remember(transaction, int(time.time()))

    async def _broadcast(self, wallet: Any, transaction: Any) -> None:  # noqa: ANN401 - of BDK
        async with self._client(wallet) as client:
            try:
                await asyncio.wait_for(client.broadcast(transaction), _IDLE_SECONDS)
            except TimeoutError as error:
                raise self._silent("the transaction") from error

    def _silent(self, what: str) -> Fault:
        return Fault(
            "NODE-RPC",
            f"{self.name}: nothing was heard of {what} in {_IDLE_SECONDS:.0f} seconds, or it hung up",
            hint="is the node running, and has it built its index of filters?",
        )


def _stop(bdk: Any, client: Any) -> None:  # noqa: ANN401 - BDK's module and CbfClient
    try:
        client.shutdown()
    except bdk.CbfError:
        return
