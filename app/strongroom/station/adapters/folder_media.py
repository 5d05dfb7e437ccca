"""Directories that act as sticks, for rehearsals on any computer: the same reading, writing and caps."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from threading import Thread
from time import sleep
from typing import TYPE_CHECKING

from strongroom.core.errors import Fault
from strongroom.core.session.values import OutFile, Receipt
from strongroom.station.media.files import fault_of, list_files, read_file, write_file
from strongroom.station.media.protocol import Listing, Stick

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_POLL_SECONDS = 0.5


class FolderMedia:
    """Each of `folders` is a stick while it exists: making and removing it plugs and unplugs."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self._folders = folders
        self._holder = ""
        self.is_off = False
        self._seen = self.sticks()

    def sticks(self) -> tuple[Stick, ...]:
        """The folders that exist now."""
        return tuple(
            Stick(
                id=str(folder),
                label=folder.name[:16],
                filesystem="folder",
                size=shutil.disk_usage(folder).total,
            )
            for folder in self._folders
            if folder.is_dir()
        )

    def holder(self) -> str:
        """Whoever claimed; there is only one console."""
        return self._holder

    def watch(self, changed: Callable[[], None]) -> None:
        """Have `changed` called when a folder appears or disappears."""
        Thread(target=self._poll, args=(changed,), daemon=True).start()

    def _poll(self, changed: Callable[[], None]) -> None:
        while True:
            sleep(_POLL_SECONDS)
            sticks = self.sticks()
            if [stick.id for stick in sticks] != [stick.id for stick in self._seen]:
                self._seen = sticks
                changed()

    def claim(self, console: str) -> str:
        """Always granted."""
        self._holder = console
        return console

    def look(self, stick: Stick, suffix: str) -> Listing:
        """The files in a folder whose names end in `suffix`, and the free room."""
        with self._opened(stick, "MEDIA-READ", f"listing the files of {stick.name}") as folder:
            return list_files(folder, suffix)

    def read(self, stick: Stick, name: str, cap: int) -> bytes:
        """One whole file, read once."""
        with self._opened(stick, "MEDIA-READ", f"reading {name} from {stick.name}") as folder:
            return read_file(folder, name, cap)

    def write(self, stick: Stick, files: tuple[OutFile, ...], *, keep_previous: bool) -> Receipt:
        """Write files as on a stick, and read them back."""
        names = tuple(file.name for file in files)
        doing = f"writing {', '.join(names)} to {stick.name}"
        with self._opened(stick, "MEDIA-WRITE", doing) as folder:
            for file in files:
                write_file(folder, file.name, file.data, keep_previous=keep_previous)
            for file in files:
                if read_file(folder, file.name, len(file.data)) != file.data:
                    raise Fault("MEDIA-WRITE", f"{file.name} reads back different")
        return Receipt(stick=stick.name, names=names)

    def power_off(self) -> None:
        """A rehearsal ends; the computer stays on."""
        self.is_off = True

    @contextmanager
    def _opened(self, stick: Stick, rule: str, doing: str) -> Iterator[int]:
        try:
            folder = os.open(stick.id, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                yield folder
            finally:
                os.close(folder)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise Fault(
                "MEDIA-GONE", f"something was gone while {doing}", hint="try again"
            ) from error
        except OSError as error:
            raise fault_of(error, rule, doing) from error
