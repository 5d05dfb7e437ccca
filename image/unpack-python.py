#!/usr/bin/python3
"""Copies one package's files out of a wheel or a source archive; runs nothing of it.

Called inside the build root: unpack-python.py NAME ARCHIVE FOLDER
"""

from __future__ import annotations

import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath


def read_members(archive: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Every regular file of a zip or tar archive."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as wheel:
            for entry in wheel.infolist():
                if not entry.is_dir():
                    yield PurePosixPath(entry.filename), wheel.read(entry)
        return
    with tarfile.open(archive) as source:
        for member in source.getmembers():
            stream = source.extractfile(member)
            if stream is not None:
                yield PurePosixPath(member.name), stream.read()


def main(name: str, archive: str, folder: str) -> None:
    """Writes the files below the package's own folder, wherever that is in the archive."""
    found = 0
    for path, data in read_members(Path(archive)):
        parts = path.parts
        if ".." in parts or name not in parts[:-1]:
            continue
        target = Path(folder, *parts[parts.index(name) :])
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        found += 1
    if not found:
        sys.exit(f"{archive} has no package {name}")


if __name__ == "__main__":
    main(*sys.argv[1:])
