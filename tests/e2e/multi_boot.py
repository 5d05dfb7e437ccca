"""A stick as owners of several images keep one: GRUB, a file system, and the ISO as a file in it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.e2e.hardware import Firmware
from tests.e2e.sticks import MEBIBYTE, FileSystem, write_stick

_GRUB = Path("/usr/lib/grub")
_SECTOR, _BOOT_CODE = 512, 440
# `root` is not set, which not everybody does; the file on the stick's own file system is found by its name.
_CONFIG = """search --no-floppy --file --set=stick /strongroom.iso
loopback loop ($stick)/strongroom.iso
configfile (loop)/boot/grub/loopback.cfg
"""
_MODULES = (
    *("part_msdos", "fat", "iso9660", "loopback", "normal", "configfile", "linux", "search"),
    *("search_fs_file", "echo", "test", "true", "regexp", "sleep", "serial", "terminal"),
    *("keystatus", "halt", "reboot", "all_video"),
)
_FORMATS = {
    Firmware.BIOS: ("i386-pc", ["biosdisk", "vbe", "vga"]),
    Firmware.UEFI: ("x86_64-efi", ["efi_gop"]),
}


def write_multi_boot_stick(image: Path, iso: Path, firmware: Firmware) -> Path:
    """Write the stick; GRUB is the host's own, as its owner would have installed it."""
    kind, more = _FORMATS[firmware]
    config, core = image.with_suffix(".cfg"), image.with_suffix(".core")
    config.write_text(_CONFIG)
    command = ("grub-mkimage", "--format", kind, "--prefix", "/grub", "--config", config)
    subprocess.run((*command, "--output", core, *_MODULES, *more), check=True)
    files = {"strongroom.iso": iso.read_bytes()}
    write_stick(image, FileSystem.FAT32, files, size=96 * MEBIBYTE, partitioned=True)
    if firmware is Firmware.UEFI:
        place = f"{image}@@{MEBIBYTE}"
        subprocess.run(("mmd", "-i", place, "::EFI", "::EFI/BOOT"), check=True)
        subprocess.run(("mcopy", "-i", place, core, "::EFI/BOOT/BOOTX64.EFI"), check=True)
        return image
    with image.open("r+b") as stick:
        # the boot sector's code, and the rest behind it, before the first partition
        stick.write((_GRUB / "i386-pc/boot.img").read_bytes()[:_BOOT_CODE])
        stick.seek(_SECTOR)
        stick.write(core.read_bytes())
    return image
