"""Where a wallet is watched, as people write it: a node, or a server with what it speaks in front."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from strongroom.online.cli.desk import default_cookie, default_url
from strongroom.online.records import NodeSettings, SourceKind
from strongroom.online.wallets.bitcoin_peer import PORTS
from strongroom.online.wallets.rpc import parse_node_url

if TYPE_CHECKING:
    from strongroom.core.network import Network

_SCHEMES = {
    SourceKind.ESPLORA: ("http", "https"),
    SourceKind.ELECTRUM: ("tcp", "ssl"),
    SourceKind.FILTERS: ("p2p",),
}
_PROXY = re.compile(r"[A-Za-z0-9.-]{1,253}:\d{1,5}")


def parse_source(
    network: Network, text: str | None, cookie: Path | None, user: str, socks5: str
) -> NodeSettings:
    """The settings of `text`: http(s)://..., esplora+http(s)://..., electrum+tcp:// or +ssl://..., filters+p2p://...

    Raises click's UsageError for a server's address that is none, and NODE-RPC for a node's.
    """
    if socks5 and _PROXY.fullmatch(socks5) is None:
        raise click.UsageError(f"{socks5!r} is not the HOST:PORT of a SOCKS5 proxy")
    for kind, schemes in _SCHEMES.items():
        prefix = f"{kind.value}+"
        if text is not None and text.startswith(prefix):
            return NodeSettings(
                url=_server(text.removeprefix(prefix), schemes, network), kind=kind, socks5=socks5
            )
    if socks5:
        raise click.UsageError("a node is reached without a proxy, through a tunnel if need be")
    url = parse_node_url(text or default_url(network))
    if user:
        return NodeSettings(url=url, user=user)
    return NodeSettings(url=url, cookie=str((cookie or default_cookie(network)).absolute()))


def _server(url: str, schemes: tuple[str, ...], network: Network) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise click.UsageError(f"{url!r} is not the address of a server: {error}") from error
    if parts.scheme not in schemes or not parts.hostname or parts.username is not None:
        raise click.UsageError(f"{url!r} is not of the form {' or '.join(schemes)}://HOST[:PORT]")
    if "tcp" in schemes and port is None:
        raise click.UsageError(f"{url!r} has no port; Electrum servers use 50002 for ssl")
    if "p2p" in schemes and port is None:
        return f"{url.rstrip('/')}:{PORTS[network]}"
    return url.rstrip("/")
