"""What application and signer need of the outside, as types: station and rehearsal differ by these alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from strongroom.core.bundle.model import DetachedSignature, OpenpgpReport
    from strongroom.core.errors import Stop
    from strongroom.core.machine.model import DeviceEvent, Hardware, UsbDevice
    from strongroom.core.secret import Secret
    from strongroom.core.session.requests import RoomRequest
    from strongroom.core.session.values import OutFile, Receipt
    from strongroom.station.media.protocol import Listing, Stick

REHEARSAL_MARK = "REHEARSAL"
Tell: TypeAlias = "Callable[[str, int, int], None]"
"""Called from any thread while work goes on: its title, what is done of it, and of how much (0: not known)."""


class Media(Protocol):
    """USB sticks and the one session. All but `sticks`, `holder` and `watch` may take seconds.

    Every method that touches a stick raises `Fault` MEDIA-* and nothing else.
    """

    def sticks(self) -> tuple[Stick, ...]:
        """What is plugged in, as last heard."""
        ...

    def holder(self) -> str:
        """The console that holds the session, as last heard; empty for none."""
        ...

    def watch(self, changed: Callable[[], None]) -> None:
        """Have `changed` called, from any thread, when sticks or holder change."""
        ...

    def claim(self, console: str) -> str:
        """Try to hold the session for `console`; the console that holds it now."""
        ...

    def look(self, stick: Stick, suffix: str) -> Listing:
        """The files on a stick whose names end in `suffix`, and the free room."""
        ...

    def read(self, stick: Stick, name: str, cap: int) -> bytes:
        """One whole file, read once."""
        ...

    def write(self, stick: Stick, files: tuple[OutFile, ...], *, keep_previous: bool) -> Receipt:
        """Write files, and give the receipt once they were read back equal."""
        ...

    def power_off(self) -> None:
        """Switch the machine off."""
        ...


class Usb(Protocol):
    """USB devices, and consent to a keyboard; all but `devices`, `take_events` and `watch` may take seconds."""

    def devices(self) -> tuple[UsbDevice, ...]:
        """What is plugged in and how it is used, as last heard."""
        ...

    def take_events(self) -> tuple[DeviceEvent, ...]:
        """What happened since the last time."""
        ...

    def watch(self, changed: Callable[[], None]) -> None:
        """Have `changed` called, from any thread, when devices change."""
        ...

    def start_trial(self, device: UsbDevice) -> None:
        """Have a waiting keyboard's keys reach the screen that asks for consent; raises `Fault` USB-DEVICE."""
        ...

    def admit(self, device: UsbDevice) -> None:
        """Use the keyboard on trial from now on; raises `Fault` USB-DEVICE."""
        ...

    def refuse(self, device: UsbDevice) -> None:
        """Never use it; when this returns, no key can come from it. Raises `Fault` USB-DEVICE."""
        ...


class Signer(Protocol):
    """Where the session runs, with every key: one sitting after another. All may take long.

    `begin`, `reply` and `throw` give the next request, None once the sitting is over and its memory wiped, and
    raise the `Stop` that ended it otherwise.
    """

    def prepare(self) -> None:
        """Load what is heavy, so that `begin` answers soon."""
        ...

    def begin(self, tell: Tell) -> RoomRequest | None:
        """Start a sitting; one that still ran is ended."""
        ...

    def reply(self, value: object) -> RoomRequest | None:
        """Answer the last request with a value of the type that it names."""
        ...

    def throw(self, stop: Stop) -> RoomRequest | None:
        """Stop the last request instead of answering it."""
        ...

    def close(self) -> None:
        """End the sitting, wherever it is."""
        ...


class OpenPgp(Protocol):
    """GnuPG, run on bytes in a private directory in memory; raises `Fault` OPENPGP."""

    def verify_signatures(
        self,
        manifest: bytes,
        signatures: tuple[DetachedSignature, ...],
        certificates: tuple[bytes, ...],
    ) -> tuple[OpenpgpReport, ...]:
        """What GnuPG says of each signature, by the certificate at its place."""
        ...

    def list_certificate(self, certificate: bytes) -> bytes:
        """The colon listing of a certificate."""
        ...

    def make_signing_key(self, user_id: str) -> tuple[Secret, bytes]:
        """A new signing key and its armored certificate."""
        ...

    def sign_detached(self, manifest: bytes, signing_key: Secret) -> bytes:
        """The armored detached signature over `manifest`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What the session asks of the machine that it runs on; all of it stays beside the keys."""

    openpgp: OpenPgp
    random: Callable[[int], Secret]
    note_keys: Callable[[tuple[tuple[str, str], ...]], tuple[tuple[str, str], ...]]
    free_memory: Callable[[], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """What the application has around it. `mark` stands on every screen unless it is empty.

    `signer` loads the way to the signer, once the first screen is there. `keyboard` says how typed keys are
    read, where a secret is typed.
    """

    media: Media
    usb: Usb
    signer: Callable[[], Signer]
    random: Callable[[int], Secret]
    machine_clock: Callable[[], datetime]
    hardware: Callable[[], Hardware]
    console: str
    keyboard: str
    mark: str = ""
