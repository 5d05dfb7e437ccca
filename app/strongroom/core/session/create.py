"""Creating a vault: a seed, a first wallet, a passphrase, and the vault's own signing key."""

from __future__ import annotations

from strongroom.core.bitcoin.keys import MasterKey
from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.descriptor.account import account_descriptor, cosigner_key
from strongroom.core.errors import Stop, Violation
from strongroom.core.network import Network
from strongroom.core.optical.codes import file_code, short_codes
from strongroom.core.secret import Secret
from strongroom.core.session.desk import (
    Desk,
    Done,
    OpenVault,
    begin_transcript,
    problem_of,
    save_vault,
    write_until_done,
)
from strongroom.core.session.new_seed import obtain_seed
from strongroom.core.session.rehearsal import check_network
from strongroom.core.session.requests import (
    ChooseSeedSource,
    ChooseWallet,
    MakeSigningKey,
    NewPassphrase,
    ShowResult,
    Steps,
    WriteFiles,
    ask,
)
from strongroom.core.session.values import OutFile, WalletChoice
from strongroom.core.vault.model import RegisteredWallet, VaultContents
from strongroom.core.vault.passphrase import check_passphrase
from strongroom.core.vault.seeds import master_of
from strongroom.core.wallet_file import WalletFile, check_name, render_wallet_file

SINGLE_KEY = frozenset((ScriptKind.PKH, ScriptKind.SH_WPKH, ScriptKind.WPKH, ScriptKind.TR))


def create_vault(desk: Desk) -> Steps[None]:
    """Make a seed, a first wallet and a vault, and write the vault and the wallet's public file."""
    source = yield from ask(ChooseSeedSource())
    seed = yield from obtain_seed(source, rehearsal=desk.release.rehearsal)
    fingerprint = seed.fingerprint.hex()
    choice = yield from _choose_wallet(desk, fingerprint)
    master = master_of(seed)
    passphrase = yield from new_passphrase()
    signing_key, certificate = yield from ask(MakeSigningKey(owner_of(desk, fingerprint)))
    wallets, public = _first_wallet(choice, master, certificate)
    vault = OpenVault(
        contents=VaultContents(
            generation=1,
            seeds=(seed,),
            wallets=wallets,
            signing_key=signing_key,
            certificate=certificate,
        ),
        passphrase=passphrase,
    )
    body = {"source": source.value, "fingerprint": fingerprint, "wallet": choice.name}
    yield from _save_first(desk, vault, Done(step="create", kind="vault-created", body=body))
    receipt = yield from write_until_done(
        WriteFiles((public,), "the public wallet file for the online computer")
    )
    yield from ask(
        ShowResult(
            title="The vault is written",
            lines=(
                f"master fingerprint   {fingerprint}",
                f"wallet               {choice.name} ({choice.network.value}, {choice.kind.value})",
                f"for the companion    {receipt.names[0]}",
                "Next: add the people who may ask for signatures (menu: add an approver).",
            ),
            codes=short_codes(file_code(receipt.names[0], public.data)),
        )
    )


def _save_first(desk: Desk, vault: OpenVault, done: Done) -> Steps[None]:
    """Write a vault with the beginning of its record, which is forgotten if the vault is not written."""
    yield from begin_transcript(desk, "create a vault", vault.contents)
    try:
        yield from save_vault(desk, vault, "the new vault", done)
    except Stop:
        desk.close()
        raise


def owner_of(desk: Desk, fingerprint: str) -> str:
    """The name on the OpenPGP key of a vault."""
    kind = "rehearsal vault" if desk.release.rehearsal else "vault"
    return f"Strongroom {kind} {fingerprint}"


def _choose_wallet(desk: Desk, fingerprint: str) -> Steps[WalletChoice]:
    problem = ""
    while True:
        choice = yield from ask(ChooseWallet(fingerprint, problem))
        try:
            check_name(choice.name)
            check_network(choice.network, rehearsal=desk.release.rehearsal)
            check_machine_for(choice.network, desk.hypervisor)
        except Violation as stop:
            problem = problem_of(stop)
            continue
        return choice


def check_machine_for(network: Network, hypervisor: str) -> None:
    """VIRTUAL-MACHINE: keys of real money are not made where another machine can read every one of them."""
    if network is Network.MAINNET and hypervisor:
        raise Violation(
            "VIRTUAL-MACHINE",
            f"this is a virtual machine ({hypervisor}), and {network.value} is real money",
            hint="make these keys on a machine of their own; test networks are for rehearsals",
        )


def new_passphrase() -> Steps[Secret]:
    """A passphrase for a vault that is not weak at sight."""
    problem = ""
    while True:
        passphrase = yield from ask(NewPassphrase(problem))
        try:
            return check_passphrase(passphrase)
        except Violation as stop:
            problem = problem_of(stop)


def _first_wallet(
    choice: WalletChoice, master: MasterKey, certificate: bytes
) -> tuple[tuple[RegisteredWallet, ...], OutFile]:
    """The wallet of a single key; for multisig only our public key, since the others are not known."""
    if choice.kind not in SINGLE_KEY:
        text = cosigner_key(choice.kind, master, choice.network)
        return (), OutFile(name=f"{choice.name}.key.txt", data=f"{text}\n".encode())
    descriptor = account_descriptor(choice.kind, master, choice.network)
    wallet = RegisteredWallet(name=choice.name, network=choice.network, descriptor=descriptor)
    file = WalletFile(
        name=choice.name,
        network=choice.network,
        descriptor=descriptor,
        certificate=certificate.decode(),
    )
    return (wallet,), OutFile(name=f"{choice.name}.wallet.json", data=render_wallet_file(file))
