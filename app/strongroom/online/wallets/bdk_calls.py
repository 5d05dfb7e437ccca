"""Calling BDK: an optional package, whose errors become ours, and which keeps nobody waiting for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from strongroom.core.errors import Fault
from strongroom.core.text import render_visible

if TYPE_CHECKING:
    from types import ModuleType

T = TypeVar("T")
TIMEOUT = 60.0
_TRIES, _PAUSE = 3, 0.5
_TEXT_CAP = 300
_TRANSPORT = (
    "Minreq",
    "IOError",
    "AllAttemptsErrored",
    "CouldNotCreateConnection",
    "SharedIOError",
)


def load_bdk() -> ModuleType:
    """The module `bdkpython` in the one version that is known; raises NODE-RPC without it."""
    try:
        import bdkpython  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise Fault(
            "NODE-RPC",
            "servers and block filters need bdkpython 3.1.1, which is not installed",
            hint="pip install 'strongroom[bdk]' (x86_64, Python 3.11 to 3.13)",
        ) from error
    if not hasattr(bdkpython.Wallet, "create_from_two_path_descriptor"):
        raise Fault("NODE-RPC", "bdkpython is too old", hint="install bdkpython==3.1.1")
    module: ModuleType = bdkpython
    return module


def patiently(what: str, call: Callable[[], T], *, timeout: float | None = None) -> T:
    """What `call` gives within `timeout` seconds; tried again when the connection fails; NODE-RPC else."""
    for attempt in range(1, _TRIES + 1):
        try:
            return _within(what, call, TIMEOUT if timeout is None else timeout)
        except Exception as error:
            if isinstance(error, Fault) or not _is_bdk(error):
                raise
            if type(error).__name__ not in _TRANSPORT or attempt == _TRIES:
                raise _fault(what, error) from error
        time.sleep(_PAUSE * attempt)
    raise Fault("PROGRAM", "the loop above ends by returning or raising")


def _within(what: str, call: Callable[[], T], timeout: float) -> T:
    """`call` on a thread of its own, since BDK's clients know no timeout of their own."""
    done: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(call())
        except BaseException as error:  # noqa: BLE001 - raised again on the caller's thread
            failed.append(error)

    worker = threading.Thread(target=run, daemon=True)
    worker.start()
    worker.join(timeout)
    if failed:
        raise failed[0]
    if not done:
        raise Fault(
            "NODE-RPC",
            f"the server did not answer within {timeout:.0f} seconds ({what})",
            hint="is its address right, and the proxy?",
        )
    return done[0]


def _is_bdk(error: BaseException) -> bool:
    return type(error).__module__.startswith("bdkpython")


def _fault(what: str, error: BaseException) -> Fault:
    said = render_visible(" ".join(str(error).split()), cap=_TEXT_CAP)
    return Fault(
        "NODE-RPC",
        f"the server failed on {what}: {type(error).__name__} {said}",
        hint="is it running, and are its address and the proxy right?",
    )
