"""The session in the application's own process: for rehearsals, where there is no other process to confine."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from strongroom.station.signer.machine import RoomSteps, Sitting, load_sitting, room_steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from strongroom.core.errors import Stop
    from strongroom.core.session.requests import RoomRequest
    from strongroom.core.session.values import Release
    from strongroom.station.ports import Machine, Tell


class LocalSigner:
    """A `Signer` that calls the generator; what a sitting raises comes out of the call that caused it."""

    def __init__(
        self, machine: Machine, release: Release, load: Callable[[], Sitting] = load_sitting
    ) -> None:
        self._machine = machine
        self._release = release
        self._load = load
        self._steps: RoomSteps | None = None

    def prepare(self) -> None:
        """Import the session."""
        self._load()

    def begin(self, tell: Tell) -> RoomRequest | None:
        """Start a sitting."""
        self.close()
        steps = room_steps(self._load()(self._release), self._machine, tell)
        self._steps = steps
        return next(steps, None)

    def reply(self, value: object) -> RoomRequest | None:
        """Send the reply into the generator."""
        try:
            return self._steps.send(value) if self._steps else None
        except StopIteration:
            return None

    def throw(self, stop: Stop) -> RoomRequest | None:
        """Throw the stop into the generator."""
        try:
            return self._steps.throw(stop) if self._steps else None
        except StopIteration:
            return None

    def close(self) -> None:
        """End the generator; one that is at work in another thread is left to it, and never asked again."""
        steps, self._steps = self._steps, None
        if steps:
            with suppress(ValueError):
                steps.close()
