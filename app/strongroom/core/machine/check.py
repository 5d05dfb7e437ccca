"""What must hold of the machine before a sitting goes on.

The kernel has no driver for a network or an internal disk, so that none of this can fail in the image as
built; a kernel that was swapped or built otherwise is what these checks find.
"""

from __future__ import annotations

from strongroom.core.errors import Fault
from strongroom.core.machine.model import Hardware

LOOPBACK = "lo"
FAMILIES = frozenset(("unix", "netlink"))
LOCKDOWN = "confidentiality"
_OTHER = "do not use this machine with this image; build and check the image again"


def check_machine(hardware: Hardware) -> Hardware:
    """`hardware`, on which a sitting may go on; raises MACHINE-NETWORK, MACHINE-DISK or MACHINE-KERNEL."""
    networks = set(hardware.interfaces) - {LOOPBACK}
    families = set(hardware.families) - FAMILIES
    if networks:
        raise Fault("MACHINE-NETWORK", f"network interfaces exist: {_list(networks)}", hint=_OTHER)
    if families or not hardware.families:
        found = _list(families) or "none could be tried"
        raise Fault("MACHINE-NETWORK", f"socket families of a network: {found}", hint=_OTHER)
    if hardware.disks:
        raise Fault(
            "MACHINE-DISK", f"disks that are not on USB exist: {_list(hardware.disks)}", hint=_OTHER
        )
    if hardware.lockdown != LOCKDOWN:
        level = hardware.lockdown or "off"
        raise Fault("MACHINE-KERNEL", f"the kernel's lockdown is {level}", hint=_OTHER)
    if hardware.has_modules or hardware.has_swap:
        what = "load modules" if hardware.has_modules else "swap memory to a disk"
        raise Fault("MACHINE-KERNEL", f"the kernel can {what}", hint=_OTHER)
    return hardware


def _list(names: set[str] | tuple[str, ...]) -> str:
    return ", ".join(sorted(names))
