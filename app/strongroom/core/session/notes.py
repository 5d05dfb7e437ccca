"""What is noted beside the steps: by people at a screen, and by the machine for as long as it runs."""

from __future__ import annotations

from dataclasses import dataclass

from strongroom.core.session.asks import Asks
from strongroom.core.session.values import OutFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something that people noted at a screen, beside what it asked: an exception, or a pause."""

    kind: str
    screen: str
    expected: str = ""
    happened: str = ""
    decision: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class TakeNotes(Asks[tuple[Note, ...]]):
    """What people noted since this was asked last; each note is handed over once."""


@dataclass(frozen=True, slots=True)
class NoteKeys(Asks[tuple[tuple[str, str], ...]]):
    """Note (wallet checksum, master fingerprint) pairs until the machine is switched off, or (backup, made).

    The reply is what had been noted of the same names before; the first note of a name stays.
    """

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class KeepRecord(Asks[bool]):
    """Write the record so far to the vault's own stick if that is in, asking nobody; the reply says whether.

    The vault's own stick is the one that it was read from or last written to. A stick that is out, or fails,
    stops nothing: the record goes with the next write of the vault.
    """

    file: OutFile
