"""The start of a sitting: a machine that is not as it should be gets no secret; what was seen is recorded."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.core.machine.example import GOOD, HARDWARE
from tests.unit.core.session.operator import RELEASE, Operator
from tests.unit.core.session.test_vaults import from_words

from strongroom.core.machine.model import MediumState
from strongroom.core.session import hardware as listed
from strongroom.core.session import requests as asked
from strongroom.core.session.desk import Desk
from strongroom.core.session.opening import examine_machine
from strongroom.core.session.values import Task

ENDS = ["ShowStop", "PowerOff"]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"interfaces": ("wlan0",)}, "MACHINE-NETWORK"),
        ({"disks": ("sda",)}, "MACHINE-DISK"),
        ({"has_swap": True}, "MACHINE-KERNEL"),
    ],
)
def test_another_machine_is_switched_off(change: dict[str, object], rule: str) -> None:
    hardware = replace(HARDWARE, **change)  # type: ignore[arg-type]  # fields of Hardware
    operator = Operator({listed.ReadHardware: [hardware]})
    operator.run()
    assert operator.stops() == [rule]
    assert operator.kinds() == ["ShowIdentity", "ReadHardware", *ENDS]


def test_a_failed_self_test_switches_off() -> None:
    operator = Operator({asked.CheckSignatures: [(GOOD,), (GOOD,)]})
    operator.run()
    assert operator.stops() == ["SELF-TEST"]
    assert operator.kinds()[-2:] == ENDS


def test_the_medium_is_asked_out_before_anything_secret() -> None:
    operator = from_words()
    operator.run(Task.CREATE_VAULT)
    kinds = operator.kinds()
    order = [kinds.index(k) for k in ("ShowIdentity", "ShowHardware", "PullMedium", "DeclareTime")]
    assert order == sorted(order)
    assert kinds.index("PullMedium") < kinds.index("EnterWords")


def test_the_machine_can_be_listed_again_and_is_checked_again() -> None:
    grown = replace(HARDWARE, interfaces=("lo", "usb0"))
    operator = Operator({listed.ReadHardware: [HARDWARE, HARDWARE, grown]})
    operator.run(Task.MACHINE, Task.MACHINE)
    assert operator.kinds().count("ShowHardware") == 2
    assert operator.stops() == ["MACHINE-NETWORK"]


def test_what_was_seen_opens_every_transcript() -> None:
    operator = Operator({listed.PullMedium: [MediumState.LEFT]})
    desk = Desk(release=RELEASE, declared=RELEASE.built)
    operator.drive(examine_machine(desk))
    assert desk.machine[0] == "Computer: Acme Laptop (BIOS)"
    assert desk.machine[-2].endswith(" passed")
    assert desk.machine[-1] == "Boot medium (stick): left in, by decision of the people in the room"
