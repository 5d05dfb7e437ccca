"""Which devices are used: storage and hubs, keyboards at boot, and one more by consent."""

from __future__ import annotations

import pytest

from strongroom.core.errors import Fault
from strongroom.core.machine.model import Use
from strongroom.station.usb import policy
from strongroom.station.usb.descriptors import parse_descriptors
from strongroom.station.usb.policy import Found, Table
from strongroom.station.usb.sorts import sort_device
from tests.unit.station.usb.devices import BULK, HUB, KEYBOARD, MOUSE, Kind, simple

KEYS = "1-3#7"


def found(*kinds: Kind, identity: str = KEYS) -> Found:
    data = parse_descriptors(simple(*kinds, device_class=9 if HUB in kinds else 0))
    return Found(id=identity, ids=data.ids, name="thing", sorted=sort_device(data))


def plugged(*kinds: Kind, at_boot: bool = False, table: Table | None = None) -> Table:
    return policy.plug(table or Table(), found(*kinds), at_boot=at_boot)


def use(table: Table) -> tuple[Use, str]:
    device = table.find(KEYS)
    return device.use, device.reason


@pytest.mark.parametrize("at_boot", [False, True])
def test_storage_and_hubs_are_used_at_any_time(*, at_boot: bool) -> None:
    for kind in (BULK, HUB):
        assert use(plugged(kind, at_boot=at_boot)) == (Use.USED, "")


@pytest.mark.parametrize("at_boot", [False, True])
def test_all_else_is_refused_at_any_time(*, at_boot: bool) -> None:
    for kinds in ((MOUSE,), ((2, 6, 0),), (KEYBOARD, BULK), (KEYBOARD, (0x0E, 1, 0))):
        assert use(plugged(*kinds, at_boot=at_boot))[0] is Use.REFUSED
    unreadable = Found(id=KEYS, ids="1234:5678", name="", sorted=None)
    table = policy.plug(Table(), unreadable, at_boot=at_boot)
    assert use(table) == (Use.REFUSED, "its descriptors can not be read")


def test_keyboards_at_boot_are_used_and_their_other_parts_are_not() -> None:
    assert use(plugged(KEYBOARD, at_boot=True)) == (Use.USED, "")
    table = plugged(KEYBOARD, MOUSE, at_boot=True)
    assert use(table) == (Use.USED, "its keyboard part alone")
    sort = found(KEYBOARD, MOUSE).sorted
    assert sort is not None
    assert sort.used == (0,)


def test_a_keyboard_that_comes_later_waits_and_a_composite_one_is_refused() -> None:
    assert use(plugged(KEYBOARD)) == (Use.WAITING, "")
    assert use(plugged(KEYBOARD, MOUSE))[0] is Use.REFUSED


def test_one_keyboard_is_added_after_a_trial() -> None:
    table = policy.start_trial(plugged(KEYBOARD), KEYS)
    assert use(table)[0] is Use.TRIED
    table = policy.admit(table, KEYS)
    assert use(table)[0] is Use.USED
    # pulled out again, it stays counted: the next one is one too many
    table = policy.unplug(table, frozenset())
    assert table.devices == ()
    assert use(plugged(KEYBOARD, table=table)) == (Use.REFUSED, "a keyboard was added before")


def test_no_step_can_be_left_out() -> None:
    waiting = plugged(KEYBOARD)
    with pytest.raises(Fault, match="waits for consent") as caught:
        policy.admit(waiting, KEYS)
    assert caught.value.rule == "USB-DEVICE"
    with pytest.raises(Fault, match="refused"):
        policy.start_trial(policy.refuse(waiting, KEYS, "no"), KEYS)
    with pytest.raises(Fault, match="not plugged in"):
        policy.start_trial(waiting, "1-3#8")
    both = policy.plug(waiting, found(KEYBOARD, identity="1-4#9"), at_boot=False)
    for identity in (KEYS, "1-4#9"):
        both = policy.start_trial(both, identity)
    with pytest.raises(Fault, match="added in this sitting"):
        policy.admit(policy.admit(both, KEYS), "1-4#9")
