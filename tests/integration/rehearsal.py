"""The station's program in a rehearsal: on a pseudo-terminal of its own, with a folder as its stick.

Quicker than the booted ISO, and the same screens, session, GnuPG and vault files.
"""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import sys
import termios
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyte

from strongroom.core.session.rehearsal import PREFIX
from tests.e2e.keyboard import parse_keys, serial_bytes
from tests.e2e.screen import COLUMNS, ROWS, Console

APP = Path(__file__).resolve().parents[2] / "app"
_CHUNK_SECONDS = 0.004


class _Screen(pyte.Screen):
    """A screen that answers where its cursor is."""

    def __init__(self, line: int) -> None:
        self._line = line
        super().__init__(COLUMNS, ROWS)

    def write_process_input(self, data: str) -> None:
        os.write(self._line, data.encode())


class Rehearsal(Console):
    """One run of the program; `press` and `text` as at any console."""

    poll_seconds = 0.02

    def __init__(self, stick: Path, *, prefix: tuple[str, ...] = ()) -> None:
        super().__init__(lambda: self.is_running)
        self.is_running = True
        program = (sys.executable, "-m", "strongroom.station.rehearse")
        command = (*prefix, *program, "--stick", str(stick))
        environment = {**os.environ, "TERM": "linux", "PYTHONPATH": str(APP)}
        self._child, self._line = pty.fork()
        if self._child == 0:
            os.execvpe(command[0], command, environment)  # noqa: S606 - the program under test
        fcntl.ioctl(self._line, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self._screen = _Screen(self._line)
        self._stream = pyte.ByteStream(self._screen)
        self._lock = threading.Lock()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def process(self) -> int:
        """The number of the program's process."""
        return self._child

    def press(self, keys: str) -> None:
        """Send the keys one by one."""
        for key in parse_keys(keys):
            os.write(self._line, serial_bytes(key))
            time.sleep(_CHUNK_SECONDS if key != "esc" else 0.3)

    def text(self) -> str:
        """The 24 lines of the terminal, without trailing blanks."""
        with self._lock:
            return "\n".join(line.rstrip() for line in self._screen.display)

    def end(self) -> None:
        """End the program, which is all that a power cut leaves of it."""
        if self.is_running:
            os.kill(self._child, 9)
        os.waitpid(self._child, 0)
        os.close(self._line)

    def _listen(self) -> None:
        while True:
            try:
                data = os.read(self._line, 65536)
            except OSError:
                data = b""
            if not data:
                self.is_running = False
                return
            with self._lock:
                self._stream.feed(data)


def plain_names(files: dict[str, bytes]) -> dict[str, bytes]:
    """Files of a rehearsal's stick without its mark; each has to have it."""
    assert all(name.startswith(PREFIX) for name in files), files.keys()
    return {name.removeprefix(PREFIX): data for name, data in files.items()}


@contextmanager
def rehearsed(stick: Path) -> Iterator[Rehearsal]:
    """A rehearsal with `stick` in, ended afterwards."""
    stick.mkdir(exist_ok=True)
    running = Rehearsal(stick)
    try:
        yield running
    finally:
        running.end()
