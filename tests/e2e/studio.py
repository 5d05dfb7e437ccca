"""A station whose screens are kept as pictures: the unmodified ISO in QEMU, its keyboard and its screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.custody import Custody
from tests.e2e.machine import Machine
from tests.e2e.sticks import FileSystem, read_stick, write_stick

KEPT = {
    "words-approver": "approver",
    **{
        name: name
        for name in (
            *("identity", "machine", "medium", "roll-call", "declare-time", "last-head"),
            *("commitment", "dice", "new-words", "first-wallet", "vault-written", "ceremonies"),
            *("hand-over", "share-shown", "share-typed", "backup-made", "drill-passed"),
            *("keys-written", "key-holders", "register-wallet", "cosigner", "rotated"),
            *("policy", "policy-limit", "policy-confirm", "confirm", "signed"),
            *("what-happened", "attest", "head"),
        )
    },
}
"""Screens of an operator's verbs that the guide has, by the name of their picture."""
CODES = {"keys-written": "code-key", "signed": "code-answer"}
"""Screens whose QR codes are in the guide too."""


@dataclass(frozen=True)
class Studio:
    """A station with one stick, and where its pictures go; those in `seen` are taken already."""

    machine: Machine
    folder: Path
    stick: Path
    seen: set[str]

    def take(self, name: str) -> None:
        """Keep what the screen shows."""
        self.operator.settled()
        self.machine.picture(self.folder / f"{name}.png")

    def look(self, name: str) -> None:
        """Keep the screens of an operator's verb that the guide has."""
        if name not in KEPT or name in self.seen:
            return
        self.seen.add(name)
        self.take(KEPT[name])
        if name in CODES:
            self.take_code(CODES[name])

    def take_code(self, name: str) -> None:
        """Keep the first QR code that the screen offers, and come back."""
        back = "Esc         back"
        self.machine.press("q")
        self.machine.wait_for(back)
        self.machine.picture(self.folder / f"{name}.png")
        self.machine.press("<esc>")
        self.machine.console.wait_gone(back)

    @property
    def operator(self) -> Custody:
        """The hands at the station."""
        return Custody(self.machine.console, self.look)

    @contextmanager
    def plugged(self, files: dict[str, bytes]) -> Iterator[None]:
        """The stick is in, with these files."""
        self.machine.plug(write_stick(self.stick, FileSystem.FAT32, files), "stick")
        yield
        self.machine.unplug("stick")

    def files(self) -> dict[str, bytes]:
        """What is on the stick, which is out."""
        return read_stick(self.stick)


@dataclass(frozen=True)
class Album:
    """Where pictures go; of a screen that comes again the first one is kept."""

    folder: Path
    scratch: Path
    seen: set[str] = field(default_factory=set)

    @contextmanager
    def opened(self, name: str, entry: str = "") -> Iterator[Studio]:
        """A station that is switched on, by `entry`'s key in the boot menu if there is one."""
        with Machine(name=f"pictures-{name}", by_serial=False) as machine:
            if entry:
                machine.choose_boot_entry(entry)
            yield Studio(machine, self.folder, self.scratch / "stick.img", self.seen)
