"""An approver is added once the words of the certificate were typed, and never one that is out of date."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from tests.unit.core.machine.example import LISTING
from tests.unit.core.session.test_backups import Room, cheap_vaults, contents_of, room

from strongroom.core.bundle.model import BundleFile
from strongroom.core.session import requests as asked
from strongroom.core.session.values import CertificateAcceptance, Task
from strongroom.core.words import pgp_words

__all__ = ["cheap_vaults"]
FINGERPRINT = "1C36812B225014F03D2B61BF2D2496EDCB685A52"
FILE = BundleFile(name="ana.asc", data=b"a certificate")
EXPIRED = LISTING.replace(b":1795636595:::-", b":1795636595:1762000000::-")

Reply = Callable[[asked.AcceptCertificate], CertificateAcceptance]


def typed(name: str, fingerprint: str = FINGERPRINT) -> Reply:
    """The words of a certificate's paper."""
    words = pgp_words(hashlib.sha256(fingerprint.encode()).digest())
    return lambda request: CertificateAcceptance(
        name=name, typed=tuple(words[place - 1] for place in request.positions)
    )


def added(*replies: Reply, listing: bytes = LISTING, times: int = 1) -> Room:
    """A certificate is added to a new vault."""
    made = room()
    made.script[asked.ChooseFile] = [FILE] * times
    made.script[asked.AcceptCertificate] = list(replies)
    self_test, per_file = [LISTING], [listing] * times
    made.script[asked.ListCertificate] = self_test + per_file
    made.run(Task.CREATE_VAULT, *(Task.ADD_APPROVER for _ in range(times)))
    return made


def test_words_of_another_certificate_are_asked_for_again() -> None:
    made = added(typed("Ana", "0" * 40), typed("\u202eana"), typed("Ana"))
    assert made.stops() == []
    problems = [r.problem for r in made.asked if isinstance(r, asked.AcceptCertificate)]
    assert problems[0] == ""
    assert problems[1].startswith("APPROVAL-WORDS: ")
    assert problems[2].startswith("BUNDLE-TEXT: ")
    (person,) = contents_of(made).trust.approvers
    assert (person.name, person.fingerprint) == ("Ana", FINGERPRINT)
    assert (person.certificate, sorted(person.roles)) == (FILE.data, ["approver"])


@pytest.mark.parametrize(
    "listing",
    [LISTING.replace(b"pub:-", b"pub:r"), EXPIRED, LISTING + LISTING, b""],
    ids=["revoked", "expired", "two", "none"],
)
def test_a_certificate_that_could_not_sign_is_refused(listing: bytes) -> None:
    made = added(listing=listing)
    assert made.stops() == ["CERTIFICATE"]
    assert contents_of(made).trust.approvers == ()


def test_nobody_is_added_twice() -> None:
    made = added(typed("Ana"), times=2)
    assert made.stops() == ["CERTIFICATE"]
    assert len(contents_of(made).trust.approvers) == 1
