"""Servers that tell what is in the chain: Esplora over HTTP, Electrum over TCP or TLS; one small port."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from strongroom.core.bitcoin.codec import sha256d
from strongroom.core.bitcoin.model import OutPoint, TxOutput
from strongroom.core.bitcoin.transaction import parse_transaction, render_txid, transaction_id
from strongroom.core.errors import Fault, Violation
from strongroom.core.money import Sats
from strongroom.online.wallets.bdk_calls import load_bdk, patiently
from strongroom.online.wallets.tunnel import SocksTunnel, check_way

if TYPE_CHECKING:
    from collections.abc import Mapping

_SCAN_SECONDS = 3600.0
_STOP_GAP, _AT_ONCE, _BATCH = 50, 4, 25
_TIMEOUT_SECONDS, _RETRIES = 30, 2
_PORTS = {"http": 80, "https": 443}  # Electrum's have none of their own, and are always given


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The newest block, its hash as people see it, and the 80 bytes of its header."""

    height: int
    block_hash: str
    raw: bytes


class Server(Protocol):
    """What is asked of a server, whichever protocol it speaks."""

    name: str

    def update(self, wallet: Any) -> None:  # noqa: ANN401 - BDK's Wallet
        """`wallet` knows what the server does of all its addresses."""

    def tip(self) -> Header:
        """The newest block."""

    def block_hash(self, height: int) -> str:
        """The hash of the block at `height`."""

    def transaction(self, txid: str) -> bytes:
        """A transaction by its id."""

    def output(self, wallet: Any, point: OutPoint) -> TxOutput | None:  # noqa: ANN401 - BDK's Wallet
        """A coin of `wallet` as the server has it; None if it says that it is spent."""

    def estimates(self) -> Mapping[int, float]:
        """Feerates in sat/vB by the number of blocks that they aim at."""

    def send(self, transaction: bytes) -> None:
        """Hand a transaction to the network."""


class EsploraServer:
    """An Esplora server at `url` (http or https), through a SOCKS5 proxy if one is given."""

    def __init__(self, url: str, socks5: str) -> None:
        self.name = f"Esplora at {url}"
        _check_proxy(socks5, url)
        self._bdk = load_bdk()
        # BDK's client knows HTTP proxies only
        self._client = self._bdk.EsploraClient(url, SocksTunnel(socks5).url if socks5 else None)

    def update(self, wallet: Any) -> None:  # noqa: ANN401 - BDK's Wallet
        """`wallet` knows what the server does of all its addresses."""
        found = patiently(
            "looking for coins",
            lambda: self._client.full_scan(wallet.start_full_scan().build(), _STOP_GAP, _AT_ONCE),
            timeout=_SCAN_SECONDS,
        )
        wallet.apply_update(found)

    def tip(self) -> Header:
        """The newest block."""
        height = int(patiently("the tip", self._client.get_height))
        block_hash = self.block_hash(height)
        header = patiently(
            "a block header",
            lambda: self._client.get_header_by_hash(self._bdk.BlockHash.from_string(block_hash)),
        )
        return Header(height=height, block_hash=block_hash, raw=render_header(header))

    def block_hash(self, height: int) -> str:
        """The hash of the block at `height`."""
        return str(patiently("a block hash", lambda: self._client.get_block_hash(height)))

    def transaction(self, txid: str) -> bytes:
        """A transaction by its id; raises NODE-RPC if the server has none."""
        wanted = self._bdk.Txid.from_string(txid)
        found = patiently("a transaction", lambda: self._client.get_tx_no_opt(wanted))
        return bytes(found.serialize())

    def output(self, wallet: Any, point: OutPoint) -> TxOutput | None:  # noqa: ANN401 - BDK's Wallet
        """A coin of `wallet` as the server has it; None if it says that it is spent."""
        del wallet  # asked of one output alone
        txid = render_txid(point.txid)
        wanted = self._bdk.Txid.from_string(txid)
        status = patiently("a coin", lambda: self._client.get_output_status(wanted, point.vout))
        if status is not None and status.spent:
            return None
        return output_of(self.transaction(txid), point)

    def estimates(self) -> Mapping[int, float]:
        """Feerates in sat/vB by the number of blocks that they aim at."""
        found: Mapping[int, float] = patiently("fees", self._client.get_fee_estimates)
        return found

    def send(self, transaction: bytes) -> None:
        """Hand a transaction to the network; raises NODE-RPC with the server's reason."""
        wanted = self._bdk.Transaction(transaction)
        patiently("broadcasting", lambda: self._client.broadcast(wanted))


class ElectrumServer:
    """An Electrum server at `url` (tcp:// or ssl://), its certificate checked, through SOCKS5 if given."""

    def __init__(self, url: str, socks5: str) -> None:
        self.name = f"Electrum at {url}"
        _check_proxy(socks5, url)
        self._bdk = load_bdk()
        self._client = patiently(
            "connecting",
            lambda: self._bdk.ElectrumClient(
                url, socks5 or None, _TIMEOUT_SECONDS, _RETRIES, validate_domain=True
            ),
        )

    def update(self, wallet: Any) -> None:  # noqa: ANN401 - BDK's Wallet
        """`wallet` knows what the server does of all its addresses."""
        found = patiently(
            "looking for coins",
            lambda: self._client.full_scan(
                wallet.start_full_scan().build(),
                _STOP_GAP,
                _BATCH,
                True,  # noqa: FBT003 - previous outputs too, so that fees are known
            ),
            timeout=_SCAN_SECONDS,
        )
        wallet.apply_update(found)

    def tip(self) -> Header:
        """The newest block."""
        found = patiently("the tip", self._client.block_headers_subscribe)
        raw = render_header(found.header)
        return Header(height=int(found.height), block_hash=hash_of(raw), raw=raw)

    def block_hash(self, height: int) -> str:
        """The hash of the block at `height`."""
        header = patiently("a block header", lambda: self._client.block_header(height))
        return hash_of(render_header(header))

    def transaction(self, txid: str) -> bytes:
        """A transaction by its id; raises NODE-RPC if the server has none."""
        wanted = self._bdk.Txid.from_string(txid)
        return bytes(patiently("a transaction", lambda: self._client.fetch_tx(wanted)).serialize())

    def output(self, wallet: Any, point: OutPoint) -> TxOutput | None:  # noqa: ANN401 - BDK's Wallet
        """A coin of `wallet` as the server has it; None if it says that it is spent."""
        return known_coin(wallet, point)

    def estimates(self) -> Mapping[int, float]:
        """Feerates in sat/vB by the number of blocks that they aim at."""
        found = {}
        for target in (2, 6, 25, 144):
            estimate = patiently("fees", lambda t=target: self._client.estimate_fee(t))  # type: ignore[misc]
            if estimate > 0:  # Electrum answers -1 when it does not know
                found[target] = estimate * 100_000  # BTC/kvB
        return found

    def send(self, transaction: bytes) -> None:
        """Hand a transaction to the network; raises NODE-RPC with the server's reason."""
        wanted = self._bdk.Transaction(transaction)
        patiently("broadcasting", lambda: self._client.transaction_broadcast(wanted))


def _check_proxy(socks5: str, url: str) -> None:
    """The proxy, if there is one, leads to the server; NODE-RPC else."""
    if socks5:
        parts = urlsplit(url)
        check_way(socks5, parts.hostname or "", parts.port or _PORTS[parts.scheme])


def render_header(header: Any) -> bytes:  # noqa: ANN401 - BDK's Header
    """The 80 bytes of a header (its hashes are bytes or hex as people see them)."""
    return b"".join(
        (
            int(header.version).to_bytes(4, "little", signed=True),
            bytes.fromhex(str(header.prev_blockhash))[::-1],
            bytes.fromhex(str(header.merkle_root))[::-1],
            int(header.time).to_bytes(4, "little"),
            int(header.bits).to_bytes(4, "little"),
            int(header.nonce).to_bytes(4, "little"),
        )
    )


def hash_of(header: bytes) -> str:
    """A block's hash as people see it."""
    return sha256d(header)[::-1].hex()


def known_coin(wallet: Any, point: OutPoint) -> TxOutput | None:  # noqa: ANN401 - BDK's Wallet
    """The coin at `point` among the unspent ones of `wallet`, for servers that tell by address."""
    bdk = load_bdk()
    txid = bdk.Txid.from_string(render_txid(point.txid))
    found = wallet.get_utxo(bdk.OutPoint(txid=txid, vout=point.vout))
    if found is None:
        return None
    return TxOutput(Sats(found.txout.value.to_sat()), bytes(found.txout.script_pubkey.to_bytes()))


def output_of(raw: bytes, point: OutPoint) -> TxOutput | None:
    """The output that `point` names in the transaction `raw`, whose id is checked; NODE-RPC else."""
    transaction = parse_transaction(raw, rule="NODE-RPC")
    if transaction_id(transaction) != point.txid:
        raise Violation("NODE-RPC", f"the server answers another transaction than {point}")
    return transaction.outputs[point.vout] if point.vout < len(transaction.outputs) else None


def estimated_rate(server: Server, target_blocks: int) -> int:
    """Thousandths of sat/vB that confirm within `target_blocks`; NODE-RPC without an estimate."""
    found = server.estimates()
    fitting = [rate for target, rate in sorted(found.items()) if target <= target_blocks]
    if not fitting:
        raise Fault(
            "NODE-RPC", f"{server.name} can not estimate a fee", hint="give one with --fee-rate"
        )
    return max(1, round(fitting[-1] * 1000))
