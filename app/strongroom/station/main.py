"""The application: `python -m strongroom.station.main`, run by systemd on a console of the booted image.

It ends with each session, and systemd starts it again: what was typed in one is not in memory in the next.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from strongroom.core.errors import Fault
from strongroom.station.adapters.kernel import (
    draw_random,
    harden_process,
    is_rehearsal,
    read_command_line,
    read_machine_clock,
)
from strongroom.station.adapters.media_client import MediaClient
from strongroom.station.adapters.terminal import set_window_size, take_all_keys
from strongroom.station.adapters.usb_client import UsbClient
from strongroom.station.keyboards import chosen_layout, describe_keyboard
from strongroom.station.ports import REHEARSAL_MARK, Station
from strongroom.station.tui.app import Application
from strongroom.station.tui.frame import COLUMNS, ROWS

if TYPE_CHECKING:
    from strongroom.core.machine.model import Hardware
    from strongroom.station.ports import Signer


def _load_signer() -> Signer:
    from strongroom.station.adapters.signer_client import SignerClient  # noqa: PLC0415 - as Station has it

    return SignerClient()


def _read_hardware(usb: UsbClient) -> Hardware:
    from strongroom.station.adapters.hardware import Kernel  # noqa: PLC0415 - the first screen does without

    return Kernel(usb.devices).read_hardware()


def main() -> None:
    """Run one session on this terminal."""
    terminal = sys.stdin.fileno()
    console = sys.argv[1]  # of the terminal's device nothing but the descriptor is there
    take_all_keys(terminal)
    set_window_size(terminal, columns=COLUMNS, rows=ROWS)
    try:
        harden_process()
        usb = UsbClient()
        command_line = read_command_line()
        station = Station(
            media=MediaClient(),
            usb=usb,
            signer=_load_signer,
            random=draw_random,
            machine_clock=read_machine_clock,
            hardware=lambda: _read_hardware(usb),
            console=console,
            keyboard=describe_keyboard(chosen_layout(command_line), console),
            mark=REHEARSAL_MARK if is_rehearsal(command_line) else "",
        )
    except Fault as fault:
        # Before there is any screen; systemd starts the program again a second later.
        sys.stdout.write(f"\r\nSTOP  {fault}\r\n{fault.hint}\r\n")
        sys.exit(1)
    Application(station).run()


if __name__ == "__main__":
    main()
