"""Names and shapes of files as a stranger may have made them: listed as they are, shown escaped, or skipped."""

from __future__ import annotations

import base64
import os
import socket
from pathlib import Path

import pytest

from strongroom.core.errors import Fault
from strongroom.station.media.files import is_plain_name, list_files, read_file, write_file
from strongroom.station.tui.text import visible
from tests.vectors.published import read_published

NAMES = read_published("file_names")
CAP = 1000


def names(kind: str) -> list[tuple[str, str]]:
    return [
        (number, base64.b64decode(name).decode(errors="surrogateescape"))
        for number, name in NAMES[kind]
    ]


@pytest.fixture
def folder(tmp_path: Path) -> int:
    return os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)


@pytest.mark.parametrize(("number", "name"), [*names("refused"), *names("not_utf8")])
def test_a_name_that_is_a_path_a_device_or_a_command_is_none(number: str, name: str) -> None:
    assert not is_plain_name(name), number


@pytest.mark.parametrize(("number", "name"), names("refused_or_shown_escaped"))
def test_a_name_that_deceives_is_refused_or_shown_by_code_points(number: str, name: str) -> None:
    shown = visible(name)
    assert shown.encode("cp437"), number
    assert not is_plain_name(name) or shown.isprintable()


def test_odd_files_are_not_listed_and_not_read(tmp_path: Path, folder: int) -> None:
    (tmp_path / "good.request").write_bytes(b"good")
    (tmp_path / "link.request").symlink_to("good.request")
    (tmp_path / "outside.request").symlink_to("/proc/self/environ")
    (tmp_path / "folder.request").mkdir()
    os.mkfifo(tmp_path / "pipe.request")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket.request"))
        (tmp_path / "._good.request").write_bytes(b"AppleDouble")
        (tmp_path / f"{'a' * 247}.request").write_bytes(b"long")
        os.close(os.open(os.fsencode(tmp_path) + b"/a\xff.request", os.O_CREAT))
        listing = list_files(folder, ".request")
        assert [file.name for file in listing.files] == ["good.request"]
        assert listing.skipped == 3
        for name in ("link", "outside", "folder", "pipe", "socket"):
            with pytest.raises((Fault, OSError)) as caught:
                read_file(folder, f"{name}.request", CAP)
            assert isinstance(caught.value, OSError) or caught.value.rule == "MEDIA-READ"
    assert read_file(folder, "good.request", CAP) == b"good"


def test_sizes_are_capped_before_and_while_a_file_is_read(tmp_path: Path, folder: int) -> None:
    (tmp_path / "empty.request").write_bytes(b"")
    with (tmp_path / "huge.request").open("wb") as huge:
        huge.truncate(10 << 30)
    assert read_file(folder, "empty.request", CAP) == b""
    with pytest.raises(Fault) as caught:
        read_file(folder, "huge.request", CAP)
    assert caught.value.rule == "MEDIA-SIZE"
    os.utime(tmp_path / "empty.request", (0, 2**32))
    assert list_files(folder, "empty.request").files[0].size == 0


def test_a_folder_of_any_size_is_listed_in_bounded_time(tmp_path: Path, folder: int) -> None:
    for number in range(1500):
        (tmp_path / f"{number:04}.request").touch()
    listing = list_files(folder, ".REQUEST")
    assert (len(listing.files), listing.skipped) == (200, 1300)
    assert listing.files[0].name == "0000.request"


@pytest.mark.parametrize(("first", "second", "why"), NAMES["colliding"])
def test_names_that_collide_are_two_files_or_the_later_one(
    first: str, second: str, why: str, tmp_path: Path, folder: int
) -> None:
    for name in (first, second):
        if is_plain_name(name):
            write_file(folder, name, name.encode(), keep_previous=True)
    for path in tmp_path.iterdir():
        assert path.read_bytes() in {first.encode(), second.encode()}, why
