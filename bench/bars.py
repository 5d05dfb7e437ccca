"""What must hold of a measurement, and how it is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Something that must hold: `found` is at most `limit`."""

    name: str
    found: float
    limit: float

    @property
    def is_held(self) -> bool:
        """Whether it holds."""
        return self.found <= self.limit


def print_bars(bars: Iterable[Bar], load: tuple[float, float]) -> None:
    """Each bar on a line, and how busy the machine was."""
    out = Console()
    for bar in bars:
        word = "held  " if bar.is_held else "MISSED"
        out.print(f"{word}  {bar.name}: {bar.found:.2f}, at most {bar.limit:.2f}")
    out.print(f"load of the machine before and after: {load[0]:.1f}, {load[1]:.1f}")
