"""The media service's program: `python -m strongroom.station.media_service`, run as root by systemd."""

from __future__ import annotations

import argparse
import pwd
from pathlib import Path

from strongroom.station.media.protocol import SOCKET
from strongroom.station.media.service import MediaService
from strongroom.station.media.sticks import UdevSticks
from strongroom.station.wire import listen, notify_ready


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
