"""What people see of an error that nobody foresaw."""

from __future__ import annotations

from strongroom.core.errors import Fault


def program_fault(error: BaseException) -> Fault:
    """The fault PROGRAM with the error's type alone, since its text may hold anything."""
    return Fault(
        "PROGRAM",
        f"an unforeseen {type(error).__name__} ended the step",
        hint="try again; if it comes back, report it with what was done before",
    )
