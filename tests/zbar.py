"""QR codes read off a picture by an independent decoder, and series off a screen that turns their parts."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Protocol

from strongroom.core.optical.bbqr import is_whole

_SECONDS = 240


class Screen(Protocol):
    """What a picture can be taken of."""

    def picture(self, path: Path) -> None:
        """Write what is shown now as a PNG."""


def scan(picture: Path) -> tuple[str, ...]:
    """The texts of the QR codes in a PNG, as zbarimg reads them; none if it finds none."""
    done = subprocess.run(
        ("zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", str(picture)),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return tuple(done.stdout.splitlines())


def scan_screen(screen: Screen, picture: Path) -> tuple[str, ...]:
    """What a scanner in front of `screen` reads now."""
    screen.picture(picture)
    return scan(picture)


def scan_series(screen: Screen, picture: Path) -> tuple[str, ...]:
    """The parts of a BBQr series, once every one of them was on `screen`."""
    seen: set[str] = set()
    end = time.monotonic() + _SECONDS
    while not (seen and is_whole(seen)):
        assert time.monotonic() < end, f"{len(seen)} parts in {_SECONDS} seconds"
        seen.update(scan_screen(screen, picture))
    return tuple(sorted(seen))
