"""What every command works with: the store, the screen, the node of a wallet, and options in common."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar, Union

import click
from rich.console import Console

from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.network import Network
from strongroom.online.cross_check import Sources
from strongroom.online.records import SourceKind
from strongroom.online.wallets.bdk_source import ServerSource
from strongroom.online.wallets.core_rpc import CoreNode
from strongroom.online.wallets.filters import FilterServer
from strongroom.online.wallets.rpc import CookieFile, RpcClient, UserPassword
from strongroom.online.wallets.servers import ElectrumServer, EsploraServer

if TYPE_CHECKING:
    from strongroom.online.records import NodeSettings, WatchedWallet
    from strongroom.online.store import Store
    from strongroom.online.wallets.port import ChainSource

Printable: TypeAlias = Union[  # noqa: UP007 - a recursive alias has to be quoted in parts
    str, int, Sequence["Printable"], Mapping[str, "Printable"], None
]
F = TypeVar("F", bound=Callable[..., None])

_WIDE = 200
_STEP, _WHOLE = 10.0, 100.0
_PORTS = {
    Network.MAINNET: (8332, "."),
    Network.TESTNET4: (48332, "testnet4"),
    Network.SIGNET: (38332, "signet"),
    Network.REGTEST: (18443, "regtest"),
}


def examples(*lines: str) -> str:
    """The end of a command's help; the first character keeps click from joining the lines."""
    return "\n".join(("\b", "Examples:", *(f"  {line}" for line in lines)))


def plural(count: int, noun: str) -> str:
    """`1 coin`, `2 coins`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def json_option(command: F) -> F:
    """Add `--json` to a command."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON object and nothing else."
    )(command)


def default_url(network: Network) -> str:
    """Where a node of `network` listens unless told otherwise."""
    return f"http://127.0.0.1:{_PORTS[network][0]}"


def default_cookie(network: Network) -> Path:
    """Where a node of `network` leaves its cookie unless told otherwise."""
    return Path.home() / ".bitcoin" / _PORTS[network][1] / ".cookie"


def connect(
    node: NodeSettings, folder: Path, wallet: WatchedWallet, report: Callable[[float], None]
) -> ChainSource:
    """The node or server behind `node` for `wallet`; a password is asked for and kept nowhere.

    Wallets of a server are kept in files in `folder`. `report` is told the percentage of what takes long.
    """
    if node.kind is SourceKind.FILTERS:
        descriptor = parse_descriptor(wallet.file.descriptor, wallet.file.network)
        place = node.url.removeprefix("p2p://")
        filters = FilterServer(place, node.socks5, descriptor, report)
        source = ServerSource(filters, folder / "filters")
        filters.watched = source.wallet(wallet.node_wallet, descriptor)
        return source
    if node.kind is SourceKind.ESPLORA:
        return ServerSource(EsploraServer(node.url, node.socks5), folder)
    if node.kind is SourceKind.ELECTRUM:
        return ServerSource(ElectrumServer(node.url, node.socks5), folder)
    if node.cookie:
        return CoreNode(RpcClient(node.url, CookieFile(Path(node.cookie))))
    password = click.prompt(
        f"Password of {node.user} at {node.url}", hide_input=True, err=True, type=str
    )
    return CoreNode(RpcClient(node.url, UserPassword(node.user, password)))


@dataclass(slots=True)
class Milestones:
    """Notes each tenth of what takes long, but not what is over at once."""

    note: Callable[[str], None]
    _last: float = 0.0

    def reached(self, percent: float) -> None:
        """The percentage of the blocks whose filters are read."""
        if self._last + _STEP <= percent < _WHOLE:
            self._last = percent
            self.note(f"{percent:.0f} % of the block filters are read")


@dataclass(frozen=True, slots=True)
class Desk:
    """The store and two consoles: answers go to the first, everything else to the second."""

    store: Store
    out: Console
    err: Console

    def _connect(self, node: NodeSettings, wallet: WatchedWallet, folder: Path) -> ChainSource:
        return connect(node, folder, wallet, Milestones(self.note).reached)

    def second(self, wallet: WatchedWallet) -> ChainSource | None:
        """The source that has to agree, if the wallet has one; BDK keeps its view of the wallet apart."""
        folder = self.store.home / "servers" / "second"
        return self._connect(wallet.second, wallet, folder) if wallet.second else None

    def source(self, wallet: WatchedWallet) -> ChainSource:
        """The node or server that watches `wallet`."""
        return self._connect(wallet.node, wallet, self.store.home / "servers")

    def sources(self, wallet: WatchedWallet) -> Sources:
        """The same, and the second one that has to agree, if the wallet has one."""
        return Sources(self.source(wallet), self.second(wallet))

    def print_json(self, value: Mapping[str, Printable]) -> None:
        """One JSON object on standard output."""
        click.echo(json.dumps(value, indent=2, ensure_ascii=False))

    def say(self, text: str) -> None:
        """A line for people, exactly as it is."""
        self.out.print(text, markup=False, highlight=False, soft_wrap=True)

    def note(self, text: str) -> None:
        """A line for people beside the answer."""
        self.err.print(text, markup=False, highlight=False, soft_wrap=True)


def make_console(*, stderr: bool) -> Console:
    """A console that is plain and wide when nobody watches, and colourless under NO_COLOR."""
    console = Console(
        stderr=stderr,
        highlight=False,
        color_system=None if os.environ.get("NO_COLOR") else "auto",  # None: not even bold
    )
    if not console.is_terminal:
        console.width = _WIDE
    return console
