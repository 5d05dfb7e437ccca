"""What the kernel gives and takes: randomness, the untrusted clock, and the process's own walls."""

from __future__ import annotations

import ctypes
import os
import resource
from datetime import UTC, datetime
from pathlib import Path

from strongroom.core.errors import Fault
from strongroom.core.secret import Secret

_PR_SET_DUMPABLE, _PR_GET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 3, 38
_MCL_CURRENT, _MCL_FUTURE = 1, 2
_REHEARSAL = "strongroom.rehearsal"


def draw_random(size: int) -> Secret:
    """`size` bytes of getrandom(2), which waits until the kernel's generator is seeded."""
    return Secret(os.getrandom(size))


def read_machine_clock() -> datetime:
    """What this machine believes the time to be; shown to people, trusted by nobody."""
    return datetime.now(tz=UTC)


def read_free_memory() -> int:
    """Bytes that a program may take without the kernel having to refuse; all there is, without swap.

    Raises `Fault` PROGRAM if the kernel does not tell.
    """
    for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
        name, _, value = line.partition(":")
        if name == "MemAvailable":
            return int(value.split()[0]) * 1024
    raise Fault("PROGRAM", "the kernel does not tell how much memory is free")


def read_command_line() -> str:
    """The words that the boot menu gave to the kernel."""
    return Path("/proc/cmdline").read_text(encoding="ascii", errors="replace")


def is_rehearsal(command_line: str) -> bool:
    """Whether the boot menu's entry for rehearsals was chosen."""
    return _REHEARSAL in command_line.split()


def harden_process() -> None:
    """No core dump, no ptrace by others of the same user, no new privileges, memory locked if allowed.

    Raises `Fault` PROGRAM if the process stays dumpable.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0) != 0:
        raise Fault("PROGRAM", "the process can be dumped", hint="this image is not to be used")
    # The station has no swap at all; locking is a second wall, and not every place allows it.
    soft, _ = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    if soft == resource.RLIM_INFINITY:
        libc.mlockall(_MCL_CURRENT | _MCL_FUTURE)
