"""The USB service's program: `python -m strongroom.station.usb_service`, run as root by systemd.

It holds no capability: the files that authorise devices belong to root, and that is all the power it has.
"""

from __future__ import annotations

import argparse
import pwd
import socket
from pathlib import Path
from threading import Thread

from strongroom.station.adapters.keyboards import has_keyboard
from strongroom.station.usb.protocol import SOCKET
from strongroom.station.usb.service import Boot, UsbService
from strongroom.station.usb.sysfs import UsbTree
from strongroom.station.wire import listen, notify_ready

_UEVENT, _KERNEL_EVENTS = 15, (0, 1)
_EVENT_CAP = 8192
_BUFFER = 4 * 1024 * 1024
_QUIET_SECONDS = 10.0
_STARTED = "started"


def main() -> None:
    """Serve until systemd ends it."""
    parser = argparse.ArgumentParser(description="Decide which USB devices the station uses.")
    parser.add_argument("--socket", type=Path, default=Path(SOCKET))
    parser.add_argument("--user", default="strongroom")
    arguments = parser.parse_args()
    account = pwd.getpwnam(arguments.user)
    # heard from before the first look, so that nothing falls between the two
    events = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, _UEVENT)
    events.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
    events.bind(_KERNEL_EVENTS)
    events.settimeout(_QUIET_SECONDS)
    started = arguments.socket.parent / _STARTED
    boot = Boot(has_keyboard=has_keyboard, is_restart=started.exists())
    service = UsbService(bus=UsbTree(), user_id=account.pw_uid, boot=boot)
    started.touch()
    listener = listen(arguments.socket, account.pw_gid)
    Thread(target=service.accept, args=(listener,), daemon=True).start()
    notify_ready()
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
