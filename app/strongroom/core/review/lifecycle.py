"""A wallet's last days: one that is replaced pays its successor only, a retired one signs and gets nothing.

Addresses are found by deriving them, not by what the PSBT says of itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from strongroom.core.descriptor.derive import CHANGE, RECEIVE, derive_scripts
from strongroom.core.descriptor.model import Descriptor
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.errors import Violation
from strongroom.core.moment import render_moment
from strongroom.core.psbt.model import Psbt
from strongroom.core.vault.model import RegisteredWallet

SEARCHED = 200
"""Addresses of each branch that are looked through."""


def check_alive(wallet: RegisteredWallet) -> None:
    """WALLET-RETIRED: nothing is signed for a wallet that was retired."""
    if wallet.retired is not None:
        raise Violation(
            "WALLET-RETIRED",
            f"wallet {wallet.name} was retired at {render_moment(wallet.retired)}",
            hint="its keys count as destroyed; find out who still asks for it",
        )


def check_destinations(
    wallet: RegisteredWallet, wallets: tuple[RegisteredWallet, ...], psbt: Psbt
) -> None:
    """ROTATION: a wallet with a successor pays only it. WALLET-RETIRED: nobody pays a retired wallet."""
    outputs = [output for output in psbt.transaction.outputs if output.amount]
    if wallet.successor is not None:
        descriptor = parse_descriptor(wallet.successor, wallet.network)
        known = _scripts(descriptor, (RECEIVE,))
        strangers = [n for n, output in enumerate(outputs) if output.script not in known]
        if strangers:
            raise Violation(
                "ROTATION",
                f"wallet {wallet.name} is being replaced, and output {strangers[0]} does not pay one of "
                f"the first {SEARCHED} addresses of its successor",
                hint="sweep to the new wallet, whole and without change; pay from there",
            )
    retired = {
        script: other.name
        for other in wallets
        if other.retired is not None and other.network is wallet.network
        for script in _scripts(parse_descriptor(other.descriptor, other.network), (RECEIVE, CHANGE))
    }
    for number, output in enumerate(outputs):
        if output.script in retired:
            raise Violation(
                "WALLET-RETIRED",
                f"output {number} pays {retired[output.script]}, a wallet that was retired",
                hint="its keys count as destroyed: what is paid there is lost",
            )


def _scripts(descriptor: Descriptor, branches: Iterable[int]) -> frozenset[bytes]:
    return frozenset(
        derive_scripts(descriptor, branch, index).script_pubkey
        for branch in branches
        for index in range(SEARCHED)
    )
