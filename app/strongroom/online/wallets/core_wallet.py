"""A watch-only wallet on a Bitcoin Core node: the node looks for coins and hands out addresses."""

from __future__ import annotations

import base64
import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from strongroom.core.bitcoin.model import OutPoint, ScriptKind, TxOutput
from strongroom.core.bitcoin.transaction import render_txid
from strongroom.core.descriptor.checksum import descriptor_checksum
from strongroom.core.descriptor.places import find_place
from strongroom.core.errors import Fault, Violation
from strongroom.core.psbt.convert import render_as
from strongroom.core.psbt.reader import parse_psbt
from strongroom.online.wallets.core_funding import bump, fund
from strongroom.online.wallets.port import (
    Balance,
    Coin,
    NewAddress,
    PastTransaction,
    PoolEntry,
)
from strongroom.online.wallets.rpc import NOT_FOUND, WALLET_NOT_FOUND, RpcRefused

if TYPE_CHECKING:
    from collections.abc import Callable

    from strongroom.core.descriptor.model import Descriptor
    from strongroom.online.wallets.port import Spending
    from strongroom.online.wallets.reply import Json, Reply
    from strongroom.online.wallets.rpc import RpcClient

_RANGE = 1000
_WEEK = 7 * 24 * 3600.0
_BRANCHES = re.compile(r"/<(\d+);(\d+)>/")
_INDEX = re.compile(r"/(\d+)/(\d+)\]")
_ADDRESS_TYPES = {
    ScriptKind.PKH: "legacy",
    ScriptKind.SH_MULTI: "legacy",
    ScriptKind.SH_WPKH: "p2sh-segwit",
    ScriptKind.SH_WSH_MULTI: "p2sh-segwit",
    ScriptKind.WPKH: "bech32",
    ScriptKind.WSH_MULTI: "bech32",
    ScriptKind.TR: "bech32m",
    ScriptKind.SH_WSH_SCRIPT: "p2sh-segwit",
    ScriptKind.WSH_SCRIPT: "bech32",
    ScriptKind.TR_TREE: "bech32m",
}


def branch_text(descriptor: Descriptor, branch: int) -> str:
    """The descriptor of one branch, with its checksum: nodes before 29 know no multipath (BIP-389)."""
    body = _BRANCHES.sub(lambda found: f"/{found[branch + 1]}/", descriptor.text.split("#")[0])
    return f"{body}#{descriptor_checksum(body)}"


@dataclass(frozen=True, slots=True)
class CoreWallet:
    """A watch-only descriptor wallet on a Bitcoin Core node."""

    rpc: RpcClient
    name: str
    descriptor: Descriptor

    @property
    def _address_type(self) -> str:
        return _ADDRESS_TYPES[self.descriptor.kind]

    def call(self, method: str, *params: Json, named: dict[str, Json] | None = None) -> Reply:
        """A call on this wallet, which is loaded first if the node has put it away."""
        try:
            return self.rpc.call(method, *params, wallet=self.name, named=named)
        except RpcRefused as refused:
            if refused.code != WALLET_NOT_FOUND:
                raise
        self.rpc.call("loadwallet", self.name)
        return self.rpc.call(method, *params, wallet=self.name, named=named)

    def create(self, *, since: int | None, progress: Callable[[float], None]) -> None:
        """Make the wallet and look for its coins from block `since` on (None: from now on)."""
        self._make()
        timestamp: Json = "now"
        if since is not None:
            block = self.rpc.call("getblockhash", since).text()
            timestamp = self.rpc.call("getblockheader", block).at("time").integer()
        wanted: list[Json] = [
            {
                "desc": branch_text(self.descriptor, branch),
                "active": True,
                "internal": branch == 1,
                "range": [0, max(_RANGE - 1, self._watched_to(branch))],
                "timestamp": timestamp,
            }
            for branch in (0, 1)
        ]
        for answer in self._scan(wanted, progress).items():
            if not answer.at("success").flag():
                reason = answer.at("error").at("message").text()
                raise Fault("NODE-RPC", f"the node does not take the descriptor: {reason}")

    def _make(self) -> None:
        """A blank wallet without private keys; one that an earlier try left behind is taken up."""
        try:
            self.rpc.call(
                "createwallet",
                named={
                    "wallet_name": self.name,
                    "disable_private_keys": True,
                    "blank": True,
                    "descriptors": True,
                    "load_on_startup": True,
                },
            )
        except RpcRefused as refused:
            if "already exists" not in refused.reason:
                raise
            if self.call("getwalletinfo").at("private_keys_enabled").flag():
                raise Fault(
                    "NODE-RPC",
                    f"the node has a wallet {self.name!r} with private keys, which is not ours",
                    hint="rename or remove that wallet on the node",
                ) from refused

    def _watched_to(self, branch: int) -> int:
        """The last index of a branch that the node watches already; it never watches less again."""
        listed = self.call("listdescriptors").at("descriptors").items()
        ends = (
            entry.at("range").items()[1].integer()
            for entry in listed
            if entry.at("active").flag() and entry.at("internal").flag() == (branch == 1)
        )
        return max(ends, default=0)

    def _scan(self, wanted: list[Json], progress: Callable[[float], None]) -> Reply:
        """importdescriptors, with the scan's progress asked on the side: it may take hours."""
        result: list[Reply | Fault] = []

        def run() -> None:
            try:
                call = self.rpc.call
                result.append(call("importdescriptors", wanted, wallet=self.name, timeout=_WEEK))
            except Fault as fault:
                result.append(fault)

        worker = threading.Thread(target=run, daemon=True)
        worker.start()
        while worker.is_alive():
            worker.join(0.5)
            if worker.is_alive():
                progress(self._scanned())
        outcome = result[0]
        if isinstance(outcome, Fault):
            raise outcome
        return outcome

    def _scanned(self) -> float:
        """How much of a running scan is done, from 0 to 1."""
        scanning = self.call("getwalletinfo").at("scanning")
        return float(scanning.at("progress").number()) if scanning.has("progress") else 0.0

    def derived(self, branch: int, count: int) -> tuple[str, ...]:
        """The first `count` addresses of a branch, as the node derives them."""
        answer = self.rpc.call(
            "deriveaddresses", branch_text(self.descriptor, branch), [0, count - 1]
        )
        return tuple(item.text() for item in answer.items())

    def new_address(self) -> NewAddress:
        """The next address to receive on, and the index that the node names for it."""
        return self._handed_out(self.call("getnewaddress", "", self._address_type).text())

    def change_address(self) -> NewAddress:
        """The next address of the change branch, and the index that the node names for it."""
        return self._handed_out(self.call("getrawchangeaddress", self._address_type).text())

    def _handed_out(self, address: str) -> NewAddress:
        described = self.call("getaddressinfo", address).at("desc").text()
        place = _INDEX.search(described)
        if place is None:
            raise Fault("NODE-RPC", f"the node does not say where it derived {address}")
        return NewAddress(address=address, index=int(place[2]))

    def balance(self) -> Balance:
        """What the wallet holds."""
        mine = self.call("getbalances").at("mine")
        return Balance(
            confirmed=mine.at("trusted").sats(),
            pending=mine.at("untrusted_pending").sats(),
            immature=mine.at("immature").sats(),
        )

    def coins(self) -> tuple[Coin, ...]:
        """Every unspent output, unconfirmed ones too, each found again by our own derivation."""
        self.call("lockunspent", True)  # noqa: FBT003 - locks are made anew with every request
        listed = self.call("listunspent", 0).items()
        return tuple(self._coin(entry) for entry in listed if entry.at("solvable").flag())

    def _coin(self, entry: Reply) -> Coin:
        point = OutPoint(bytes.fromhex(entry.at("txid").text())[::-1], entry.at("vout").integer())
        script = bytes.fromhex(entry.at("scriptPubKey").text())
        index = _INDEX.search(entry.at("desc").text())
        place = index and find_place(self.descriptor, script, int(index[2]))
        if not place:
            raise Fault("NODE-RPC", f"the node lists {point}, which is not the wallet's")
        return Coin(
            outpoint=point,
            amount=entry.at("amount").sats(),
            address=entry.at("address").text(),
            place=place,
            confirmations=entry.at("confirmations").integer(),
        )

    def previous(self, txid: str) -> bytes:
        """The whole transaction `txid`, which concerns the wallet."""
        return bytes.fromhex(self.call("gettransaction", txid).at("hex").text())

    def history(self) -> tuple[PastTransaction, ...]:
        """Every transaction that pays to the wallet or spends from it."""
        # change too, or what only pays to change is left out: a payment that was taken back
        asked: dict[str, Json] = {"include_change": True}
        listed = self.call("listsinceblock", named=asked).at("transactions").items()
        heights = {
            entry.at("txid").text(): (
                entry.at("blockheight").integer() if entry.has("blockheight") else None
            )
            for entry in listed
        }
        return tuple(
            PastTransaction(raw=self.previous(txid), height=height)
            for txid, height in heights.items()
        )

    def pool_entry(self, txid: str) -> PoolEntry | None:
        """What an unconfirmed transaction and its ancestors pay; None if it is not in the pool."""
        try:
            entry = self.rpc.call("getmempoolentry", txid)
        except RpcRefused as refused:
            if refused.code != NOT_FOUND:
                raise
            return None
        return PoolEntry(
            virtual_size=entry.at("ancestorsize").integer(),
            fee=entry.at("fees").at("ancestor").sats(),
        )

    def output(self, point: OutPoint) -> TxOutput | None:
        """An output as the node has it; None if it is spent or unknown."""
        found = self.rpc.call("gettxout", render_txid(point.txid), point.vout)
        if found.value is None:
            return None
        script = bytes.fromhex(found.at("scriptPubKey").at("hex").text())
        return TxOutput(found.at("value").sats(), script)

    def spent_in_chain(self, points: tuple[OutPoint, ...]) -> frozenset[OutPoint]:
        """Those of the wallet's coins that a transaction in a block has spent."""
        return frozenset(point for point in points if self._is_spent(point))

    def _is_spent(self, point: OutPoint) -> bool:
        txid = render_txid(point.txid)
        found = self.rpc.call("gettxout", txid, point.vout, False)  # noqa: FBT003 - as above
        return found.value is None and self.knows(txid) and self.confirmations(txid) > 0

    def fund(self, spending: Spending) -> bytes:
        """A PSBT that does `spending`, every input with its full previous transaction.

        Raises FUNDS when the wallet can not pay, NODE-RPC for anything else.
        """
        return fund(self.call, self._address_type, spending)

    def bump(self, txid: str, fee_rate_millisats: int) -> bytes:
        """A PSBT that replaces the wallet's unconfirmed `txid` at a higher feerate.

        Raises RBF when the transaction can not be replaced, FUNDS when the wallet can not pay more.
        """
        return bump(self.call, txid, fee_rate_millisats)

    def finish(self, psbt: bytes) -> bytes:
        """The transaction of a PSBT that has all its signatures; raises SIG-EXISTING else."""
        text = base64.b64encode(render_as(parse_psbt(psbt), 0)).decode("ascii")
        answer = self.rpc.call("finalizepsbt", text, True)  # noqa: FBT003 - as above
        if not answer.at("complete").flag():
            raise Violation(
                "SIG-EXISTING", "the node can not finalise the PSBT: signatures are missing"
            )
        return bytes.fromhex(answer.at("hex").text())

    def confirmations(self, txid: str) -> int:
        """How deep a transaction of the wallet is; 0 in the memory pool, below 0 in conflict."""
        return self.call("gettransaction", txid).at("confirmations").integer()

    def knows(self, txid: str) -> bool:
        """Whether the node has a transaction of the wallet with this id."""
        try:
            self.call("gettransaction", txid)
        except RpcRefused as refused:
            if refused.code != NOT_FOUND:
                raise
            return False
        return True
