"""Which disks are removable sticks, by `lsblk`; everything else is a fixed disk and never touched.

A stick is a whole disk on USB, or a card in a reader that says it is removable, and holds nothing that this
system runs from. When in doubt, it is no stick.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from strongroom.core.errors import Fault
from strongroom.core.text import render_visible

if TYPE_CHECKING:
    from collections.abc import Iterator

_COLUMNS = "NAME,PATH,TYPE,TRAN,RM,HOTPLUG,RO,SIZE,VENDOR,MODEL,SERIAL,LABEL,FSTYPE,MOUNTPOINTS"
_SECONDS = 30
_SYSTEM = frozenset({"/", "/boot", "/boot/efi", "/efi", "/home", "/usr", "/var", "[SWAP]"})
_WRITABLE = {"vfat": "FAT", "exfat": "exFAT", "ext4": "ext4"}
_CARD = "mmcblk"
_TEXT_CAP = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A file system on a disk (or on one of its partitions); `mounted_at` is None if it is not."""

    device: Path
    label: str
    filesystem: str
    size: int
    mounted_at: Path | None

    @property
    def is_readable_by_stations(self) -> bool:
        """Whether the station's kernel knows the file system."""
        return self.filesystem in _WRITABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """A whole disk. `why_fixed` says why it is not a stick, "" if it is one."""

    device: Path
    model: str
    serial: str
    size: int
    is_read_only: bool
    volumes: tuple[Volume, ...]
    mounts: tuple[str, ...]
    why_fixed: str

    @property
    def is_stick(self) -> bool:
        """Whether it may be written to at all."""
        return not self.why_fixed


def list_disks() -> tuple[Disk, ...]:
    """Every disk of this computer; raises MEDIA-READ when `lsblk` can not say."""
    program = shutil.which("lsblk")
    if program is None:
        raise Fault("MEDIA-READ", "there is no lsblk on the PATH", hint="install util-linux")
    command = (program, "--json", "--bytes", "--output", _COLUMNS)
    done = subprocess.run(  # noqa: S603 - a program of fixed name
        command, capture_output=True, check=False, timeout=_SECONDS
    )
    if done.returncode != 0:
        raise Fault("MEDIA-READ", f"lsblk ended with {done.returncode}")
    return parse_disks(done.stdout)


def parse_disks(data: bytes) -> tuple[Disk, ...]:
    """The disks in lsblk's JSON; raises MEDIA-READ for anything else."""
    try:
        listed = json.loads(data)["blockdevices"]
        return tuple(_disk(entry) for entry in listed if int(entry["size"] or 0) > 0)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Fault("MEDIA-READ", f"lsblk's answer does not read: {error!r}") from error


def _disk(entry: dict[str, Any]) -> Disk:
    family = tuple(_family(entry))
    mounts = tuple(sorted({point for member in family for point in _mounts(member)}))
    return Disk(
        device=Path(entry["path"]),
        model=_text(" ".join(filter(None, (entry.get("vendor"), entry.get("model"))))),
        serial=_text(entry.get("serial") or ""),
        size=int(entry["size"]),
        is_read_only=bool(entry["ro"]),
        volumes=tuple(_volume(member) for member in family if member.get("fstype")),
        mounts=mounts,
        why_fixed=_why_fixed(entry, mounts),
    )


def _family(entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield entry
    for child in entry.get("children", ()):
        yield from _family(child)


def _mounts(entry: dict[str, Any]) -> tuple[str, ...]:
    return tuple(point for point in entry.get("mountpoints") or () if point)


def _volume(entry: dict[str, Any]) -> Volume:
    mounts = _mounts(entry)
    return Volume(
        device=Path(entry["path"]),
        label=_text(entry.get("label") or ""),
        filesystem=str(entry["fstype"]),
        size=int(entry["size"] or 0),
        mounted_at=Path(mounts[0]) if mounts else None,
    )


def _why_fixed(entry: dict[str, Any], mounts: tuple[str, ...]) -> str:
    name = str(entry["name"])
    is_card = name.startswith(_CARD) and bool(entry["rm"] or entry["hotplug"])
    if entry["type"] != "disk":
        return f"it is a {entry['type']} device, not a whole disk"
    if entry.get("tran") != "usb" and not is_card:
        return f"it is not on USB (but on {entry.get('tran') or 'something unknown'})"
    system = _SYSTEM.intersection(mounts)
    return f"this system runs from it ({min(system)})" if system else ""


def _text(text: str) -> str:
    return render_visible(" ".join(text.split()), cap=_TEXT_CAP)
