"""What the exit code of `strongroom` says, and which rule gives which."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from strongroom.core.errors import Fault

if TYPE_CHECKING:
    from strongroom.core.errors import Stop

_STATE_RULES = frozenset({"WALLET-UNKNOWN", "WALLET-DUPLICATE", "REQUEST-STATE", "FUNDS"})


class Exit(IntEnum):
    """Exit codes; scripts may rely on them."""

    OK = 0
    VIOLATION = 1
    USAGE = 2
    FAULT = 3
    STATE = 4
    INTERRUPTED = 130


EXIT_HELP = (
    "\b"
    """
Exit codes:
  0    done
  1    what was brought in is wrong: a bundle, an address, a PSBT, an image
  2    the command line is wrong
  3    the node, a file or the program failed
  4    not found, not at that stage, or not enough funds
  130  interrupted"""
)


def exit_of(stop: Stop) -> Exit:
    """The exit code of a rule that stopped a command."""
    if stop.rule in _STATE_RULES:
        return Exit.STATE
    return Exit.FAULT if isinstance(stop, Fault) else Exit.VIOLATION
