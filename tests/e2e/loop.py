"""The whole loop, step by step: vault, wallet, request, signature, broadcast; for the demo and for tests.

Nothing in here stands in for anything: the ISO runs in QEMU, the stick is a file-system image, the companion is
the command that people use, the chain is a node's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.e2e.companion import Companion, certificate_digest
from tests.e2e.machine import Machine
from tests.e2e.station import Operator
from tests.e2e.sticks import FileSystem, check_stick, read_stick, write_stick
from tests.embedded.node import EmbeddedNode
from tests.integration.node import RegtestNode
from tests.zbar import scan_series

SEED_WORDS = "abandon math mimic master filter design carbon crystal rookie group knife young"
PASSPHRASE = "correct horse battery staple"
WALLET = "treasury"
APPROVER = "Ana"
PAYMENT_SATS = 12_345_678
STICK = "stick"


@dataclass
class Loop:
    """One run of the loop; call the steps in the order of `steps`.

    With `by_codes` the answer travels back as QR codes on the station's screen, which has to be the one in use.
    """

    machine: Machine
    node: RegtestNode | EmbeddedNode
    companion: Companion
    folder: Path
    look: Callable[[str], None] = lambda _name: None
    by_codes: bool = False
    file_system: FileSystem = FileSystem.FAT32
    partitioned: bool = False
    files: dict[str, bytes] = field(default_factory=dict)
    request: dict[str, str] = field(default_factory=dict)
    shown: str = ""
    recipient: str = ""
    txid: str = ""

    @property
    def stick(self) -> Path:
        """The image of the one stick that travels."""
        return self.folder / "stick.img"

    @property
    def operator(self) -> Operator:
        """The hands at the station."""
        return Operator(self.machine.console, self._looked)

    def _looked(self, name: str) -> None:
        """What is done beside the operator; with `by_codes` the answer is scanned off the screen."""
        self.look(name)
        if self.by_codes and name == "signed":
            self.machine.press("q")
            self.machine.wait_for("(BBQr)")
            lines = scan_series(self.machine, self.folder / "screen.png")
            (self.folder / "scanned.txt").write_text("\n".join(lines))
            self.machine.press("<esc>")
            self.machine.wait_for("Signed. The answer")

    @property
    def _answer(self) -> str:
        return f"{self.request['id']}.response"

    def steps(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Each step with what it does, for people."""
        yield "booting the station and declaring the time", self.boot
        yield "creating a vault from seed words", self.create_vault
        yield "adding an approver to the trust list", self.add_approver
        yield "watching the wallet on the node and paying into it", self.fund
        yield "building, approving and writing a request", self.make_request
        yield "reviewing and signing it at the station", self.sign
        yield "checking the answer and broadcasting", self.broadcast
        yield "switching the station off", self.power_off

    def boot(self) -> None:
        """From power-on to the menu."""
        self.operator.begin(datetime.now(tz=UTC))

    def create_vault(self) -> None:
        """A vault on a stick that also carries the approver's certificate."""
        fingerprint, certificate = self.companion.make_approver(APPROVER)
        self.request["approver"] = fingerprint
        self.plug({f"{APPROVER.lower()}.asc": certificate})
        self.operator.create_vault(SEED_WORDS, WALLET, PASSPHRASE)

    def add_approver(self) -> None:
        """The approver joins the trust list, compared in words; the stick goes back online."""
        self.operator.add_approver(APPROVER, certificate_digest(self.request["approver"]))
        self.unplug()

    def fund(self) -> None:
        """The companion takes the wallet file; the wallet is paid 0.5 BTC."""
        self.node.mine(101)  # a coinbase can be spent after a hundred blocks
        wallet = self.put_down(f"{WALLET}.wallet.json")
        self.companion.run("wallet", "add", str(wallet), *self.node.access)
        address = self.companion.run("wallet", "address", WALLET)["address"]
        self.node.fund(address, "0.5")

    def make_request(self) -> None:
        """A payment to the node's own wallet, approved with the approver's key, onto the stick."""
        self.recipient = self.node.new_address()
        payment = f"{self.recipient},{PAYMENT_SATS}sat,Landlord,RENT-11"
        made = self.companion.run(
            *("request", "create", WALLET, "--to", payment, "--fee-rate", "5"),
            *("--purpose", "rent of November"),
        )
        self.request |= {"id": made["request_id"], "digest": made["digest"]}
        self.companion.run(
            "request", "approve", made["request_id"], "--key", self.request["approver"]
        )
        slot = self.folder / "slot"
        slot.mkdir(exist_ok=True)
        written = Path(
            self.companion.run("request", "write", made["request_id"], "--to", str(slot))["file"]
        )
        self.plug({**self.files, written.name: written.read_bytes()})

    def sign(self) -> None:
        """The station reviews and signs; the stick goes back online."""
        self.operator.read_request()
        self.shown = self.operator.sign("Olga", bytes.fromhex(self.request["digest"]))
        self.unplug()
        if self.by_codes:
            self.files[self._answer] = (self.folder / "scanned.txt").read_bytes()

    def broadcast(self) -> None:
        """The companion checks the answer and sends it; one block confirms it."""
        answer = self.put_down(self._answer)
        self.companion.run("response", "check", str(answer))
        sent = self.companion.run("response", "broadcast", str(answer))
        self.txid = sent["txid"]
        self.node.mine(1)

    def confirmations(self) -> int:
        """How deep the payment is in the chain, asked of the node."""
        return self.node.confirmations(self.txid)

    def received(self) -> str:
        """What the recipient's node counts on the address, in bitcoin."""
        return self.node.received(self.recipient)

    def power_off(self) -> None:
        """The station switches itself off."""
        self.operator.power_off()
        self.machine.power_off_wait()

    def plug(self, files: dict[str, bytes]) -> None:
        """Put the stick with these files into the station."""
        write_stick(self.stick, self.file_system, files, partitioned=self.partitioned)
        self.machine.plug(self.stick, STICK)

    def unplug(self) -> None:
        """Take the stick out; what is on it is in `files`, and its file system is clean."""
        self.machine.unplug(STICK)
        check_stick(self.stick)
        self.files = read_stick(self.stick)

    def put_down(self, name: str) -> Path:
        """Copy a file from the stick to the online computer."""
        path = self.folder / name
        path.write_bytes(self.files[name])
        return path
