"""A rehearsal on any computer: the station's own program, with directories for sticks.

`python -m strongroom.station.rehearse --stick DIR` marks every screen; nothing else differs but the adapters.
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from strongroom import __version__
from strongroom.core.machine.model import Hardware, Medium
from strongroom.core.session.values import Release
from strongroom.station.adapters.folder_media import FolderMedia
from strongroom.station.adapters.gnupg import Gnupg
from strongroom.station.adapters.kernel import (
    draw_random,
    harden_process,
    read_free_memory,
    read_machine_clock,
)
from strongroom.station.adapters.no_usb import NoUsb
from strongroom.station.ports import Station
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
    arguments = parser.parse_args()
    harden_process()
    parent = _MEMORY if _MEMORY.is_dir() else Path(tempfile.gettempdir())
    release = Release(
        version=f"{__version__} (rehearsal)",
        commit="unknown",
        built=datetime(2026, 11, 1, tzinfo=UTC),
        image_digest=None,
    )
    station = Station(
        media=FolderMedia(tuple(path.resolve() for path in arguments.stick)),
        usb=NoUsb(),
        openpgp=Gnupg(parent),
        random=draw_random,
        machine_clock=read_machine_clock,
        free_memory=read_free_memory,
        hardware=lambda: REHEARSED,
        release=release,
        console="this terminal",
        keyboard="The keyboard is read as this terminal sends it.",
        mark="REHEARSAL",
    )
    Application(station).run()


if __name__ == "__main__":
    main()
