"""The whole vocabulary of a screen test: `press`, `text` and `check_golden`.

Set STRONGROOM_GOLDEN=write to write the golden files anew; the difference is reviewed like code.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import urwid

from strongroom.core.network import Network
from strongroom.core.optical.codes import Code
from strongroom.core.session.pages import Tell
from strongroom.station.media.protocol import Stick
from strongroom.station.tui.frame import COLUMNS, ROWS, StationFrame, Status
from strongroom.station.tui.kit import Screen
from strongroom.station.tui.screens.pages import TellScreen

GOLDEN = Path(__file__).parent / "golden"
SIZE = (COLUMNS, ROWS)
INBOX = Stick(id="sdb1#7", label="INBOX", filesystem="FAT32", size=64_000_000)
BOOT = Stick(
    id="sda#1",
    label="STRONGROOM",
    filesystem="iso9660",
    size=42_000_000,
    problem="a boot stick or disc image: pull it out",
)
NTFS = Stick(
    id="sdc1#8",
    label="PHOTOS",
    filesystem="ntfs",
    size=32_000_000_000,
    problem="no readable file system (ntfs)",
)

urwid.set_encoding("utf-8")


class Left(Exception):  # noqa: N818 - what a person did
    """Esc left the screen."""


def _leave() -> None:
    raise Left


def frame(
    screen: Screen,
    *,
    sticks: tuple[Stick, ...] = (INBOX,),
    network: Network | None = None,
    mark: str = "",
) -> StationFrame:
    """The screen in its frame, as the application shows it; Esc raises `Left`."""
    return StationFrame(screen, Status(sticks=sticks, network=network, mark=mark), _leave)


def keys(pressed: str) -> list[str]:
    """`abc<enter><page down>` as the keys that urwid names."""
    return [named or key for named, key in re.findall(r"<([^>]+)>|(.)", pressed, re.DOTALL)]


def told(*codes: Code, pressed: str = "q") -> StationFrame:
    """A page that offers these codes, after these keys."""
    request = Tell("Receive addresses", ("0", "  bcrt 1pqq"), codes=codes)
    return press(frame(TellScreen(request, lambda _: None)), pressed)


def press(shown: StationFrame, pressed: str, *, size: tuple[int, int] = SIZE) -> StationFrame:
    """Press keys, drawing after each as the loop does."""
    shown.render(size, focus=True)
    for key in keys(pressed):
        shown.keypress(size, key)
        shown.render(size, focus=True)
    return shown


def text(shown: StationFrame, *, size: tuple[int, int] = SIZE) -> str:
    """What a person sees."""
    canvas = shown.render(size, focus=True)
    return "".join(f"{line.decode().rstrip()}\n" for line in canvas.text)


def check_golden(name: str, shown: StationFrame) -> str:
    """The screen equals golden/<name>.txt; returns its text."""
    seen = text(shown)
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("STRONGROOM_GOLDEN") == "write":
        path.write_text(seen)
    assert seen == path.read_text(), f"{path} differs; STRONGROOM_GOLDEN=write rewrites it"
    return seen


def words_of(seen: str) -> str:
    """All text of a screen without any space, to find what is broken over lines."""
    return re.sub(r"\s+", "", seen)
