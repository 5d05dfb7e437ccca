"""A sitting as the room sees it: what the machine answers by itself is answered here, beside the keys."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias, assert_never

from strongroom.core.errors import Stop
from strongroom.core.session import notes
from strongroom.core.session import requests as asked
from strongroom.station.faults import program_fault

if TYPE_CHECKING:
    from strongroom.core.progress import Progress
    from strongroom.core.session import values
    from strongroom.station.ports import Machine, Tell

Sitting: TypeAlias = "Callable[[values.Release], asked.Steps[None]]"
RoomSteps: TypeAlias = Generator[asked.RoomRequest, Any, None]
_TELL_SECONDS = 0.2


def load_sitting() -> Sitting:
    """Import what is heavy and check the signing libraries; raises `Fault` SIGN-BACKEND."""
    from strongroom.core.bitcoin.signatures import check_backend  # noqa: PLC0415 - when it is asked for
    from strongroom.core.session.sitting import sitting  # noqa: PLC0415 - when it is asked for

    check_backend()
    return sitting


def room_steps(steps: asked.Steps[None], machine: Machine, tell: Tell) -> RoomSteps:
    """The same sitting, without the requests that `machine` answers.

    A `Stop` that the room or the machine raises goes into the sitting; whatever else the machine raises goes in
    as the fault PROGRAM.
    """
    step: Callable[[], asked.Request] = partial(steps.send, None)
    while True:
        try:
            request = step()
        except StopIteration:
            return
        try:
            reply = yield from _answer(request, machine, tell)
        except Stop as stop:
            step = partial(steps.throw, stop)
        except Exception as error:  # noqa: BLE001 - the signer's one blanket handler for its machine
            step = partial(steps.throw, program_fault(error))
        else:
            step = partial(steps.send, reply)


def _answer(
    request: asked.Request, machine: Machine, tell: Tell
) -> Generator[asked.RoomRequest, Any, Any]:
    match request:
        case (
            asked.DrawRandom()
            | asked.ReadMonotonic()
            | asked.ReadFreeMemory()
            | notes.NoteKeys()
            | asked.Work()
            | asked.CheckSignatures()
            | asked.ListCertificate()
            | asked.MakeSigningKey()
            | asked.SignManifest()
        ):
            return _perform(request, machine, tell)
        case _:
            return (yield request)


def _perform(request: asked.MachineRequest, machine: Machine, tell: Tell) -> object:  # noqa: PLR0911 - one a request
    pgp = machine.openpgp
    match request:
        case asked.DrawRandom(size=size):
            return machine.random(size)
        case asked.ReadMonotonic():
            return time.monotonic_ns() // 1_000_000
        case asked.ReadFreeMemory():
            return machine.free_memory()
        case notes.NoteKeys(pairs=pairs):
            return machine.note_keys(pairs)
        case asked.Work(title=title):
            tell(title, 0, 0)
            return request.run(_rarely(title, tell))
        case asked.CheckSignatures(manifest=m, signatures=s, certificates=c):
            tell("Checking who signed", 0, 0)
            return pgp.verify_signatures(m, s, c)
        case asked.ListCertificate(certificate=given):
            tell("Reading the certificate", 0, 0)
            return pgp.list_certificate(given)
        case asked.MakeSigningKey(user_id=user):
            tell("Making the vault's signing key", 0, 0)
            return pgp.make_signing_key(user)
        case asked.SignManifest(manifest=m, signing_key=key):
            tell("Signing the response", 0, 0)
            return pgp.sign_detached(m, key)
        case _:
            assert_never(request)


def _rarely(title: str, tell: Tell) -> Progress:
    """Progress that is told a few times a second, however often the work tells it."""
    last = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done == total or now - last >= _TELL_SECONDS:
            last = now
            tell(title, done, total)

    return progress
