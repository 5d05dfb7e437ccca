"""C10: a rehearsal is a session like any other, with keys of its own domain and a mark on every file.

Whether it is one was decided when the machine was booted, and nothing in a session changes it. A vault of one
kind is not opened in the other, a rehearsal knows no real money, and whatever it writes is named as its own.
"""

from __future__ import annotations

from dataclasses import replace

from strongroom.core.errors import Stop, Violation
from strongroom.core.network import Network
from strongroom.core.session.notes import KeepRecord
from strongroom.core.session.requests import Steps, WriteFiles
from strongroom.core.session.values import OutFile
from strongroom.core.vault.model import VaultContents

RULE = "REHEARSAL"
PREFIX = "rehearsal-"


def check_domain(contents: VaultContents, *, rehearsal: bool) -> None:
    """REHEARSAL: a vault of production is not opened in a rehearsal, nor one of a rehearsal elsewhere."""
    if contents.is_rehearsal and not rehearsal:
        raise Violation(RULE, "this vault was made in a rehearsal, and this is none")
    if rehearsal and contents.seeds and not contents.is_rehearsal:
        raise Violation(RULE, "this is a rehearsal, and the vault was not made in one")


def check_network(network: Network, *, rehearsal: bool) -> None:
    """REHEARSAL: a rehearsal has wallets of test networks only."""
    if rehearsal and network is Network.MAINNET:
        raise Violation(RULE, f"this is a rehearsal, and {network.value} is real money")


def _marked(file: OutFile) -> OutFile:
    """The file under its name in a rehearsal; what came from a rehearsal's stick may have the mark already."""
    return file if file.name.startswith(PREFIX) else replace(file, name=PREFIX + file.name)


def with_marks(steps: Steps[None]) -> Steps[None]:
    """The same session, in which the names of all files that it writes begin with the mark.

    A session that names a file after it was written takes the name from the receipt.
    """
    request = next(steps)
    while True:
        if isinstance(request, WriteFiles):
            request = replace(request, files=tuple(map(_marked, request.files)))
        elif isinstance(request, KeepRecord):
            request = KeepRecord(_marked(request.file))
        try:
            try:
                reply = yield request
            except Stop as stop:
                request = steps.throw(stop)
            else:
                request = steps.send(reply)
        except StopIteration:
            return
