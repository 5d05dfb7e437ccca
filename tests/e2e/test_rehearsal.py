"""The image booted for a rehearsal: marked screens and files, other keys, and no vault of production."""

from __future__ import annotations

from pathlib import Path

import pytest

from strongroom.core.bitcoin.mnemonic import mnemonic_from_entropy
from strongroom.core.secret import Secret
from strongroom.core.session.rehearsal import PREFIX
from strongroom.core.transcript.chain import verify_chain
from strongroom.core.transcript.model import RecordedEvent
from strongroom.core.vault.age import decrypt_with_passphrase
from strongroom.core.vault.contents import parse_vault
from tests.e2e.machine import Machine
from tests.e2e.prepared import PASSPHRASE, VAULT, now, prepared
from tests.e2e.station import Operator
from tests.e2e.sticks import FileSystem, check_stick, read_stick, write_stick
from tests.vectors.factory import seed

pytestmark = pytest.mark.e2e
WALLET = "treasury"


def test_the_image_rehearses_with_keys_of_its_own(tmp_path: Path) -> None:
    screens: list[str] = []
    with prepared() as people, Machine(name="rehearsal", by_serial=False) as machine:
        machine.choose_boot_entry("r")
        operator = Operator(machine.console, lambda _name: screens.append(machine.text()))
        operator.begin(now())
        image = write_stick(tmp_path / "stick.img", FileSystem.FAT32, {VAULT: people.vault()})
        machine.plug(image, "stick")
        operator.choose("Open a vault", "Choose a vault")
        operator.pick(VAULT, "Open the vault")
        machine.press(f"{PASSPHRASE}<enter>")
        operator.stopped("REHEARSAL")
        words = " ".join(mnemonic_from_entropy(seed("ana").entropy))
        operator.create_vault(words, WALLET, PASSPHRASE)
        machine.unplug("stick")
    check_stick(image)
    files = read_stick(image)
    written = {f"{PREFIX}{VAULT}", f"{PREFIX}{WALLET}.wallet.json"}
    (running,) = (name for name in files if name.endswith(".running.jsonl"))
    assert running.startswith(PREFIX)
    assert files.keys() == {VAULT, running, *written}
    last = verify_chain(files[running]).events[-1]
    assert isinstance(last, RecordedEvent)
    assert last.event.type == "vault-created"
    vault = parse_vault(
        decrypt_with_passphrase(files[f"{PREFIX}{VAULT}"], Secret(PASSPHRASE.encode()))
    )
    assert vault.is_rehearsal
    assert vault.seeds[0].entropy == seed("ana").entropy
    assert vault.seeds[0].fingerprint != seed("ana").fingerprint
    assert len(screens) > 10
    assert all("REHEARSAL" in screen for screen in screens)
