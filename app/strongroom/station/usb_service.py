"""The USB service's program: `python -m strongroom.station.usb_service`, run as root by systemd.

It holds no capability: the files that authorise devices belong to root, and that is all the power it has. The
socket that consoles connect to is systemd's (sd_listen_fds(3)): none of them waits for this program to start.
"""

from __future__ import annotations

import pwd
import socket
from pathlib import Path
from threading import Thread

from strongroom.station.adapters.keyboards import has_keyboard
from strongroom.station.usb.service import Boot, UsbService
from strongroom.station.usb.sysfs import UsbTree

CONSOLES = 3
"""The descriptor of the socket of strongroom-usb.socket."""
USER = "strongroom"
"""Who may connect."""
STARTED = Path("/run/strongroom-usb/started")
"""There from the first start on: later ones take no keyboard for one that was there at boot."""
_UEVENT, _KERNEL_EVENTS = 15, (0, 1)
_EVENT_CAP = 8192
_BUFFER = 4 * 1024 * 1024
_QUIET_SECONDS = 10.0


def main() -> None:
    """Serve until systemd ends it."""
    # heard from before the first look, so that nothing falls between the two
    events = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, _UEVENT)
    events.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
    events.bind(_KERNEL_EVENTS)
    events.settimeout(_QUIET_SECONDS)
    boot = Boot(has_keyboard=has_keyboard, is_restart=STARTED.exists())
    service = UsbService(bus=UsbTree(), user_id=pwd.getpwnam(USER).pw_uid, boot=boot)
    STARTED.touch()
    listener = socket.socket(fileno=CONSOLES)
    Thread(target=service.accept, args=(listener,), daemon=True).start()
    _follow(events, service)


def _follow(events: socket.socket, service: UsbService) -> None:
    """Look again at every event of the bus, at lost events, and now and then in any case."""
    while True:
        try:
            event = events.recv(_EVENT_CAP)
        except OSError:  # nothing for a while, or more than the buffer held
            service.look()
            continue
        if b"\0SUBSYSTEM=usb\0" in event and b"\0DEVTYPE=usb_device\0" in event:
            service.look()


if __name__ == "__main__":
    main()
