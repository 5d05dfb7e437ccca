"""Hostile sticks in the station's ports: it stays up, and opens the vault on a good one afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.hostile import GROUPS, Make
from tests.e2e.machine import Machine
from tests.e2e.prepared import PASSPHRASE, VAULT, Prepared, now, prepared
from tests.e2e.station import Operator
from tests.e2e.sticks import FileSystem, write_stick

pytestmark = pytest.mark.e2e
# A journal is replayed even where a stick is only read: without it, what was written last would be lost.
REPLAYED = {"ext4_with_an_unfinished_journal"}


@pytest.fixture(scope="module")
def made() -> Iterator[Prepared]:
    with prepared() as things:
        yield things


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    with Machine(name="hostile") as booted:
        booted.choose_boot_entry("s")
        Operator(booted.console).begin(now(), pull=lambda: booted.unplug("boot"))
        yield booted


@pytest.mark.slow
@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group[0].__name__)
def test_the_station_outlives_them(
    group: tuple[Make, ...], machine: Machine, made: Prepared, tmp_path: Path
) -> None:
    operator, console = Operator(machine.console), machine.console
    images = {make.__name__: make(tmp_path / f"{make.__name__}.img") for make in group}
    before = {name: image.read_bytes() for name, image in images.items()}
    for name, image in images.items():
        machine.plug(image, name)
    operator.choose("Open a vault", "Choose a vault")
    good = write_stick(tmp_path / "good.img", FileSystem.FAT32, {VAULT: made.vault()})
    machine.plug(good, "good")
    for name in images:
        console.wait_for(re.compile(r"(\d  strongroom.vault|Plug in the stick)"), 120)
        machine.unplug(name)
    console.wait_for(re.compile("sticks: sd[a-z]+ "), 120)
    screen = console.wait_for(re.compile(r"1  strongroom\.vault"), 120)
    assert "STOP" not in screen
    operator.pick(VAULT, "Open the vault")
    console.press(f"{PASSPHRASE}<enter>")
    console.wait_for("generation 1", 180)
    machine.unplug("good")
    operator.end_session(now())
    for name in images.keys() - REPLAYED:
        assert images[name].read_bytes() == before[name], f"{name} was written to"
