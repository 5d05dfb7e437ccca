"""Ceremonies in a rehearsal, key by key: dice, shares, restart, drill, recovery, record, custodians."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from strongroom.core.secret import Secret
from strongroom.core.session.rehearsal import PREFIX
from strongroom.core.transcript.chain import verify_chain
from strongroom.core.vault.age import decrypt_with_passphrase
from strongroom.core.vault.contents import parse_vault
from strongroom.core.vault.model import VaultContents
from tests.e2e.custody import Custody
from tests.integration.rehearsal import rehearsed

pytestmark = pytest.mark.integration
PASSPHRASE = "correct horse battery staple"
WALLET = "treasury"


@dataclass
class Safe:
    """The stick, and paper."""

    stick: Path
    sheets: list[list[str]] = field(default_factory=list)
    fingerprint: str = ""

    @contextmanager
    def started(self) -> Iterator[Custody]:
        with rehearsed(self.stick) as console:
            custody = Custody(console)
            custody.begin(datetime.now(tz=UTC))
            yield custody

    def contents(self) -> VaultContents:
        data = (self.stick / f"{PREFIX}strongroom.vault").read_bytes()
        return parse_vault(decrypt_with_passphrase(data, Secret(PASSPHRASE.encode())))


@pytest.fixture(scope="module")
def safe(tmp_path_factory: pytest.TempPathFactory) -> Safe:
    return Safe(tmp_path_factory.mktemp("safe") / "stick")


def test_a_seed_of_dice_is_backed_up_and_the_record_written(safe: Safe) -> None:
    with safe.started() as custody:
        custody.create_with_dice(WALLET, 0, PASSPHRASE, seed=1)
        safe.sheets = custody.back_up("2 of 3", 3)
        custody.hold("Drill a backup", re.compile("STOP  DRILL"))
        custody.stopped("DRILL")
        custody.write_record()
    contents = safe.contents()
    safe.fingerprint = contents.seeds[0].fingerprint.hex()
    assert [share.bag for share in contents.backups[0].shares] == ["BAG-1", "BAG-2", "BAG-3"]
    (record,) = safe.stick.glob("*.transcript.jsonl")
    assert verify_chain(record.read_bytes()).head.hex() == contents.history.transcript_head


def test_after_a_restart_the_last_head_is_shown_and_the_drill_passes(safe: Safe) -> None:
    seen: list[str] = []
    with safe.started() as custody:
        Custody(custody.console, seen.append).open_vault(PASSPHRASE)
        custody.drill(safe.sheets)
    assert "last-head" in seen
    assert safe.contents().backups[0].drilled is not None


def test_shares_recover_the_seed_where_the_register_agrees(safe: Safe) -> None:
    with safe.started() as custody:
        custody.give_shares([safe.sheets[2], safe.sheets[0]])
        custody.on("00000000<enter>", re.compile("STOP  RECOVER"))
        custody.stopped("RECOVER")
        custody.recover([safe.sheets[2], safe.sheets[0]], safe.fingerprint, WALLET, PASSPHRASE)
    assert safe.contents().seeds[0].fingerprint.hex() == safe.fingerprint
    assert safe.contents().generation == 1
