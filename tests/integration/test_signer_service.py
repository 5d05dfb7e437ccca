"""The signer as a process of its own, over a real socket, with real gpg and a real vault."""

from __future__ import annotations

import getpass
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.bundle.model import BundleFile
from strongroom.core.errors import Fault
from strongroom.core.network import Network
from strongroom.core.secret import Secret
from strongroom.core.session import hardware as listed
from strongroom.core.session import requests as asked
from strongroom.core.session import values
from strongroom.station.adapters.boot_notes import BootNotes
from strongroom.station.adapters.signer_client import SignerClient
from strongroom.station.signer.line import Asked, Begin, hear_signer, send_to_signer
from tests.unit.core.session.operator import Operator

pytestmark = pytest.mark.integration

NOW = datetime(2027, 1, 1, tzinfo=UTC)
WORDS = b"abandon math mimic master filter design carbon crystal rookie group knife young"
PASSPHRASE = b"correct horse battery staple"
RELEASE = {"version": "0.1.0", "commit": "0" * 40, "built": "2026-11-01T00:00:00Z"}


class Signer:
    """The service as systemd would start it, and its client."""

    def __init__(self, folder: Path) -> None:
        self.path = str(folder / "signer.sock")
        (folder / "release.json").write_text(json.dumps(RELEASE | {"image_digest": None}))
        self._folder = folder
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        self.told: list[str] = []
        self.client = SignerClient(self.path)
        self.start()

    def start(self, release: str = "release.json") -> None:
        """Start the process."""
        descriptor = self.listener.fileno()
        self.process = subprocess.Popen(
            (
                *(sys.executable, "-m", "strongroom.station.signer_service"),
                *("--user", getpass.getuser(), "--private", str(self._folder)),
                *("--notes", str(self._folder / "keys")),
                *("--release", str(self._folder / release), "--descriptor", str(descriptor)),
            ),
            pass_fds=[descriptor],
        )

    def begin(self) -> asked.RoomRequest | None:
        """Begin a sitting."""
        return self.client.begin(lambda title, _done, _total: self.told.append(title))

    def play(self, script: dict[type, list[Any]]) -> Operator:
        """Have an operator answer from the script until the sitting is over."""
        operator = Operator(script)
        request = self.begin()
        while request is not None:
            operator.asked.append(request)
            request = self.client.reply(operator.answer(request))
        return operator

    def stop(self) -> None:
        """End the process if it still runs."""
        self.client.close()
        self.process.kill()
        self.process.wait()
        self.listener.close()


@pytest.fixture
def signer() -> Iterator[Signer]:
    with tempfile.TemporaryDirectory(prefix="sr-", dir="/dev/shm") as folder:
        made = Signer(Path(folder))
        yield made
        made.stop()


def creation(*tasks: values.Task) -> dict[type, list[Any]]:
    return {
        asked.DeclareTime: [NOW],
        asked.ChooseTask: [values.Task.CREATE_VAULT, *tasks, values.Task.END_SESSION],
        asked.ChooseSeedSource: [values.SeedSource.WORDS],
        asked.EnterWords: [Secret(WORDS)],
        asked.EnterSeedPassphrase: [Secret(b"")],
        asked.ChooseWallet: [
            values.WalletChoice(name="cold", network=Network.REGTEST, kind=ScriptKind.WPKH)
        ],
        asked.NewPassphrase: [Secret(PASSPHRASE)],
    }


def test_a_vault_is_made_in_one_process_and_opened_in_the_next(signer: Signer) -> None:
    first = signer.play(creation())
    assert signer.process.wait(10) == 0
    assert {"Making the vault's signing key", "Encrypting the vault"} <= set(signer.told)
    written = BundleFile(name="strongroom.vault", data=first.written["strongroom.vault"])
    assert written.data.startswith(b"age-encryption.org/v1")
    signer.start()
    script = {
        asked.DeclareTime: [NOW],
        asked.ChooseTask: [values.Task.OPEN_VAULT, values.Task.END_SESSION],
        asked.ChooseFile: [written],
        asked.EnterPassphrase: [Secret(b"wrong"), Secret(PASSPHRASE)],
    }
    seen = signer.play(script).asked
    assert signer.process.wait(10) == 0
    asked_again = [r.problem for r in seen if isinstance(r, asked.EnterPassphrase)]
    assert asked_again[0] == ""
    assert "VAULT-PASSPHRASE" in asked_again[1]
    summary = [r.vault for r in seen if isinstance(r, asked.ChooseTask)][-1]
    assert summary is not None
    assert summary.generation == 1


def test_a_signer_that_dies_is_named_and_another_takes_its_place(signer: Signer) -> None:
    assert isinstance(signer.begin(), asked.ShowIdentity)
    os.kill(signer.process.pid, signal.SIGKILL)
    signer.process.wait()
    with pytest.raises(Fault) as stop:
        signer.client.reply(None)
    assert stop.value.rule == "SIGNER-GONE"
    signer.start()
    assert isinstance(signer.begin(), asked.ShowIdentity)


def test_the_signer_goes_with_the_application(signer: Signer) -> None:
    signer.begin()
    assert isinstance(signer.client.reply(None), listed.ReadHardware)
    signer.client.close()
    assert signer.process.wait(10) == 0


def test_waking_the_signer_up_begins_nothing(signer: Signer) -> None:
    signer.client.prepare()
    signer.client.prepare()
    assert isinstance(signer.begin(), asked.ShowIdentity)


def test_what_is_noted_of_a_key_outlives_the_session(tmp_path: Path) -> None:
    assert BootNotes(tmp_path / "keys")((("wallet", "aabbccdd"),)) == ()
    later = BootNotes(tmp_path / "keys")
    assert later((("wallet", "11223344"), ("other", "55667788"))) == (("wallet", "aabbccdd"),)
    assert later((("wallet", "11223344"),)) == (("wallet", "aabbccdd"),)
    (tmp_path / "keys").write_text("[]")
    with pytest.raises(Fault, match="can not be noted"):
        later((("wallet", "11223344"),))


def test_a_reply_of_another_type_ends_the_sitting(signer: Signer) -> None:
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(signer.path)
        send_to_signer(line, Begin(), None, None)
        assert isinstance(hear_signer(line), Asked)
        line.sendall(b"\0\0\0\x05\0\0\0\x01\xff")
        assert line.recv(1) == b""
    assert signer.process.wait(10) == 0


def test_an_image_without_a_release_stops_where_people_see_it(signer: Signer) -> None:
    signer.process.kill()
    signer.process.wait()
    signer.start(release="missing.json")
    with pytest.raises(Fault, match="does not describe a release"):
        signer.begin()
    assert signer.process.wait(10) == 0


def test_the_process_can_not_be_dumped(signer: Signer) -> None:
    signer.begin()
    limits = Path(f"/proc/{signer.process.pid}/limits").read_text(encoding="ascii")
    core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
    assert core.split()[4:6] == ["0", "0"]
    # A process that is not dumpable belongs to root in /proc, whoever runs it (proc(5)).
    status = Path(f"/proc/{signer.process.pid}/status").read_text(encoding="ascii")
    assert "NoNewPrivs:\t1" in status
