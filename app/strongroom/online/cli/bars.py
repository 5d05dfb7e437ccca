"""Progress for people: a bar on the terminal, nothing where nobody watches."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from strongroom.online.cli.desk import Desk


@contextmanager
def bar(desk: Desk, what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A function that takes how many of `total` bytes are done."""
    columns = (TextColumn(what), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    quiet = not desk.err.is_terminal
    with Progress(*columns, console=desk.err, transient=True, disable=quiet) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.update(task, completed=done)
