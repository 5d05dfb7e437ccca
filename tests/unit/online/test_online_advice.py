"""What a request would give away is said before it is approved; what is in order is not mentioned."""

from __future__ import annotations

from dataclasses import replace

from tests.vectors import factory

from strongroom.core.descriptor.places import Place
from strongroom.core.money import Sats
from strongroom.core.review.build import review_request
from strongroom.core.review.model import Review
from strongroom.online.address_book import AddressBook, Entry
from strongroom.online.building.advice import Background, advise
from strongroom.online.labels import Label, Labels
from strongroom.online.wallets.port import Coin

DRAFT = factory.draft()
REVIEW = review_request(DRAFT.request(), DRAFT.known())
COINS = tuple(
    Coin(
        outpoint=item.outpoint,
        amount=item.amount,
        address=f"ours{item.index}",
        place=Place(item.branch, item.position),
        confirmations=3,
    )
    for item in REVIEW.inputs
)
CLEAN = Background(coins=COINS, labels=Labels(), book=AddressBook(), paid=frozenset())
PAID = str(REVIEW.recipients[0].address)


def rules(background: Background, review: Review = REVIEW) -> list[str]:
    return [finding.rule for finding in advise(review, background)]


def test_nothing_is_said_where_nothing_is_odd() -> None:
    assert rules(CLEAN) == []


def test_a_recipient_that_only_looks_known_is_pointed_out() -> None:
    twin = PAID[:12] + "q" * (len(PAID) - 16) + PAID[-4:]
    assert rules(replace(CLEAN, paid=frozenset((twin,)))) == ["ADDRESS-ALIKE"]


def test_addresses_that_are_used_again_are_pointed_out() -> None:
    assert rules(replace(CLEAN, paid=frozenset((PAID,)))) == ["PRIVACY-REUSE"]
    left = replace(COINS[0], outpoint=COINS[0].outpoint._replace(vout=9))
    assert rules(replace(CLEAN, coins=(*COINS, left))) == ["PRIVACY-REUSE"]


def test_a_recipient_in_the_book_is_paid_again_without_a_word() -> None:
    booked = AddressBook((Entry(name="a", network=factory.NETWORK, address=PAID),))
    assert rules(replace(CLEAN, book=booked, paid=frozenset((PAID,)))) == []


def test_coins_of_two_labels_are_pointed_out() -> None:
    labels = Labels(
        tuple(Label(kind="addr", ref=coin.address, text=f"from {coin.address}") for coin in COINS)
    )
    assert rules(replace(CLEAN, labels=labels)) == ["PRIVACY-LABELS"]
    assert rules(replace(CLEAN, labels=Labels(labels.items[:1]))) == []


def test_dust_beside_other_coins_is_pointed_out() -> None:
    dusty = (COINS[0], replace(COINS[1], amount=Sats(600)))
    assert rules(replace(CLEAN, coins=dusty)) == ["PRIVACY-DUST"]
