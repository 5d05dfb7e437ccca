"""Three stations of a 2-of-3 wallet in rehearsals, key by key, with a real node: see `tests.e2e.quorum`."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from strongroom.core.session.rehearsal import PREFIX
from tests.e2e.companion import Companion
from tests.e2e.custody import Custody
from tests.e2e.prepared import now
from tests.e2e.quorum import Quorum, story
from tests.integration.node import RegtestNode
from tests.integration.rehearsal import plain_names, rehearsed

pytestmark = [pytest.mark.integration, pytest.mark.slow]


@dataclass
class Terminal:
    """A rehearsal, and the folder that is its one stick while it exists."""

    custody: Custody
    stick: Path

    def insert(self, files: dict[str, bytes]) -> None:
        self.stick.mkdir()
        for name, data in files.items():
            (self.stick / f"{PREFIX}{name}").write_bytes(data)

    def remove(self) -> dict[str, bytes]:
        files = {path.name: path.read_bytes() for path in self.stick.iterdir()}
        shutil.rmtree(self.stick)
        return plain_names(files)


def test_three_stations_sign_and_rotate() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="sr-") as short,
        RegtestNode() as node,
    ):
        folder = Path(short)

        @contextmanager
        def boot(_name: str) -> Iterator[Terminal]:
            stick = folder / "stick"
            with rehearsed(stick) as console:
                shutil.rmtree(stick)
                custody = Custody(console)
                custody.begin(now())
                yield Terminal(custody, stick)
            shutil.rmtree(stick, ignore_errors=True)

        companion = Companion(folder / "c")
        try:
            story(Quorum(boot, node, companion, folder))
        finally:
            companion.close()
