"""Two builds in two places give the same bytes, and the check that says so can fail."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.image.conftest import REPOSITORY

pytestmark = pytest.mark.image

VERIFY = REPOSITORY / "image/verify.sh"


def test_two_builds_are_the_same(iso: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [VERIFY, "--keep", tmp_path],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"STRONGROOM_LOCKS": str(iso.parent / "locks")},
    )
    assert done.returncode == 0, done.stderr
    assert "byte for byte" in done.stderr
    assert (tmp_path / "first/strongroom.iso").stat().st_size == iso.stat().st_size


def test_a_difference_is_an_error_that_names_it(tmp_path: Path) -> None:
    for folder, text in (("first", "1  ./a\n"), ("second", "2  ./a\n")):
        (tmp_path / folder / "locks").mkdir(parents=True)
        for name in (
            "locks/debs.lock",
            "strongroom.packages",
            "kernel.config",
            "console-font.bin",
            "strongroom.iso",
        ):
            (tmp_path / folder / name).write_text("same")
        (tmp_path / folder / "strongroom.contents").write_text(text)
    done = subprocess.run(
        [REPOSITORY / "image/compare.sh", tmp_path], capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "strongroom.contents differs" in done.stderr
    assert "./a" in done.stderr
