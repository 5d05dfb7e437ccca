"""The two ways in which Strongroom stops, split by who is at fault.

A `Violation` says that what was brought here is wrong: a bundle, a PSBT, a typed word. A `Fault`
says that the machine, the medium or the program is. Both carry a rule id of `core.rules`, one sentence
with the values in it, and a hint on what to do next. Neither may ever carry a secret.
"""

from __future__ import annotations

from strongroom.core.remedies import REMEDIES


class Stop(Exception):  # noqa: N818 - the two subclasses are the names that people meet
    """Work ended by a named rule.

    `rule` is an id of the rule table, `message` one sentence with the offending values, `hint` what
    to do next: the rule's own remedy where the check names none.
    """

    def __init__(self, rule: str, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.hint = hint or REMEDIES.get(rule, "")

    def __str__(self) -> str:
        return f"{self.rule}: {self.message}"


class Violation(Stop):
    """What was brought in is wrong; the machine is fine."""


class Fault(Stop):
    """The machine, a medium or the program failed; what was brought in may be fine."""
