"""The demo: `./build.sh demo` runs the main job from an ISO to a confirmed payment, with pictures.

Everything runs on this computer: the ISO in QEMU, the companion, and a regtest node, or with `--chain embedded`
a chain in this process and no node at all. The station is used by its
keyboard and its screen, as a person would; each screen is kept as a picture in out/demo/.
"""

from __future__ import annotations

import argparse
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
from tests.embedded.node import EmbeddedNode
from tests.integration.node import RegtestNode

PICTURES = OUT / "demo"
CHAINS = {"node": RegtestNode, "embedded": EmbeddedNode}


def main() -> int:
    """Run every step; 0 when the payment is confirmed."""
    parser = argparse.ArgumentParser(prog="./build.sh demo", description=__doc__)
    parser.add_argument(
        "--chain", choices=list(CHAINS), default="node", help="what keeps the chain"
    )
    chain = CHAINS[parser.parse_args().chain]
    console = Console(highlight=False)
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    started = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="sr-") as scratch,
        chain() as node,
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
            f"transaction {loop.txid}\nconfirmed {depth} deep; "
            f"the recipient has {loop.received()} BTC\n"
            f"{len(taken)} pictures in {PICTURES}; {time.monotonic() - started:.0f} s in all"
        )
    return 0 if depth >= 1 else 1


if __name__ == "__main__":
    sys.exit(main())
