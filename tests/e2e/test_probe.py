"""The second proof: the ISO's own kernel and root file system, with a program inside that looks for a network.

The station's screens tell what the station sees. This looks from beside it, as root and without any
filter, on a machine full of cards and disks. The one difference to the ISO is the program and its unit.
"""

from __future__ import annotations

import errno
import hashlib
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.machine import ISO, OUT, Machine
from tests.e2e.test_hardware import CARDS, STRANGE

pytestmark = pytest.mark.e2e
PROBE = Path(__file__).parent / "probe"
BOOT_LINE = "root=/dev/ram0 ro rootfstype=squashfs quiet loglevel=3"
SECONDS = 120
# All that this kernel can do with a PCI device, whatever its ids are: bridges, USB, serial ports, and the buses
# inside Intel's chips on which laptops have their keyboards.
PCI_DRIVERS = {
    *("ehci-pci", "ohci-pci", "pcieport", "serial", "uhci_hcd", "xhci_hcd"),
    *("intel-lpss", "iosf_mbi_pci"),
}
USB_DRIVERS = {"hub", "uas", "usb", "usb-storage", "usbfs", "usbhid"}
BUSES_OF_NETWORKS_AND_DISKS = {"virtio", "nvme", "nvme-subsystem", "mmc", "sdio", "ssb", "bcma"}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("probe")
    kernel, system = _extract(folder)
    disk = folder / "disk.img"
    disk.write_bytes(bytes(1 << 20))
    extra = (
        *("-kernel", str(kernel), "-initrd", str(_with_probe(system, folder))),
        *("-append", BOOT_LINE, *CARDS, "-device", "usb-hub,port=5", *STRANGE[:4]),
        *("-blockdev", f"driver=raw,node-name=nvme,file.driver=file,file.filename={disk}"),
        *("-device", "nvme,drive=nvme,serial=1"),
    )
    with Machine(name="probe", extra=extra, memory_mib=768) as machine:
        machine.wait_for("EBORP", SECONDS)
        found = re.search(rb"PROBE(.*)EBORP", machine.serial_log(), re.DOTALL)
        assert found is not None
        yield json.loads(found[1])


def _extract(folder: Path) -> tuple[Path, Path]:
    command = (OUT.parent / "image/open-iso.sh", ISO, folder / "opened")
    subprocess.run(command, check=True, capture_output=True)
    boot = folder / "opened/boot"
    return boot / "vmlinuz", boot / "system.squashfs"


def _with_probe(system: Path, folder: Path) -> Path:
    """The same root file system with the program and its unit in it."""
    root, changed = folder / "root", folder / "changed.squashfs"
    subprocess.run(("unsquashfs", "-quiet", "-no-progress", "-d", root, system), check=True)
    (root / "usr/lib/probe.py").write_bytes((PROBE / "probe.py").read_bytes())
    units = root / "etc/systemd/system"
    (units / "probe.service").write_bytes((PROBE / "probe.service").read_bytes())
    wants = units / "default.target.wants"
    wants.mkdir()
    (wants / "probe.service").symlink_to("../probe.service")
    options = [
        "-all-root",
        "-no-xattrs",
        "-no-progress",
        "-quiet",
        "-comp",
        "zstd",
        "-Xcompression-level",
        "3",
    ]
    subprocess.run(("mksquashfs", root, changed, *options), check=True)
    return changed


def test_no_socket_of_a_network_can_be_had(report: dict[str, Any]) -> None:
    assert report["families"] == [1, 16]
    for name, answers in report["named"].items():
        assert set(answers) == {errno.EAFNOSUPPORT}, name
    assert set(report["protocols"]) <= {"UNIX", "UNIX-STREAM", "NETLINK"}


def test_no_interface_but_the_loopback(report: dict[str, Any]) -> None:
    assert report["interfaces"] == ["lo"]


def test_no_module_can_be_loaded(report: dict[str, Any]) -> None:
    assert report["modules"] == [errno.ENOSYS, errno.ENOSYS]
    assert not report["has_modules_file"]
    assert "[confidentiality]" in report["lockdown"]


def test_the_running_kernel_has_the_published_configuration(report: dict[str, Any]) -> None:
    assert report["config"] == hashlib.sha256((OUT / "kernel.config").read_bytes()).hexdigest()
    assert "CONFIG_NET=y" in report["kernel_lines"]
    assert not [line for line in report["kernel_lines"] if line.startswith("CONFIG_INET")]


def test_no_driver_exists_that_a_network_card_or_a_disk_could_match(report: dict[str, Any]) -> None:
    """Whatever the ids: a card that no driver knows stays a number in a list."""
    assert set(report["pci_drivers"]) <= PCI_DRIVERS
    assert set(report["usb_drivers"]) <= USB_DRIVERS
    assert not BUSES_OF_NETWORKS_AND_DISKS & set(report["buses"])
    kinds = {kind[:4]: driver for kind, _, _, driver in report["pci"]}
    assert kinds["0x02"] == kinds["0x01"] == "", "cards and disks are there, and undriven"


def test_no_block_device_but_memory_and_usb(report: dict[str, Any]) -> None:
    assert {name for name in report["block"] if not name.startswith("sd")} == {"ram0"}
