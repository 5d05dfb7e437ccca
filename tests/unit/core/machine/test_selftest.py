"""The self-tests pass here, and fail when a library, a rule or gpgv does not do its work."""

from __future__ import annotations

import pytest

from strongroom.core.errors import Fault
from strongroom.core.machine import known, selftest
from strongroom.core.machine.model import SelfTests
from strongroom.core.secret import Secret
from tests.unit.core.machine.example import BAD, GOOD, LISTING


def quiet(_done: int, _total: int) -> None:
    """Nobody watches."""


def test_all_pass_here() -> None:
    tests = selftest.run_self_tests(quiet)
    assert tests.failed == ()
    assert tests.total == len(known.KNOWN) + len(known.REFUSED) > 40
    assert selftest.check_self_tests(tests).summary == f"{tests.total} of {tests.total} passed"


def test_names_are_unique() -> None:
    names = [test.name for test in (*known.KNOWN, *known.REFUSED)]
    assert len(set(names)) == len(names)


def test_a_wrong_answer_and_a_rule_that_does_not_stop_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, *rest = known.KNOWN
    wrong = known.Known(first.name, lambda: "wrong", first.answer)
    lax = known.Refused("a bad signature", lambda: None, "SIGN-VERIFY")
    monkeypatch.setattr(selftest, "KNOWN", (wrong, *rest))
    monkeypatch.setattr(selftest, "REFUSED", (*known.REFUSED, lax))
    tests = selftest.run_self_tests(quiet)
    assert tests.failed == ("SHA-256", "a bad signature")
    with pytest.raises(Fault, match="SHA-256, a bad signature") as caught:
        selftest.check_self_tests(tests)
    assert caught.value.rule == "SELF-TEST"


def test_what_gpgv_says_is_judged() -> None:
    assert selftest.test_openpgp(LISTING, GOOD, BAD).failed == ()
    assert selftest.test_openpgp(b"", GOOD, BAD).failed == ("OpenPGP certificate",)
    assert selftest.test_openpgp(LISTING, BAD, BAD).failed == ("OpenPGP signature",)
    lax = selftest.test_openpgp(LISTING, GOOD, GOOD)
    assert lax.failed == ("OpenPGP signature over a changed text",)


@pytest.mark.parametrize(
    "draws", [(b"ab", b"ab"), (bytes(32), b"ab"), (b"ab", b"\xff" * 32)], ids=repr
)
def test_a_stuck_generator_is_noticed(draws: tuple[bytes, bytes]) -> None:
    assert selftest.test_randomness(Secret(b"ab"), Secret(b"cd")).failed == ()
    assert selftest.test_randomness(*map(Secret, draws)).failed


def test_parts_are_summed() -> None:
    parts = SelfTests(total=3, failed=("a",)), SelfTests(total=1)
    assert selftest.summed(*parts) == SelfTests(total=4, failed=("a",))
