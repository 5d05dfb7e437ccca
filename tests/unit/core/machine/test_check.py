"""A machine with a network, a disk or an open kernel is refused; the listing names what there is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from strongroom.core.errors import Fault
from strongroom.core.machine.check import check_machine
from strongroom.core.machine.model import UsbDevice, Use
from strongroom.core.machine.text import hardware_record
from tests.unit.core.machine.example import HARDWARE


def test_a_machine_without_network_and_disks_is_taken() -> None:
    assert check_machine(HARDWARE) is HARDWARE
    assert check_machine(replace(HARDWARE, interfaces=())).interfaces == ()


@pytest.mark.parametrize(
    ("change", "rule", "value"),
    [
        ({"interfaces": ("eth0", "lo")}, "MACHINE-NETWORK", "eth0"),
        ({"families": ("unix", "inet", "netlink")}, "MACHINE-NETWORK", "inet"),
        ({"families": ("unix", "family 45", "netlink")}, "MACHINE-NETWORK", "family 45"),
        ({"families": ()}, "MACHINE-NETWORK", "none could be tried"),
        ({"disks": ("nvme0n1",)}, "MACHINE-DISK", "nvme0n1"),
        ({"lockdown": ""}, "MACHINE-KERNEL", "off"),
        ({"lockdown": "integrity"}, "MACHINE-KERNEL", "integrity"),
        ({"has_modules": True}, "MACHINE-KERNEL", "load modules"),
        ({"has_swap": True}, "MACHINE-KERNEL", "swap"),
    ],
)
def test_another_machine_is_refused(change: dict[str, Any], rule: str, value: str) -> None:
    with pytest.raises(Fault) as caught:
        check_machine(replace(HARDWARE, **change))
    assert caught.value.rule == rule
    assert value in caught.value.message


def test_the_record_names_a_virtual_machine_and_every_device() -> None:
    device = UsbDevice(
        id="1-2.4#9",
        ids="0525:a4a2",
        name="Linux RNDIS",
        sort="network adapter (RNDIS)",
        use=Use.REFUSED,
        reason="only storage, hubs and keyboards are used",
    )
    record = hardware_record(replace(HARDWARE, hypervisor="QEMU", usb=(device,)))
    assert "Virtual machine: yes, QEMU: whoever runs it can see every secret in it" in record
    assert record[-1] == (
        "USB: 1-2.4 0525:a4a2 Linux RNDIS, network adapter (RNDIS), refused: "
        "only storage, hubs and keyboards are used"
    )
