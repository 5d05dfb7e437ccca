"""What leaves a station that others may see: wallet files, keys of a seed, wallets in other programs' forms."""

from __future__ import annotations

from collections.abc import Callable

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.descriptor.account import cosigner_key
from strongroom.core.descriptor.model import Descriptor
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.optical.codes import short_codes, text_code
from strongroom.core.session.choices import choose_network, choose_seed, choose_wallet
from strongroom.core.session.desk import Desk, coded, record, write_until_done
from strongroom.core.session.pages import Choose, Tell
from strongroom.core.session.requests import ShowResult, Steps, WriteFiles, ask
from strongroom.core.session.values import OutFile
from strongroom.core.session.wallets import choose_number, key_digest
from strongroom.core.vault.model import RegisteredWallet, VaultContents
from strongroom.core.vault.seeds import master_of
from strongroom.core.wallet_file import WalletFile, render_wallet_file
from strongroom.core.wallet_formats.bsms import write_bsms
from strongroom.core.wallet_formats.coldcard import write_coldcard
from strongroom.core.wallet_formats.generic import generic_json, plain_keys
from strongroom.core.wallet_formats.json_forms import write_caravan, write_specter

_Form = tuple[str, str, str, Callable[[str, Descriptor], bytes]]
_FORMS: tuple[_Form, ...] = (
    ("Descriptor", "plain text", "descriptor.txt", lambda _name, d: f"{d.text}\n".encode()),
    ("BSMS", "BIP-129", "bsms", lambda _name, d: write_bsms(d).encode()),
    ("Coldcard", "multisig file", "multisig.txt", lambda name, d: write_coldcard(name, d).encode()),
    ("Caravan", "JSON", "caravan.json", write_caravan),
    ("Specter, Sparrow", "JSON", "specter.json", write_specter),
)
_KINDS = (
    (ScriptKind.WSH_MULTI, "native segwit"),
    (ScriptKind.SH_WSH_MULTI, "nested segwit"),
    (ScriptKind.SH_MULTI, "legacy (account 0 only)"),
)


def export_wallets(desk: Desk) -> Steps[None]:
    """Write the public file of every registered wallet, for the online computer; WALLET-UNKNOWN for none."""
    contents = desk.opened().contents
    yield from choose_wallet_or_all(desk)
    files = tuple(
        OutFile(name=f"{wallet.name}.wallet.json", data=_own_file(wallet, contents))
        for wallet in contents.wallets
    )
    receipt = yield from write_until_done(WriteFiles(files, "the public wallet files"))
    codes = short_codes(*coded(receipt, files))
    yield from ask(ShowResult(title="Wallet files are written", lines=receipt.names, codes=codes))


def export_descriptor(desk: Desk) -> Steps[None]:
    """Write one wallet in the form of another program; raises WALLET-FORMAT where that form can not say it."""
    wallet = yield from choose_wallet(desk, "Which wallet")
    options = tuple((label, note) for label, note, _, _ in _FORMS)
    place = yield from ask(Choose("For which program", _PUBLIC, options))
    _, _, ending, write = _FORMS[place]
    descriptor = parse_descriptor(wallet.descriptor, wallet.network)
    file = OutFile(name=f"{wallet.name}.{ending}", data=write(wallet.name, descriptor))
    receipt = yield from write_until_done(WriteFiles((file,), "the wallet, for other software"))
    yield from record(
        desk, "export", "wallet-exported", {"wallet": wallet.name, "file": receipt.names[0]}
    )
    codes = short_codes(*coded(receipt, (file,)))
    yield from ask(ShowResult(title="The wallet is written", lines=receipt.names, codes=codes))


def export_keys(desk: Desk) -> Steps[None]:
    """Write the account keys of a seed as text and as JSON, and show the one for multisig in words."""
    seed = yield from choose_seed(desk, "Keys of which seed?")
    network = yield from choose_network(desk)
    account = yield from choose_number("Which account", _ACCOUNT, "Account")
    options = tuple((note, kind.value) for kind, note in _KINDS)
    kind = _KINDS[(yield from ask(Choose("Which key to compare", _COMPARE, options)))][0]
    master = master_of(seed)
    fingerprint = seed.fingerprint.hex()
    stem = f"{fingerprint}-{network.value}-{account}"
    key = cosigner_key(kind, master, network, account)
    files = (
        OutFile(name=f"{stem}.keys.json", data=generic_json(master, network, account)),
        OutFile(name=f"{stem}.keys.txt", data=plain_keys(master, network, account).encode()),
    )
    receipt = yield from write_until_done(WriteFiles(files, "the public keys"))
    yield from record(desk, "export", "keys-exported", {"key": key})
    lines = (key, "", *_WORDS, *receipt.names)
    json, _ = coded(receipt, files)
    codes = short_codes(text_code("key with its origin", key), json)
    yield from ask(Tell("The keys are written", lines, digest=key_digest(key), codes=codes))


def choose_wallet_or_all(desk: Desk) -> Steps[None]:
    """WALLET-UNKNOWN unless there is a wallet to write."""
    if not desk.opened().contents.wallets:
        yield from choose_wallet(desk, "")


def _own_file(wallet: RegisteredWallet, contents: VaultContents) -> bytes:
    return render_wallet_file(
        WalletFile(
            name=wallet.name,
            network=wallet.network,
            descriptor=wallet.descriptor,
            certificate=contents.certificate.decode(),
        )
    )


_PUBLIC = ("Public keys only: who sees the file sees all payments, and can move none.",)
_ACCOUNT = ("Keys of an account show its payments to whoever sees them. The first one is 0.",)
_COMPARE = ("The coordinator of a wallet of several keys takes this one.",)
_WORDS = ("Write these words on paper: the others compare them when they register the wallet.",)
