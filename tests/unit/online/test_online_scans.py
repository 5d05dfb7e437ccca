"""What a scanner read stands in for a file."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from strongroom.core.errors import Violation
from strongroom.core.optical.bbqr import FileType, split_file
from strongroom.online.scans import STANDARD_INPUT, read_document

DATA = bytes(range(256)) * 3
PARTS = split_file(DATA, FileType.BINARY, capacity=154)


def test_a_file_of_scanned_lines_is_the_document(tmp_path: Path) -> None:
    path = tmp_path / "scanned.txt"
    path.write_text("\n".join(reversed(PARTS)))
    assert read_document(path, cap=1000) == DATA


def test_any_other_file_is_itself(tmp_path: Path) -> None:
    path = tmp_path / "answer.response"
    path.write_bytes(DATA)
    assert read_document(path, cap=1000) == DATA


def test_standard_input_is_read_until_every_part_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    scanner = io.StringIO("\n".join(("EAN-13:4006381333931", *PARTS[1:], *PARTS, "later")))
    monkeypatch.setattr("sys.stdin", scanner)
    assert read_document(STANDARD_INPUT, cap=1000) == DATA
    assert scanner.readline()  # the scanner need not have ended


def test_parts_that_are_missing_are_named(tmp_path: Path) -> None:
    path = tmp_path / "scanned.txt"
    path.write_text("\n".join(PARTS[1:]))
    with pytest.raises(Violation, match=f"1 of {len(PARTS)} parts are missing") as stop:
        read_document(path, cap=1000)
    assert (stop.value.rule, bool(stop.value.hint)) == ("SCAN", True)


def test_what_unpacks_to_more_than_the_cap_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "scanned.txt"
    path.write_text("\n".join(PARTS))
    with pytest.raises(Violation) as stop:
        read_document(path, cap=len(DATA) - 1)
    assert stop.value.rule == "MEDIA-SIZE"
