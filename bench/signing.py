"""How long signing takes beside BDK and embit, and how much memory it needs.

Each measurement runs in a process of its own, the signers take turns, and of each the best of several rounds
counts, so that a busy machine spoils little. Bars, for each kind of wallet:

- with 2000 inputs Strongroom reviews, approves, signs twice and verifies in at most half of the time in which
  BDK parses, signs and serialises;
- 2000 inputs take at most 24 times as long as 100;
- no request, of any case, needs more than 150 MB in all;
- a batch of 3000 outputs, and 50 inputs with 100 kB of previous transaction each, take at most twice as long as
  500 inputs.

Exit codes: 0 every bar is held, 1 one is missed, 2 the command line is wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field

from rich.console import Console
from rich.table import Table

from bench.bars import Bar, print_bars
from bench.measure import Measurement, measure
from bench.requests import KINDS, Case, make_job
from bench.signers import SIGNERS

INPUTS = (1, 100, 500, 2000)
SMALL, MIDDLE, LARGE = 100, 500, 2000
OTHERS = (
    Case(kind="p2wpkh", inputs=2, outputs=3000),
    Case(kind="p2wpkh", inputs=50, previous_size=100_000),
)
OURS, BDK, EMBIT = SIGNERS
HALF_OF_BDK = 0.5
GROWTH = 24.0
LIKE_MIDDLE = 2.0
MEMORY = 150_000_000
EMBIT_ROUNDS = 1  # nothing is asked of it, and legacy inputs take it half a minute


@dataclass(frozen=True, slots=True)
class Results:
    """The best measurement of each signer in each case."""

    best: dict[tuple[Case, str], Measurement] = field(default_factory=dict)

    def add(self, case: Case, signer: str, found: Measurement) -> None:
        """Keep `found` if it is faster; the highest peak of memory stays."""
        known = self.best.get((case, signer), found)
        self.best[case, signer] = Measurement(
            seconds=min(known.seconds, found.seconds),
            processor=min(known.processor, found.processor),
            peak=max(known.peak, found.peak),
        )

    def seconds(self, case: Case, signer: str = OURS) -> float:
        """The best time."""
        return self.best[case, signer].seconds

    def bars(self) -> Iterable[Bar]:
        """Every bar whose cases were measured."""
        for kind in KINDS:
            large, small = Case(kind=kind, inputs=LARGE), Case(kind=kind, inputs=SMALL)
            if (large, OURS) in self.best:
                ratio = self.seconds(large) / self.seconds(large, BDK)
                yield Bar(name=f"{kind}: time over BDK's", found=ratio, limit=HALF_OF_BDK)
                growth = self.seconds(large) / self.seconds(small)
                yield Bar(name=f"{kind}: 2000 inputs over 100", found=growth, limit=GROWTH)
        for case in OTHERS:
            if (case, OURS) in self.best:
                middle = self.seconds(Case(kind=case.kind, inputs=MIDDLE))
                name = f"{case.name}: time over that of 500 inputs"
                yield Bar(name=name, found=self.seconds(case) / middle, limit=LIKE_MIDDLE)
        peak = max(found.peak for (_, signer), found in self.best.items() if signer == OURS)
        yield Bar(name="peak memory, MB", found=peak / 1e6, limit=MEMORY / 1e6)


def run(kinds: tuple[str, ...], rounds: int, tell: Callable[[str], None]) -> Results:
    """Measure every case of these kinds, `rounds` times."""
    results = Results()
    cases = [Case(kind=kind, inputs=count) for kind in kinds for count in INPUTS]
    for case in (*cases, *(case for case in OTHERS if case.kind in kinds)):
        tell(f"{case.kind}: {case.name}")
        job = make_job(case)
        for number in range(rounds):
            for signer in SIGNERS:
                if signer != EMBIT or number < EMBIT_ROUNDS:
                    results.add(case, signer, measure(signer, job))
    return results


def render_table(results: Results) -> Table:
    """Times as multiples of BDK's, and ours in milliseconds."""
    table = Table(title="Signing: times over BDK's (less is better)")
    for heading in ("wallet", "request"):
        table.add_column(heading, no_wrap=True)
    for heading in ("ours", "embit", "BDK ms", "our ms", "our MB"):
        table.add_column(heading, justify="right", no_wrap=True)
    for case in dict.fromkeys(case for case, _ in results.best):
        ours, bdk, embit = (results.best[case, signer] for signer in SIGNERS)
        table.add_row(
            case.kind,
            case.name,
            f"{ours.seconds / bdk.seconds:.2f}",
            f"{embit.seconds / bdk.seconds:.2f}",
            f"{bdk.seconds * 1e3:.0f}",
            f"{ours.seconds * 1e3:.0f}",
            f"{ours.peak / 1e6:.0f}",
        )
    return table


def render_json(results: Results, load: tuple[float, float]) -> str:
    """Everything that was measured."""
    measured = [
        {**asdict(case), "signer": signer, **asdict(found)}
        for (case, signer), found in results.best.items()
    ]
    bars = [{**asdict(bar), "held": bar.is_held} for bar in results.bars()]
    return json.dumps({"load": load, "measurements": measured, "bars": bars}, indent=2)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.signing",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.add_argument("--rounds", type=int, default=3, help="of which the best counts (3)")
    parser.add_argument(
        "--kind", action="append", choices=tuple(KINDS), help="only this kind of wallet; repeatable"
    )
    given = parser.parse_args()
    screen = Console(stderr=True)
    before = os.getloadavg()[0]
    with screen.status("starting") as status:
        results = run(tuple(given.kind or KINDS), max(1, given.rounds), status.update)
    load = (before, os.getloadavg()[0])
    bars = tuple(results.bars())
    if given.json:
        sys.stdout.write(render_json(results, load) + "\n")
    else:
        Console().print(render_table(results))
        print_bars(bars, load)
    return 0 if all(bar.is_held for bar in bars) else 1


if __name__ == "__main__":
    sys.exit(main())
