"""The computer's USB ports: sticks go in and come out while it runs.

Pulling a stick never asks the guest. What the guest had not yet written is lost, as with a real
stick; what had reached the stick is in its image, which may be read once the pull has returned.
"""

from __future__ import annotations

import time
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.qmp import Qmp

_UNPLUG_SECONDS = 30


class Operation(StrEnum):
    """What the guest is doing to a stick; the value is QEMU's prefix for counting it."""

    READ = "rd"
    WRITE = "wr"


class UsbPorts:
    """Eight USB ports of a running QEMU, each stick known by the name given to it."""

    def __init__(self, qmp: Qmp) -> None:
        self._qmp = qmp
        self._slow: set[str] = set()
        self.plugged: set[str] = set()

    def plug(self, image: Path, name: str, *, bytes_per_second: int | None = None) -> None:
        """Plug the image in as a USB stick; `bytes_per_second` makes it a slow one."""
        stick: dict[str, object] = {
            "driver": "raw",
            "file": {"driver": "file", "filename": str(image.resolve())},
        }
        if bytes_per_second is not None:
            speed = f"{name}-speed"
            limits = {"bps-total": bytes_per_second}
            self._qmp.execute("object-add", qom_type="throttle-group", id=speed, limits=limits)
            self._slow.add(name)
            stick = {"driver": "throttle", "throttle-group": speed, "file": stick}
        self._qmp.execute("blockdev-add", node_name=name, **stick)
        self._qmp.execute(
            "device_add", driver="usb-storage", id=name, drive=name, bus="xhci.0", removable=True
        )
        self.plugged.add(name)

    def unplug(self, name: str) -> None:
        """Pull the stick out as a hand does: at once, whatever the guest is doing to it.

        The stick that the machine booted from is called "boot".
        """
        self.unplug_device(name)
        self._qmp.execute("blockdev-del", node_name=name)
        if name in self._slow:
            self._slow.remove(name)
            self._qmp.execute("object-del", id=f"{name}-speed")

    def plug_device(self, driver: str, name: str, **options: object) -> None:
        """Plug in any USB device that QEMU has."""
        self._qmp.execute("device_add", driver=driver, id=name, bus="xhci.0", **options)
        self.plugged.add(name)

    def unplug_device(self, name: str) -> None:
        """Pull a device out that has no image."""
        self._qmp.execute("device_del", id=name)
        self.plugged.discard(name)
        self._qmp.wait_event("DEVICE_DELETED", timeout=_UNPLUG_SECONDS, device=name)

    def unplug_during(
        self, name: str, operation: Operation, *, after_bytes: int, timeout: float = 60
    ) -> int:
        """Pull the stick once that many more bytes were read or written; return how many were.

        Plug it in with `bytes_per_second`, so that the moment can be met. Raises TimeoutError when
        the guest does not do as much within `timeout` seconds.
        """
        start = self.bytes_moved(name, operation)
        deadline = time.monotonic() + timeout
        while (moved := self.bytes_moved(name, operation) - start) < after_bytes:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{operation.name}: {moved} of {after_bytes} bytes on {name}")
            time.sleep(0.01)
        self.unplug(name)
        return moved

    def bytes_moved(self, name: str, operation: Operation) -> int:
        """Return how many bytes the guest has read from, or written to, the stick so far."""
        for device in self._qmp.execute("query-blockstats")["return"]:
            if device.get("node-name") == name:
                return int(device["stats"][f"{operation}_bytes"])
        raise KeyError(f"no stick is called {name}")
