"""Descriptors are read strictly, and what a device is follows from its interfaces alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strongroom.station.usb.descriptors import BadDescriptors, parse_descriptors
from strongroom.station.usb.sorts import Sort, sort_device
from tests.unit.station.usb import devices
from tests.unit.station.usb.devices import (
    BULK,
    HUB,
    KEYBOARD,
    MOUSE,
    PLAIN_HID,
    UAS,
    configuration,
    device,
    interface,
    simple,
)

STICK = device(configuration(interface(0, BULK), interface(0, UAS, 1)))
TWO_SPEED_HUB = device(
    configuration(interface(0, (9, 0, 1)), interface(0, (9, 0, 2), 1)), device_class=9
)
RNDIS_AND_ETHERNET = device(
    configuration(interface(0, (2, 2, 0xFF)), interface(1, (10, 0, 0))),
    configuration(interface(0, (2, 6, 0)), interface(1, (10, 0, 0))),
    device_class=2,
)


def test_ids_and_interfaces_are_read() -> None:
    found = parse_descriptors(STICK)
    assert found.ids == "046d:c31c"
    assert [(i.number, i.alternate, i.kind) for i in found.interfaces] == [
        (0, 0, BULK),
        (0, 1, UAS),
    ]


@pytest.mark.parametrize(
    ("data", "sort", "label"),
    [
        (STICK, Sort.STORAGE, "storage"),
        (TWO_SPEED_HUB, Sort.HUB, "hub"),
        (simple(HUB, device_class=9), Sort.HUB, "hub"),
        (simple(KEYBOARD), Sort.KEYBOARD, "keyboard"),
        (simple(KEYBOARD, MOUSE), Sort.KEYBOARD, "keyboard and mouse"),
        (simple(KEYBOARD, PLAIN_HID), Sort.KEYBOARD, "keyboard and other input device"),
        (simple(MOUSE), Sort.OTHER, "mouse"),
        (simple(PLAIN_HID), Sort.OTHER, "other input device"),
        (simple(KEYBOARD, KEYBOARD), Sort.OTHER, "keyboard"),
        (simple(KEYBOARD, BULK), Sort.OTHER, "keyboard, storage"),
        (simple(BULK, BULK), Sort.OTHER, "storage"),
        (simple(BULK, (2, 6, 0)), Sort.OTHER, "storage, network adapter (Ethernet)"),
        (simple(HUB, BULK, device_class=9), Sort.OTHER, "hub, storage"),
        (simple((8, 4, 0)), Sort.OTHER, "storage of an unknown kind"),
        (simple(BULK, device_class=0xFF), Sort.OTHER, "storage"),
        (simple(KEYBOARD, device_class=0xE0), Sort.OTHER, "keyboard"),
        (simple((0xE0, 1, 1), (0xE0, 1, 1), device_class=0xE0), Sort.OTHER, "Bluetooth"),
        (simple((0xFF, 0xFF, 0xFF)), Sort.OTHER, "device of its maker's own kind"),
        (simple((1, 1, 0), (1, 2, 0)), Sort.OTHER, "audio"),
        (simple((0x0E, 1, 0), (0x0E, 2, 0), device_class=0xEF), Sort.OTHER, "video"),
        (simple((0x0B, 0, 0)), Sort.OTHER, "smart card reader"),
        (simple((0x77, 0, 0)), Sort.OTHER, "device of class 77"),
        (
            RNDIS_AND_ETHERNET,
            Sort.OTHER,
            (
                "network adapter (RNDIS), data of a network adapter or serial port, "
                "network adapter (Ethernet)"
            ),
        ),
    ],
)
def test_a_device_is_what_its_interfaces_make_it(data: bytes, sort: Sort, label: str) -> None:
    found = sort_device(parse_descriptors(data))
    assert (found.sort, found.label) == (sort, label)


def test_a_second_configuration_or_setting_can_not_hide_anything() -> None:
    hidden = device(configuration(interface(0, BULK)), configuration(interface(0, (2, 6, 0))))
    assert sort_device(parse_descriptors(hidden)).sort is Sort.OTHER
    turning = device(configuration(interface(0, KEYBOARD), interface(0, MOUSE, 1)))
    assert sort_device(parse_descriptors(turning)).sort is Sort.OTHER


@pytest.mark.parametrize(
    "data",
    [
        b"",
        STICK[:17],
        STICK[:-1],
        STICK + b"\0",
        device(count=0),
        device(configuration(interface(0, BULK)), count=2),
        device(configuration(interface(0, BULK), count=2)),
        device(configuration(interface(0, BULK)[:8] + b"\0" * 8)),
        device(configuration(b"\x00\x04" + bytes(10))),
        device(configuration(b"\xff\x04" + bytes(10))),
        device(configuration(b"\x08\x04" + bytes(6))),
    ],
    ids=repr,
)
def test_what_does_not_add_up_is_refused(data: bytes) -> None:
    with pytest.raises(BadDescriptors):
        parse_descriptors(data)


@given(data=st.binary(max_size=400))
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    for candidate in (data, STICK[:18] + data, devices.device(data)):
        try:
            sort_device(parse_descriptors(candidate))
        except BadDescriptors:
            continue
