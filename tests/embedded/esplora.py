"""An Esplora server on 127.0.0.1 over an embedded chain: the part of its HTTP API that wallets use.

One thread serves, one lock guards the chain; whoever changes the chain holds it.
"""

from __future__ import annotations

import hashlib
import json
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from strongroom.core.bitcoin.codec import sha256d
from strongroom.core.bitcoin.model import OutPoint
from strongroom.core.bitcoin.transaction import render_transaction, transaction_id
from tests.embedded.chain import Entry, RefusedError
from tests.embedded.loopback import LoopbackServer

if TYPE_CHECKING:
    from tests.embedded.chain import EmbeddedChain

PAGE = 25
NULL = bytes(32)


class EsploraServer(LoopbackServer):
    """Serves `chain` until it is left; `changes` may alter an answer on its way out, by path."""

    def __init__(self, chain: EmbeddedChain) -> None:
        self.chain = chain
        self.lock = threading.RLock()
        self.changes: dict[str, Any] = {}
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.answer(self, lambda: server.get(self.path))

            def do_POST(self) -> None:
                size = int(self.headers.get("Content-Length", "0"))
                body = self.rfile.read(size).decode()
                server.answer(self, lambda: server.post(self.path, body))

            def log_message(self, *_arguments: object) -> None:
                """Nothing is logged."""

        super().__init__(ThreadingHTTPServer(("127.0.0.1", 0), Handler))

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def answer(self, handler: BaseHTTPRequestHandler, find: Any) -> None:  # noqa: ANN401
        """Send what `find` gives: text, bytes or JSON; 404 for what is not there, 400 for what is refused."""
        try:
            with self.lock:
                found = find()
            status = HTTPStatus.OK
        except (KeyError, IndexError, ValueError):
            found, status = "not found", HTTPStatus.NOT_FOUND
        except RefusedError as error:
            found, status = f"sendrawtransaction RPC error: {error}", HTTPStatus.BAD_REQUEST
        data = found if isinstance(found, bytes) else str(found).encode()
        if isinstance(found, dict | list):
            data = json.dumps(found).encode()
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def post(self, path: str, body: str) -> str:
        """POST /tx."""
        if path != "/tx":
            raise KeyError(path)
        return self.chain.send(bytes.fromhex(body))

    def get(self, path: str) -> Any:  # noqa: ANN401 - text, bytes or JSON
        """What a GET of `path` answers."""
        if path in self.changes:
            return self.changes[path]
        found: Any = None
        match path.strip("/").split("/"):
            case ["blocks", "tip", what]:
                height = self.chain.height
                found = {"height": str(height), "hash": self.chain.hash_at(height)}.get(what)
            case ["blocks", *rest]:
                top = int(rest[0]) if rest else self.chain.height
                found = [self._summary(h) for h in range(top, max(-1, top - 10), -1)]
            case ["block-height", height]:
                found = self.chain.hash_at(int(height))
            case ["block", block, *what]:
                found = self._block(block, what)
            case ["fee-estimates"]:
                found = {str(target): 2.0 for target in (1, 2, 3, 6, 10, 25, 144, 504, 1008)}
            case ["scripthash", digest, "txs", *rest]:
                found = self._script_txs(digest, rest)
            case ["tx", txid, *what]:
                found = self._transaction(txid, what)
        if found is None:
            raise KeyError(path)
        return found

    def _heights(self) -> dict[str, int]:
        return {sha256d(h)[::-1].hex(): n for n, h in enumerate(self.chain.headers)}

    def _summary(self, height: int) -> dict[str, Any]:
        header = self.chain.headers[height]
        return {
            "id": self.chain.hash_at(height),
            "height": height,
            "version": int.from_bytes(header[:4], "little"),
            "timestamp": int.from_bytes(header[68:72], "little"),
            "mediantime": int.from_bytes(header[68:72], "little"),
            "bits": int.from_bytes(header[72:76], "little"),
            "nonce": int.from_bytes(header[76:80], "little"),
            "difficulty": 0.0,
            "tx_count": 1,
            "size": 300,
            "weight": 1200,
            "previousblockhash": self.chain.hash_at(height - 1) if height else None,
            "merkle_root": header[36:68][::-1].hex(),
        }

    def _block(self, block: str, what: list[str]) -> Any:  # noqa: ANN401 - text or JSON
        height = self._heights()[block]
        if what == ["header"]:
            return self.chain.headers[height].hex()
        if what == ["status"]:
            following = self.chain.hash_at(height + 1) if height < self.chain.height else None
            return {"in_best_chain": True, "height": height, "next_best": following}
        return self._summary(height)

    def _script_txs(self, digest: str, rest: list[str]) -> list[dict[str, Any]]:
        found = [e for e in self.chain.entries.values() if self._touches(e, digest)]
        pool = [e for e in found if e.height is None]
        mined = sorted((e for e in found if e.height is not None), key=lambda e: -(e.height or 0))
        if rest[:1] == ["chain"]:
            pool = []
            if len(rest) > 1:
                ids = [transaction_id(e.transaction)[::-1].hex() for e in mined]
                mined = mined[ids.index(rest[1]) + 1 :]
        return [self._info(e) for e in (*pool, *mined[:PAGE])]

    def _touches(self, entry: Entry, digest: str) -> bool:
        scripts = [output.script for output in entry.transaction.outputs]
        for given in entry.transaction.inputs:
            spent = self.chain.output(given.outpoint)
            if spent is not None:
                scripts.append(spent.script)
        return any(hashlib.sha256(script).hexdigest() == digest for script in scripts)

    def _transaction(self, txid: str, what: list[str]) -> Any:  # noqa: ANN401 - text, bytes or JSON
        entry = self.chain.entries[bytes.fromhex(txid)[::-1]]
        match what:
            case []:
                return self._info(entry)
            case ["raw"]:
                return entry.raw
            case ["hex"]:
                return entry.raw.hex()
            case ["status"]:
                return self._status(entry)
            case ["outspend", vout]:
                spender = self.chain.spenders.get(OutPoint(bytes.fromhex(txid)[::-1], int(vout)))
                if spender is None:
                    return {"spent": False}
                spending = self.chain.entries[spender]
                return {
                    "spent": True,
                    "txid": spender[::-1].hex(),
                    "vin": 0,
                    "status": self._status(spending),
                }
        raise KeyError(what)

    def _status(self, entry: Entry) -> dict[str, Any]:
        if entry.height is None:
            return {"confirmed": False}
        time = int.from_bytes(self.chain.headers[entry.height][68:72], "little")
        return {
            "confirmed": True,
            "block_height": entry.height,
            "block_hash": self.chain.hash_at(entry.height),
            "block_time": time,
        }

    def _info(self, entry: Entry) -> dict[str, Any]:
        transaction = entry.transaction
        base = len(render_transaction(transaction, witness=False))
        return {
            "txid": transaction_id(transaction)[::-1].hex(),
            "version": transaction.version,
            "locktime": transaction.locktime,
            "size": len(entry.raw),
            "weight": base * 3 + len(entry.raw),
            "fee": entry.fee,
            "vin": [
                {
                    "txid": given.outpoint.txid[::-1].hex(),
                    "vout": given.outpoint.vout,
                    "prevout": self._output(self.chain.output(given.outpoint)),
                    "scriptsig": given.script_sig.hex(),
                    "scriptsig_asm": "",
                    "witness": [item.hex() for item in given.witness],
                    "is_coinbase": given.outpoint.txid == NULL,
                    "sequence": given.sequence,
                }
                for given in transaction.inputs
            ],
            "vout": [self._output(output) for output in transaction.outputs],
            "status": self._status(entry),
        }

    def _output(self, output: Any) -> dict[str, Any] | None:  # noqa: ANN401 - a TxOutput or None
        if output is None:
            return None
        return {"scriptpubkey": output.script.hex(), "scriptpubkey_asm": "", "value": output.amount}
