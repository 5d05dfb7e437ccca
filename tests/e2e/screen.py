"""The two consoles of the station behind the same two verbs: `press` and `text`.

A `SerialConsole` is a terminal on the serial line; a `KeyboardConsole` is a keyboard and a screen,
read back from pictures. A scenario written against `Console` runs on either. Waiting is bounded,
ends early when the machine ends, and its failure shows the whole screen.
"""

from __future__ import annotations

import fcntl
import re
import struct
import termios
import threading
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import pyte

from tests.e2e.framebuffer import decode_screen
from tests.e2e.keyboard import key_codes, parse_keys, serial_bytes

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.framebuffer import ConsoleFont
    from tests.e2e.picture import Picture
    from tests.e2e.qmp import Qmp

COLUMNS, ROWS = 80, 24

_DRAIN_SECONDS = 60
_ESCAPE_SECONDS = 0.4  # longer than any program waits for the rest of an escape sequence
_CHUNK = 32
_CHUNK_SECONDS = 0.02
_HOLD_MILLISECONDS = 20


class ScreenTimeoutError(AssertionError):
    """The screen did not show in time what the scenario expects; the message holds the screen."""


class Console(ABC):
    """A way to use the station: press keys, read the screen.

    `alive` tells whether the machine still runs, so that waiting for a dead one ends at once.
    """

    poll_seconds: float

    def __init__(self, alive: Callable[[], bool]) -> None:
        self._alive = alive

    @abstractmethod
    def press(self, keys: str) -> None:
        """Send the keys, in the notation of `keyboard`, no faster than the machine takes them."""

    @abstractmethod
    def text(self) -> str:
        """Return what the screen shows now, a line for each row, without trailing blanks."""

    def wait_for(self, wanted: str | re.Pattern[str], timeout: float = 30) -> str:
        """Return the screen as soon as it shows `wanted`: a literal text or a regular expression.

        Raises ScreenTimeoutError after `timeout` seconds, or when the machine ends.
        """
        pattern = re.compile(re.escape(wanted)) if isinstance(wanted, str) else wanted
        return self._wait(pattern.search, f"{pattern.pattern!r}", timeout)

    def wait_gone(self, unwanted: str | re.Pattern[str], timeout: float = 30) -> str:
        """Return the screen as soon as it no longer shows `unwanted`; raises as `wait_for` does."""
        pattern = re.compile(re.escape(unwanted)) if isinstance(unwanted, str) else unwanted
        return self._wait(
            lambda screen: not pattern.search(screen), f"no {pattern.pattern!r}", timeout
        )

    def _wait(self, holds: Callable[[str], object], sought: str, timeout: float) -> str:
        deadline = time.monotonic() + timeout
        while True:
            alive = self._alive()
            screen = self.text()
            if holds(screen):
                return screen
            if not alive or time.monotonic() > deadline:
                why = f"within {timeout:g} s" if alive else "before the machine ended"
                raise ScreenTimeoutError(
                    f"expected {sought} {why}; the screen shows:\n{_framed(screen)}"
                )
            time.sleep(self.poll_seconds)


def _framed(screen: str) -> str:
    lines = screen.splitlines()
    width = max((len(line) for line in lines), default=0)
    rule = f"+{'-' * width}+"
    return "\n".join([rule, *(f"|{line:{width}}|" for line in lines), rule])


class _Terminal(pyte.Screen):
    """A screen that answers what programs ask of a terminal, such as where its cursor is."""

    def __init__(self, answer: Callable[[bytes], None]) -> None:
        self._answer = answer
        super().__init__(COLUMNS, ROWS)

    def write_process_input(self, data: str) -> None:
        self._answer(data.encode())


class SerialConsole(Console):
    """A terminal of 80x24 on the serial line; all that comes over the line also goes into `log`."""

    poll_seconds = 0.05

    def __init__(self, line: socket.socket, log: Path, alive: Callable[[], bool]) -> None:
        super().__init__(alive)
        self._line = line
        self._log = log
        self._terminal = _Terminal(line.sendall)
        self._stream = pyte.ByteStream(self._terminal)
        self._lock = threading.Lock()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def press(self, keys: str) -> None:
        """Send the keys in small pieces, each after the machine took the one before."""
        pending = b""
        for key in parse_keys(keys):
            spelled = serial_bytes(key)
            pending += spelled
            if len(pending) >= _CHUNK or spelled == b"\x1b":
                self._send(pending)
                pending = b""
            if spelled == b"\x1b":
                time.sleep(_ESCAPE_SECONDS)
        self._send(pending)

    def text(self) -> str:
        """Return the 24 lines of the terminal, without trailing blanks."""
        with self._lock:
            return "\n".join(line.rstrip() for line in self._terminal.display)

    def close(self) -> None:
        """Stop listening once the machine has closed the line."""
        self._listener.join(timeout=5)
        self._line.close()

    def _send(self, data: bytes) -> None:
        self._line.sendall(data)
        deadline = time.monotonic() + _DRAIN_SECONDS
        while self._unread():
            if time.monotonic() > deadline or not self._alive():
                raise ScreenTimeoutError(
                    f"the machine took no keys; the screen shows:\n{_framed(self.text())}"
                )
            time.sleep(0.005)
        time.sleep(_CHUNK_SECONDS)

    def _unread(self) -> int:
        (count,) = struct.unpack("i", fcntl.ioctl(self._line, termios.TIOCOUTQ, bytes(4)))
        return int(count)

    def _listen(self) -> None:
        with self._log.open("wb", buffering=0) as log:
            while data := self._receive():
                log.write(data)
                with self._lock:
                    self._stream.feed(data)

    def _receive(self) -> bytes:
        try:
            return self._line.recv(65536)
        except ConnectionResetError:
            return b""  # a machine that is cut off does not say goodbye


class KeyboardConsole(Console):
    """A US keyboard and the screen, which is read by its known font out of a picture."""

    poll_seconds = 0.3

    def __init__(
        self,
        qmp: Qmp,
        take_picture: Callable[[], Picture],
        font: ConsoleFont,
        alive: Callable[[], bool],
    ) -> None:
        super().__init__(alive)
        self._qmp = qmp
        self._take_picture = take_picture
        self._font = font
        self._last = ""

    def press(self, keys: str) -> None:
        """Press the keys one after the other, each held for a moment."""
        for key in parse_keys(keys):
            press_key(self._qmp, *key_codes(key))

    def text(self) -> str:
        """Return the rows of the screen; after the machine's end, the last ones seen."""
        if self._alive():
            self._last = "\n".join(decode_screen(self._take_picture(), self._font))
        return self._last


def press_key(qmp: Qmp, *codes: str) -> None:
    """Press these keys of the emulated keyboard together and let them go."""
    qmp.execute(
        "send-key",
        keys=[{"type": "qcode", "data": code} for code in codes],
        hold_time=_HOLD_MILLISECONDS,
    )
    time.sleep(2 * _HOLD_MILLISECONDS / 1000)
