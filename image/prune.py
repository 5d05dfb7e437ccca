#!/usr/bin/python3
"""Removes from the unpacked packages what kept.list does not keep and what removed.list names.

A line that removes or keeps nothing stops the build: the lists never describe another image than this one.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path


def read_list(path: Path) -> list[str]:
    """The first word of each line that has one."""
    lines = (
        line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines()
    )
    return [line for line in lines if line]


def remove(path: Path) -> None:
    """Removes a file, a link or a whole folder."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def expand(root: Path, pattern: str) -> list[Path]:
    """What a glob matches; at least one path, dangling links included."""
    found = sorted(root.glob(pattern))
    if not found:
        sys.exit(f"{pattern} matches nothing: take the line out")
    return found


def resolve(root: Path, link: Path) -> Path:
    """Where a link leads when the root is the root."""
    to = link.readlink()
    return root / to.relative_to("/") if to.is_absolute() else link.parent / to


def prune_closed(root: Path, closed: list[str], kept: list[str]) -> None:
    """Leaves in each closed folder only what is kept, and the folders that lead there."""
    keep = {path for pattern in kept for path in expand(root, pattern)}
    lead = {parent for path in keep for parent in path.parents}
    for folder in closed:
        for path in sorted((root / folder).rglob("*"), reverse=True):
            if path in keep or path in lead or not keep.isdisjoint(path.parents):
                continue
            remove(path)


def main(root: Path, kept_list: Path, removed_list: Path) -> None:
    """Applies both lists, then removes the links that lead nowhere."""
    lines = read_list(kept_list)
    prune_closed(
        root, [x for x in lines if x.endswith("/")], [x for x in lines if not x.endswith("/")]
    )
    for pattern in read_list(removed_list):
        for path in expand(root, pattern):
            remove(path)
    for path in sorted(root.rglob("*")):
        if path.is_symlink() and not resolve(root, path).exists():
            path.unlink()


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:]))
