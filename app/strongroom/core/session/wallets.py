"""C3: registering a wallet, from our own file or another program's, or as an account of one of our seeds."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace

from strongroom.core.bitcoin.address import render_address
from strongroom.core.bitcoin.keys import render_path
from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.descriptor.account import account_descriptor
from strongroom.core.descriptor.derive import RECEIVE, derive_scripts
from strongroom.core.descriptor.model import Descriptor, DescriptorKey
from strongroom.core.descriptor.ownership import find_own_key
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.descriptor.summary import NOBODY, render_summary
from strongroom.core.errors import Violation
from strongroom.core.network import Network
from strongroom.core.optical.codes import short_codes, text_code
from strongroom.core.session.boot import note_keys
from strongroom.core.session.choices import choose_network, choose_seed
from strongroom.core.session.desk import Desk, Done, problem_of, save_contents
from strongroom.core.session.pages import Choose, Fill
from strongroom.core.session.paper_words import type_words
from strongroom.core.session.rehearsal import check_network
from strongroom.core.session.requests import (
    AcceptWallet,
    ChooseFile,
    ShowResult,
    Steps,
    ask,
)
from strongroom.core.session.signers import name_signers
from strongroom.core.session.values import FileKind
from strongroom.core.vault.model import RegisteredWallet, VaultContents
from strongroom.core.vault.seeds import master_of
from strongroom.core.wallet_file import check_name
from strongroom.core.wallet_formats.parts import ForeignWallet
from strongroom.core.wallet_formats.read import check_first_address, read_wallet

FIRST_ADDRESSES = 3
OWNER_COMPARES = "its owner compares"
ACCOUNT_CAP = 2**31 - 1
SINGLE_KEY = {
    ScriptKind.WPKH: "native segwit (BIP-84)",
    ScriptKind.TR: "taproot (BIP-86)",
    ScriptKind.SH_WPKH: "nested segwit (BIP-49)",
    ScriptKind.PKH: "legacy (BIP-44)",
}
_FORMS = (
    (FileKind.WALLET, "Strongroom", "<name>.wallet.json, from a station or the companion"),
    (FileKind.JSON, "Caravan, Specter, Sparrow", "a file ending in .json"),
    (FileKind.TEXT, "Coldcard, BSMS, descriptor", "a file ending in .txt"),
    (FileKind.BSMS, "BSMS", "a file ending in .bsms"),
)
_WHOLE = re.compile(r"\d{1,10}")


def register_wallet(desk: Desk) -> Steps[None]:
    """Read a wallet file, show its policy in words, and keep it in the vault.

    Raises WALLET-FORMAT, DESCRIPTOR, WALLET-DUPLICATE, or WALLET-KEY unless exactly one key is ours.
    """
    name, descriptor, found = yield from read_wallet_file(desk)
    yield from keep_wallet(desk, name, descriptor, found.form, dict(found.signers))


def read_wallet_file(
    desk: Desk, allowed: tuple[Network, ...] = tuple(Network)
) -> Steps[tuple[str, Descriptor, ForeignWallet]]:
    """Name, descriptor and the rest of a wallet file of any known form, on one of the `allowed` networks."""
    options = tuple((label, note) for _, label, note in _FORMS)
    place = yield from ask(Choose("Whose file is it?", _WHOSE, options))
    file = yield from ask(ChooseFile(_FORMS[place][0]))
    found = read_wallet(file.data, file.name)
    possible = tuple(network for network in found.networks if network in allowed)
    if not possible:
        raise Violation("WALLET-FORMAT", f"the wallet is of {found.networks[0].value}")
    network = yield from choose_network(desk, possible)
    descriptor = parse_descriptor(found.descriptor, network)
    check_first_address(found, descriptor)
    return (yield from _choose_name(found.name)), descriptor, found


def add_account(desk: Desk) -> Steps[None]:
    """Register another account of one of our seeds as a wallet of one key."""
    seed = yield from choose_seed(desk, "An account of which seed?")
    kinds = tuple(SINGLE_KEY)
    options = tuple((note, kind.value) for kind, note in SINGLE_KEY.items())
    kind = kinds[(yield from ask(Choose("What kind of addresses", _KIND, options)))]
    network = yield from choose_network(desk)
    account = yield from choose_number("Which account", _ACCOUNT, "Account")
    text = account_descriptor(kind, master_of(seed), network, account)
    name = yield from _choose_name("")
    yield from keep_wallet(desk, name, parse_descriptor(text, network), "account of our seed")


def keep_wallet(
    desk: Desk,
    name: str,
    descriptor: Descriptor,
    form: str,
    proposed: Mapping[bytes, str] = NOBODY,
) -> Steps[None]:
    """Have a wallet accepted and keep it, with its signers' names; raises WALLET-DUPLICATE or WALLET-KEY.

    `proposed` are the names that its file has for them.
    """
    check_network(descriptor.network, rehearsal=desk.release.rehearsal)
    contents = desk.opened().contents
    check_new(contents, name, descriptor.text)
    check_own(contents, descriptor)
    signers = yield from name_signers(descriptor, proposed)
    yield from accept_wallet(contents, name, descriptor, dict(signers))
    wallet = RegisteredWallet(
        name=name, network=descriptor.network, descriptor=descriptor.text, signers=signers
    )
    following = replace(contents, wallets=(*contents.wallets, wallet))
    yield from note_keys(following)
    body = {"wallet": name, "descriptor": descriptor.text, "form": form}
    done = Done(step="register", kind="wallet-registered", body=body)
    yield from save_contents(desk, following, "the vault with the new wallet", done)
    lines = (render_summary(descriptor, dict(signers)), "", descriptor.text)
    codes = short_codes(text_code(f"descriptor of {name}", descriptor.text))
    yield from ask(ShowResult(title=f"Wallet {name} is registered", lines=lines, codes=codes))


def choose_number(title: str, lines: tuple[str, ...], label: str) -> Steps[int]:
    """A whole number from 0 that a path can have."""
    problem = ""
    while True:
        (typed,) = yield from ask(Fill(title, lines, (label,), problem))
        if _WHOLE.fullmatch(typed.strip()) and int(typed) <= ACCOUNT_CAP:
            return int(typed)
        problem = f"{label}: a whole number from 0 to {ACCOUNT_CAP}"


def key_text(key: DescriptorKey, network: Network) -> str:
    """A key with its origin, as it is read aloud and compared."""
    origin = render_path(key.origin_path).removeprefix("m")
    return f"[{key.fingerprint.hex()}{origin}]{key.key.text(network)}"


def key_digest(text: str) -> bytes:
    """What the 32 words of a cosigner's key are of."""
    return hashlib.sha256(text.encode()).digest()


def check_new(contents: VaultContents, name: str, descriptor: str) -> None:
    """WALLET-DUPLICATE: neither the name nor the descriptor is registered already, in either spelling."""
    for wallet in contents.wallets:
        if wallet.name == name or is_same(wallet.descriptor, descriptor):
            raise Violation(
                "WALLET-DUPLICATE",
                f"wallet {wallet.name} is registered already with {wallet.descriptor}",
            )


def is_same(one: str, other: str) -> bool:
    """Whether two descriptors differ at most in how hardened steps are spelled, `h` or `'`."""
    first, second = (text.partition("#")[0].replace("'", "h") for text in (one, other))
    return first == second


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


def accept_wallet(
    contents: VaultContents,
    name: str,
    descriptor: Descriptor,
    signers: Mapping[bytes, str] = NOBODY,
) -> Steps[None]:
    """Show a wallet whole, and have every other signer type words of the own key from paper.

    `signers` are names by master fingerprint.
    """
    network = descriptor.network
    addresses = (
        render_address(derive_scripts(descriptor, RECEIVE, index).script_pubkey, network)
        for index in range(FIRST_ADDRESSES)
    )
    keys = tuple(key_text(key, network) for key in descriptor.keys)
    names = tuple(signers.get(key.fingerprint, "") for key in descriptor.keys)
    yield from ask(
        AcceptWallet(
            name=name,
            network=network,
            summary=render_summary(descriptor, signers),
            keys=tuple(zip(keys, names, strict=True)),
            addresses=tuple(address for address in addresses if address is not None),
        )
    )
    own = {seed.fingerprint for seed in contents.seeds}
    for number, key in enumerate(descriptor.keys, 1):
        if key.fingerprint not in own:
            title = f"Key {number} of {len(keys)}: {OWNER_COMPARES}"
            called = names[number - 1] or "One of the signers"
            lines = (f"{called}, with the key {key.fingerprint.hex()}", "", *COSIGNER)
            digest = key_digest(keys[number - 1])
            yield from type_words(title, lines, digest, rule="WALLET-COSIGNER")


def _choose_name(proposed: str) -> Steps[str]:
    name, problem = proposed, ""
    while True:
        try:
            check_name(name)
        except Violation as stop:
            (name,) = yield from ask(Fill("Name the wallet", _NAME, ("Name",), problem))
            name = name.strip()
            problem = problem_of(stop) if name else ""
            continue
        return name


_WHOSE = ("Only public keys are in such a file. What it is shows in its contents, not its name.",)
_KIND = ("Each kind has its own keys. Requests can not mix them.",)
_ACCOUNT = ("Accounts of one seed are wallets of their own. The first one is 0.",)
_NAME = (
    "What requests call the wallet: letters, digits, space, dot, dash and underscore, at most 32.",
)
COSIGNER = (
    (
        "The owner of this key has 32 words on paper, made where the key was made, and "
        "types these two of them. A key that was exchanged on the way shows here."
    ),
)
