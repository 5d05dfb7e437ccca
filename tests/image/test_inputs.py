"""The lists and locks that the image is made from, and the scripts that make it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.image.conftest import REPOSITORY

pytestmark = pytest.mark.image

IMAGE = REPOSITORY / "image"
SHA256 = re.compile("[0-9a-f]{64}")


def lines_of(name: str) -> list[str]:
    lines = (IMAGE / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_every_package_is_locked_by_digest() -> None:
    locked = [line.split() for line in (*lines_of("debs.lock"), *lines_of("kernel.lock"))]
    assert {fields[0] for fields in locked} == {"build", "target", "kernel"}
    assert all(len(fields) == 5 and SHA256.fullmatch(fields[4]) for fields in locked)
    assert len({(fields[0], fields[1]) for fields in locked}) == len(locked)


def test_every_python_package_is_locked_by_digest() -> None:
    locked = [line.split() for line in lines_of("wheels.lock")]
    assert {fields[0] for fields in locked} == {"coincurve==21.0.0", "embit==0.8.0"}
    assert all(SHA256.fullmatch(fields[1]) for fields in locked)


def test_every_package_says_why() -> None:
    silent = [line for line in lines_of("packages.list") if not re.search(r"# \S", line)]
    assert not silent


def test_every_group_of_kernel_options_says_why() -> None:
    groups = (IMAGE / "kernel.config").read_text(encoding="utf-8").split("\n\n")[1:]
    assert len(groups) > 10
    assert all(group.startswith("# why: ") for group in groups)


def test_what_is_wanted_is_locked() -> None:
    locked = {tuple(line.split()[:2]) for line in lines_of("debs.lock")}
    for root, name in (("target", "packages.list"), ("build", "build-root.list")):
        wanted = {line.split()[0] for line in lines_of(name)}
        present = {(root, package) for package in wanted if not package.startswith("!")}
        absent = {(root, package[1:]) for package in wanted if package.startswith("!")}
        assert present <= locked
        assert not absent & locked


def test_scripts_are_clean_and_short() -> None:
    scripts = [REPOSITORY / "build.sh", *sorted(IMAGE.rglob("*.sh"))]
    subprocess.run(["shellcheck", "-x", *scripts], check=True, cwd=REPOSITORY)
    assert not [path for path in scripts if len(path.read_text().splitlines()) > 100]


def test_no_configuration_is_written_by_a_script() -> None:
    heredocs = [
        path for path in IMAGE.rglob("*.sh") if re.search(r"<<-?['\"]?[A-Z]", path.read_text())
    ]
    assert not heredocs


@pytest.mark.parametrize("folder", [IMAGE, REPOSITORY / "rootfs_overlay"])
def test_no_mirror_is_named(folder: Path) -> None:
    # a package URL's type (purl specification) is no host
    host = re.compile(rb"https?://|\bdeb\.|debian\.org|(?<!pkg:)pypi")
    assert not [
        path for path in folder.rglob("*") if path.is_file() and host.search(path.read_bytes())
    ]
