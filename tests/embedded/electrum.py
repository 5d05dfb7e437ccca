"""An Electrum server on 127.0.0.1 over an embedded chain: the part of protocol 1.4 that wallets use, by TCP.

One JSON object a line. Script hashes are SHA-256 of the script in reverse, as ElectrumX has them.
"""

from __future__ import annotations

import hashlib
import json
import socketserver
import threading
from typing import TYPE_CHECKING, Any

from strongroom.core.bitcoin.codec import sha256d
from strongroom.core.bitcoin.model import OutPoint, Transaction, TxInput, TxOutput
from strongroom.core.bitcoin.transaction import render_transaction, transaction_id
from strongroom.core.money import Sats
from tests.embedded.chain import Entry, RefusedError
from tests.embedded.loopback import LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.embedded.chain import EmbeddedChain


class ElectrumServer(LoopbackServer):
    """Serves `chain` until it is left; `lock` is held by whoever changes the chain."""

    def __init__(self, chain: EmbeddedChain, lock: threading.RLock) -> None:
        self.chain, self.lock = chain, lock
        self.pretended: dict[bytes, Entry] = {}
        server = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                for line in self.rfile:
                    asked = json.loads(line)
                    batch = asked if isinstance(asked, list) else [asked]
                    answers = [server.answer(item) for item in batch]
                    shown = answers if isinstance(asked, list) else answers[0]
                    self.wfile.write(json.dumps(shown).encode() + b"\n")

        super().__init__(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler))
        self._server.daemon_threads = True

    def pretend_spent(self, point: OutPoint) -> None:
        """The server tells of an unconfirmed transaction that spends `point`, which nobody else knows."""
        transaction = Transaction(
            version=2,
            inputs=(TxInput(point, 0xFFFF_FFFD),),
            outputs=(TxOutput(Sats(1000), b"\x51\x20" + bytes(32)),),
            locktime=0,
        )
        txid, raw = transaction_id(transaction), render_transaction(transaction)
        self.pretended[txid] = Entry(raw=raw, transaction=transaction, fee=1000, height=None)

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The answer to one request."""
        head = {"jsonrpc": "2.0", "id": asked["id"]}
        try:
            with self.lock:
                return {**head, "result": self._result(asked["method"], asked["params"])}
        except (KeyError, RefusedError) as error:
            return {**head, "error": {"code": 1, "message": str(error)}}

    def _result(self, method: str, params: list[Any]) -> Any:  # noqa: ANN401 - whatever JSON it is
        chain = self.chain
        answers: dict[str, Callable[[], Any]] = {
            "server.version": lambda: ["embedded 1", "1.4"],
            "server.ping": list,
            "blockchain.estimatefee": lambda: 0.00002,
            "blockchain.relayfee": lambda: 0.00001,
            "blockchain.headers.subscribe": lambda: {
                "height": chain.height,
                "hex": chain.headers[-1].hex(),
            },
            "blockchain.block.header": lambda: bytes.hex(chain.headers[params[0]]),
            "blockchain.transaction.get": lambda: bytes.hex(self._entry(params[0]).raw),
            "blockchain.transaction.broadcast": lambda: chain.send(bytes.fromhex(params[0])),
            "blockchain.transaction.get_merkle": lambda: self._merkle(params[0]),
            "blockchain.scripthash.subscribe": lambda: None,
            "blockchain.scripthash.get_history": lambda: self._history(params[0]),
            "blockchain.block.headers": lambda: self._headers(params[0], params[1]),
        }
        return answers[method]()

    def _entry(self, txid: str) -> Entry:
        return {**self.chain.entries, **self.pretended}[bytes.fromhex(txid)[::-1]]

    def _headers(self, start: int, count: int) -> dict[str, Any]:
        found = self.chain.headers[start : start + count]
        return {"count": len(found), "hex": b"".join(found).hex(), "max": 2016}

    def _history(self, digest: str) -> list[dict[str, Any]]:
        wanted = bytes.fromhex(digest)[::-1]
        found = []
        for txid, entry in (*self.chain.entries.items(), *self.pretended.items()):
            spent = [self.chain.output(given.outpoint) for given in entry.transaction.inputs]
            outputs = [*entry.transaction.outputs, *(o for o in spent if o is not None)]
            if any(hashlib.sha256(o.script).digest() == wanted for o in outputs):
                height = 0 if entry.height is None else entry.height
                found.append({"tx_hash": txid[::-1].hex(), "height": height, "fee": entry.fee})
        return found

    def _merkle(self, txid: str) -> dict[str, Any]:
        entry = self._entry(txid)
        if entry.height is None:
            raise KeyError("not in a block")
        level = self.chain.blocks[entry.height]
        place = level.index(bytes.fromhex(txid)[::-1])
        position, branch = place, []
        while len(level) > 1:
            if len(level) % 2:
                level = [*level, level[-1]]
            branch.append(level[place ^ 1][::-1].hex())
            level = [sha256d(level[i] + level[i + 1]) for i in range(0, len(level), 2)]
            place //= 2
        return {"block_height": entry.height, "merkle": branch, "pos": position}
