"""`strongroom image write`: the station's boot stick."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from strongroom.core.errors import Violation
from strongroom.online.cli.bars import bar
from strongroom.online.cli.desk import examples, json_option
from strongroom.online.cli.sticks import describe
from strongroom.online.usb.disks import list_disks
from strongroom.online.usb.image_writer import check_fits, find_stick, read_image, write_image

if TYPE_CHECKING:
    from strongroom.online.cli.desk import Desk


@click.group()
def image() -> None:
    """Make the station's boot stick, and check who built what is on it."""


@image.command(
    "write",
    epilog=examples(
        "strongroom image write strongroom.iso /dev/sdb",
        "strongroom image write strongroom.iso /dev/sdb --confirm sdb --json",
    ),
)
@click.argument("iso", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("device", type=click.Path(path_type=Path))
@click.option(
    "--confirm", metavar="NAME", help="The stick's name (sdb), instead of typing it when asked."
)
@json_option
@click.pass_obj
def image_write(desk: Desk, iso: Path, device: Path, confirm: str | None, *, as_json: bool) -> None:
    """Write ISO to the stick DEVICE and read all of it back. Everything on the stick is lost.

    Only a whole, unmounted, removable disk is written to.
    """
    disk = find_stick(device, list_disks())
    size = iso.stat().st_size
    with bar(desk, "reading the image", size) as step:
        found = read_image(iso, step)
    check_fits(found, disk)
    desk.note(f"image   {iso}, {found.size} bytes\n        SHA-256 {found.sha256}")
    for line in describe(disk):
        desk.note(line)
    name = disk.device.name
    if confirm is None:
        if as_json:
            raise click.UsageError("--json asks nothing: give --confirm NAME")
        confirm = click.prompt(
            f"EVERYTHING on it is lost. Type its name, {name}, to go on", err=True, type=str
        )
    if confirm.strip() != name:
        raise Violation("MEDIA-FIXED", f"{confirm!r} is not {name}: nothing was written")
    with bar(desk, "writing and reading back", 2 * size) as step:
        write_image(found, disk, step)
    if as_json:
        desk.print_json({"device": str(disk.device), "bytes": found.size, "sha256": found.sha256})
        return
    desk.say(f"Written and read back: {disk.device}, SHA-256 {found.sha256}")
    desk.note("Have witnesses hash it on machines of their own:")
    desk.note(f"  sudo head -c {found.size} {disk.device} | sha256sum")
