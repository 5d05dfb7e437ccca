"""The terminal of this process: its size where it knows none, and keys that would stop the program."""

from __future__ import annotations

import fcntl
import struct
import termios

_WINDOW = struct.Struct("4H")


def set_window_size(terminal: int, *, columns: int, rows: int) -> None:
    """Give a terminal that does not know its size (a serial line) this one."""
    known_rows, known_columns, *_ = _WINDOW.unpack(
        fcntl.ioctl(terminal, termios.TIOCGWINSZ, bytes(_WINDOW.size))
    )
    if not known_rows or not known_columns:
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, _WINDOW.pack(rows, columns, 0, 0))


def take_all_keys(terminal: int) -> None:
    """Have Ctrl-C, Ctrl-Z and Ctrl-S be keys like others, so that none stops or freezes the station."""
    settings = termios.tcgetattr(terminal)
    settings[0] &= ~(termios.IXON | termios.IXOFF)
    settings[3] &= ~termios.ISIG
    termios.tcsetattr(terminal, termios.TCSANOW, settings)
