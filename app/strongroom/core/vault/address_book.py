"""The vault's address book as people bring it: a CSV file of addresses and the names that they go by.

The first line is `address,name`. Quotes as in RFC 4180; nothing else of CSV is needed. A name stands on the
review's page of the recipient, so that its characters are held to what can be seen.
"""

from __future__ import annotations

from collections import Counter

from strongroom.core.bitcoin.address import networks_of, parse_address
from strongroom.core.csv_rows import parse_rows, render_rows
from strongroom.core.errors import Violation
from strongroom.core.network import Network
from strongroom.core.text import check_text

RULE = "ADDRESS-BOOK"
ENDING = ".addresses.csv"
COLUMNS = ("address", "name")
ENTRIES_CAP, NAME_CAP = 10_000, 64

Entry = tuple[str, str]


def parse_address_book(data: bytes, networks: frozenset[Network]) -> tuple[Entry, ...]:
    """The entries of a CSV file, each address of one of `networks`.

    Raises ADDRESS-BOOK, ADDRESS or INPUT-NETWORK, naming the line.
    """
    try:
        rows = parse_rows(data)
    except ValueError as error:
        raise Violation(RULE, f"the file is not a CSV file: {error}") from None
    if not rows or tuple(cell.lower() for cell in rows[0][1]) != COLUMNS:
        raise Violation(RULE, f"the first line is not {','.join(COLUMNS)}")
    if not 1 < len(rows) <= ENTRIES_CAP + 1:
        raise Violation(RULE, f"the file has {len(rows) - 1} entries, 1 to {ENTRIES_CAP} are read")
    entries = tuple(_parse_row(number, row, networks) for number, row in rows[1:])
    twice = [a for a, count in Counter(address for address, _ in entries).items() if count > 1]
    if twice:
        raise Violation(RULE, f"{twice[0]} stands in the file twice")
    return entries


def render_address_book(entries: tuple[Entry, ...]) -> bytes:
    """The file that `parse_address_book` reads back."""
    return render_rows((COLUMNS, *entries))


def parse_entry(address: str, name: str, networks: frozenset[Network]) -> Entry:
    """One entry, both parts as they are kept; raises ADDRESS-BOOK, ADDRESS or INPUT-NETWORK."""
    known = networks_of(address)
    if not known:
        for network in networks:
            parse_address(address, network)
    if networks.isdisjoint(known):
        raise Violation(
            "INPUT-NETWORK",
            f"{address} is of {' or '.join(n.value for n in known)}, the vault's wallets are of "
            f"{' and '.join(sorted(n.value for n in networks))}",
        )
    kept = address.lower() if address.upper() == address else address
    return kept, check_text(name, where="the name", cap=NAME_CAP, rule=RULE)


def _parse_row(number: int, row: tuple[str, ...], networks: frozenset[Network]) -> Entry:
    if len(row) != len(COLUMNS):
        raise Violation(RULE, f"line {number} has {len(row)} columns, not {len(COLUMNS)}")
    try:
        return parse_entry(row[0], row[1], networks)
    except Violation as stop:
        raise Violation(stop.rule, f"line {number}: {stop.message}", hint=stop.hint) from None
