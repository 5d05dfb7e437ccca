"""A driver in a test: answers a sitting's requests from a script, with the real core behind them.

The script maps a request's type to its replies in order; a reply that is an exception is thrown. Randomness is
a counter hashed, time stands still, and `Work` runs at once. gpg is the only thing that is not run: the vault's
key is a stand-in that these tests never verify with, and gpg's answers to the self-tests were recorded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.unit.core.machine.example import BAD, GOOD, HARDWARE, LISTING

from strongroom.core.errors import Stop
from strongroom.core.machine.model import MediumState
from strongroom.core.machine.selftest import CHANGED
from strongroom.core.secret import Secret
from strongroom.core.session import hardware as listed
from strongroom.core.session import notes
from strongroom.core.session import pages as paged
from strongroom.core.session import requests as asked
from strongroom.core.session.sitting import sitting
from strongroom.core.session.values import OutFile, Receipt, Release, Task

NOW = datetime(2026, 11, 2, tzinfo=UTC)
RELEASE = Release(
    version="0.1.0", commit="0" * 40, built=datetime(2026, 11, 1, tzinfo=UTC), image_digest=None
)
LEAVE = "Close the session"  # without the record, unless a test wants it
REQUESTS_CAP = 2000
CERTIFICATE = b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n"


def work(request: asked.Work[Any]) -> Any:  # noqa: ANN401 - whatever the work gives
    """The result of a computation, or the stop that it raised, which is thrown."""
    try:
        return request.run(lambda _done, _total: None)
    except Stop as stop:
        return stop


@dataclass
class Operator:
    """Runs a sitting to its end and keeps what was asked and written."""

    script: dict[type, list[Any]]
    asked: list[Any] = field(default_factory=list)
    written: dict[str, bytes] = field(default_factory=dict)
    drawn: int = 0
    noted: dict[str, str] = field(default_factory=dict)
    release: Release = RELEASE
    kept: dict[str, bytes] = field(default_factory=dict)

    def run(self, *tasks: Task) -> None:
        """Start these tasks one after the other, then switch off."""
        self.script[asked.ChooseTask] = [*tasks, Task.POWER_OFF]
        self.drive(sitting(self.release))

    def drive(self, session: asked.Steps[None]) -> None:
        """Answer these steps to their end."""
        request = session.send(None)
        while True:
            self.asked.append(request)
            assert len(self.asked) < REQUESTS_CAP, f"asked again and again: {request}"
            try:
                reply = self.answer(request)
                thrown = isinstance(reply, Exception)
                request = session.throw(reply) if thrown else session.send(reply)
            except StopIteration:
                return

    def answer(self, request: Any) -> Any:  # noqa: ANN401 - each request has its own reply
        """The next reply of the script, or what a machine would say."""
        replies = self.script.get(type(request))
        if replies:
            reply = replies.pop(0)
            if not isinstance(request, asked.WriteFiles) or isinstance(reply, Exception):
                return reply(request) if callable(reply) else reply
        automatic: dict[type, Callable[[Any], Any]] = {
            listed.ReadHardware: lambda _: HARDWARE,
            listed.TakeDeviceEvents: lambda _: (),
            listed.PullMedium: lambda _: MediumState.OUT,
            asked.ListCertificate: lambda _: LISTING,
            asked.CheckSignatures: lambda r: (BAD if r.manifest == CHANGED else GOOD,),
            asked.DeclareTime: lambda _: NOW,
            paged.Choose: lambda r: int(r.title == LEAVE),
            asked.SignManifest: lambda _: b"a stand-in signature",
            paged.Fill: lambda r: ("",) * len(r.labels),
            asked.DrawRandom: lambda r: self.draw(r.size),
            asked.ReadMonotonic: lambda _: 1000 + len(self.asked),
            notes.TakeNotes: lambda _: (),
            notes.KeepRecord: lambda r: self.keep(r.file),
            notes.NoteKeys: lambda r: self.note(r.pairs),
            asked.ReadFreeMemory: lambda _: 1 << 30,
            asked.Work: work,
            asked.MakeSigningKey: lambda _: (Secret(b"a stand-in key"), CERTIFICATE),
            asked.WriteFiles: lambda r: self.write(r.files),
        }
        return automatic.get(type(request), lambda _: None)(request)

    def note(self, pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        """What was noted before, in this boot."""
        before = tuple(self.noted.items())
        self.noted = {**dict(pairs), **self.noted}
        return before

    def draw(self, size: int) -> Secret:
        """Bytes that differ each time and are the same in each run."""
        self.drawn += 1
        return Secret(hashlib.shake_256(b"drawn %d" % self.drawn).digest(size))

    def write(self, files: tuple[OutFile, ...]) -> Receipt:
        """Keep what was written."""
        self.written |= {file.name: file.data for file in files}
        return Receipt(stick="STICK", names=tuple(file.name for file in files))

    def keep(self, file: OutFile) -> bool:
        """The vault's stick is in, and takes the record without anybody being asked."""
        self.kept[file.name] = file.data
        return True

    def kinds(self) -> list[str]:
        """The names of the requests, in order, without what machines answer."""
        quiet = (
            asked.DrawRandom,
            asked.ReadMonotonic,
            asked.ReadFreeMemory,
            listed.TakeDeviceEvents,
            notes.KeepRecord,
        )
        return [type(request).__name__ for request in self.asked if not isinstance(request, quiet)]

    def stops(self) -> list[str]:
        """The rules of the stops that were shown."""
        return [r.stop.rule for r in self.asked if isinstance(r, asked.ShowStop)]
