"""Which registered wallet a request is for, and that all that names a network names that wallet's."""

from __future__ import annotations

from strongroom.core.bitcoin.keys import render_path
from strongroom.core.bundle.model import RequestManifest
from strongroom.core.descriptor.checksum import check_checksum
from strongroom.core.descriptor.model import Descriptor
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.errors import Violation
from strongroom.core.network import Network
from strongroom.core.psbt.model import Psbt
from strongroom.core.vault.model import RegisteredWallet

GLOBAL_XPUB = 0x01
PURPOSES = frozenset((44, 45, 48, 49, 84, 86))
HARDENED = 0x8000_0000


def find_wallet(
    manifest: RequestManifest, wallets: tuple[RegisteredWallet, ...]
) -> RegisteredWallet:
    """The registered wallet that the request names by name and descriptor checksum.

    Raises WALLET-UNKNOWN or INPUT-NETWORK.
    """
    for wallet in wallets:
        checksum = wallet.descriptor.rpartition("#")[2]
        if wallet.name != manifest.wallet or checksum != manifest.descriptor_checksum:
            continue
        check_network(manifest, wallet.network)
        check_checksum(wallet.descriptor)
        return wallet
    known = ", ".join(f"{w.name}#{w.descriptor.rpartition('#')[2]}" for w in wallets) or "none"
    raise Violation(
        "WALLET-UNKNOWN",
        f"the request is for wallet {manifest.wallet}#{manifest.descriptor_checksum}; "
        f"registered here: {known}",
        hint="open the vault of that wallet, or register it first",
    )


def parse_registered(wallet: RegisteredWallet) -> Descriptor:
    """The wallet's descriptor; INPUT-NETWORK when its keys are of another network than the wallet."""
    try:
        return parse_descriptor(wallet.descriptor, wallet.network)
    except Violation:
        for network in Network:
            try:
                parse_descriptor(wallet.descriptor, network)
            except Violation:
                continue
            raise Violation(
                "INPUT-NETWORK",
                f"wallet {wallet.name} is registered on {wallet.network.value}, and its extended keys "
                f"are of {network.value}",
            ) from None
        raise


def check_network(manifest: RequestManifest, network: Network) -> None:
    """INPUT-NETWORK: the request's network and genesis block are the wallet's."""
    anchor = manifest.anchor
    if anchor.network is not network or anchor.genesis_hash != network.constants.genesis_hash:
        raise Violation(
            "INPUT-NETWORK",
            f"the request is for {anchor.network.value} with genesis block {anchor.genesis_hash}, "
            f"the wallet for {network.value}",
        )


def check_coin_type(descriptor: Descriptor) -> None:
    """INPUT-NETWORK: a standard origin path names the network's coin type (BIP-44)."""
    wanted = descriptor.network.constants.coin_type
    for key in descriptor.keys:
        path = key.origin_path
        if len(path) > 1 and path[0] ^ HARDENED in PURPOSES and path[1] != wanted | HARDENED:
            raise Violation(
                "INPUT-NETWORK",
                f"key [{key.fingerprint.hex()}] is of coin type {path[1] & ~HARDENED}, "
                f"{descriptor.network.value} has {wanted}",
            )


def check_xpubs(psbt: Psbt, descriptor: Descriptor) -> None:
    """INPUT-NETWORK and INPUT-KEY: an extended key of the global map is of the network, and the wallet's.

    One with the fingerprint of a wallet's signer has to be the registered one. Others are of no wallet here.
    """
    ours = {(key.fingerprint, key.origin_path): key.key for key in descriptor.keys}
    signers = {key.fingerprint for key in descriptor.keys}
    for origin in psbt.xpubs:
        extended = origin.public_key
        if extended[:4] != descriptor.network.constants.xpub:
            raise Violation(
                "INPUT-NETWORK",
                f"the PSBT has an extended key of version {extended[:4].hex()}, "
                f"{descriptor.network.value} has {descriptor.network.constants.xpub.hex()}",
            )
        known = ours.get((origin.fingerprint, origin.path))
        is_same = known is not None and (known.chain_code + known.public_key) == extended[13:]
        if origin.fingerprint in signers and not is_same:
            raise Violation(
                "INPUT-KEY",
                f"the PSBT's extended key at [{origin.fingerprint.hex()}]{render_path(origin.path)} is "
                "not the registered one",
            )
