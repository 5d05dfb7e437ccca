"""With an owner's key in the firmware, the image that this key signed boots, and nothing else does."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.hardware import EMPTY_VARIABLES, BootMedium, Firmware
from tests.e2e.machine import ISO, Machine

pytestmark = pytest.mark.e2e

REPOSITORY = ISO.parents[1]
SECURE_BOOT = REPOSITORY / "image/secure-boot.sh"
OWNER = "8be4df61-93ca-11d2-aa0d-00e098032b8c"
FIRST_SCREEN = "Press Enter to begin"
REFUSED = "Access Denied"
# The firmware under emulation, on a busy machine: a wait that is met is not longer for it.
FIRMWARE_SECONDS = 300


@dataclass(frozen=True)
class Owner:
    """A folder with keys, the image signed with them, and firmware variables that hold them."""

    folder: Path
    signed: Path
    variables: Path


def run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def sign(folder: Path) -> Path:
    """The built ISO, signed with new keys in `folder`."""
    run(SECURE_BOOT, "keys", folder / "keys")
    iso = folder / "strongroom.iso"
    shutil.copy(ISO, iso)
    run(SECURE_BOOT, "sign", folder / "keys/db.key", iso)
    return folder / "strongroom.signed.iso"


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Owner]:
    folder = tmp_path_factory.mktemp("owner")
    made = Owner(folder=folder, signed=sign(folder), variables=folder / "variables.fd")
    keys = folder / "keys"
    enrol = ("--set-pk", OWNER, keys / "PK.crt", "--add-kek", OWNER, keys / "KEK.crt")
    files = ("--input", EMPTY_VARIABLES, "--output", made.variables)
    run("virt-fw-vars", *files, *enrol, "--add-db", OWNER, keys / "db.crt", "--secure-boot")
    yield made
    shutil.rmtree(folder)


def secured(iso: Path, owner: Owner, name: str, medium: BootMedium = BootMedium.STICK) -> Machine:
    return Machine(
        iso,
        name=f"secure-boot-{name}",
        firmware=Firmware.UEFI,
        variables=owner.variables,
        medium=medium,
    )


def change_one_byte(owner: Owner, part: bytes, to: Path) -> Path:
    """A copy of the signed image in which one bit in the middle of `part` is another."""
    data = bytearray(owner.signed.read_bytes())
    found = data.index(part)
    data[found + len(part) // 2] ^= 1
    to.write_bytes(data)
    return to


def parts(folder: Path) -> dict[str, bytes]:
    """What of the image runs or decides what runs, as it lies in the loader."""
    run(REPOSITORY / "image/open-iso.sh", ISO, folder / "opened")
    boot = folder / "opened/boot"
    run("mcopy", "-i", folder / "opened/iso/boot/efi.img", "::/EFI/BOOT/BOOTX64.EFI", folder)
    return {
        "loader": (folder / "BOOTX64.EFI").read_bytes()[4096:8192],
        "menu": (boot / "grub/grub.cfg").read_bytes(),
        "kernel": (boot / "vmlinuz").read_bytes(),
        "system": (boot / "system.squashfs").read_bytes(),
    }


def refuses(iso: Path, owner: Owner, name: str) -> None:
    with secured(iso, owner, name) as machine:
        machine.wait_for(REFUSED, timeout=FIRMWARE_SECONDS)
        assert FIRST_SCREEN not in machine.text()


def test_the_signed_image_boots(owner: Owner) -> None:
    with secured(owner.signed, owner, "signed") as machine:
        machine.choose_boot_entry("s", timeout=FIRMWARE_SECONDS)
        machine.wait_for(FIRST_SCREEN, timeout=FIRMWARE_SECONDS)


def test_one_changed_bit_of_the_system_does_not_boot(owner: Owner, tmp_path: Path) -> None:
    iso = change_one_byte(owner, parts(tmp_path)["system"], tmp_path / "changed.iso")
    refuses(iso, owner, "system")


@pytest.mark.slow
@pytest.mark.parametrize("part", ["loader", "menu", "kernel"])
def test_one_changed_bit_anywhere_does_not_boot(owner: Owner, tmp_path: Path, part: str) -> None:
    iso = change_one_byte(owner, parts(tmp_path)[part], tmp_path / "changed.iso")
    refuses(iso, owner, part)


@pytest.mark.slow
def test_an_image_without_signature_does_not_boot(owner: Owner) -> None:
    refuses(ISO, owner, "unsigned")


@pytest.mark.slow
def test_an_image_signed_by_somebody_else_does_not_boot(owner: Owner, tmp_path: Path) -> None:
    refuses(sign(tmp_path), owner, "stranger")


@pytest.mark.slow
def test_the_signed_image_boots_from_a_disc(owner: Owner) -> None:
    with secured(owner.signed, owner, "disc", BootMedium.DISC) as machine:
        machine.choose_boot_entry("s", timeout=FIRMWARE_SECONDS)
        machine.wait_for(FIRST_SCREEN, timeout=FIRMWARE_SECONDS)


@pytest.mark.slow
@pytest.mark.parametrize("firmware", Firmware)
def test_the_signed_image_boots_without_secure_boot(owner: Owner, firmware: Firmware) -> None:
    with Machine(owner.signed, name=f"signed-{firmware}", firmware=firmware) as machine:
        machine.choose_boot_entry("s")
        machine.wait_for(FIRST_SCREEN, timeout=FIRMWARE_SECONDS)
