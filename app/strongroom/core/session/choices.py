"""Choosing among what the open vault holds; nobody is asked where there is only one."""

from __future__ import annotations

from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.descriptor.summary import render_summary
from strongroom.core.errors import Violation
from strongroom.core.network import Network
from strongroom.core.session.desk import Desk
from strongroom.core.session.pages import Choose
from strongroom.core.session.requests import Steps, ask
from strongroom.core.vault.model import RegisteredWallet, VaultSeed


def choose_seed(desk: Desk, title: str) -> Steps[VaultSeed]:
    """A seed of the open vault."""
    seeds = desk.opened().contents.seeds
    if len(seeds) == 1:
        return seeds[0]
    options = tuple((seed.fingerprint.hex(), seed.label) for seed in seeds)
    return seeds[(yield from ask(Choose(title, ("By master fingerprint:",), options)))]


def choose_wallet(desk: Desk, title: str) -> Steps[RegisteredWallet]:
    """A registered wallet of the open vault; raises WALLET-UNKNOWN when there is none."""
    wallets = desk.opened().contents.wallets
    if not wallets:
        raise Violation("WALLET-UNKNOWN", "no wallet is registered in this vault yet")
    if len(wallets) == 1:
        return wallets[0]
    options = tuple((wallet.name, _described(wallet)) for wallet in wallets)
    return wallets[(yield from ask(Choose(title, ("Registered wallets:",), options)))]


def _described(wallet: RegisteredWallet) -> str:
    """Network and policy in words, with the names of the people who hold its keys."""
    descriptor = parse_descriptor(wallet.descriptor, wallet.network)
    return f"{wallet.network.value}; {render_summary(descriptor, dict(wallet.signers))}"


def choose_network(desk: Desk, allowed: tuple[Network, ...] = tuple(Network)) -> Steps[Network]:
    """The network of the vault's wallets where they are of one, else one of `allowed`."""
    known = {wallet.network for wallet in desk.opened().contents.wallets} & set(allowed)
    if len(allowed) == 1 or len(known) == 1:
        return allowed[0] if len(allowed) == 1 else known.pop()
    real = {Network.MAINNET: "real money"}
    options = tuple((network.value, real.get(network, "not real money")) for network in allowed)
    place = yield from ask(Choose("Which network", ("Keys differ between networks.",), options))
    return allowed[place]
