"""Which block devices become sticks, from what udev says of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from strongroom.station.media.files import is_plain_name
from strongroom.station.media.sticks import plugged_stick, plugged_sticks


@dataclass
class FakeDevice:
    """The little of pyudev's Device that is looked at."""

    sys_name: str
    device_type: str = "disk"
    properties: dict[str, str] = field(default_factory=dict)
    sectors: int = 125_000
    parent: FakeDevice | None = None

    @property
    def attributes(self) -> dict[str, bytes]:
        """Sizes in sectors."""
        return {"size": str(self.sectors).encode()}


def fat(**more: str) -> dict[str, str]:
    return {"ID_FS_TYPE": "vfat", "ID_FS_VERSION": "FAT32", "DISKSEQ": "7", **more}


def names(*devices: FakeDevice) -> list[str]:
    return [plugged.stick.id for plugged in plugged_sticks(devices)]


def test_a_disk_with_partitions_is_its_partitions() -> None:
    disk = FakeDevice("sda")
    first = FakeDevice("sda1", "partition", fat(), parent=disk)
    second = FakeDevice("sda2", "partition", fat(), parent=disk)
    assert names(second, disk, first) == ["sda1#7", "sda2#7"]


def test_a_disk_with_a_file_system_of_its_own_is_one_stick() -> None:
    assert names(FakeDevice("sda", properties=fat())) == ["sda#7"]


def test_a_boot_stick_is_named_and_its_inside_hidden() -> None:
    disk = FakeDevice("sda", properties={"ID_FS_TYPE": "iso9660"})
    inside = FakeDevice("sda2", "partition", fat(), parent=disk)
    (stick,) = (plugged.stick for plugged in plugged_sticks([disk, inside]))
    assert "boot stick" in stick.problem


def test_empty_card_readers_and_optical_drives_are_no_sticks() -> None:
    assert names(FakeDevice("sda", sectors=0), FakeDevice("sr0", properties=fat())) == []


@pytest.mark.parametrize(
    ("properties", "filesystem", "problem"),
    [
        (fat(), "FAT32", ""),
        (fat(ID_FS_VERSION="FAT16"), "FAT16", ""),
        ({"ID_FS_TYPE": "exfat", "ID_FS_VERSION": "1.0"}, "exFAT", ""),
        ({"ID_FS_TYPE": "ext4", "ID_FS_VERSION": "1.0"}, "ext4", ""),
        ({"ID_FS_TYPE": "ntfs"}, "ntfs", "no readable file system (ntfs)"),
        ({}, "none", "no readable file system (none)"),
        ({"ID_FS_TYPE": "\x1b[2J" + "x" * 50}, "[2J" + "x" * 13, None),
    ],
)
def test_file_systems_are_named(
    properties: dict[str, str], filesystem: str, problem: str | None
) -> None:
    stick = plugged_stick("sdb1", 1, properties).stick
    assert stick.filesystem == filesystem
    assert problem is None or stick.problem == problem


def test_labels_are_taken_as_a_strangers_text() -> None:
    label = plugged_stick("sdb1", 1, fat(ID_FS_LABEL="IN\x1b[31m\u202eBOX")).stick.label
    assert label == "IN[31mBOX"


@pytest.mark.parametrize("name", ["a.request", "Ünïcode name.asc", "x" * 120])
def test_plain_names(name: str) -> None:
    assert is_plain_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        ".hidden",
        "a/b",
        "a\n",
        " a",
        "a ",
        "x" * 121,
        "\u202egpj.exe",
        "a\x1b",
        "\udc80",
    ],
)
def test_other_names_are_skipped(name: str) -> None:
    assert not is_plain_name(name)
