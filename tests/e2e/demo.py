"""The demo: `./build.sh demo` runs the main job from an ISO to a confirmed payment, with pictures.

Everything runs on this computer: the ISO in QEMU, a regtest node, the companion. The station is used by its
keyboard and its screen, as a person would; each screen is kept as a picture in out/demo/.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from tests.e2e.companion import Companion
from tests.e2e.hardware import Firmware
from tests.e2e.loop import PAYMENT_SATS, Loop
from tests.e2e.machine import OUT, Machine
from tests.integration.node import RegtestNode

PICTURES = OUT / "demo"


def main() -> int:
    """Run every step; 0 when the payment is confirmed."""
    console = Console(highlight=False)
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    started = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="sr-") as scratch,
        RegtestNode() as node,
        Machine(name="demo", by_serial=False, firmware=Firmware.BIOS) as machine,
    ):
        taken: list[str] = []

        def look(name: str) -> None:
            taken.append(name)
            machine.picture(PICTURES / f"{len(taken):02d}-{name}.png")

        companion = Companion(Path(scratch) / "c")
        loop = Loop(machine, node, companion, Path(scratch), look)
        steps = list(loop.steps())
        try:
            for number, (what, step) in enumerate(steps, start=1):
                begun = time.monotonic()
                with console.status(f"[{number}/{len(steps)}] {what}"):
                    step()
                console.print(
                    f"==> [{number}/{len(steps)}] {what} ({time.monotonic() - begun:.0f} s)"
                )
        finally:
            companion.close()
        depth = loop.confirmations()
        console.print(
            f"\nPaid {PAYMENT_SATS} sat to {loop.recipient}\n"
            f"transaction {loop.txid}\nconfirmed {depth} deep by the node; "
            f"the recipient has {loop.received()} BTC\n"
            f"{len(taken)} pictures in {PICTURES}; {time.monotonic() - started:.0f} s in all"
        )
    return 0 if depth >= 1 else 1


if __name__ == "__main__":
    sys.exit(main())
