"""The whole application on a pseudo-terminal: a rehearsal from the first screen to the end."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyte
import pytest

from strongroom.core.bitcoin.mnemonic import mnemonic_from_entropy
from strongroom.core.bundle.archive import render_archive
from strongroom.core.bundle.manifest import render_request_manifest
from strongroom.core.bundle.model import BundleArchive, DetachedSignature
from strongroom.core.psbt.reader import parse_psbt
from strongroom.core.secret import Secret
from strongroom.core.session.rehearsal import PREFIX
from strongroom.core.signing.only_adds import check_only_adds
from strongroom.core.vault.model import SeedKind
from strongroom.core.vault.seeds import make_seed
from strongroom.core.words import pgp_words
from tests.integration.software_station import make_key
from tests.unit.station.screens import keys
from tests.vectors.factory import REHEARSED, draft, seed

pytestmark = pytest.mark.integration

APP = Path(__file__).parents[3] / "app"
PASSPHRASE = "correct horse battery staple"
CODES = {"enter": b"\r", "esc": b"\x1b", "left": b"\x1b[D", "down": b"\x1b[B", "f1": b"\x1b[[A"}
WAIT = 60.0


class Console:
    """A rehearsal in a terminal of 80x24; the vocabulary of the screen tests."""

    def __init__(self, *arguments: str) -> None:
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)
        command = (sys.executable, *arguments)
        environment = {"TERM": "linux", "LANG": "C.UTF-8", "PYTHONPATH": str(APP)}
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.execve(command[0], command, environment)  # noqa: S606 - in the forked child
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))

    def text(self) -> str:
        """What is on the screen now."""
        while select.select([self._terminal], [], [], 0)[0]:
            try:
                self._stream.feed(os.read(self._terminal, 65536))
            except OSError:
                break
        return "\n".join(line.rstrip() for line in self._screen.display)

    def wait_for(self, expected: str) -> str:
        """The screen, once it shows `expected`."""
        end = time.monotonic() + WAIT
        while expected not in (seen := self.text()):
            assert time.monotonic() < end, f"{expected!r} is not on the screen:\n{seen}"
            time.sleep(0.02)
        return seen

    def press(self, pressed: str, expected: str) -> str:
        """Press keys, and see what comes of them."""
        for key in keys(pressed):
            os.write(self._terminal, CODES.get(key, key.encode()))
        return self.wait_for(expected)

    def choose(self, label: str, expected: str) -> str:
        """Choose the line of the menu with that label."""
        found = re.search(rf"(\d)  {label}", self.wait_for(label))
        assert found is not None
        return self.press(found[1], expected)

    def begin(self, moment: str) -> None:
        """From the first screen to the menu, alone in the room."""
        self.arrive()
        self.press(f"{moment}<enter>", "No vault is open")

    def arrive(self) -> None:
        """From the first screen to the question for the time, alone in the room."""
        self.wait_for("Press Enter to begin")
        self.press("<enter>", "What was booted")
        self.press("<enter>", "Self-tests: 45 of 45 passed")
        self.press("<enter>", "Take the boot medium out")
        self.press("<enter>", "Who is in the room?")
        self.press("1", "Declare the time")

    def stop(self) -> None:
        """End the program if it still runs."""
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)

    def ended(self) -> int:
        """The exit code, once the program has ended by itself."""
        with suppress(OSError):
            while os.read(self._terminal, 65536):
                pass
        _, status = os.waitpid(self.pid, 0)
        os.close(self._terminal)
        return os.waitstatus_to_exitcode(status)


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    (tmp_path / "STICK").mkdir()
    made = Console("-m", "strongroom.station.rehearse", "--stick", str(tmp_path / "STICK"))
    yield made
    made.stop()


def test_a_vault_is_made_opened_and_left(console: Console, tmp_path: Path) -> None:
    seen = console.wait_for("Press Enter to begin")
    assert "REHEARSAL" in seen
    assert "sticks: STICK" in seen
    console.press("<f1>", "One session runs at a time")
    console.press("<esc>", "Press Enter to begin")
    console.arrive()
    console.press("2020-01-01 00:00<enter>", "This is before")
    for _ in range(16):
        console.press("\x7f", "Declare the time")
    console.press("2027-03-31 14:05<enter>", "No vault is open")
    console.choose("Create a vault", "Where the seed comes from")
    console.press("1", "Type the seed words")
    console.press("aban " * 11 + "abou ", "12 words. Enter again")
    console.press("<enter>", "Passphrase of the seed")
    console.press("<enter><enter>", "Compare with the register")
    fingerprint = make_seed(Secret(bytes(16)), Secret(b""), SeedKind.REHEARSED_BIP39).fingerprint
    console.press("<enter>", f"Master fingerprint      {fingerprint.hex()}")
    console.press("Cold<enter><left><enter><enter>", "A passphrase for the vault")
    console.press(f"{PASSPHRASE}<enter>{PASSPHRASE}<enter>", "GB free")
    console.press("<enter>", "strongroom.vault\n")
    console.press("<enter>", "Cold.wallet.json")
    console.press("<enter>", "The stick\n  can be pulled out")
    console.press("<enter>", "The vault is written")
    console.press("<enter>", "REGTEST - not real money")
    console.choose("End the session", "Close the session")
    console.choose("Leave without it", "Press Enter to begin")
    console.begin("2027-03-31 14:05")
    console.press("1", f"1  {PREFIX}strongroom.vault")
    console.press("1", f"The passphrase of {PREFIX}strongroom.vault")
    console.press("wrong<enter>", "VAULT-PASSPHRASE")
    console.press(f"{PASSPHRASE}<enter>", "generation 1")
    written = b"".join(path.read_bytes() for path in (tmp_path / "STICK").iterdir())
    open_text = console.text().encode()
    for secret in (b"abandon", PASSPHRASE.encode()):
        assert secret not in written
        assert secret not in open_text
        assert secret not in Path(f"/proc/{console.pid}/cmdline").read_bytes()
    console.choose("Switch off", "Press Enter to switch")
    console.press("<enter>", "")
    assert console.ended() == 0


BROKEN = """
from strongroom.core.session import requests
from strongroom.station import rehearse
from strongroom.station.signer import local

def steps(release):
    yield requests.ShowIdentity(release)
    raise ZeroDivisionError("the words are abandon abandon")

local.LocalSigner.__init__.__defaults__ = (lambda: steps,)
rehearse.main()
"""


def test_an_unforeseen_error_is_a_screen_and_a_new_sitting() -> None:
    console = Console("-c", BROKEN)
    console.wait_for("Press Enter to begin")
    console.press("<enter>", "What was booted")
    seen = console.press("<enter>", "STOP  PROGRAM")
    assert "ZeroDivisionError" in seen
    assert "abandon" not in seen
    console.press("<enter>", "Press Enter to begin")
    console.stop()


def _ask_for_signature(stick: Path, home: Path, now: datetime) -> tuple[str, bytes, bytes]:
    """Put a request and its approver's certificate on a stick; fingerprint, manifest and PSBT."""
    approver = make_key(home, "Ada <ada@example.org>")
    asked = draft(pay=(6_000_000, 100_000), owner=REHEARSED)
    asked.changes = {"created": now, "expires": now + timedelta(days=7)}
    request = asked.request()
    manifest = render_request_manifest(request.manifest)
    signature = DetachedSignature(fingerprint=approver.fingerprint, armored=approver.sign(manifest))
    archive = BundleArchive(manifest=manifest, psbt=request.psbt, signatures=(signature,))
    (stick / "october.request").write_bytes(render_archive(archive))
    (stick / "ada.asc").write_bytes(approver.certificate())
    return approver.fingerprint, manifest, request.psbt


def _type_words(console: Console, digest: bytes, expected: str) -> None:
    words = pgp_words(digest)
    places = [int(place) for place in re.findall(r"Word (\d+)", console.text())]
    console.press("".join(f"{words[place - 1]}<enter>" for place in places), expected)


def test_a_request_is_signed(console: Console, tmp_path: Path) -> None:
    stick = tmp_path / "STICK"
    now = datetime.now(tz=UTC).replace(microsecond=0)
    fingerprint, manifest, psbt = _ask_for_signature(stick, tmp_path / "gpg", now)
    entropy = seed(REHEARSED).entropy
    words = " ".join(mnemonic_from_entropy(entropy))
    console.begin(f"{now + timedelta(minutes=5):%Y-%m-%d %H:%M}")
    console.choose("Create a vault", "Where the seed comes from")
    console.press("1", "Type the seed words")
    console.press(f"{words} ", "24 words. Enter again")
    console.press("<enter>", "Passphrase of the seed")
    console.press("<enter><enter>", "Compare with the register")
    console.press("<enter>", "The first wallet")
    console.press("Treasury<enter><left><enter><enter>", "A passphrase for the vault")
    console.press(f"{PASSPHRASE}<enter>{PASSPHRASE}<enter>", "GB free")
    console.press("<enter>", "can be pulled out")
    console.press("<enter>", "GB free")
    console.press("<enter>", "can be pulled out")
    console.press("<enter>", "The vault is written")
    console.press("<enter>", "Main menu")
    console.choose("Add an approver", "1  ada.asc")
    console.press("1", "Add this approver?")
    console.press("Ada<enter>", "Word")
    _type_words(console, hashlib.sha256(fingerprint.encode()).digest(), "GB free")
    console.press("<enter>", "can be pulled out")
    console.press("<enter>", "may approve requests")
    console.press("<enter>", "Main menu")
    console.choose("Sign a request", "october.request")
    seen = console.press("1", "Review")
    while "Confirm: person" not in seen:
        seen = console.press("seen<enter>" if 'Type "seen"' in seen else "<enter>", "")
        time.sleep(0.1)
        seen = console.text()
    console.press("Oda<enter>", "Word")
    _type_words(console, hashlib.sha256(manifest).digest(), "GB free")
    while "Main menu" not in console.text():
        console.press("<enter>", "")
        time.sleep(0.3)
    console.choose("Switch off", "Press Enter to switch")
    console.press("<enter>", "")
    assert console.ended() == 0
    signed = parse_psbt((stick / f"{PREFIX}october.signed.psbt").read_bytes())
    assert len(check_only_adds(parse_psbt(psbt), signed)) == 2
    assert (stick / f"{PREFIX}strongroom.vault.1").exists()
    assert {path.suffix for path in stick.iterdir()} >= {".response", ".jsonl", ".txt"}
