"""Which disks are sticks, from what lsblk says of real machines; in doubt, none is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from strongroom.core.errors import Fault, Violation
from strongroom.online.usb.disks import Disk, parse_disks
from strongroom.online.usb.image_writer import Image, check_fits, find_stick


def entry(name: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any of lsblk's columns
    return {
        "name": name,
        "path": f"/dev/{name}",
        "type": "disk",
        "tran": None,
        "rm": False,
        "hotplug": False,
        "ro": False,
        "size": 16_000_000_000,
        "vendor": None,
        "model": None,
        "serial": None,
        "label": None,
        "fstype": None,
        "mountpoints": [None],
        **changes,
    }


def part(name: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    return entry(name, **{"type": "part", "size": 15_000_000_000, "fstype": "vfat", **changes})


def disks(*entries: dict[str, Any]) -> tuple[Disk, ...]:
    return parse_disks(json.dumps({"blockdevices": entries}).encode())


STICK = entry(
    "sdb",
    tran="usb",
    rm=True,
    hotplug=True,
    vendor="Acme    ",
    model="Pen\x1b[31m Drive",
    children=[part("sdb1", label="KEYS", mountpoints=["/media/a/KEYS"])],
)
FREE = entry("sdc", tran="usb", rm=True, hotplug=True, children=[part("sdc1")])
# A large USB disk does not say that it is removable.
HARD = entry("sdd", tran="usb")
CARD = entry("mmcblk0", rm=True, hotplug=True, children=[part("mmcblk0p1")])


def test_a_stick_is_described_and_its_texts_are_harmless() -> None:
    (disk,) = disks(STICK)
    assert disk.is_stick
    assert disk.model == "Acme Pen<U+001B>[31m Drive"
    (volume,) = disk.volumes
    assert (volume.label, volume.mounted_at) == ("KEYS", Path("/media/a/KEYS"))
    assert volume.is_readable_by_stations


@pytest.mark.parametrize("stick", [FREE, HARD, CARD], ids=lambda e: e["name"])
def test_a_free_stick_may_be_overwritten(stick: dict[str, Any]) -> None:
    found = find_stick(Path(stick["path"]), disks(stick))
    check_fits(Image(path=Path("x"), size=16_000_000_000, sha256=""), found)
    with pytest.raises(Violation, match="MEDIA-FULL"):
        check_fits(Image(path=Path("x"), size=16_000_000_001, sha256=""), found)


@pytest.mark.parametrize(
    ("named", "listed", "says"),
    [
        ("/dev/nvme0n1", entry("nvme0n1", tran="nvme"), "not on USB"),
        ("/dev/sda", entry("sda", tran="sata"), "not on USB"),
        ("/dev/sda", entry("sda", tran="sata", rm=True, hotplug=True), "not on USB"),
        ("/dev/vda", entry("vda"), "not on USB"),
        ("/dev/mmcblk1", entry("mmcblk1"), "not on USB"),
        ("/dev/loop0", entry("loop0", type="loop"), "a loop device"),
        ("/dev/sr0", entry("sr0", type="rom", tran="usb", rm=True), "a rom device"),
        ("/dev/dm-0", entry("dm-0", type="crypt"), "a crypt device"),
        ("/dev/sdb", {**STICK, "children": [part("sdb1", mountpoints=["/"])]}, "runs from it"),
        (
            "/dev/sdb",
            {**STICK, "children": [part("sdb1", children=[entry("dm-1", mountpoints=["/home"])])]},
            "runs from it",
        ),
        ("/dev/sdb", STICK, "in use: mounted at /media/a/KEYS"),
        ("/dev/sdc1", FREE, "a part of /dev/sdc"),
        ("/dev/sdz", FREE, "no disk"),
        ("/etc/passwd", FREE, "no disk"),
        ("/dev/sdc", {**FREE, "ro": True}, "write-protected"),
        ("/dev/sdc", {**FREE, "size": 0}, "no disk"),
    ],
)
def test_what_is_no_free_stick_is_never_overwritten(
    named: str, listed: dict[str, Any], says: str
) -> None:
    with pytest.raises(Violation, match=says) as stop:
        find_stick(Path(named), disks(listed))
    assert stop.value.rule == "MEDIA-FIXED"


@pytest.mark.parametrize("data", [b"", b"{}", b'{"blockdevices": [{}]}', b'{"blockdevices": 3}'])
def test_an_answer_that_does_not_read_is_a_fault(data: bytes) -> None:
    with pytest.raises(Fault, match="MEDIA-READ"):
        parse_disks(data)
