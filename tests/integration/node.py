"""A real Bitcoin node on regtest, for any test that needs one.

A `bitcoind` on the PATH is used when there is one. Otherwise Debian's own build is unpacked once into
the cache, without root and without installing anything, and runs on its own libraries. That build
follows a forked coin on mainnet, so it serves regtest only.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from strongroom.core.errors import Fault
from strongroom.online.wallets.rpc import CookieFile, RpcClient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

MINER = "miner"
_START_SECONDS = 60.0
_UNHEARD = ("-listen=0", "-networkactive=0")
_OFFLINE = (
    "-connect=0",
    "-dnsseed=0",
    "-fixedseeds=0",
    "-natpmp=0",
    "-discover=0",
    "-listenonion=0",
)


def cache() -> Path:
    default = Path.home() / ".cache" / "strongroom"
    return Path(os.environ.get("STRONGROOM_CACHE", default)) / "node"


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _unpack(cache: Path) -> Path:
    """Debian's node unpacked under `cache`: whole under its final name, or not there at all."""
    root = cache / "sid"
    cache.mkdir(parents=True, exist_ok=True)
    with locked(cache / "lock"):
        if not root.is_dir():
            partial = cache / "sid.partial"
            shutil.rmtree(partial, ignore_errors=True)
            subprocess.run(
                [
                    "mmdebstrap",
                    "--quiet",
                    "--variant=extract",
                    "--include=bitcoin-knots",
                    '--aptopt=Acquire::Check-Valid-Until "false"',
                    '--aptopt=APT::Install-Recommends "false"',
                    "sid",
                    str(partial),
                ],
                check=True,
            )
            partial.rename(root)
    return root


def _node_command() -> list[str]:
    """How to start a node: the one on the PATH, or Debian's with its own dynamic linker."""
    found = shutil.which("bitcoind")
    if found is not None:
        return [found]
    root = _unpack(cache())
    machine = os.uname().machine
    libraries = root / "usr" / "lib" / f"{machine}-linux-gnu"
    linker = next(libraries.glob("ld-linux-*.so.*"))
    return [str(linker), "--library-path", str(libraries), str(root / "usr/bin/bitcoind")]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RegtestNode:
    """A node on a free port of 127.0.0.1 with cookie authentication and a throw-away data folder.

    A context manager: it answers calls on entry and has ended on exit. `mine` and `fund` use a wallet
    of the node's own, named `miner`. Another `chain` than regtest is there to be refused. With `peers`, it
    listens on a second port of 127.0.0.1 for other nodes.
    """

    def __init__(self, *arguments: str, chain: str = "regtest", peers: bool = False) -> None:
        self._arguments = arguments
        self._has_peers = peers
        self.peer_port = 0
        self._chain = chain
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    @property
    def datadir(self) -> Path:
        """The node's data folder."""
        if self._folder is None:
            raise RuntimeError("the node has not been started")
        return Path(self._folder.name)

    @property
    def cookie(self) -> Path:
        """The node's cookie file."""
        folder = "" if self._chain == "main" else self._chain
        return self.datadir / folder / ".cookie"

    @property
    def url(self) -> str:
        """Where the node answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def access(self) -> tuple[str, ...]:
        """The options of `wallet add` that lead here."""
        return ("--node", self.url, "--cookie", str(self.cookie))

    def new_address(self) -> str:
        """A fresh address of the miner's."""
        address: str = self.rpc("getnewaddress", "", "bech32m", wallet=MINER)
        return address

    def confirmations(self, txid: str) -> int:
        """How deep a transaction that pays to the miner is."""
        return int(self.rpc("gettransaction", txid, wallet=MINER)["confirmations"])

    def received(self, address: str) -> str:
        """What confirmed transactions paid to one of the miner's addresses, in bitcoin."""
        return str(self.rpc("getreceivedbyaddress", address, wallet=MINER))

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="strongroom-node-")
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def start(self) -> None:
        """Start the node on a fresh port and wait until it answers."""
        self.port = _free_port()
        command = [
            *_node_command(),
            f"-chain={self._chain}",
            f"-datadir={self.datadir}",
            "-server=1",
            "-rpcbind=127.0.0.1",
            "-rpcallowip=127.0.0.1",
            f"-rpcport={self.port}",
            *_OFFLINE,
            *self._hearing(),
            "-fallbackfee=0.00002",
            *self._arguments,
        ]
        with (self.datadir / "node.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        self._await_answer()
        if MINER not in self.rpc("listwallets"):
            known = {entry["name"] for entry in self.rpc("listwalletdir")["wallets"]}
            self.rpc("loadwallet" if MINER in known else "createwallet", MINER)

    def _hearing(self) -> tuple[str, ...]:
        if not self._has_peers:
            return _UNHEARD
        self.peer_port = _free_port()
        return ("-listen=1", f"-bind=127.0.0.1:{self.peer_port}")

    def _await_answer(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            if self._process is None or self._process.poll() is not None:
                log = (self.datadir / "node.log").read_text(errors="replace")
                raise RuntimeError(f"the node ended at its start:\n{log[-2000:]}")
            try:
                self.rpc("getblockchaininfo")
            except Fault:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return

    def rpc(self, method: str, *params: Any, wallet: str | None = None) -> Any:  # noqa: ANN401
        """The raw result of a call; numbers with a point are `Decimal`."""
        client = RpcClient(self.url, CookieFile(self.cookie), timeout=120.0)
        return client.call(method, *params, wallet=wallet).value

    def mine(self, count: int, address: str | None = None) -> list[str]:
        """Mine `count` blocks to `address`, by default the miner's; their hashes."""
        target = address or self.rpc("getnewaddress", wallet=MINER)
        hashes: list[str] = self.rpc("generatetoaddress", count, target)
        return hashes

    def fund(self, address: str, amount: str) -> str:
        """Pay `amount` bitcoin to `address`, confirmed once; the txid."""
        if self.rpc("getblockcount") <= 100:  # a coinbase matures after one hundred blocks
            self.mine(101)
        txid: str = self.rpc("sendtoaddress", address, amount, wallet=MINER)
        while self.rpc("gettransaction", txid, wallet=MINER)["confirmations"] < 1:
            self.mine(1)
        return txid

    def stop(self) -> None:
        """End the node and wait for it; nothing if it does not run."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
