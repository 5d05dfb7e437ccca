"""Choosing a stick: what there is, what is on it, and a question before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from strongroom.core.errors import Violation
from strongroom.online.usb.disks import list_disks
from strongroom.online.usb.stick_files import list_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from strongroom.online.cli.desk import Desk
    from strongroom.online.usb.disks import Disk, Volume


def render_size(size: int) -> str:
    """A size as it stands on a stick, in decimal units."""
    for unit, least in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= least:
            return f"{size / least:.1f} {unit}"
    return f"{size} bytes"


def describe(disk: Disk) -> Iterator[str]:
    """A disk and the file systems on it, for people."""
    yield f"stick   {disk.device}, {disk.model or 'no name'}, {render_size(disk.size)}"
    for volume in disk.volumes:
        where = f", mounted at {volume.mounted_at}" if volume.mounted_at else ""
        label = volume.label or "no label"
        yield f"        {volume.device}: {label}, {volume.filesystem}, {render_size(volume.size)}{where}"
    if not disk.volumes:
        yield "        no file system"


def choose_volume(desk: Desk) -> Volume:
    """The file system on a stick that the person chooses; raises MEDIA-GONE when there is none."""
    sticks = [disk for disk in list_disks() if disk.is_stick and not disk.is_read_only]
    volumes = [v for disk in sticks for v in disk.volumes if v.is_readable_by_stations]
    for disk in sticks:
        for line in describe(disk):
            desk.note(line)
    if not volumes:
        raise Violation(
            "MEDIA-GONE",
            "there is no stick with a FAT32, exFAT or ext4 file system",
            hint="plug one in; or name a folder with --to",
        )
    if len(volumes) == 1:
        return volumes[0]
    names = [str(volume.device) for volume in volumes]
    chosen = click.prompt("Which one", type=click.Choice(names), err=True)
    return volumes[names.index(chosen)]


def show_folder(desk: Desk, folder: Path) -> None:
    """What is on the stick already."""
    entries, count = list_folder(folder)
    desk.note(f"on it   {count} files and folders" if count else "on it   nothing")
    for entry in entries:
        size = "folder" if entry.size is None else render_size(entry.size)
        desk.note(f"        {entry.name}  {size}")
    if count > len(entries):
        desk.note(f"        and {count - len(entries)} more")
