"""What the emulated computer is made of, as arguments for QEMU.

The plainest PC there is: two processors, a VGA screen, a PS/2 keyboard, USB ports and the boot
medium. No network card, no disk. Emulated without hardware acceleration, so that a run means the
same on every host; STRONGROOM_QEMU_ACCEL names another accelerator.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from enum import StrEnum
from pathlib import Path

BOOT_STICK = "boot"

_OPEN_ISO = Path(__file__).resolve().parents[2] / "image/open-iso.sh"

_OVMF = Path("/usr/share/OVMF")
EMPTY_VARIABLES = _OVMF / "OVMF_VARS_4M.fd"
_SECURE_CODE = _OVMF / "OVMF_CODE_4M.secboot.fd"

_FIRMWARE = tuple(
    (Path(folder) / code, Path(folder) / variables)
    for folder, code, variables in (
        ("/usr/share/OVMF", "OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd"),
        ("/usr/share/OVMF", "OVMF_CODE.fd", "OVMF_VARS.fd"),
        ("/usr/share/edk2/x64", "OVMF_CODE.4m.fd", "OVMF_VARS.4m.fd"),
        ("/usr/share/edk2/ovmf", "OVMF_CODE.fd", "OVMF_VARS.fd"),
    )
)


class Firmware(StrEnum):
    """What runs before the boot loader."""

    BIOS = "bios"
    UEFI = "uefi"


class BootMedium(StrEnum):
    """What the ISO was written to."""

    STICK = "stick"
    DISC = "disc"


def computer(memory_mib: int) -> tuple[str, ...]:
    """Return the arguments for the bare computer; a restart of the guest ends it."""
    accelerator = os.environ.get("STRONGROOM_QEMU_ACCEL", "tcg,thread=multi")
    return (
        *("-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-nic", "none"),
        *("-machine", "q35", "-accel", accelerator, "-cpu", "max", "-smp", "2"),
        *("-m", f"{memory_mib}M", "-vga", "std", "-device", "qemu-xhci,id=xhci,p2=8,p3=8"),
    )


def without_loader(iso: Path, folder: Path, arguments: str) -> tuple[str, ...]:
    """Return the arguments that boot the kernel of `iso`, opened in `folder`, with no loader before it."""
    subprocess.run((_OPEN_ISO, iso, folder), check=True)
    line = f"root=/dev/ram0 ro rootfstype=squashfs quiet loglevel=3 {arguments}"
    system = folder / "boot/system.squashfs"
    return (
        *("-kernel", str(folder / "boot/vmlinuz"), "-initrd", str(system)),
        *("-append", line),
    )


def boot_medium(iso: Path, medium: BootMedium) -> tuple[str, ...]:
    """Return the arguments for the ISO as a read-only stick or disc, called "boot"."""
    device = {
        BootMedium.STICK: "usb-storage,bus=xhci.0,removable=on",
        BootMedium.DISC: "ide-cd,bus=ide.2",
    }[medium]
    drive = f"driver=raw,node-name={BOOT_STICK},read-only=on,file.driver=file,file.filename={iso}"
    return (
        *("-blockdev", drive),
        *("-device", f"{device},id={BOOT_STICK},drive={BOOT_STICK},bootindex=1"),
    )


def firmware(kind: Firmware, folder: Path, variables: Path | None = None) -> tuple[str, ...]:
    """Return the arguments for this firmware, its variables in a copy of its own in `folder`.

    `variables` with keys in them make it one with Secure Boot on. Raises FileNotFoundError when this
    host has no UEFI firmware for QEMU.
    """
    if kind is Firmware.BIOS:
        return ()
    if variables is not None:
        # only code in system management mode may write the variables: else the guest could take the keys out
        guard = ("-global", "driver=cfi.pflash01,property=secure,value=on")
        return (
            *guard,
            "-global",
            "ICH9-LPC.disable_s3=1",
            *_flash(_SECURE_CODE, variables, folder),
        )
    for code, empty in _FIRMWARE:
        if code.exists() and empty.exists():
            return _flash(code, empty, folder)
    raise FileNotFoundError("no UEFI firmware for QEMU here; the package is called ovmf")


def _flash(code: Path, variables: Path, folder: Path) -> tuple[str, ...]:
    own = folder / "variables.fd"
    shutil.copy(variables, own)
    return (
        *("-drive", f"if=pflash,format=raw,readonly=on,file={code}"),
        *("-drive", f"if=pflash,format=raw,file={own}"),
    )
