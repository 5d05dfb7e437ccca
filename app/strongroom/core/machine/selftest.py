"""The self-tests of every start: known answers that must come out, and bad things that must be refused.

They show that this build on this machine computes what it should (a wrong library, a broken processor or
memory give themselves away), and that the checks which stop a theft can fail. They prove nothing about an
image that was made to deceive.
"""

from __future__ import annotations

from collections.abc import Callable

from strongroom.core.bundle.model import DetachedSignature, OpenpgpReport
from strongroom.core.bundle.openpgp import parse_certificate_listing, parse_report
from strongroom.core.errors import Fault, Stop
from strongroom.core.machine import answers
from strongroom.core.machine.known import KNOWN, REFUSED
from strongroom.core.machine.model import SelfTests
from strongroom.core.progress import Progress
from strongroom.core.secret import Secret

RANDOM_SIZE = 32
SIGNATURE = DetachedSignature(
    fingerprint=answers.OPENPGP_FINGERPRINT, armored=answers.OPENPGP_SIGNATURE
)
CHANGED = answers.OPENPGP_MESSAGE + b"."


def run_self_tests(progress: Progress) -> SelfTests:
    """Every known answer and every refusal that needs nothing from outside the core."""
    failed = []
    total = len(KNOWN) + len(REFUSED)
    for done, known in enumerate(KNOWN):
        if _answer(known.compute) != known.answer:
            failed.append(known.name)
        progress(done, total)
    for done, refused in enumerate(REFUSED, len(KNOWN)):
        if _rule(refused.attempt) != refused.rule:
            failed.append(refused.name)
        progress(done, total)
    return SelfTests(total=total, failed=tuple(failed))


def test_randomness(first: Secret, second: Secret) -> SelfTests:
    """The kernel's generator answers, twice differently, and with more than one byte over and over.

    That is all that can be told from its output; a stuck source is what this finds.
    """
    draws = (first.reveal(), second.reveal())
    is_alive = len(set(draws)) == len(draws) and all(len(set(draw)) > 1 for draw in draws)
    return SelfTests(total=1, failed=() if is_alive else ("kernel's random numbers",))


def test_openpgp(listing: bytes, good: OpenpgpReport, changed: OpenpgpReport) -> SelfTests:
    """What gpg and gpgv said of a known certificate, its signature, and that over a changed text."""
    expected = answers.OPENPGP_FINGERPRINT
    results = (
        ("OpenPGP certificate", _answer(lambda: parse_certificate_listing(listing).fingerprint)),
        ("OpenPGP signature", _answer(lambda: parse_report(good)[0].primary)),
    )
    failed = [name for name, found in results if found != expected]
    if _rule(lambda: parse_report(changed)) != "BUNDLE-SIGNATURE":
        failed.append("OpenPGP signature over a changed text")
    return SelfTests(total=len(results) + 1, failed=tuple(failed))


def summed(*parts: SelfTests) -> SelfTests:
    """All of them as one."""
    return SelfTests(
        total=sum(part.total for part in parts),
        failed=tuple(name for part in parts for name in part.failed),
    )


def check_self_tests(tests: SelfTests) -> SelfTests:
    """`tests`, of which none failed; raises SELF-TEST with the names of those that did."""
    if tests.failed:
        raise Fault(
            "SELF-TEST",
            f"{tests.summary}; failed: {', '.join(tests.failed)}",
            hint="do not use this machine or this image; try the image on another machine",
        )
    return tests


def _answer(compute: Callable[[], object]) -> object:
    try:
        return compute()
    except Stop as stop:
        return stop


def _rule(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except Stop as stop:
        return stop.rule
    return ""
