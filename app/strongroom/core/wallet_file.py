"""The public file of a wallet, `<name>.wallet.json`: what online and station agree that the wallet is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.errors import Violation
from strongroom.core.fields import Fields
from strongroom.core.network import Network
from strongroom.core.text import parse_strict_json, readable_json, render_visible

_RULE = "WALLET-FORMAT"
_FORMAT, _VERSION = "strongroom-wallet", 1
_SIZE_CAP = 256 * 1024
_NAME = re.compile(r"(?![ .])[A-Za-z0-9 ._-]{1,32}(?<![ .])")
_NETWORK = re.compile("|".join(network.value for network in Network))
_DESCRIPTOR = re.compile(r"[ -~]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletFile:
    """A wallet's name, network, descriptor with checksum, and its vault's armored certificate or ""."""

    name: str
    network: Network
    descriptor: str
    certificate: str


def check_name(name: str) -> None:
    """WALLET-FORMAT: 1 to 32 characters of A-Z a-z 0-9 space . _ -, no space or dot around them."""
    if _NAME.fullmatch(name) is None:
        raise Violation(
            _RULE,
            f"{render_visible(name)!r} is not a name for a wallet",
            hint="1 to 32 letters, digits, spaces, dots, _ or -; no space or dot at either end",
        )


def parse_wallet_file(data: bytes) -> WalletFile:
    """The wallet of a file, its descriptor checked on its network.

    Raises `Violation` WALLET-FORMAT, BUNDLE-TEXT for a hidden character, or DESCRIPTOR.
    """
    value = parse_strict_json(data, rule=_RULE, cap=_SIZE_CAP, blocks=frozenset({"certificate"}))
    fields = Fields(value, where="wallet", rule=_RULE)
    fields.take_constant("format", _FORMAT)
    fields.take_constant("version", _VERSION)
    file = WalletFile(
        name=fields.take_block("name"),
        network=Network(fields.take_match("network", _NETWORK, form="a network")),
        descriptor=fields.take_match("descriptor", _DESCRIPTOR, form="a descriptor"),
        certificate=fields.take_block("certificate"),
    )
    fields.check_end()
    check_name(file.name)
    parse_descriptor(file.descriptor, file.network)
    return file


def render_wallet_file(file: WalletFile) -> bytes:
    """The bytes that `parse_wallet_file` reads `file` from."""
    return readable_json(
        {
            "format": _FORMAT,
            "version": _VERSION,
            "name": file.name,
            "network": file.network.value,
            "descriptor": file.descriptor,
            "certificate": file.certificate,
        }
    )
