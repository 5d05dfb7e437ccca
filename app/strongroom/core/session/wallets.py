"""Registering a wallet from its public file, and writing that file out again."""

from __future__ import annotations

from dataclasses import replace

from strongroom.core.bitcoin.address import render_address
from strongroom.core.bitcoin.keys import render_path
from strongroom.core.descriptor.derive import derive_scripts
from strongroom.core.descriptor.model import Descriptor
from strongroom.core.descriptor.ownership import find_own_key
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.descriptor.summary import render_summary
from strongroom.core.errors import Violation
from strongroom.core.session.create import master_of
from strongroom.core.session.desk import Desk, OpenVault, record, save_vault, write_until_done
from strongroom.core.session.requests import (
    AcceptWallet,
    ChooseFile,
    ShowResult,
    Steps,
    WriteFiles,
    ask,
)
from strongroom.core.session.values import FileKind, OutFile
from strongroom.core.vault.model import RegisteredWallet, VaultContents
from strongroom.core.wallet_file import WalletFile, parse_wallet_file, render_wallet_file

FIRST_ADDRESSES = 3


def register_wallet(desk: Desk) -> Steps[None]:
    """Read a wallet file, show its policy in words, and keep it in the vault.

    Raises WALLET-FORMAT, DESCRIPTOR, WALLET-DUPLICATE, or WALLET-KEY unless exactly one key is ours.
    """
    vault = desk.opened()
    file = parse_wallet_file((yield from ask(ChooseFile(FileKind.WALLET))).data)
    descriptor = parse_descriptor(file.descriptor, file.network)
    check_new(vault.contents, file)
    check_own(vault.contents, descriptor)
    addresses = (
        render_address(derive_scripts(descriptor, 0, index).script_pubkey, file.network)
        for index in range(FIRST_ADDRESSES)
    )
    yield from ask(
        AcceptWallet(
            name=file.name,
            network=file.network,
            summary=render_summary(descriptor),
            keys=tuple(
                f"[{k.fingerprint.hex()}]{render_path(k.origin_path)} {k.key.text(file.network)}"
                for k in descriptor.keys
            ),
            addresses=tuple(address for address in addresses if address is not None),
        )
    )
    wallet = RegisteredWallet(name=file.name, network=file.network, descriptor=file.descriptor)
    contents = replace(
        vault.contents,
        generation=vault.contents.generation + 1,
        wallets=(*vault.contents.wallets, wallet),
    )
    yield from save_vault(
        desk,
        OpenVault(contents=contents, passphrase=vault.passphrase),
        "the vault with the new wallet",
    )
    yield from record(
        desk, "register", "wallet-registered", {"wallet": file.name, "descriptor": file.descriptor}
    )
    yield from ask(ShowResult(title=f"Wallet {file.name} is registered", lines=(file.descriptor,)))


def export_wallet(desk: Desk) -> Steps[None]:
    """Write the public file of every registered wallet, for the online computer."""
    contents = desk.opened().contents
    if not contents.wallets:
        raise Violation("WALLET-UNKNOWN", "no wallet is registered in this vault yet")
    files = tuple(
        OutFile(
            name=f"{wallet.name}.wallet.json",
            data=render_wallet_file(
                WalletFile(
                    name=wallet.name,
                    network=wallet.network,
                    descriptor=wallet.descriptor,
                    certificate=contents.certificate.decode(),
                )
            ),
        )
        for wallet in contents.wallets
    )
    receipt = yield from write_until_done(WriteFiles(files, "the public wallet files"))
    yield from ask(ShowResult(title="Wallet files are written", lines=receipt.names))


def check_new(contents: VaultContents, file: WalletFile) -> None:
    """WALLET-DUPLICATE: neither the name nor the descriptor is registered already."""
    for wallet in contents.wallets:
        if wallet.name == file.name or wallet.descriptor == file.descriptor:
            raise Violation(
                "WALLET-DUPLICATE",
                f"wallet {wallet.name} is registered already with {wallet.descriptor}",
            )


def check_own(contents: VaultContents, descriptor: Descriptor) -> None:
    """WALLET-KEY: exactly one key of the wallet derives from one of this vault's seeds."""
    found = 0
    stops = []
    for seed in contents.seeds:
        try:
            find_own_key(descriptor, master_of(seed))
            found += 1
        except Violation as stop:
            stops.append(stop)
    if found == 0 and stops:
        raise stops[0]
    if found != 1:
        raise Violation("WALLET-KEY", f"{found} keys of the wallet derive from this vault's seeds")
