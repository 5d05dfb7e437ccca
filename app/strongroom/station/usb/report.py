"""Whether an input device is a keyboard, by its report descriptor and not by its name.

Device Class Definition for HID 1.11, chapter 6.2.2: items of 0, 1, 2 or 4 bytes of data. Only the application
collections count: what they are used as decides what the kernel makes of the device.
"""

from __future__ import annotations

from typing import NamedTuple

_LONG_ITEM = 0xFE
_SIZES = (0, 1, 2, 4)
_USAGE_PAGE, _COLLECTION, _END_COLLECTION, _USAGE = 0x04, 0xA0, 0xC0, 0x08
_PUSH, _POP = 0xA4, 0xB4
_MAIN_ITEMS = frozenset((0x80, 0x90, 0xB0, _COLLECTION, _END_COLLECTION))
_APPLICATION = 1
_KIND = 0xFC


class Usage(NamedTuple):
    """A usage page and a usage (HID Usage Tables)."""

    page: int
    usage: int


KEYBOARD = Usage(0x01, 0x06)
# Keypads, media keys and power keys stand beside the letters of plain keyboards; nothing here listens to them.
BESIDE = frozenset((Usage(0x01, 0x07), Usage(0x0C, 0x01), Usage(0x01, 0x80)))


def is_keyboard(descriptor: bytes) -> bool:
    """Whether it is a keyboard, and nothing that points, plays, draws or speaks to its maker's programs."""
    try:
        used = application_usages(descriptor)
    except ValueError:
        return False
    return KEYBOARD in used and set(used) <= BESIDE | {KEYBOARD}


def application_usages(descriptor: bytes) -> tuple[Usage, ...]:
    """What each application collection is used as; raises `ValueError` for a malformed descriptor."""
    state = _State()
    for kind, size, value in _items(descriptor):
        state.take(kind, size, value)
    if state.depth:
        raise ValueError("a collection does not end")
    return tuple(state.found)


class _State:
    """Where in a descriptor a reader is: global and local items, and the collections around it."""

    def __init__(self) -> None:
        self.found: list[Usage] = []
        self.depth = 0
        self._page = 0
        self._kept: list[int] = []
        self._usage: Usage | None = None

    def take(self, kind: int, size: int, value: int) -> None:
        """One item."""
        if kind == _USAGE_PAGE:
            self._page = value
        elif kind == _USAGE and self._usage is None:
            # four bytes carry a page of their own
            is_whole = size == max(_SIZES)
            self._usage = (
                Usage(value >> 16, value & 0xFFFF) if is_whole else Usage(self._page, value)
            )
        elif kind in {_PUSH, _POP}:
            self._keep(kind)
        elif kind in _MAIN_ITEMS:
            self._collect(kind, value)
            self._usage = None

    def _keep(self, kind: int) -> None:
        if kind == _PUSH:
            self._kept.append(self._page)
        elif self._kept:
            self._page = self._kept.pop()
        else:
            raise ValueError("a state is taken back that was never kept")

    def _collect(self, kind: int, value: int) -> None:
        if kind == _COLLECTION:
            if value == _APPLICATION or self.depth == 0:
                self.found.append(self._usage or Usage(self._page, 0))
            self.depth += 1
        elif kind == _END_COLLECTION:
            self.depth -= 1
            if self.depth < 0:
                raise ValueError("a collection ends that never began")


def _items(descriptor: bytes) -> list[tuple[int, int, int]]:
    """(kind, size, value) of each item."""
    items = []
    offset = 0
    while offset < len(descriptor):
        prefix = descriptor[offset]
        if prefix == _LONG_ITEM:
            raise ValueError("a long item; no device has one")
        size = _SIZES[prefix & 3]
        data = descriptor[offset + 1 : offset + 1 + size]
        if len(data) != size:
            raise ValueError("an item is cut short")
        items.append((prefix & _KIND, size, int.from_bytes(data, "little")))
        offset += 1 + size
    return items
