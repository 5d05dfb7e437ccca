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

from strongroom.core.network import Network
from strongroom.online.wallets.core_rpc import CoreNode
from strongroom.online.wallets.rpc import CookieFile, RpcClient, UserPassword

if TYPE_CHECKING:
    from strongroom.online.records import NodeSettings, WatchedWallet
    from strongroom.online.store import Store
    from strongroom.online.wallets.port import ChainSource

Printable: TypeAlias = Union[  # noqa: UP007 - a recursive alias has to be quoted in parts
    str, int, Sequence["Printable"], Mapping[str, "Printable"], None
]
F = TypeVar("F", bound=Callable[..., None])

_WIDE = 200
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


def connect(node: NodeSettings) -> ChainSource:
    """The node behind `node`; a password is asked for and kept nowhere."""
    if node.cookie:
        return CoreNode(RpcClient(node.url, CookieFile(Path(node.cookie))))
    password = click.prompt(
        f"Password of {node.user} at {node.url}", hide_input=True, err=True, type=str
    )
    return CoreNode(RpcClient(node.url, UserPassword(node.user, password)))


@dataclass(frozen=True, slots=True)
class Desk:
    """The store and two consoles: answers go to the first, everything else to the second."""

    store: Store
    out: Console
    err: Console

    def source(self, wallet: WatchedWallet) -> ChainSource:
        """The node that watches `wallet`."""
        return connect(wallet.node)

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
    console = Console(stderr=stderr, highlight=False, no_color="NO_COLOR" in os.environ or None)
    if not console.is_terminal:
        console.width = _WIDE
    return console
