"""The start of a sitting: what the machine is, whether it computes right, the boot medium taken out."""

from __future__ import annotations

from strongroom.core.machine import answers
from strongroom.core.machine.check import check_machine
from strongroom.core.machine.model import Hardware, SelfTests
from strongroom.core.machine.selftest import (
    CHANGED,
    RANDOM_SIZE,
    SIGNATURE,
    check_self_tests,
    run_self_tests,
    summed,
    test_openpgp,
    test_randomness,
)
from strongroom.core.machine.text import hardware_record
from strongroom.core.session.desk import Desk
from strongroom.core.session.hardware import PullMedium, ReadHardware, ShowHardware
from strongroom.core.session.requests import (
    CheckSignatures,
    DrawRandom,
    ListCertificate,
    Steps,
    Work,
    ask,
)


def examine_machine(desk: Desk) -> Steps[None]:
    """List and test the machine, and have the boot medium taken out, before any secret is there.

    Raises `Fault` MACHINE-* or SELF-TEST. What was found becomes part of every transcript.
    """
    hardware, tests = yield from _look()
    state = yield from ask(PullMedium(hardware.medium))
    desk.hypervisor = hardware.hypervisor
    desk.machine = (
        *hardware_record(hardware),
        f"Self-tests: {tests.summary}",
        f"Boot medium ({hardware.medium.value}): {state.value}",
    )


def list_machine(_desk: Desk) -> Steps[None]:
    """List and test the machine again, as it is now; raises `Fault` MACHINE-* or SELF-TEST."""
    yield from _look()


def _look() -> Steps[tuple[Hardware, SelfTests]]:
    hardware = check_machine((yield from ask(ReadHardware())))
    tests = check_self_tests((yield from _test()))
    yield from ask(ShowHardware(hardware, tests))
    return hardware, tests


def _test() -> Steps[SelfTests]:
    core = yield from ask(Work("Self-tests", run_self_tests))
    first = yield from ask(DrawRandom(RANDOM_SIZE))
    second = yield from ask(DrawRandom(RANDOM_SIZE))
    certificates = (answers.OPENPGP_CERTIFICATE,)
    listing = yield from ask(ListCertificate(answers.OPENPGP_CERTIFICATE))
    (good,) = yield from ask(CheckSignatures(answers.OPENPGP_MESSAGE, (SIGNATURE,), certificates))
    (changed,) = yield from ask(CheckSignatures(CHANGED, (SIGNATURE,), certificates))
    return summed(core, test_randomness(first, second), test_openpgp(listing, good, changed))
