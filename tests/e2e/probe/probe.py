"""Runs inside the station's system with all its powers, and prints what it found as one line of JSON.

Only the tests put it there, beside the kernel and the root file system of the ISO.
"""

from __future__ import annotations

import ctypes
import gzip
import hashlib
import json
import socket
import sys
from pathlib import Path

KINDS = (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET)
INIT_MODULE, FINIT_MODULE = 175, 313
NONE = 97  # EAFNOSUPPORT: the kernel has no such family


def try_socket(family: int, kind: int) -> int:
    """The errno of an attempt, 0 for success."""
    try:
        socket.socket(family, kind).close()
    except OSError as error:
        return error.errno or -1
    return 0


def try_module(number: int) -> int:
    """The errno of an attempt to load a module."""
    libc = ctypes.CDLL(None, use_errno=True)
    arguments = (b"\x7fELF", ctypes.c_ulong(4), b"") if number == INIT_MODULE else (0, b"", 0)
    result = libc.syscall(number, *arguments)
    return 0 if result == 0 else ctypes.get_errno()


def drivers(bus: str) -> list[str]:
    """The drivers of a bus, whether they drive anything or not."""
    return names(f"/sys/bus/{bus}/drivers")


def names(folder: str) -> list[str]:
    """What a folder holds."""
    path = Path(folder)
    return sorted(each.name for each in path.iterdir()) if path.exists() else []


def devices() -> list[list[str]]:
    """Every PCI device: its class, its ids, and its driver."""
    found = []
    for path in sorted(Path("/sys/bus/pci/devices").iterdir()):
        driver = path / "driver"
        text = [(path / name).read_text().strip() for name in ("class", "vendor", "device")]
        found.append([*text, driver.resolve().name if driver.exists() else ""])
    return found


CONFIG = gzip.decompress(Path("/proc/config.gz").read_bytes())
NAMED = {"inet": 2, "inet6": 10, "packet": 17, "bluetooth": 31, "can": 29}
SHOWN = ("CONFIG_NET", "CONFIG_MODULES", "CONFIG_INET", "CONFIG_UNIX")

report = {
    "families": sorted({f for f in range(64) for kind in KINDS if try_socket(f, kind) != NONE}),
    "named": {name: [try_socket(family, kind) for kind in KINDS] for name, family in NAMED.items()},
    "interfaces": names("/sys/class/net"),
    "protocols": [
        line.split()[0] for line in Path("/proc/net/protocols").read_text().splitlines()[1:]
    ],
    "pci": devices(),
    "pci_drivers": drivers("pci"),
    "usb_drivers": drivers("usb"),
    "buses": names("/sys/bus"),
    "block": names("/sys/block"),
    "modules": [try_module(INIT_MODULE), try_module(FINIT_MODULE)],
    "has_modules_file": Path("/proc/modules").exists(),
    "config": hashlib.sha256(CONFIG).hexdigest(),
    "kernel_lines": [line for line in CONFIG.decode().splitlines() if line.startswith(SHOWN)],
    "lockdown": Path("/sys/kernel/security/lockdown").read_text().strip(),
}
sys.stdout.write("PROBE" + json.dumps(report) + "EBORP\n")
