"""The built image, taken apart once."""

from __future__ import annotations

import subprocess
import zlib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
OUT = REPOSITORY / "out"


def parse_options(text: str) -> dict[str, str]:
    """The options that a kernel configuration sets, with their values."""
    lines = (line.partition("=") for line in text.splitlines() if line.startswith("CONFIG_"))
    return {name: value for name, _, value in lines}


@pytest.fixture(scope="session")
def iso() -> Path:
    path = OUT / "strongroom.iso"
    if not path.exists():
        pytest.fail("there is no out/strongroom.iso: make it with ./build.sh image")
    return path


@pytest.fixture(scope="session")
def opened(iso: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The image taken apart, layer by layer; see image/open-iso.sh."""
    folder = tmp_path_factory.mktemp("image") / "opened"
    subprocess.run([REPOSITORY / "image/open-iso.sh", iso, folder], check=True)
    return folder


@pytest.fixture(scope="session")
def tree(opened: Path) -> Path:
    """The files of the ISO."""
    return opened / "iso"


@pytest.fixture(scope="session")
def boot(opened: Path) -> Path:
    """What is in the archive inside the UEFI loader: menu, kernel, root file system."""
    return opened / "boot"


@pytest.fixture(scope="session")
def root(opened: Path) -> Path:
    """The station's root file system."""
    return opened / "root"


@pytest.fixture(scope="session")
def listing(boot: Path) -> tuple[str, ...]:
    """`ls -l` of every file in the root file system, as squashfs has it."""
    done = subprocess.run(
        ["unsquashfs", "-lln", boot / "system.squashfs"],
        check=True,
        capture_output=True,
        text=True,
    )
    return tuple(line for line in done.stdout.splitlines() if " squashfs-root" in line)


@pytest.fixture(scope="session")
def kernel_config(boot: Path) -> dict[str, str]:
    """The options that are on, out of the very kernel that boots."""
    image = (boot / "vmlinuz").read_bytes()
    payload = image[image.index(b"\x28\xb5\x2f\xfd") :]
    kernel = subprocess.run(
        ["zstd", "--decompress", "--stdout"], input=payload, capture_output=True, check=False
    ).stdout
    start = kernel.index(b"IKCFG_ST") + len(b"IKCFG_ST")
    text = zlib.decompress(kernel[start : kernel.index(b"IKCFG_ED", start)], wbits=31).decode()
    return parse_options(text)
