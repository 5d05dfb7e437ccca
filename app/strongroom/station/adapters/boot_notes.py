"""What is noted until the machine is switched off: which key of which wallet was used. Nothing of it is secret.

The signer's process ends with each session; the notes lie in a folder of its own in memory, which does not.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from strongroom.core.errors import Fault


@dataclass(frozen=True, slots=True)
class BootNotes:
    """Notes in one file; raises `Fault` PROGRAM when they can not be read or kept."""

    path: Path

    def __call__(self, pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        """What was noted of these wallets before; the first key of a wallet stays."""
        try:
            noted = self._read()
            before = tuple((wallet, noted[wallet]) for wallet, _ in pairs if wallet in noted)
            new = self.path.with_suffix(".new")
            new.write_text(json.dumps(dict(pairs) | noted), encoding="ascii")
            new.replace(self.path)
        except (OSError, ValueError, AttributeError) as error:
            raise Fault(
                "PROGRAM",
                "what was used since the machine was started can not be noted",
                hint="switch off and start again",
            ) from error
        return before

    def _read(self) -> dict[str, str]:
        if not self.path.exists():
            return {}
        text = self.path.read_text(encoding="ascii")
        return {str(wallet): str(key) for wallet, key in json.loads(text).items()}
