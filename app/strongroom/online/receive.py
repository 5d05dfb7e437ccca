"""Watching a wallet: the node's derivation and ours must agree before either is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strongroom.core.bitcoin.address import render_address
from strongroom.core.descriptor.derive import derive_scripts
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from strongroom.core.descriptor.model import Descriptor
    from strongroom.online.records import WatchedWallet
    from strongroom.online.wallets.port import ChainSource, NewAddress
    from strongroom.online.wallets.port import WatchedWallet as NodeWallet

COMPARED = 5


def node_wallet(source: ChainSource, watched: WatchedWallet) -> NodeWallet:
    """The wallet of `source` that watches `watched`."""
    descriptor = parse_descriptor(watched.file.descriptor, watched.file.network)
    return source.wallet(watched.node_wallet, descriptor)


def derive_address(descriptor: Descriptor, branch: int, index: int) -> str:
    """The address at `branch`/`index` by our own derivation."""
    script = derive_scripts(descriptor, branch, index).script_pubkey
    address = render_address(script, descriptor.network)
    if address is None:
        raise Fault("PROGRAM", f"the descriptor gives no address at {branch}/{index}")
    return address


def check_derivation(source: ChainSource, watched: WatchedWallet) -> None:
    """That the node derives the first addresses of both branches as we do; NODE-RPC else."""
    descriptor = parse_descriptor(watched.file.descriptor, watched.file.network)
    for branch in (0, 1):
        theirs = node_wallet(source, watched).derived(branch, COMPARED)
        ours = tuple(derive_address(descriptor, branch, index) for index in range(COMPARED))
        if theirs != ours:
            raise Fault(
                "NODE-RPC",
                f"on branch {branch} the node derives {theirs[0]} first, the descriptor gives {ours[0]}",
                hint="do not receive on this wallet: node and Strongroom disagree",
            )


def start_watching(
    source: ChainSource,
    watched: WatchedWallet,
    since: int | None,
    progress: Callable[[float], None],
) -> None:
    """The node watches the wallet from block `since` on, on the right chain, and derives as we do."""
    source.check_chain(watched.file.network)
    check_derivation(source, watched)
    node_wallet(source, watched).create(since=since, progress=progress)


def next_address(source: ChainSource, watched: WatchedWallet) -> NewAddress:
    """The node's next receive address, which our own derivation gives too; NODE-RPC else."""
    descriptor = parse_descriptor(watched.file.descriptor, watched.file.network)
    given = node_wallet(source, watched).new_address()
    ours = derive_address(descriptor, 0, given.index)
    if given.address != ours:
        raise Fault(
            "NODE-RPC",
            f"the node hands out {given.address} as number {given.index}, the descriptor gives {ours}",
            hint="do not receive on this address: node and Strongroom disagree",
        )
    return given
