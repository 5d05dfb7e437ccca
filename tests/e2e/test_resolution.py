"""Letters fit the screen: a very high resolution gets large ones, and a low one never gets them."""

from __future__ import annotations

import json
import subprocess
import time
from itertools import groupby
from pathlib import Path

import pytest

from tests.e2e.hardware import EMPTY_VARIABLES, Firmware, without_loader
from tests.e2e.machine import ISO, Machine
from tests.e2e.picture import Picture

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

WIDTH, HEIGHT = 3840, 2160
LETTER = (16, 32)
BLACK = bytes(3)
WIDEST = 100
# Where OVMF keeps the resolution that its owner chose.
CHOSEN = {
    "name": "PlatformConfig",
    "guid": "7235c51c-0c80-4cab-87ac-3b084a6304b1",
    "attr": 7,
    "data": (WIDTH.to_bytes(4, "little") + HEIGHT.to_bytes(4, "little")).hex(),
}


def column(picture: Picture, x: int) -> list[bytes]:
    """The pixels of one column, from the top."""
    starts = range(x * 3, len(picture.pixels), picture.width * 3)
    return [picture.pixels[start : start + 3] for start in starts]


def test_large_letters_at_3840_by_2160(tmp_path: Path) -> None:
    wanted, variables = tmp_path / "wanted.json", tmp_path / "variables.fd"
    wanted.write_text(json.dumps({"version": 2, "variables": [CHOSEN]}), encoding="utf-8")
    files = ("--input", EMPTY_VARIABLES, "--output", variables)
    subprocess.run(["virt-fw-vars", *files, "--set-json", wanted], check=True)
    extra = ("-global", "VGA.vgamem_mb=64")
    with Machine(
        name="resolution",
        by_serial=False,
        firmware=Firmware.UEFI,
        variables=variables,
        extra=extra,
    ) as machine:
        deadline = time.monotonic() + 180
        # nothing but the header's bar stands at the top of the screen, a letter high
        while (picture := machine.photograph()).width != WIDTH or bar(picture) != LETTER[1]:
            assert time.monotonic() < deadline, (picture.width, picture.height, bar(picture))
            time.sleep(1)
        left = (WIDTH - WIDEST * LETTER[0]) // 2
        top = picture.pixels[: WIDTH * 3]
        assert top[left * 3 - 3 : left * 3] == BLACK
        assert top[left * 3 : left * 3 + 3] != BLACK
    assert picture.height == HEIGHT


def bar(picture: Picture) -> int:
    """How many rows of pixels from the top have one ground in the middle that is not black."""
    colour, rows = next(groupby(column(picture, picture.width // 2)))
    return 0 if colour == BLACK else len(list(rows))


def test_letters_that_would_be_too_large_are_small(tmp_path: Path) -> None:
    """Of large letters 64 columns fit on 1024 pixels, and no screen has fewer than 80."""
    extra = without_loader(ISO, tmp_path, "vga=0x318 fbcon=font:TER16x32")
    with Machine(name="too-large", by_serial=False, extra=extra) as machine:
        machine.wait_for("Press Enter to begin", 180)
        picture = machine.photograph()
    assert (picture.width, picture.height) == (1024, 768)
