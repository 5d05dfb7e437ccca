"""Ceremonies on the booted ISO: dice, shares, restart, drill, recovery, the record, and wrong paths on the way.

The tests run in this order; each machine is cut off from power before the next, and only the stick remembers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from strongroom.core.secret import Secret
from strongroom.core.transcript.chain import verify_chain
from strongroom.core.vault.age import decrypt_with_passphrase
from strongroom.core.vault.contents import parse_vault
from strongroom.core.vault.model import VaultContents
from tests.e2e.custody import Custody
from tests.e2e.machine import Machine
from tests.e2e.prepared import PASSPHRASE, VAULT, now
from tests.e2e.sticks import FileSystem, check_stick, read_stick, write_stick

pytestmark = pytest.mark.e2e
WALLET = "treasury"


@dataclass
class Safe:
    """What is kept between sittings: the stick's files, and paper."""

    folder: Path
    files: dict[str, bytes] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    sheets: list[list[str]] = field(default_factory=list)

    @contextmanager
    def booted(self, name: str) -> Iterator[Custody]:
        """A station with the stick in; afterwards the power is cut and the stick read."""
        image = write_stick(self.folder / "stick.img", FileSystem.FAT32, self.files)
        with Machine(name=name) as machine:
            machine.choose_boot_entry("s")
            custody = Custody(machine.console)
            custody.begin(now())
            machine.plug(image, "stick")
            yield custody
            machine.unplug("stick")
        check_stick(image)
        self.files = read_stick(image)

    def contents(self) -> VaultContents:
        """The vault on the stick."""
        return parse_vault(decrypt_with_passphrase(self.files[VAULT], Secret(PASSPHRASE.encode())))


@pytest.fixture(scope="module")
def safe(tmp_path_factory: pytest.TempPathFactory) -> Safe:
    return Safe(tmp_path_factory.mktemp("safe"))


def test_a_seed_of_dice_is_backed_up_as_two_of_three(safe: Safe) -> None:
    with safe.booted("create") as custody:
        safe.words = custody.create_with_dice(WALLET, 0, PASSPHRASE, seed=1)
        safe.sheets = custody.back_up("2 of 3", 3)
        custody.hold("Drill a backup", "STOP  DRILL")
        custody.stopped("DRILL")
        custody.write_record()
    contents = safe.contents()
    assert [share.bag for share in contents.backups[0].shares] == ["BAG-1", "BAG-2", "BAG-3"]
    record = next(data for name, data in safe.files.items() if name.endswith(".transcript.jsonl"))
    assert verify_chain(record).head.hex() == contents.history.transcript_head
    plain = b"".join(safe.files.values())
    assert WALLET.encode() in plain  # what is searched is what was written
    for paper in (safe.words, *safe.sheets):
        assert not any(" ".join(paper[at : at + 3]).encode() in plain for at in range(4, 20))


def test_after_a_restart_the_drill_passes(safe: Safe) -> None:
    with safe.booted("drill") as custody:
        custody.open_vault(PASSPHRASE)
        custody.drill(safe.sheets)
    assert safe.contents().backups[0].drilled is not None


def test_two_shares_recover_the_seed_into_a_fresh_vault(safe: Safe) -> None:
    fingerprint = safe.contents().seeds[0].fingerprint.hex()
    old, safe.files = safe.files, {}
    with safe.booted("recover") as custody:
        custody.give_shares([safe.sheets[2], safe.sheets[0]])
        custody.on("00000000<enter>", re.compile("STOP  RECOVER"))
        custody.stopped("RECOVER")
        custody.recover([safe.sheets[2], safe.sheets[0]], fingerprint, WALLET, PASSPHRASE)
    assert safe.contents().seeds[0].fingerprint.hex() == fingerprint
    name = f"{WALLET}.wallet.json"
    descriptor = re.compile(rb'"descriptor": "[^"]+"')
    assert descriptor.findall(safe.files[name]) == descriptor.findall(old[name])
