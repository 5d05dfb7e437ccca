"""Addresses that are paid again and again, by name; `@name` stands for one where an address is asked for.

The vault may have an address book of its own, which decides at the station. This one saves typing, and
notices an address that looks like a known one and is another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from strongroom.core.bitcoin.address import parse_address
from strongroom.core.errors import Violation
from strongroom.core.fields import Fields
from strongroom.core.network import Network
from strongroom.core.text import parse_strict_json, readable_json

if TYPE_CHECKING:
    from strongroom.core.bundle.model import Payment

RULE = "BOOK-ENTRY"
_FORMAT, _VERSION, _ENTRIES_CAP = "strongroom-address-book", 1, 10_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_NETWORK = re.compile("|".join(network.value for network in Network))
_ADDRESS = re.compile(r"[A-Za-z0-9]{14,100}")
_ENDS = 4
_PREFIXES = tuple(f"{n.constants.hrp}1{v}" for n in Network for v in "qp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One address under one name, on one network."""

    name: str
    network: Network
    address: str


@dataclass(frozen=True, slots=True)
class AddressBook:
    """All entries, by name and network."""

    entries: tuple[Entry, ...] = ()

    def find(self, name: str, network: Network) -> Entry:
        """The address called `name`; raises BOOK-ENTRY."""
        for entry in self.entries:
            if (entry.name, entry.network) == (name, network):
                return entry
        raise Violation(
            RULE,
            f"the address book has no {name!r} on {network.value}",
            hint="see `strongroom book list`",
        )

    def with_entry(self, entry: Entry) -> AddressBook:
        """The same with one more entry, its name new and its address good."""
        if _NAME.fullmatch(entry.name) is None:
            raise Violation(RULE, f"{entry.name!r} is not a name: 32 of A-Z a-z 0-9 . _ - at most")
        parse_address(entry.address, entry.network)
        if any((e.name, e.network) == (entry.name, entry.network) for e in self.entries):
            raise Violation(
                RULE,
                f"there is an entry {entry.name!r} on {entry.network.value} already",
                hint="remove it first: an address is never changed in silence",
            )
        ordered = sorted((*self.entries, entry), key=lambda e: (e.name, e.network.value))
        return AddressBook(tuple(ordered))

    def without(self, name: str, network: Network) -> AddressBook:
        """The same without one entry; raises BOOK-ENTRY if there is none."""
        gone = self.find(name, network)
        return AddressBook(tuple(entry for entry in self.entries if entry != gone))

    def resolved(self, payment: Payment, network: Network) -> Payment:
        """`payment` with the address that `@name` stands for, and the name as payee if none is given."""
        if not payment.address.startswith("@"):
            return payment
        entry = self.find(payment.address[1:], network)
        return replace(payment, address=entry.address, payee=payment.payee or entry.name)


def looks_alike(one: str, other: str) -> bool:
    """Whether two different addresses agree where people look: at both ends."""
    return one != other and _ends(one) == _ends(other)


def _ends(address: str) -> tuple[str, str]:
    prefix = next((p for p in _PREFIXES if address.lower().startswith(p)), "")
    body = address.lower().removeprefix(prefix) if prefix else address
    return body[:_ENDS], body[-_ENDS:]


def parse_book(data: bytes) -> AddressBook:
    """The address book in `data`; raises BOOK-ENTRY or ADDRESS."""
    obj = parse_strict_json(data, rule=RULE, text_rule=RULE)
    fields = Fields(obj, where="address book", rule=RULE, text_rule=RULE)
    fields.take_constant("format", _FORMAT)
    fields.take_constant("version", _VERSION)
    book = AddressBook()
    for item in fields.take_objects("entries", cap=_ENTRIES_CAP):
        book = book.with_entry(
            Entry(
                name=item.take_match("name", _NAME, form="a name"),
                network=Network(item.take_match("network", _NETWORK, form="a network")),
                address=item.take_match("address", _ADDRESS, form="an address"),
            )
        )
        item.check_end()
    fields.check_end()
    return book


def render_book(book: AddressBook) -> bytes:
    """The file that `parse_book` reads."""
    entries = [
        {"name": e.name, "network": e.network.value, "address": e.address} for e in book.entries
    ]
    return readable_json({"format": _FORMAT, "version": _VERSION, "entries": entries})
