"""The signer's program: `python -m strongroom.station.signer_service`, run by systemd for each session.

systemd holds the socket (sd_listen_fds(3)) and starts this program when somebody connects: a new one for each.
"""

from __future__ import annotations

import argparse
import os
import pwd
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from strongroom.core.errors import Fault
from strongroom.station.adapters.boot_notes import BootNotes
from strongroom.station.adapters.gnupg import Gnupg
from strongroom.station.adapters.kernel import (
    draw_random,
    harden_process,
    is_rehearsal,
    read_free_memory,
)
from strongroom.station.adapters.release import RELEASE, read_release, rehearsed
from strongroom.station.ports import Machine, Tell
from strongroom.station.signer.machine import load_sitting, room_steps
from strongroom.station.signer.service import await_application, serve

if TYPE_CHECKING:
    from collections.abc import Callable

    from strongroom.station.signer.machine import RoomSteps

FIRST_PASSED = 3
"""The descriptor under which systemd passes the socket (SD_LISTEN_FDS_START)."""


def prepare(
    private: Path, notes: Path, release_file: Path, command_line: Path
) -> Callable[[Tell], RoomSteps]:
    """Load everything; what is wrong with the image is raised when a sitting begins, and shown there."""
    machine = Machine(
        openpgp=Gnupg(private),
        random=draw_random,
        free_memory=read_free_memory,
        note_keys=BootNotes(notes),
    )
    try:
        harden_process()
        release, sitting = read_release(release_file), load_sitting()
        if is_rehearsal(command_line.read_text(encoding="ascii", errors="replace")):
            release = rehearsed(release)
    except Fault as fault:
        stop = fault  # the name in the except clause is gone when it is needed

        def refuse(_tell: Tell) -> RoomSteps:
            raise stop

        return refuse
    return lambda tell: room_steps(sitting(release), machine, tell)


def main() -> None:
    """Serve one session, and end."""
    parser = argparse.ArgumentParser(description="Run one session, for the station's application.")
    parser.add_argument("--user", default="strongroom", help="who may connect")
    parser.add_argument("--private", type=Path, default=Path("/run/strongroom-signer"))
    parser.add_argument("--notes", type=Path, default=Path("/var/lib/strongroom-signer/keys"))
    parser.add_argument("--release", type=Path, default=RELEASE)
    parser.add_argument("--command-line", type=Path, default=Path("/proc/cmdline"))
    parser.add_argument("--descriptor", type=int, default=FIRST_PASSED)
    arguments = parser.parse_args()
    user_id = pwd.getpwnam(arguments.user).pw_uid
    begin = prepare(arguments.private, arguments.notes, arguments.release, arguments.command_line)
    connection = await_application(socket.socket(fileno=arguments.descriptor), user_id)
    serve(connection, begin)
    # At once, with the connection still open: the kernel takes the memory back, then closes it.
    os._exit(0)


if __name__ == "__main__":
    main()
