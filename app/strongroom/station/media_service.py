"""The media service's program: `python -m strongroom.station.media_service`, run by systemd.

systemd passes two sockets (sd_listen_fds(3)): the one that consoles connect to, and one that hears udev. When
the machine is to be switched off the program ends with success, and the unit says what that means.
"""

from __future__ import annotations

import os
import pwd
import socket
import sys
from pathlib import Path

from strongroom.station.media.service import MediaService
from strongroom.station.media.sticks import UdevSticks

CONSOLES, EVENTS = 3, 4
"""The descriptors of the sockets, in the order of strongroom-media.socket."""
USER = "strongroom"
"""Who may connect."""
DIRECTORY = Path("/run/strongroom-media/stick")
"""Where a stick is mounted while it is read or written."""


def main() -> None:
    """Serve until the machine is to be switched off."""
    service = MediaService(
        source=UdevSticks(socket.socket(fileno=EVENTS)),
        directory=DIRECTORY,
        user_id=pwd.getpwnam(USER).pw_uid,
        switch_off=lambda: os._exit(0),
    )
    service.accept(socket.socket(fileno=CONSOLES))
    sys.exit(
        "the consoles' socket is gone"
    )  # a failure, which is another end than the one that is asked for


if __name__ == "__main__":
    main()
