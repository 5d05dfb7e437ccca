"""The state of one sitting: what was declared, which vault is open, and what was recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from strongroom.core.errors import Fault, Stop, Violation
from strongroom.core.machine.model import DeviceEvent
from strongroom.core.machine.text import device_line
from strongroom.core.moment import render_moment
from strongroom.core.optical.codes import Code, file_code
from strongroom.core.progress import Progress
from strongroom.core.secret import Secret
from strongroom.core.session.hardware import TakeDeviceEvents
from strongroom.core.session.notes import KeepRecord, Note, TakeNotes
from strongroom.core.session.requests import (
    DrawRandom,
    ReadMonotonic,
    ShowStop,
    Steps,
    Work,
    WriteFiles,
    ask,
)
from strongroom.core.session.values import OutFile, Receipt, Release, VaultSummary
from strongroom.core.transcript.chain import append, render_events
from strongroom.core.transcript.model import Event, Transcript, Value
from strongroom.core.transcript.opening import opening_event
from strongroom.core.vault.age import WORK_FACTOR, encrypt_with_passphrase
from strongroom.core.vault.age_identity import encrypt_to_recipient
from strongroom.core.vault.contents import render_vault
from strongroom.core.vault.contents_policy import trust_digest
from strongroom.core.vault.limits import LIMITS, render_value, value_of
from strongroom.core.vault.model import VaultContents

VAULT_NAME = "strongroom.vault"
SALT_SIZE = 32
AGE_RANDOM = 64


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class OpenVault:
    """A vault in memory, with what it will be written with again: a passphrase, or a recipient's key.

    The recipient's is public: custodians are not needed again until the vault is opened the next time. One that
    is not kept is of this session alone, and never written.
    """

    contents: VaultContents
    passphrase: Secret
    recipient: bytes | None = None
    is_kept: bool = True

    def wipe(self) -> None:
        """Overwrite the passphrase and every seed."""
        self.passphrase.wipe()
        self.contents.signing_key.wipe()
        for seed in self.contents.seeds:
            seed.entropy.wipe()
            seed.passphrase.wipe()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody in the room, by name and role."""

    name: str
    role: str


@dataclass(slots=True, kw_only=True, repr=False)
class Desk:
    """What a sitting has on its desk; the only mutable thing in the core, held by one generator.

    `machine` is what was listed and tested at the start, for the first event of every transcript; `people` are
    those who were called, none when one person works alone. `mirrored` counts the events that a record of its
    own has on a stick, `kept` those that lie beside the vault. `hypervisor` names the maker of a virtual
    machine, in which no keys of real money are made.
    """

    release: Release
    declared: datetime
    transcript: Transcript = field(default_factory=Transcript)
    people: tuple[Person, ...] = ()
    mirrored: int = 0
    kept: int = 0
    vault: OpenVault | None = None
    machine: tuple[str, ...] = ()
    hypervisor: str = ""

    def opened(self) -> OpenVault:
        """The open vault; the menu offers no task that needs one while none is open."""
        if self.vault is None:
            raise Fault("PROGRAM", "this step needs an open vault", hint="open a vault first")
        return self.vault

    def close(self) -> None:
        """Wipe and forget the open vault."""
        if self.vault is not None:
            self.vault.wipe()
            self.vault = None
        self.transcript = Transcript()
        self.mirrored = self.kept = 0


def begin_transcript(desk: Desk, activity: str, contents: VaultContents) -> Steps[None]:
    """Start the transcript of an open vault: bound to its trust list and its previous transcript."""
    milliseconds = yield from ask(ReadMonotonic())
    event = opening_event(
        activity=activity,
        release=desk.release.version,
        commit=desk.release.commit,
        image_digest=desk.release.image_digest,
        trust_digest=trust_digest(contents.trust),
        previous_head=contents.history.transcript_head,
        declared=desk.declared,
        monotonic=milliseconds,
        hardware=desk.machine,
        actors=tuple(f"{person.name} ({person.role})" for person in desk.people),
    )
    salt = yield from ask(DrawRandom(SALT_SIZE))
    desk.transcript = append(Transcript(), event, salt=salt.reveal())


def record(
    desk: Desk,
    step: str,
    kind: str,
    body: Mapping[str, Value],
    *,
    actors: tuple[str, ...] = (),
    inputs: Mapping[str, str] = MappingProxyType({}),
    outputs: Mapping[str, str] = MappingProxyType({}),
) -> Steps[None]:
    """Append an event to the transcript; there is none before a vault is open.

    `inputs` and `outputs` map names to SHA-256 in hex. The salt and the monotonic time come from the driver.
    What happened on USB and what people noted meanwhile stands before it.
    """
    if not desk.transcript.events:
        return
    yield from _record_meanwhile(desk, step)
    event = Event(
        step=step,
        type=kind,
        actors=actors,
        declared=desk.declared,
        monotonic=0,
        inputs=tuple(inputs.items()),
        outputs=tuple(outputs.items()),
        body=tuple(body.items()),
    )
    yield from _append(desk, event)


def _append(desk: Desk, event: Event) -> Steps[None]:
    salt = yield from ask(DrawRandom(SALT_SIZE))
    milliseconds = yield from ask(ReadMonotonic())
    timed = replace(event, monotonic=milliseconds)
    desk.transcript = append(desk.transcript, timed, salt=salt.reveal())


def _record_meanwhile(desk: Desk, step: str) -> Steps[None]:
    """What happened on USB and what people noted since the last event."""
    plugged = yield from ask(TakeDeviceEvents())
    notes = yield from ask(TakeNotes())
    for each in plugged:
        yield from _append(desk, _device_event(desk, each))
    for note in notes:
        yield from _append(desk, _note_event(desk, step, note))


def _device_event(desk: Desk, happened: DeviceEvent) -> Event:
    return Event(
        step="usb",
        type=f"device-{happened.kind}",
        declared=desk.declared,
        monotonic=0,
        body=(("device", device_line(happened.device)),),
    )


def _note_event(desk: Desk, step: str, note: Note) -> Event:
    """What a note says; of a pause only where it was."""
    said = {
        "screen": note.screen,
        "expected": note.expected,
        "happened": note.happened,
        "decision": note.decision,
    }
    return Event(
        step=step,
        type=note.kind,
        actors=(note.by,) if note.by else (),
        declared=desk.declared,
        monotonic=0,
        body=tuple((name, text) for name, text in said.items() if text),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The step that a written vault completes, for its record."""

    step: str
    kind: str
    body: Mapping[str, Value]


def save_vault(
    desk: Desk, vault: OpenVault, purpose: str, done: Done | None = None
) -> Steps[Receipt]:
    """Encrypt and write `vault`, and only then make it the one on the desk, and `done` a part of the record.

    The record is written beside it with `done` in it, so that a power cut takes no step that is completed. A
    failed write is shown and can be tried again; leaving it raises `Cancelled` and keeps the old state.
    """
    if done is not None and desk.transcript.events:
        yield from _record_meanwhile(desk, done.step)
    before = desk.transcript
    try:
        if done is not None:
            yield from record(desk, done.step, done.kind, done.body)
        receipt = yield from _write_vault(desk, vault, purpose)
    except Stop:
        desk.transcript = before
        raise
    desk.vault = vault
    return receipt


def _write_vault(desk: Desk, vault: OpenVault, purpose: str) -> Steps[Receipt]:
    if not vault.is_kept:
        return Receipt(stick="", names=())
    random = yield from ask(DrawRandom(AGE_RANDOM))
    pool = iter(random.reveal())

    def draw(size: int) -> bytes:
        return bytes(next(pool) for _ in range(size))

    def encrypt(_progress: Progress) -> bytes:
        plaintext = render_vault(vault.contents)
        if vault.recipient is not None:
            return encrypt_to_recipient(plaintext, vault.recipient, random=draw)
        return encrypt_with_passphrase(
            plaintext, vault.passphrase, work_factor=WORK_FACTOR, random=draw
        )

    data = yield from ask(Work("Encrypting the vault", encrypt))
    files = (OutFile(name=VAULT_NAME, data=data), *_running_record(desk))
    receipt = yield from write_until_done(WriteFiles(files, purpose, keep_previous=True))
    desk.kept = len(desk.transcript.events)
    return receipt


def keep_record(desk: Desk) -> Steps[None]:
    """Between two tasks: have what is not on the vault's stick yet written there, if the stick is in.

    Nobody is asked, nothing is written twice, and a vault that was only opened is no news.
    """
    events = len(desk.transcript.events)
    if desk.vault is None or not desk.vault.is_kept or events <= max(desk.kept, desk.mirrored):
        return
    (file,) = _running_record(desk)
    if (yield from ask(KeepRecord(file))):
        desk.kept = events


def _running_record(desk: Desk) -> tuple[OutFile, ...]:
    """The transcript of the open vault as it is now; there is none before a vault is open."""
    if not desk.transcript.events:
        return ()
    name = f"session-{desk.declared:%Y%m%d-%H%M}.running.jsonl"
    return (OutFile(name=name, data=render_events(desk.transcript)),)


def save_contents(
    desk: Desk, contents: VaultContents, purpose: str, done: Done | None = None
) -> Steps[Receipt]:
    """Write `contents` as the next generation of the open vault, which completes the step `done`."""
    following = replace(contents, generation=desk.opened().contents.generation + 1)
    vault = replace(desk.opened(), contents=following)
    return (yield from save_vault(desk, vault, purpose, done))


def write_until_done(request: WriteFiles) -> Steps[Receipt]:
    """Write; a medium that fails is named and another try offered, until done or cancelled."""
    while True:
        try:
            return (yield from ask(request))
        except Fault as stop:
            yield from ask(ShowStop(stop))


def coded(receipt: Receipt, files: Sequence[OutFile]) -> tuple[Code, ...]:
    """Written files to be scanned, under the names that they have on the stick."""
    named = zip(receipt.names, files, strict=True)
    return tuple(file_code(name, file.data) for name, file in named)


def summary(vault: OpenVault | None) -> VaultSummary | None:
    """What the menu may show of the open vault."""
    if vault is None:
        return None
    contents = vault.contents
    return VaultSummary(
        fingerprints=tuple(seed.fingerprint.hex() for seed in contents.seeds),
        wallets=tuple((w.name, w.network, w.descriptor) for w in contents.wallets),
        approvers=tuple((a.name, a.fingerprint) for a in contents.trust.approvers),
        quorum=contents.trust.quorum,
        signed=len(contents.history.entries),
        generation=contents.generation if vault.is_kept else 0,
        limits=tuple(
            (limit.label, render_value(limit, value_of(contents.policy, limit))) for limit in LIMITS
        ),
    )


def problem_of(stop: Violation) -> str:
    """What is shown beside a field that has to be filled in again."""
    return f"{stop.rule}: {stop.message}"


def check_time(declared: datetime, not_before: datetime, why: str) -> datetime:
    """SESSION-TIME: `declared` is not before `not_before`, when `why` happened."""
    if declared < not_before:
        raise Violation(
            "SESSION-TIME",
            f"the declared time {render_moment(declared)} is before "
            f"{render_moment(not_before)}, when {why}",
            hint="enter the time in UTC, from clocks that are not this machine's",
        )
    return declared
