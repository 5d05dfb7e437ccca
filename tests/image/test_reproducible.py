"""Two builds in two places give the same bytes, and the check that says so can fail."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.image.conftest import OUT, REPOSITORY

pytestmark = pytest.mark.image

LOCKS = {"STRONGROOM_LOCKS": str(OUT / "locks")}


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | LOCKS
    )


def test_two_builds_are_the_same(iso: Path, tmp_path: Path) -> None:
    done = run(REPOSITORY / "image/verify.sh", "--keep", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "byte for byte" in done.stderr
    for name in ("folder", "host name", "user", "umask", "time zone", "locale", "year"):
        assert f"\n{name} " in done.stderr
    assert (tmp_path / "first/strongroom.iso").stat().st_size == iso.stat().st_size
    assert not (tmp_path / "opened").exists(), "nothing was looked for"


LEAKS = {
    "the-clock": 'date +%Y >"$ROOTFS/usr/lib/strongroom/leak"',
    "the-order-of-files": "touch /work/{a,b,c,d}{1,2,3,4}; (cd /work; echo ?? | wc -l; ls -U) "
    '>"$ROOTFS/usr/lib/strongroom/leak"',
    "the-number-of-processors": 'nproc >"$ROOTFS/usr/lib/strongroom/leak"',
}


@pytest.mark.parametrize(
    "leak",
    [
        "the-clock",
        pytest.param("the-order-of-files", marks=pytest.mark.slow),
        pytest.param("the-number-of-processors", marks=pytest.mark.slow),
    ],
)
def test_verify_fails_and_names_the_file_that_a_build_takes_up(tmp_path: Path, leak: str) -> None:
    """The repository with one step more, that looks at where it runs; and quick at compressing."""
    for part in ("image", "rootfs_overlay", "app"):
        shutil.copytree(REPOSITORY / part, tmp_path / part, symlinks=True)
    hooks = tmp_path / "image/hooks"
    step = hooks / "79-leak.sh"
    step.write_text(f"#!/bin/bash\nset -eu\n{LEAKS[leak]}\n")
    step.chmod(0o755)
    squash = hooks / "90-make-squashfs.sh"
    squash.write_text(squash.read_text().replace("-Xcompression-level 19", "-Xcompression-level 1"))
    done = run(tmp_path / "image/verify.sh")
    assert done.returncode != 0
    named = "strongroom.iso: boot/efi.img: system.squashfs: usr/lib/strongroom/leak"
    assert f"error: the two builds differ: {named}\n" in done.stderr
    assert "error: the image does not reproduce" in done.stderr


# What the comparison says, without building


def two_builds(folder: Path, change: tuple[bytes, bytes]) -> subprocess.CompletedProcess[str]:
    """The built image beside one in which the first occurrence of some bytes is others."""
    for name in ("first", "second"):
        (folder / name).mkdir()
        shutil.copy(OUT / "strongroom.iso", folder / name)
        shutil.copy(OUT / "strongroom.contents", folder / name)
    old, new = change
    iso = folder / "second/strongroom.iso"
    data = iso.read_bytes()
    assert len(old) == len(new)
    at = data.index(old)
    iso.write_bytes(data[:at] + new + data[at + len(old) :])
    return run(REPOSITORY / "image/compare.sh", folder)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        (b"set timeout=2", b"set timeout=9", "strongroom.iso: boot/efi.img: grub/grub.cfg"),
        (b"strongroom@strong", b"strongroom@weakly", "strongroom.iso: boot/efi.img: vmlinuz"),
        (b"loopback esp ", b"loopback efi ", "strongroom.iso: boot/grub/loopback.cfg"),
        (b"EFI PART", b"EFI TRAP", "strongroom.iso: outside its files"),
    ],
)
def test_a_difference_is_named(
    iso: Path, tmp_path: Path, old: bytes, new: bytes, named: str
) -> None:
    assert iso.exists()
    done = two_builds(tmp_path, (old, new))
    assert done.returncode != 0
    assert f"error: the two builds differ: {named}\n" in done.stderr


def test_no_difference_is_no_error(iso: Path, tmp_path: Path) -> None:
    assert iso.exists()
    assert two_builds(tmp_path, (b"EFI PART", b"EFI PART")).returncode == 0


def test_a_file_that_only_one_build_leaves_is_a_difference(iso: Path, tmp_path: Path) -> None:
    assert iso.exists()
    two_builds(tmp_path, (b"EFI PART", b"EFI PART"))
    (tmp_path / "second/strongroom.extra").write_text("more\n")
    done = run(REPOSITORY / "image/compare.sh", tmp_path)
    assert done.returncode != 0
    assert "strongroom.extra" in done.stderr
