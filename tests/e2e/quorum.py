"""Three stations with one key each: a 2-of-3 wallet from its first die to its rotation, on a real node.

One computer stands for the three, switched off between them; each vault has a stick of its own. What the
people bring from one to the other is what they would: files on sticks, and words on paper.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pytest

from strongroom.core.descriptor.checksum import descriptor_checksum
from strongroom.core.network import Network
from strongroom.core.session.wallets import key_digest
from strongroom.core.wallet_file import WalletFile, render_wallet_file
from strongroom.core.words import pgp_words
from tests.e2e.companion import Companion, CompanionError, certificate_digest
from tests.e2e.custody import COMPARES, Custody
from tests.e2e.prepared import PASSPHRASE, VAULT, now
from tests.integration.node import RegtestNode

WALLET, NEXT, APPROVER = "treasury", "next", "Ana"
HOLDERS = ("Uma", "Vic", "Wes")
SEVERAL_KEYS = 4  # the kind of wallet, that many to the right on the screen
STOP = re.compile(r"STOP  ")


class Seat(Protocol):
    """One boot of the computer: hands at it, and a port for one stick."""

    @property
    def custody(self) -> Custody:
        """The hands."""
        ...

    def insert(self, files: dict[str, bytes]) -> None:
        """Put a stick with these files in."""
        ...

    def remove(self) -> dict[str, bytes]:
        """Take it out; what is on it."""
        ...


Boot = Callable[[str], AbstractContextManager[Seat]]


@dataclass
class Signer:
    """One station's owner: the vault on the own stick, the key, and its 32 words on paper."""

    vault: bytes
    key: str = ""
    paper: list[str] = field(default_factory=list)
    sheets: list[list[str]] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        """What the register on paper has for the seed."""
        return self.key[1:9]


@dataclass
class Quorum:
    """The treasury's people; call the steps in the order of the test."""

    boot: Boot
    node: RegtestNode
    companion: Companion
    folder: Path
    signers: list[Signer] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    approver: str = ""
    successor: bytes = b""

    def make_keys(self, count: int) -> None:
        """A vault of dice for each signer, and one more with the wallet that comes next; keys exported.

        The last signer's seed is backed up as any two of three sheets.
        """
        with self.boot("keys") as seat:
            for seed in range(count):
                seat.insert({})
                seat.custody.create_with_dice(WALLET, SEVERAL_KEYS, PASSPHRASE, seed=seed)
                paper = seat.custody.export_keys("native segwit")
                sheets = seat.custody.back_up("2 of 3", 3) if seed == count - 1 else []
                files = seat.remove()
                key = files[f"{WALLET}.key.txt"].decode().strip()
                assert paper == list(pgp_words(key_digest(key)))
                self.signers.append(Signer(files[VAULT], key, paper, sheets))
                seat.custody.leave_session()
                seat.custody.begin(now())
            seat.insert({})
            seat.custody.create_with_dice(NEXT, 0, PASSPHRASE, seed=count)
            self.successor = seat.remove()[f"{NEXT}.wallet.json"]

    def agree_on_wallet(self) -> None:
        """The coordinator writes the wallet's file, and who may ask for signatures has a certificate."""
        keys = ",".join(f"{signer.key}/<0;1>/*" for signer in self.signers)
        body = f"wsh(sortedmulti(2,{keys}))"
        wallet = WalletFile(
            name=WALLET,
            network=Network.REGTEST,
            descriptor=f"{body}#{descriptor_checksum(body)}",
            certificate="",
        )
        self.approver, certificate = self.companion.make_approver(APPROVER)
        self.files = {
            f"{WALLET}.wallet.json": render_wallet_file(wallet),
            f"{APPROVER.lower()}.asc": certificate,
        }
        self.node.mine(101)
        self.watch(f"{WALLET}.wallet.json")
        self.node.fund(self.companion.run("wallet", "address", WALLET)["address"], "0.5")

    def watch(self, name: str) -> None:
        """The companion watches a wallet of the stick's."""
        self.companion.run("wallet", "add", str(self.put_down(name)), *self.node.access)

    def put_down(self, name: str) -> Path:
        """Copy a file from a stick to the online computer."""
        path = self.folder / name
        path.write_bytes(self.files[name])
        return path

    # At one station

    def open(self, seat: Seat, number: int) -> None:
        """Put signer `number`'s stick in, with the files that all have, and open the vault."""
        seat.insert({**self.files, VAULT: self.signers[number].vault})
        seat.custody.open_vault(PASSPHRASE)

    def leave(self, seat: Seat, number: int) -> dict[str, bytes]:
        """Take the stick out; the vault on it is the one of next time."""
        files = seat.remove()
        self.signers[number].vault = files[VAULT]
        return files

    def paper_of(self, number: int) -> list[list[str]]:
        """The words of every signer but this one, in the wallet's order."""
        return [other.paper for place, other in enumerate(self.signers) if place != number]

    def join(self, seat: Seat, number: int) -> None:
        """At an open vault: register the wallet, export it with the vault's certificate, add the approver."""
        seat.custody.register(HOLDERS, self.paper_of(number))
        seat.custody.add_approver(APPROVER, certificate_digest(self.approver))
        seat.custody.choose("Write wallet files", "Write to a stick")
        seat.custody.write("Wallet files are written")
        seat.custody.on("<enter>", "Main menu")
        files = self.leave(seat, number)
        own = self.folder / f"station-{number}.wallet.json"
        own.write_bytes(files[f"{WALLET}.wallet.json"])
        self.companion.run("wallet", "vault", WALLET, str(own))

    def drill(self, seat: Seat, number: int) -> None:
        """The sheets give the seed back, after a restart."""
        self.open(seat, number)
        seat.custody.drill(self.signers[number].sheets)
        self.leave(seat, number)
        seat.custody.leave_session()
        seat.custody.begin(now())

    def recover(self, seat: Seat, number: int) -> None:
        """Two of the sheets make a fresh vault, once the register agrees; the old one is gone."""
        signer = self.signers[number]
        two = [signer.sheets[2], signer.sheets[0]]
        seat.insert(self.files)
        seat.custody.give_shares(two)
        seat.custody.on("00000000<enter>", STOP)
        seat.custody.stopped("RECOVER")
        seat.custody.recover(two, signer.fingerprint, WALLET, PASSPHRASE, kind=SEVERAL_KEYS)
        signer.vault = b""

    def sign(self, seat: Seat, number: int, made: dict[str, str]) -> Path:
        """At an open vault: sign a request; the answer on the online computer."""
        seat.insert({VAULT: self.signers[number].vault, **self.request_file(made)})
        seat.custody.read_request()
        seat.custody.sign("Olga", bytes.fromhex(made["digest"]))
        files = self.leave(seat, number)
        answer = self.folder / f"{made['request_id']}-{number}.response"
        answer.write_bytes(files[f"{made['request_id']}.response"])
        return answer

    def refuse(self, seat: Seat, number: int, made: dict[str, str], rule: str) -> str:
        """At an open vault: a request that stops."""
        seat.insert({VAULT: self.signers[number].vault, **self.request_file(made)})
        seat.custody.read_request(STOP)
        screen = seat.custody.stopped(rule)
        seat.remove()
        return screen

    def rotate(self, seat: Seat, number: int) -> None:
        """At an open vault: from now on the wallet pays its successor only."""
        name = f"{NEXT}.wallet.json"
        seat.insert({VAULT: self.signers[number].vault, name: self.successor})
        seat.custody.rotate([list(pgp_words(key_of(self.successor)))])
        self.leave(seat, number)

    # On the online computer

    def ask(self, *order: str) -> dict[str, str]:
        """A request, approved and ready for the sticks."""
        made: dict[str, str] = self.companion.run(
            *("request", "create", WALLET, *order, "--fee-rate", "5", "--purpose", "a test")
        )
        self.companion.run("request", "approve", made["request_id"], "--key", self.approver)
        return made

    def request_file(self, made: dict[str, str]) -> dict[str, bytes]:
        """The file that goes to the stations, the same to each."""
        known = self.folder / "slot" / f"{made['request_id']}.request"
        if known.exists():
            return {known.name: known.read_bytes()}
        slot = self.folder / "slot"
        slot.mkdir(exist_ok=True)
        written = self.companion.run("request", "write", made["request_id"], "--to", str(slot))
        path = Path(written["file"])
        return {path.name: path.read_bytes()}

    def broadcast(self, *answers: Path) -> bool:
        """Combine, send and mine; whether it is in the block."""
        sent = self.companion.run("response", "broadcast", *map(str, answers))
        self.node.mine(1)
        block = self.node.rpc("getblock", self.node.rpc("getbestblockhash"))
        return sent["txid"] in block["tx"]


def key_of(wallet: bytes) -> bytes:
    """The digest of the words that the owner of a wallet of one key has on paper."""
    found = re.search(rb"\((\[[^\]]+\][a-zA-Z0-9]+)/<0;1>", wallet)
    assert found is not None
    return key_digest(found.group(1).decode())


def story(treasury: Quorum) -> None:
    """Keys, backup, wallet, payment, recovery and rotation, with a wrong path refused at each."""
    treasury.make_keys(3)
    treasury.agree_on_wallet()
    payment = treasury.ask("--to", f"{treasury.node.new_address()},12345678sat,Landlord,RENT-11")

    with treasury.boot("first") as seat:
        treasury.open(seat, 0)
        seat.custody.read_wallet(HOLDERS)
        exchanged = list(reversed(treasury.signers[2].paper))
        seat.custody.accept_wallet([exchanged], COMPARES)
        for last in (False, True):
            seat.custody.type_from(exchanged, STOP if last else COMPARES)
        seat.custody.stopped("WALLET-COSIGNER")
        treasury.join(seat, 0)
        answers = [treasury.sign(seat, 0, payment)]
        with pytest.raises(CompanionError, match="REQUEST-STATE"):
            treasury.broadcast(*answers)
        seat.custody.leave_session()
        seat.custody.begin(now())
        treasury.open(seat, 1)
        seat.custody.read_wallet(HOLDERS)
        seat.custody.accept_wallet(treasury.paper_of(1), STOP)
        seat.custody.stopped("ONE-KEY")
        seat.remove()

    with treasury.boot("second") as seat:
        treasury.open(seat, 1)
        treasury.join(seat, 1)
        answers.append(treasury.sign(seat, 1, payment))
        assert treasury.broadcast(*answers)
        treasury.rotate(seat, 1)
        elsewhere = treasury.ask("--drain", treasury.node.new_address())
        treasury.refuse(seat, 1, elsewhere, "ROTATION")
        treasury.companion.run("request", "cancel", elsewhere["request_id"])
        treasury.files[f"{NEXT}.wallet.json"] = treasury.successor
        treasury.watch(f"{NEXT}.wallet.json")
        address = treasury.companion.run("wallet", "address", NEXT)["address"]
        sweep = treasury.ask("--drain", address)
        answers = [treasury.sign(seat, 1, sweep)]

    del treasury.files[f"{NEXT}.wallet.json"]
    with treasury.boot("third") as seat:
        treasury.drill(seat, 2)
        treasury.recover(seat, 2)
        treasury.join(seat, 2)
        treasury.rotate(seat, 2)
        answers.append(treasury.sign(seat, 2, sweep))
    assert treasury.broadcast(*answers)
    left = treasury.companion.run("wallet", "balance", WALLET)["confirmed_sat"]
    swept = treasury.companion.run("wallet", "balance", NEXT)["confirmed_sat"]
    assert left == 0
    assert swept == 50_000_000 - 12_345_678 - int(payment["fee_sat"]) - int(sweep["fee_sat"])
