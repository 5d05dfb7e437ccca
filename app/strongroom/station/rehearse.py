"""A rehearsal on any computer: the station's own program, with directories for sticks.

`python -m strongroom.station.rehearse --stick DIR` marks every screen; nothing else differs but the adapters.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from strongroom import __version__
from strongroom.core.machine.model import Hardware, Medium
from strongroom.core.session.values import Release
from strongroom.station.adapters.boot_notes import BootNotes
from strongroom.station.adapters.folder_media import FolderMedia
from strongroom.station.adapters.gnupg import Gnupg
from strongroom.station.adapters.kernel import (
    draw_random,
    harden_process,
    read_free_memory,
    read_machine_clock,
)
from strongroom.station.adapters.no_usb import NoUsb
from strongroom.station.adapters.release import rehearsed
from strongroom.station.ports import REHEARSAL_MARK, Machine, Station
from strongroom.station.signer.local import LocalSigner
from strongroom.station.tui.app import Application

_MEMORY = Path("/dev/shm")  # noqa: S108 - a tmpfs where there is one; the files in it are private

REHEARSED = Hardware(
    computer="a computer that nobody looked at",
    firmware="unknown",
    processor="unknown processor",
    threads=1,
    memory=0,
    hypervisor="",
    medium=Medium.UNKNOWN,
    interfaces=(),
    families=("unix", "netlink"),
    disks=(),
    keyboards=(),
    usb=(),
    lockdown="confidentiality",
    has_modules=False,
    has_swap=False,
)
"""What a rehearsal shows in the machine's place; the mark on the screen says what it is worth."""


def main() -> None:
    """Rehearse on this terminal, until the menu's "Switch off"."""
    parser = argparse.ArgumentParser(description="Rehearse a session with directories for sticks.")
    parser.add_argument("--stick", type=Path, action="append", default=[], metavar="DIR")
    parser.add_argument("--notes", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    harden_process()
    parent = _MEMORY if _MEMORY.is_dir() else Path(tempfile.gettempdir())
    release = Release(
        version=__version__,
        commit="unknown",
        built=datetime(2026, 11, 1, tzinfo=UTC),
        image_digest=None,
    )
    media = FolderMedia(tuple(path.resolve() for path in arguments.stick))
    # A folder for what one run of several sessions notes, as the station does while it is on.
    notes = arguments.notes or Path(tempfile.mkdtemp(dir=parent, prefix="strongroom-rehearsal-"))
    machine = Machine(
        openpgp=Gnupg(parent),
        random=draw_random,
        free_memory=read_free_memory,
        note_keys=BootNotes(notes / "keys"),
    )
    station = Station(
        media=media,
        usb=NoUsb(),
        signer=lambda: LocalSigner(machine, rehearsed(release)),
        random=draw_random,
        machine_clock=read_machine_clock,
        hardware=lambda: REHEARSED,
        console="this terminal",
        keyboard="The keyboard is read as this terminal sends it.",
        mark=REHEARSAL_MARK,
    )
    Application(station).run()
    if media.is_off:
        shutil.rmtree(notes)
        return
    # A session is over. On the station systemd starts the programs anew; here this one does it.
    again = () if arguments.notes else ("--notes", str(notes))
    os.execv(sys.executable, (sys.executable, *sys.orig_argv[1:], *again))  # noqa: S606 - the same command


if __name__ == "__main__":
    main()
