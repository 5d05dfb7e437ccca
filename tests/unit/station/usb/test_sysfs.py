"""The bus in a folder like the kernel's: what is read of it, and which doors are opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from strongroom.station.usb.policy import Found
from strongroom.station.usb.sorts import Sort
from strongroom.station.usb.sysfs import UsbTree
from tests.unit.station.usb.devices import BULK, KEYBOARD, KEYBOARD_REPORT, MOUSE, Kind, simple


@pytest.fixture
def tree(tmp_path: Path) -> UsbTree:
    (tmp_path / "drivers_probe").touch()
    hub = tmp_path / "devices/usb1"
    hub.mkdir(parents=True)
    for name in ("authorized_default", "interface_authorized_default"):
        (hub / name).write_text("1")
    return UsbTree(tmp_path)


def plug(tree: UsbTree, place: str, *kinds: Kind, data: bytes = b"") -> Path:
    path = tree.root / "devices" / place
    path.mkdir()
    texts = {"devnum": "7", "authorized": "0", "idVendor": "046d", "idProduct": "c31c"}
    for name, text in (texts | {"manufacturer": "Acme\x1b[2J", "product": "Thing \u202e"}).items():
        (path / name).write_text(f"{text}\n")
    (path / "descriptors").write_bytes(data or simple(*kinds))
    (path / "driver").symlink_to(tree.root)
    for number, kind in enumerate(kinds):
        interface = path / f"{place}:1.{number}"
        interface.mkdir()
        names = ("bInterfaceClass", "bInterfaceSubClass")
        for name, value in zip(names, kind, strict=False):
            (interface / name).write_text(f"{value:02x}\n")
        (interface / "bInterfaceNumber").write_text(f"{number:02x}\n")
        (interface / "authorized").write_text("0")
    return path


def allow(tree: UsbTree) -> Found:
    (found,) = tree.found()
    assert found.sorted is not None
    tree.allow(found, found.sorted)
    return found


def test_doors_are_closed_for_devices_and_interfaces(tree: UsbTree) -> None:
    tree.close_doors()
    hub = tree.root / "devices/usb1"
    assert (hub / "authorized_default").read_text() == "0"
    assert (hub / "interface_authorized_default").read_text() == "0"


def test_a_device_is_read_with_a_name_that_can_be_shown(tree: UsbTree) -> None:
    plug(tree, "1-2", BULK)
    (found,) = tree.found()
    assert (found.id, found.ids, found.name) == ("1-2#7", "046d:c31c", "Acme[2J Thing")
    assert found.sorted is not None
    assert found.sorted.sort is Sort.STORAGE


def test_a_device_is_left_alone_until_the_kernel_has_finished_with_it(tree: UsbTree) -> None:
    path = plug(tree, "1-2", BULK)
    (path / "driver").unlink()
    assert tree.found() == ()
    (path / "driver").symlink_to(tree.root)
    assert [found.id for found in tree.found()] == ["1-2#7"]


def test_only_the_used_interface_is_opened(tree: UsbTree) -> None:
    path = plug(tree, "1-2", MOUSE, KEYBOARD)
    allow(tree)
    assert (path / "authorized").read_text() == "1"
    assert (path / "1-2:1.0/authorized").read_text() == "0"
    assert (path / "1-2:1.1/authorized").read_text() == "1"
    assert (tree.root / "drivers_probe").read_text() == "1-2:1.1"
    assert tree.is_allowed("1-2#7")
    tree.forbid("1-2#7")
    assert not tree.is_allowed("1-2#7")


def test_an_interface_that_the_kernel_sees_otherwise_is_not_opened(tree: UsbTree) -> None:
    path = plug(tree, "1-2", (2, 6, 0), data=simple(BULK))
    with pytest.raises(OSError, match="another kind"):
        allow(tree)
    assert (path / "1-2:1.0/authorized").read_text() == "0"
    assert (tree.root / "drivers_probe").read_text() == ""


def test_another_device_in_the_same_port_is_not_mistaken(tree: UsbTree) -> None:
    path = plug(tree, "1-2", BULK)
    (before,) = tree.found()
    (path / "devnum").write_text("8")
    assert before.sorted is not None
    with pytest.raises(FileNotFoundError):
        tree.allow(before, before.sorted)
    tree.forbid(before.id)
    assert not tree.is_allowed(before.id)
    assert (path / "authorized").read_text() == "0\n"


def test_unreadable_descriptors_make_it_unsorted(tree: UsbTree) -> None:
    plug(tree, "1-2", data=b"\x12\x01nonsense")
    (found,) = tree.found()
    assert found.sorted is None


def test_a_device_that_goes_while_it_is_read_is_left_out(tree: UsbTree) -> None:
    (plug(tree, "1-2", BULK) / "devnum").unlink()
    assert tree.found() == ()


def test_the_report_descriptor_is_the_kernels(
    tree: UsbTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = plug(tree, "1-2", KEYBOARD)
    monkeypatch.setattr("strongroom.station.usb.sysfs._SETTLE_SECONDS", 0.05)
    assert tree.report("1-2#7") == b""
    input_device = path / "1-2:1.0/0003:046D:C31C.0001"
    input_device.mkdir()
    (input_device / "report_descriptor").write_bytes(KEYBOARD_REPORT)
    assert tree.report("1-2#7") == KEYBOARD_REPORT
