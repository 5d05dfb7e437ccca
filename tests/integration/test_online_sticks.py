"""Writing to real block devices: loop devices, with a real file system or as a whole, read back."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.errors import Violation
from strongroom.online.usb.disks import list_disks
from strongroom.online.usb.image_writer import find_stick
from strongroom.online.usb.stick_files import list_folder, write_to_stick

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.conftest import OpenDesk

pytestmark = pytest.mark.integration
APP = Path(__file__).resolve().parents[2] / "app"
MIB = 1024 * 1024
# lsblk itself, but for one loop device, of which it says that it is on USB, and what is on it: where no udev
# runs, lsblk does not know that.
CLAIM_USB = """#!{python}
import json, os, subprocess, sys
path = os.environ["PATH"].partition(":")[2]
shown = subprocess.run(["lsblk", *sys.argv[1:]], capture_output=True, check=True, env={{"PATH": path}})
listed = json.loads(shown.stdout)
for entry in listed["blockdevices"]:
    if entry["path"] == {device!r}:
        entry.update(type="disk", tran="usb", rm=True, hotplug=True, model="Loop Stick")
        for column, tag in (("fstype", "TYPE"), ("label", "LABEL")):
            found = subprocess.run(["blkid", "-p", "-o", "value", "-s", tag, {device!r}], capture_output=True)
            entry[column] = found.stdout.decode().strip() or None
print(json.dumps(listed))
"""


@contextmanager
def loop_device(image: Path) -> Iterator[str]:
    done = subprocess.run(
        ("losetup", "--find", "--show", str(image)), check=True, capture_output=True, text=True
    )
    device = done.stdout.strip()
    try:
        yield device
    finally:
        subprocess.run(("losetup", "--detach", device), check=True)


@pytest.fixture
def stick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A loop device of 16 MiB that lsblk calls a USB stick."""
    image = tmp_path / "stick.img"
    image.write_bytes(b"\x5a" * (16 * MIB))
    with loop_device(image) as device:
        folder = tmp_path / "bin"
        folder.mkdir()
        fake = folder / "lsblk"
        fake.write_text(CLAIM_USB.format(python=sys.executable, device=device))
        fake.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
        yield device


@pytest.fixture
def iso(tmp_path: Path) -> Path:
    """A real ISO image of a few MiB."""
    folder = tmp_path / "content"
    folder.mkdir()
    (folder / "data").write_bytes(os.urandom(5 * MIB + 17))
    path = tmp_path / "small.iso"
    command = ("xorriso", "-as", "mkisofs", "-quiet", "-o", str(path), str(folder))
    subprocess.run(command, check=True, capture_output=True)
    return path


def strongroom(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "strongroom.online", *arguments)
    environment = {**os.environ, "PYTHONPATH": str(APP)}
    return subprocess.run(
        command, input=typed, capture_output=True, text=True, check=False, env=environment
    )


def start_of(device: str, size: int) -> str:
    with Path(device).open("rb") as file:
        return hashlib.sha256(file.read(size)).hexdigest()


def test_an_image_is_written_once_its_name_is_typed(stick: str, iso: Path) -> None:
    name = Path(stick).name
    done = strongroom("image", "write", str(iso), stick, typed=f"{name}\n")
    assert done.returncode == 0, done.stderr
    assert "Loop Stick" in done.stderr
    wanted = hashlib.sha256(iso.read_bytes()).hexdigest()
    assert wanted in done.stdout
    assert start_of(stick, iso.stat().st_size) == wanted
    # What is behind the image stays as it was.
    with Path(stick).open("rb") as file:
        file.seek(16 * MIB - 512)
        assert file.read(512) == b"\x5a" * 512


@pytest.mark.parametrize("typed", ["", "\n", "yes\n", "sdb\n"])
def test_nothing_is_written_without_the_name(stick: str, iso: Path, typed: str) -> None:
    before = start_of(stick, 16 * MIB)
    assert strongroom("image", "write", str(iso), stick, typed=typed).returncode != 0
    assert start_of(stick, 16 * MIB) == before


def test_an_image_that_does_not_fit_or_is_none_is_refused(
    stick: str, iso: Path, tmp_path: Path
) -> None:
    before = start_of(stick, 16 * MIB)
    large = tmp_path / "large.iso"
    large.write_bytes(iso.read_bytes() + bytes(16 * MIB))
    none = tmp_path / "none.iso"
    none.write_bytes(bytes(MIB))
    for path, rule in ((large, "MEDIA-FULL"), (none, "MEDIA-READ")):
        done = strongroom("image", "write", str(path), stick, "--confirm", Path(stick).name)
        assert rule in done.stderr
    assert start_of(stick, 16 * MIB) == before


def test_a_device_that_lsblk_does_not_call_a_stick_is_refused(tmp_path: Path, iso: Path) -> None:
    image = tmp_path / "fixed.img"
    image.write_bytes(bytes(16 * MIB))
    with loop_device(image) as device:
        done = strongroom("image", "write", str(iso), device, "--confirm", Path(device).name)
        assert "MEDIA-FIXED" in done.stderr
    assert image.read_bytes() == bytes(16 * MIB)


def test_no_disk_of_this_machine_that_runs_from_is_a_stick() -> None:
    for disk in list_disks():
        if "/" in disk.mounts:
            assert not disk.is_stick
            with pytest.raises(Violation, match="MEDIA-FIXED"):
                find_stick(disk.device, list_disks())


@contextmanager
def mounted_ext4(device: str, folder: Path) -> Iterator[Path]:
    subprocess.run(("mkfs.ext4", "-q", "-F", "-L", "COURIER", device), check=True)
    folder.mkdir()
    subprocess.run(("mount", device, str(folder)), check=True)
    try:
        yield folder
    finally:
        subprocess.run(("umount", str(folder)), check=True)


def test_a_mounted_stick_is_not_overwritten(stick: str, iso: Path, tmp_path: Path) -> None:
    with mounted_ext4(stick, tmp_path / "mounted") as folder:
        done = strongroom("image", "write", str(iso), stick, "--confirm", Path(stick).name)
        assert "MEDIA-FIXED" in done.stderr
        assert (folder / "lost+found").is_dir()


def test_a_request_is_written_to_the_stick_that_is_found(
    stick: str, tmp_path: Path, open_desk: OpenDesk
) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    made = desk.pay("0.1btc")
    key = desk.stations[0].approver.fingerprint
    desk.do("request", "approve", made["request_id"], "--key", key)
    write = ("--home", str(desk.folder / "home"), "request", "write", made["request_id"])
    assert "MEDIA-GONE" in strongroom(*write).stderr
    with mounted_ext4(stick, tmp_path / "mounted") as folder:
        (folder / "holiday.jpg").write_bytes(b"picture")
        path = folder / f"{made['request_id']}.request"
        declined = strongroom(*write, typed="n\n")
        assert declined.returncode != 0
        assert not path.exists()
        done = strongroom(*write, typed="y\n")
        assert done.returncode == 0, done.stderr
        for shown in ("COURIER", "holiday.jpg", "Loop Stick"):
            assert shown in done.stderr
        assert desk.stations[0].answer(path.read_bytes())
        assert sorted(p.name for p in folder.iterdir()) == [path.name, "holiday.jpg", "lost+found"]
    assert desk.do("status", "--offline", made["request_id"])["requests"][0]["stage"] == "written"


def test_a_full_stick_keeps_what_was_there(stick: str, tmp_path: Path) -> None:
    with mounted_ext4(stick, tmp_path / "mounted") as folder:
        path = folder / "a.request"
        write_to_stick(path, b"first", lambda _done: None)
        with pytest.raises(Violation, match="MEDIA-FULL"):
            write_to_stick(path, bytes(64 * MIB), lambda _done: None)
        assert path.read_bytes() == b"first"
        steps: list[int] = []
        write_to_stick(path, bytes(3 * MIB), steps.append)
        assert steps == [MIB, 2 * MIB, 3 * MIB, 4 * MIB, 5 * MIB, 6 * MIB]
        names = [entry.name for entry in list_folder(folder)[0]]
        assert names == ["a.request", "lost+found"]
