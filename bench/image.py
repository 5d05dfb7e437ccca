"""How large, how quick and how frugal the built ISO is, in QEMU.

The machine is emulated without hardware acceleration, with two processors and 512 MiB; on a host that is busy
with something else the times mean little, and so each is the best of several boots. Bars:

- the ISO has at most 64 MB;
- from power-on to the first screen, the boot menu's wait included: at most 20 s;
- from the press of a key to its paint on the screen: at most 100 ms, the median of many;
- a request of 500 inputs is reviewed and signed, and nothing is killed for want of memory.

With --inputs another number is signed. The screen is looked at meanwhile, and must never stand still for long.
Exit codes: 0 every bar is held, 1 one is missed, 2 the command line is wrong.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from rich.console import Console
from tests.e2e.machine import ISO, Machine
from tests.e2e.prepared import PASSPHRASE, REQUEST, VAULT, now, prepared
from tests.e2e.screen import Console as Keys
from tests.e2e.station import Operator
from tests.e2e.sticks import FileSystem, read_stick, write_stick
from tests.vectors.factory import draft

from bench.bars import Bar, print_bars
from strongroom.core.bundle.archive import parse_archive
from strongroom.core.bundle.manifest import parse_response_manifest
from strongroom.core.money import Sats
from strongroom.core.vault.model import Policy
from strongroom.core.words import pgp_words

ISO_MB = 64.0
FIRST_SCREEN = 20.0
KEY_PRESS = 0.1
STANDSTILL = 2.0  # the clock of the progress screen counts seconds
MEMORY_MIB = 512
PRESSES = 20
SETTLE = 5.0  # what is heavy is loaded behind the first screen
GIVEN_UP = 900.0
COIN = 100_000
_CLOCK = re.compile(r"(\d+) s so far")
_READY = "Press Enter to begin"


@dataclass
class Found:
    """What was measured: seconds, but for the ISO's size in MB."""

    iso_mb: float
    first_screen: list[float] = field(default_factory=list)
    key_press: list[float] = field(default_factory=list)
    review: float = 0.0
    signing: float = 0.0
    standstill: float = 0.0
    signatures: int = 0

    def bars(self, inputs: int) -> tuple[Bar, ...]:
        """Every bar."""
        unsigned = inputs - self.signatures
        return (
            Bar(name="ISO, MB", found=self.iso_mb, limit=ISO_MB),
            Bar(name="first screen, s", found=min(self.first_screen), limit=FIRST_SCREEN),
            Bar(
                name="key press to paint, s",
                found=statistics.median(self.key_press),
                limit=KEY_PRESS,
            ),
            Bar(
                name="longest time without a repaint at work, s",
                found=self.standstill,
                limit=STANDSTILL,
            ),
            Bar(name=f"of {inputs} inputs not signed", found=unsigned, limit=0),
        )


def time_boot(found: Found) -> None:
    """From power-on to the first screen, with the boot menu's wait; then keys on that screen."""
    begun = time.monotonic()
    with Machine(name="bench", memory_mib=MEMORY_MIB, by_serial=False) as machine:
        machine.wait_for(_READY, 300)
        found.first_screen.append(time.monotonic() - begun)
        time.sleep(SETTLE)
        found.key_press += [time_key(machine) for _ in range(PRESSES)]


def time_key(machine: Machine) -> float:
    """Seconds from the press of F1 to a screen with its help, or without it again."""
    before = machine.photograph()
    begun = time.monotonic()
    key = {"type": "qcode", "data": "f1"}
    machine.qmp.execute("send-key", keys=[key], hold_time=20)
    while (after := machine.photograph()) == before:
        if time.monotonic() - begun > GIVEN_UP:
            raise TimeoutError("nothing is painted after a key press")
    taken = time.monotonic() - begun
    while (later := machine.photograph()) != after:  # the paint may have been half done
        taken, after = time.monotonic() - begun, later
    return taken


def sign(machine: Machine, inputs: int, folder: Path, found: Found) -> None:
    """Take a request of `inputs` inputs from the stick to its answer, by the serial console."""
    operator = Operator(machine.console)
    with prepared() as people:
        policy = replace(Policy(), fee_absolute=Sats(COIN * 100))
        made = draft(coins=(COIN,) * inputs, pay=(COIN * inputs * 9 // 10,), fee=200 * inputs + 200)
        asked = people.asking(made)
        bundle = asked.bundle()
        files = {VAULT: asked.vault(policy), REQUEST: bundle.render()}
        stick = write_stick(folder / "stick.img", FileSystem.FAT32, files)
        machine.plug(stick, "stick")
        operator.open_vault(PASSPHRASE)
        found.review = _open_request(operator, found)
        operator.review()
        words = pgp_words(hashlib.sha256(bundle.manifest).digest())
        _confirm(machine.console, words)
        found.signing = _watch(machine.console, found, "Write to a stick")
        operator.write("Write to a stick")
        operator.write("Signed")
        machine.unplug("stick")
    answer = read_stick(stick)[REQUEST.replace("request", "response")]
    found.signatures = len(parse_response_manifest(parse_archive(answer).manifest).signatures)


def _open_request(operator: Operator, found: Found) -> float:
    """Seconds from the key that chooses the request on the stick to its review."""
    operator.choose("Sign a request", "Choose a request")
    screen = operator.console.wait_for(REQUEST, 60)
    (digit,) = re.findall(rf"(\d)  {re.escape(REQUEST)}", screen)
    begun = time.monotonic()
    operator.console.press(digit)
    _watch(operator.console, found, "Review")
    return time.monotonic() - begun


def _confirm(console: Keys, words: Sequence[str]) -> None:
    """One person's consent, up to the last word's Enter."""
    console.wait_for("Confirm: person")
    console.press("Olga<enter>")
    screen = console.wait_for(re.compile(r"Word \d+"))
    asked = [int(number) for number in re.findall(r"Word (\d+)\b", screen)]
    console.press("".join(f"{words[position - 1]}<enter>" for position in asked))


def _watch(console: Keys, found: Found, wanted: str) -> float:
    """Seconds until `wanted` is on the screen; notes how long the screen stood still at most."""
    begun = changed = time.monotonic()
    shown = ""
    while wanted not in (screen := console.text()):
        at = time.monotonic()
        if screen != shown:
            changed, shown = at, screen
        elif _CLOCK.search(screen):
            found.standstill = max(found.standstill, at - changed)
        if at - begun > GIVEN_UP:
            raise TimeoutError(f"{wanted} did not come; the screen shows:\n{screen}")
        time.sleep(0.02)
    return time.monotonic() - begun


def measure(boots: int, inputs: int) -> Found:
    """Boot `boots` times, press keys, and sign once."""
    found = Found(iso_mb=ISO.stat().st_size / 1e6)
    for _ in range(boots):
        time_boot(found)
    with (
        tempfile.TemporaryDirectory() as folder,
        Machine(name="bench", memory_mib=MEMORY_MIB) as machine,
    ):
        machine.choose_boot_entry("s")
        Operator(machine.console).begin(now())
        sign(machine, inputs, Path(folder), found)
    return found


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.image",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.add_argument("--boots", type=int, default=3, help="of which the fastest counts (3)")
    parser.add_argument(
        "--inputs", type=int, default=500, help="of the request that is signed (500)"
    )
    given = parser.parse_args()
    before = os.getloadavg()[0]
    found = measure(max(1, given.boots), given.inputs)
    load = (before, os.getloadavg()[0])
    bars = found.bars(given.inputs)
    if given.json:
        held = [{**asdict(bar), "held": bar.is_held} for bar in bars]
        sys.stdout.write(json.dumps({"load": load, **asdict(found), "bars": held}, indent=2) + "\n")
    else:
        Console().print(f"review {found.review:.1f} s, signing {found.signing:.1f} s")
        print_bars(bars, load)
    return 0 if all(bar.is_held for bar in bars) else 1


if __name__ == "__main__":
    sys.exit(main())
