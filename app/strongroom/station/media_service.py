"""The media service's program: `python -m strongroom.station.media_service`, run as root by systemd."""

from __future__ import annotations

import argparse
import os
import pwd
import socket
from pathlib import Path

from strongroom.station.media.protocol import SOCKET
from strongroom.station.media.service import MediaService, listen
from strongroom.station.media.sticks import UdevSticks


def notify_ready() -> None:
    """Tell systemd that the socket is there (sd_notify(3)); nothing without systemd."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.connect("\0" + address[1:] if address.startswith("@") else address)
            notify.send(b"READY=1")


def main() -> None:
    """Serve until systemd ends it."""
    parser = argparse.ArgumentParser(description="Give the station's consoles their USB sticks.")
    parser.add_argument("--socket", type=Path, default=Path(SOCKET))
    parser.add_argument("--directory", type=Path, default=Path("/run/strongroom-media/stick"))
    parser.add_argument("--user", default="strongroom")
    arguments = parser.parse_args()
    account = pwd.getpwnam(arguments.user)
    service = MediaService(
        source=UdevSticks(), directory=arguments.directory, user_id=account.pw_uid
    )
    listener = listen(arguments.socket, account.pw_gid)
    notify_ready()
    service.accept(listener)


if __name__ == "__main__":
    main()
