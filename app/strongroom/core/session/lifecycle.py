"""C6 rotate and C7 retire: a wallet is swept to its successor, and then its copies are destroyed on camera."""

from __future__ import annotations

from dataclasses import replace

from strongroom.core.descriptor.checksum import checksum_of
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.errors import Violation
from strongroom.core.moment import render_moment
from strongroom.core.session.backup import inventory_lines
from strongroom.core.session.choices import choose_wallet
from strongroom.core.session.desk import Desk, Done, save_contents, write_until_done
from strongroom.core.session.pages import Choose, Tell
from strongroom.core.session.requests import Steps, WriteFiles, ask
from strongroom.core.session.values import OutFile
from strongroom.core.session.wallets import accept_wallet, is_same, read_wallet_file
from strongroom.core.vault.model import PaperBackup, RegisteredWallet, VaultContents


def rotate_wallet(desk: Desk) -> Steps[None]:
    """Name a wallet's successor: from then on its requests may pay nothing else.

    Raises ROTATION for a successor on another network, or that is the wallet itself.
    """
    wallet = yield from choose_wallet(desk, "Which wallet is replaced?")
    yield from ask(Tell("Rotate", (f"Wallet {wallet.name}", "", *_ROTATE)))
    name, descriptor, found = yield from read_wallet_file(desk, (wallet.network,))
    if is_same(descriptor.text, wallet.descriptor):
        raise Violation("ROTATION", f"wallet {wallet.name} can not be its own successor")
    contents = desk.opened().contents
    yield from accept_wallet(contents, name, descriptor, dict(wallet.signers))
    following = _with(contents, wallet, replace(wallet, successor=descriptor.text))
    body = {"wallet": wallet.name, "successor": descriptor.text, "form": found.form}
    done = Done(step="rotate", kind="wallet-rotated", body=body)
    yield from save_contents(desk, following, "the vault, which now sweeps that wallet", done)
    lines = (
        f"{wallet.name} pays only {name} #{checksum_of(descriptor)} from now on.",
        *_NEXT,
    )
    yield from ask(Tell("The wallet is being replaced", lines))


def retire_wallet(desk: Desk) -> Steps[None]:
    """List every known copy, have each destroyed, and never sign for the wallet again."""
    wallet = yield from choose_wallet(desk, "Which wallet is retired?")
    contents = desk.opened().contents
    backups = _copies(contents, wallet)
    yield from ask(Tell("Retire", report_lines(contents, wallet), word="retire"))
    ends = []
    for backup in backups:
        for share in backup.shares:
            title = f"{backup.name}, sheet {share.number}"
            lines = (f"{share.holder}, bag {share.bag or 'none'}", *_DESTROY)
            place = yield from ask(Choose(title, lines, _ENDS))
            ends.append(f"{title}: {_ENDS[place][0].lower()}")
    retired = replace(wallet, retired=desk.declared)
    done = Done(
        step="retire",
        kind="wallet-retired",
        body={"wallet": wallet.name, "copies": tuple(ends)},
    )
    following = _with(contents, wallet, retired)
    yield from save_contents(desk, following, "the vault without that wallet", done)
    certificate = certificate_text(wallet, desk, tuple(ends))
    file = OutFile(name=f"retired-{wallet.name}.txt", data=certificate.encode())
    yield from write_until_done(WriteFiles((file,), "the certificate of destruction"))
    yield from ask(Tell("The wallet is retired", (*ends, "", *_RETIRED)))


def report_lines(contents: VaultContents, wallet: RegisteredWallet) -> tuple[str, ...]:
    """What was signed for a wallet, and every copy of its keys that this vault knows of."""
    signed = [entry for entry in contents.history.entries if entry.wallet == wallet.name]
    copies = [
        line for backup in _copies(contents, wallet) for line in ("", *inventory_lines(backup))
    ]
    swept = "swept to its successor" if wallet.successor else "without a successor"
    return (
        f"Wallet {wallet.name}, {swept}; {len(signed)} requests were signed for it.",
        "Known copies of its keys: every stick and every generation with this vault, and:",
        *(copies or ("", "no sheets of paper")),
        "",
        *_BEFORE,
    )


def certificate_text(wallet: RegisteredWallet, desk: Desk, ends: tuple[str, ...]) -> str:
    """The certificate of destruction, to be printed and signed by hand."""
    people = [f"  {person.name}, {person.role}" for person in desk.people]
    lines = (
        "Certificate of destruction",
        "",
        f"Wallet      {wallet.name} ({wallet.network.value})",
        f"Descriptor  {wallet.descriptor}",
        f"Declared    {render_moment(desk.declared)}",
        "",
        *ends,
        "",
        "Present:",
        *(people or ["  one person"]),
        "",
        "Signed: ______________________  ______________________  ______________________",
    )
    return "\n".join(lines) + "\n"


def _copies(contents: VaultContents, wallet: RegisteredWallet) -> tuple[PaperBackup, ...]:
    keys = {k.fingerprint for k in parse_descriptor(wallet.descriptor, wallet.network).keys}
    return tuple(backup for backup in contents.backups if backup.fingerprint in keys)


def _with(contents: VaultContents, old: RegisteredWallet, new: RegisteredWallet) -> VaultContents:
    wallets = tuple(new if wallet == old else wallet for wallet in contents.wallets)
    return replace(contents, wallets=wallets)


_ROTATE = (
    (
        "The new keys are in vaults of their own by now, and backed up. Read the new "
        "wallet's file. From then on requests of the old wallet may pay nothing else."
    ),
)
_NEXT = (
    "Sweep it with requests that leave no change, and compare its balance online.",
    "When it is empty, retire it.",
)
_DESTROY = ("Show it to the camera, destroy it, and say what became of it.",)
_ENDS = (
    ("Destroyed", "before the witnesses and the camera"),
    ("Missing", "it could not be brought"),
    ("Kept", "other wallets need the same seed"),
)
_BEFORE = (
    "Nothing is signed for a retired wallet again, and no request may pay it.",
    "What is still in it is lost when the copies are destroyed.",
)
_RETIRED = ("Print the certificate, and have everybody sign it by hand.",)
