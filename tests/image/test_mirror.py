"""The lock against archives that have moved on or kept everything, with real apt on real, small archives."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from tests.image.conftest import REPOSITORY

pytestmark = pytest.mark.image

IMAGE = REPOSITORY / "image"
DATE = "20261125T195900Z"
OLD = "deb [check-valid-until=no]"


def make_package(folder: Path, name: str, version: str) -> Path:
    tree = folder / f"{name}_{version}"
    (tree / "DEBIAN").mkdir(parents=True)
    fields = f"Package: {name}\nVersion: {version}\nArchitecture: all\n"
    control = f"{fields}Maintainer: Nobody <nobody@example.org>\nDescription: nothing\n"
    (tree / "DEBIAN/control").write_text(control)
    deb = folder / f"{name}_{version}_all.deb"
    subprocess.run(("dpkg-deb", "--build", tree, deb), check=True, capture_output=True)
    return deb


def make_archive(folder: Path, *debs: Path) -> str:
    """The line for apt of an archive that holds these packages."""
    folder.mkdir(parents=True)
    stanzas = []
    for deb in debs:
        data = deb.read_bytes()
        (folder / deb.name).write_bytes(data)
        fields = subprocess.run(("dpkg-deb", "--field", deb), check=True, capture_output=True)
        place = f"Filename: ./{deb.name}\nSize: {len(data)}\n"
        digest = hashlib.sha256(data).hexdigest()
        stanzas.append(f"{fields.stdout.decode()}{place}SHA256: {digest}\n")
    packages = "\n".join(stanzas).encode()
    (folder / "Packages").write_bytes(packages)
    digest = hashlib.sha256(packages).hexdigest()
    (folder / "Release").write_text(f"Origin: test\nSHA256:\n {digest} {len(packages)} Packages\n")
    return f"deb [trusted=yes] file:{folder} ./"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return make_package(tmp_path, "thing", "1.0-1")


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return make_package(tmp_path, "thing", "1.0-2")


@pytest.fixture
def locks(tmp_path: Path, old: Path) -> Path:
    folder = tmp_path / "locks"
    folder.mkdir()
    digest = hashlib.sha256(old.read_bytes()).hexdigest()
    head = f"# What the archive had at {DATE}.\n"
    (folder / "debs.lock").write_text(f"{head}target thing 1.0-1 all {digest}\n")
    (folder / "kernel.lock").touch()
    (folder / "wheels.lock").touch()
    return folder


def fetch(locks: Path, mirror: str) -> subprocess.CompletedProcess[str]:
    own = {
        "STRONGROOM_LOCKS": str(locks),
        "STRONGROOM_CACHE": str(locks.parent / "cache"),
        "STRONGROOM_MIRROR": mirror,
    }
    return subprocess.run(
        (IMAGE / "fetch.sh",), capture_output=True, text=True, check=False, env=os.environ | own
    )


def test_a_version_that_the_mirror_dropped_is_named_with_all_ways_out(
    locks: Path, tmp_path: Path, new: Path
) -> None:
    done = fetch(locks, make_archive(tmp_path / "mirror", new))
    assert done.returncode == 3, done.stderr
    assert "error: the mirror no longer has thing 1.0-1 (it has 1.0-2)\n" in done.stderr
    assert f"--mirror URL', where {{date}} in URL\n        stands for {DATE};" in done.stderr
    assert "./build.sh lock" in done.stderr
    assert "./build.sh image --fresh-lock" in done.stderr
    assert not list((tmp_path / "cache/inputs").iterdir())


def test_an_archive_that_kept_it_serves_the_lock(
    locks: Path, tmp_path: Path, old: Path, new: Path
) -> None:
    make_archive(tmp_path / "kept" / DATE, old, new)
    line = f"deb [trusted=yes] file:{tmp_path}/kept/{{date}} ./"
    done = fetch(locks, f"{make_archive(tmp_path / 'mirror', new)}\n{line}")
    assert done.returncode == 0, done.stderr
    digest = hashlib.sha256(old.read_bytes()).hexdigest()
    assert [path.name for path in (tmp_path / "cache/inputs").iterdir()] == [digest]


def test_a_package_with_other_bytes_under_the_locked_version_is_refused(
    locks: Path, tmp_path: Path, new: Path
) -> None:
    lock = locks / "debs.lock"
    lock.write_text(lock.read_text().replace("1.0-1", "1.0-2"))
    done = fetch(locks, make_archive(tmp_path / "mirror", new))
    assert done.returncode not in {0, 3}
    assert "differs from the lock" in done.stderr


@pytest.mark.parametrize(
    ("url", "lines"),
    [
        (
            "file:/m",
            [
                "deb [check-valid-until=no] file:/m {s} main",
                "deb [check-valid-until=no] file:/m {s}-updates main",
            ],
        ),
        (
            "file:/m-security/{date}",
            [f"deb [check-valid-until=no] file:/m-security/{DATE} {{s}}-security main"],
        ),
        ("deb [trusted=yes] file:/m ./", ["deb [trusted=yes] file:/m ./"]),
        ("", []),
    ],
)
def test_a_mirror_is_told_to_apt(locks: Path, url: str, lines: list[str]) -> None:
    own = {"STRONGROOM_LOCKS": str(locks), "STRONGROOM_MIRROR": url}
    script = f'set -euo pipefail; source {IMAGE}/lib.sh; mirrors; echo "$SUITE"'
    done = subprocess.run(
        ("bash", "-c", script), capture_output=True, text=True, check=True, env=os.environ | own
    )
    *found, suite = done.stdout.splitlines()
    assert found == [line.format(s=suite) for line in lines]


def test_a_new_lock_says_what_changed(tmp_path: Path) -> None:
    old, new = tmp_path / "old.lock", tmp_path / "new.lock"
    old.write_text(
        "# x\nbuild a 1 all aa\nbuild b 1 all bb\ntarget b 1 all bb\ntarget c 1 all cc\n"
    )
    new.write_text(
        "# y\nbuild a 1 all aa\nbuild b 2 all bc\ntarget c 1 all cd\ntarget d 1 all dd\n"
    )
    done = subprocess.run(
        (IMAGE / "lock-changes.sh", old, new), capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        "  REPLACED target c 1: the same version, and other bytes",
        "  added    target d 1",
        "  changed  build b 1 -> 2",
        "  removed  target b 1",
    ]
