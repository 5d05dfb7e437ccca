"""Names stand for addresses, one for one, and an address that only looks known is noticed."""

from __future__ import annotations

import pytest

from strongroom.core.bundle.model import Payment
from strongroom.core.errors import Violation
from strongroom.core.money import Sats
from strongroom.core.network import Network
from strongroom.online.address_book import (
    AddressBook,
    Entry,
    looks_alike,
    parse_book,
    render_book,
)

MAIN = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
ALICE = Entry(name="alice", network=Network.MAINNET, address=MAIN)
BOOK = AddressBook().with_entry(ALICE)


def paid(address: str, payee: str = "") -> Payment:
    return Payment(address=address, amount=Sats(1), payee=payee, reference="")


def test_a_book_is_read_as_it_was_written() -> None:
    assert parse_book(render_book(BOOK)) == BOOK


def test_a_name_stands_for_its_address_and_is_the_payee() -> None:
    assert BOOK.resolved(paid("@alice"), Network.MAINNET) == paid(MAIN, "alice")
    assert BOOK.resolved(paid("@alice", "Alice Ltd"), Network.MAINNET).payee == "Alice Ltd"
    assert BOOK.resolved(paid(MAIN), Network.MAINNET) == paid(MAIN)


@pytest.mark.parametrize(("name", "network"), [("bob", Network.MAINNET), ("alice", Network.SIGNET)])
def test_a_name_that_is_not_there_is_an_error(name: str, network: Network) -> None:
    with pytest.raises(Violation, match="BOOK-ENTRY"):
        BOOK.resolved(paid(f"@{name}"), network)


def test_an_address_is_never_changed_in_silence() -> None:
    with pytest.raises(Violation, match="already"):
        BOOK.with_entry(ALICE)
    assert BOOK.without("alice", Network.MAINNET) == AddressBook()


@pytest.mark.parametrize("name", ["", "-x", "a b", "a" * 33, "\u0430lice"])
def test_a_name_that_can_be_mistaken_is_refused(name: str) -> None:
    with pytest.raises(Violation, match="BOOK-ENTRY"):
        AddressBook().with_entry(Entry(name=name, network=Network.MAINNET, address=MAIN))


def test_an_address_of_another_network_is_refused() -> None:
    with pytest.raises(Violation, match="ADDRESS"):
        AddressBook().with_entry(Entry(name="a", network=Network.REGTEST, address=MAIN))


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        (MAIN, False),
        ("bc1qw508qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqf3t4", True),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", False),
        ("bc1qx508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", False),
        ("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", True),
    ],
)
def test_addresses_that_agree_at_both_ends_look_alike(other: str, alike: bool) -> None:  # noqa: FBT001
    assert looks_alike(MAIN, other) is alike
