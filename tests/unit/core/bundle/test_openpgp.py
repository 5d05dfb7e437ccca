"""What gpgv and gpg print, as values; anything that they were not seen to print is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strongroom.core.bundle.openpgp import parse_certificate_listing, parse_gpg_status
from strongroom.core.errors import Violation
from tests.unit.core.bundle.examples import ANA, BEN, CREATED, DAY, good_status

GOOD = good_status()


def refused(status: bytes) -> str:
    with pytest.raises(Violation) as stop:
        parse_gpg_status(status)
    assert stop.value.rule == "BUNDLE-SIGNATURE"
    assert stop.value.message.isascii()
    assert stop.value.message.isprintable()
    return stop.value.message


def test_one_good_signature() -> None:
    found = parse_gpg_status(good_status(ANA, signer=BEN, expires=CREATED + DAY))
    assert (found.primary, found.signing_key) == (ANA, BEN)
    assert (found.created, found.expires) == (CREATED, CREATED + DAY)
    assert (found.hash_algorithm, found.signature_class) == (10, 0)
    assert parse_gpg_status(GOOD).expires is None


@pytest.mark.parametrize("verdict", ["EXPSIG", "EXPKEYSIG"])
def test_expiry_is_for_the_trust_list_to_decide(verdict: str) -> None:
    assert parse_gpg_status(good_status(verdict=verdict)).primary == ANA


def test_notations_and_compliance_change_nothing() -> None:
    more = b"[GNUPG:] VERIFICATION_COMPLIANCE_MODE 23\n[GNUPG:] NOTATION_NAME x@example.org\n"
    assert parse_gpg_status(GOOD + more) == parse_gpg_status(GOOD)


VALID = GOOD.splitlines(keepends=True)[-1]
OTHER = good_status(BEN).splitlines(keepends=True)[-1]
WRONG: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda _: b"",
    "not even gpgv": lambda _: b"Good signature from Ana\n",
    "cut in the middle of a line": lambda s: s[:-9],
    "cut at the end of the line": lambda s: s[:-1],
    "no verdict": lambda s: s.replace(b"GOODSIG", b"KEY_CONSIDERED"),
    "a verdict only": lambda s: s.replace(VALID, b""),
    "no start": lambda s: s.replace(b"NEWSIG", b"KEY_CONSIDERED"),
    "twice": lambda s: s + s,
    "two valid": lambda s: s + VALID,
    "two valid of two people": lambda s: s + OTHER,
    "two starts": lambda s: b"[GNUPG:] NEWSIG\n" + s,
    "a good one, then a bad one": lambda s: s + b"[GNUPG:] BADSIG BBBBBBBBBBBBBBBB Ben\n",
    "a bad one, then a good one": lambda s: b"[GNUPG:] BADSIG BBBBBBBBBBBBBBBB Ben\n" + s,
    "an error after it": lambda s: s + b"[GNUPG:] ERRSIG BBBBBBBBBBBBBBBB 22 10 00 1 9 -\n",
    "a missing key": lambda s: s + b"[GNUPG:] NO_PUBKEY BBBBBBBBBBBBBBBB\n",
    "no data": lambda _: b"[GNUPG:] NODATA 1\n[GNUPG:] NODATA 2\n",
    "a failure": lambda s: s + b"[GNUPG:] FAILURE gpgv 33554433\n",
    "a revoked key": lambda s: s.replace(b"GOODSIG", b"REVKEYSIG"),
    "a revocation beside it": lambda s: s + b"[GNUPG:] KEYREVOKED\n",
    "a word nobody has heard of": lambda s: s + b"[GNUPG:] SURPRISE\n",
    "text of a message beside it": lambda s: s + b"[GNUPG:] PLAINTEXT 62 1 x\n",
    "lines of something else": lambda s: s + b"hello\n",
    "an empty line": lambda s: s + b"\n",
    "a line that only looks new": lambda s: s.replace(b"Someone", b"x\x0c[GNUPG:] VALIDSIG"),
    "a verdict on another key": lambda s: s.replace(
        b"GOODSIG AAAAAAAAAAAAAAAA", b"GOODSIG " + b"B" * 16
    ),
    "a verdict on a short key id": lambda s: s.replace(
        b"GOODSIG AAAAAAAAAAAAAAAA", b"GOODSIG AAAAAAAA"
    ),
    "SHA-1": lambda s: s.replace(b" 22 10 00 ", b" 22 2 00 "),
    "SHA-224": lambda s: s.replace(b" 22 10 00 ", b" 22 11 00 "),
    "MD5": lambda s: s.replace(b" 22 10 00 ", b" 22 1 00 "),
    "DSA": lambda s: s.replace(b" 22 10 00 ", b" 17 10 00 "),
    "a signature on a key": lambda s: s.replace(b" 22 10 00 ", b" 22 10 10 "),
    "a stand-alone signature": lambda s: s.replace(b" 22 10 00 ", b" 22 10 02 "),
    "a timestamp": lambda s: s.replace(b" 22 10 00 ", b" 22 10 40 "),
    "version 3": lambda s: s.replace(b" 4 0 22 ", b" 3 0 22 "),
    "version 6": lambda s: s.replace(b" 4 0 22 ", b" 6 0 22 "),
    "a version 3 fingerprint": lambda s: s.replace(
        b"VALIDSIG " + b"A" * 40, b"VALIDSIG " + b"A" * 32
    ),
    "no primary": lambda s: s.replace(b" 00 " + b"A" * 40, b" 00"),
    "one field more": lambda s: s[:-1] + b" " + b"B" * 40 + b"\n",
    "a date as text": lambda s: s.replace(b" 1793534400 0 4 ", b" 20261101T120000 0 4 "),
}


@pytest.mark.parametrize("name", [name for name in WRONG if name != "a line that only looks new"])
def test_what_is_not_one_good_signature(name: str) -> None:
    status = WRONG[name](GOOD)
    assert status != GOOD
    refused(status)


def test_a_user_id_can_not_forge_a_line() -> None:
    name = "a line that only looks new"
    assert parse_gpg_status(WRONG[name](GOOD)).primary == ANA
    forged = good_status(BEN).replace(b"Someone", b"x\r[GNUPG:] VALIDSIG " + b"A" * 40)
    assert parse_gpg_status(forged).primary == BEN


def test_the_refusal_names_the_key_and_not_the_user_id() -> None:
    bad = b"[GNUPG:] NEWSIG\n[GNUPG:] BADSIG 44504EFEC6981B95 Trust Me <me@example.org>\n"
    message = refused(bad)
    assert "44504EFEC6981B95" in message
    assert "Trust" not in message


@given(
    st.binary(max_size=200) | st.sampled_from(GOOD.split()).map(lambda w: b"[GNUPG:] " + w + b"\n")
)
def test_any_bytes_are_refused_by_name(status: bytes) -> None:
    refused(status)


FINGERPRINT = "7979C9B9378D49A5E5B922E744504EFEC6981B95"
LISTING = f"""pub:-:255:22:44504EFEC6981B95:1767225600:1830297600::-:::scSC:::::ed25519:::0:
fpr:::::::::{FINGERPRINT}:
uid:-::::1767225600::0E4CD427D849E19CAEAE4232FEAC6DBE2AC8C57F::Ana B\u00f6hm \\x3cana@example.org>::::::::::0:
"""
RSA_SUBKEY = "sub:-:{bits}:1:47BFF49BC8E10BC4:1767225600::::::{use}::::::23:\n"


def certificate_refused(listing: str, rule: str = "CERTIFICATE") -> str:
    with pytest.raises(Violation) as stop:
        parse_certificate_listing(listing.encode("utf-8", "surrogateescape"))
    assert stop.value.rule == rule
    assert stop.value.message.isascii()
    return stop.value.message


def test_one_certificate() -> None:
    found = parse_certificate_listing(LISTING.encode())
    assert found.fingerprint == FINGERPRINT
    assert found.user_ids == ("Ana Böhm <ana@example.org>",)
    assert found.created == datetime(2026, 1, 1, tzinfo=UTC)
    assert found.expires == datetime(2028, 1, 1, tzinfo=UTC)
    assert not found.revoked
    forever = LISTING.replace(":1830297600:", "::")
    assert parse_certificate_listing(forever.encode()).expires is None


def test_a_revoked_certificate_says_so() -> None:
    revoked = LISTING.replace("pub:-", "pub:r").replace("uid:-", "uid:r").replace("scSC", "sc")
    assert parse_certificate_listing(revoked.encode()).revoked


def test_names_taken_back_or_not_signed_by_the_key_are_left_out() -> None:
    more = (
        "uid:r::::1767225600::00::Old Name::::::::::0:\nuid:-::::::00::Chief Auditor::::::::::0:\n"
    )
    assert len(parse_certificate_listing((LISTING + more).encode()).user_ids) == 1
    certificate_refused(LISTING.replace("uid:-::::1767225600:", "uid:-:::::"))


def test_weak_subkeys_matter_when_they_sign() -> None:
    parse_certificate_listing((LISTING + RSA_SUBKEY.format(bits=1024, use="e")).encode())
    parse_certificate_listing((LISTING + RSA_SUBKEY.format(bits=2048, use="s")).encode())
    certificate_refused(LISTING + RSA_SUBKEY.format(bits=1024, use="s"))


CERTIFICATES = {
    "nothing": "",
    "two": LISTING + LISTING,
    "a secret key": LISTING.replace("pub:", "sec:"),
    "version 5": LISTING.replace(FINGERPRINT, FINGERPRINT + "0" * 24),
    "no fingerprint": LISTING.replace("fpr:", "grp:"),
    "weak RSA": LISTING.replace(":255:22:", ":1024:1:"),
    "DSA": LISTING.replace(":255:22:", ":2048:17:"),
    "Elgamal": LISTING.replace(":255:22:", ":2048:20:"),
    "no key that signs": LISTING.replace("scSC", "cC"),
    "a date that is none": LISTING.replace(":1767225600:1830297600:", ":soon:1830297600:"),
    "bits that are none": LISTING.replace(":255:", "::"),
    "a name that is not UTF-8": LISTING.replace("\u00f6", "\udcff"),
    "a truncated line": "pub:-:255:22",
    "seventeen names": LISTING + "uid:-::::1767225600::00::Ana::::::::::0:\n" * 16,
}


@pytest.mark.parametrize("name", CERTIFICATES)
def test_certificates_that_are_not_taken(name: str) -> None:
    certificate_refused(CERTIFICATES[name])


@pytest.mark.parametrize(
    "name", ["\\x1b[2J", "Ana\u202e", "Ana\u2028fpr", "\u0085", "e\u0301", "a" * 201]
)
def test_names_that_do_not_read_as_they_look(name: str) -> None:
    certificate_refused(LISTING.replace("Ana B\u00f6hm", name), "BUNDLE-TEXT")


@given(st.text(max_size=40), st.integers(0, 12))
def test_any_listing_is_read_or_refused_by_name(junk: str, place: int) -> None:
    fields = LISTING.split(":")
    fields[place] = junk
    assert outcome(":".join(fields)) in {"read", "CERTIFICATE", "BUNDLE-TEXT"}


def outcome(listing: str) -> str:
    try:
        parse_certificate_listing(listing.encode("utf-8", "replace"))
    except Violation as stop:
        return stop.rule
    return "read"
