"""How a vault opens: by a passphrase, or by M of N custodians who hold SLIP-39 shares of its key.

A changed lock is a new generation of the vault; older generations open as they did, so they are to be destroyed
where that matters.
"""

from __future__ import annotations

from dataclasses import replace

from strongroom.core.backup.slip39 import split_secret
from strongroom.core.backup.slip39_share import Share, render_share
from strongroom.core.secret import Secret
from strongroom.core.session.backup import (
    POOL,
    choose_quorum,
    holder_of,
    inventory_lines,
    take_from,
    write_share,
)
from strongroom.core.session.create import new_passphrase
from strongroom.core.session.desk import Desk, Done, OpenVault, save_vault
from strongroom.core.session.pages import Choose, PaperForm, Tell
from strongroom.core.session.paper import combined, read_slip39
from strongroom.core.session.requests import DrawRandom, Steps, Work, ask
from strongroom.core.vault.age_identity import IDENTITY_SIZE, decrypt_with_identity, recipient_of
from strongroom.core.vault.contents import parse_vault
from strongroom.core.vault.model import PaperBackup, PaperShare, VaultContents

FORM = "vault"
_NO_SEED = bytes(4)


def change_lock(desk: Desk) -> Steps[None]:
    """Give the vault another lock; until the new generation is written, the old one holds."""
    vault = desk.opened()
    place = yield from ask(Choose("How the vault opens", _WHAT, _OPTIONS))
    if place == 0:
        passphrase = yield from new_passphrase()
        following = _next(vault, passphrase, None)
        lines: tuple[str, ...] = ("by the new passphrase",)
    else:
        recipient, backup = yield from _hand_out(desk)
        backups = (*vault.contents.backups, backup)
        contents = replace(vault.contents, backups=backups)
        following = _next(replace(vault, contents=contents), Secret(b""), recipient)
        lines = inventory_lines(backup)
    done = Done(step="lock", kind="lock-changed", body={"opens": tuple(lines)})
    yield from save_vault(desk, following, "the vault with its new lock", done)
    yield from ask(Tell("The vault opens anew", (*lines, "", *_OLD)))


def open_by_custodians(data: bytes) -> Steps[tuple[VaultContents, bytes]]:
    """The contents of a vault that shares open, and the recipient that it is written to again.

    Raises VAULT-SHARES, SHARE-SET or VAULT-FORMAT.
    """
    shares = yield from read_slip39()
    identity = combined(shares)

    def work() -> tuple[VaultContents, bytes]:
        return parse_vault(decrypt_with_identity(data, identity)), recipient_of(identity)

    try:
        return (yield from ask(Work("Opening the vault", lambda _progress: work())))
    finally:
        identity.wipe()


def _next(vault: OpenVault, passphrase: Secret, recipient: bytes | None) -> OpenVault:
    contents = replace(vault.contents, generation=vault.contents.generation + 1)
    return OpenVault(contents=contents, passphrase=passphrase, recipient=recipient)


def _hand_out(desk: Desk) -> Steps[tuple[bytes, PaperBackup]]:
    threshold, count = yield from choose_quorum(PaperForm.SLIP39)
    identity = yield from ask(DrawRandom(IDENTITY_SIZE))
    random = take_from((yield from ask(DrawRandom(POOL))))

    def split() -> tuple[Share, ...]:
        return split_secret(identity, threshold=threshold, count=count, random=random)

    shares = yield from ask(Work("Making the shares", lambda _progress: split()))
    name = f"vault key set {shares[0].set.identifier}"
    held: list[PaperShare] = []
    for number, share in enumerate(shares, 1):
        sheet = render_share(share)
        yield from write_share(sheet, PaperForm.SLIP39, number, count, f"{name}, any {threshold}")
        held.append((yield from holder_of(number, count)))
        sheet.wipe()
    recipient = recipient_of(identity)
    identity.wipe()
    return recipient, PaperBackup(
        fingerprint=_NO_SEED,
        form=FORM,
        name=name,
        threshold=threshold,
        shares=tuple(held),
        made=desk.declared,
    )


_WHAT = (
    (
        "Who opens it has the keys. The lock is written into a new generation; older "
        "generations of the file still open the old way."
    ),
)
_OPTIONS = (
    ("A passphrase", "one secret that is typed"),
    ("Custodians", "some of many shares on paper (SLIP-39)"),
)
_OLD = (
    (
        "Open it once more after a restart before you rely on it. New shares do not revoke "
        "old ones: older generations of the vault open as before. Destroy them, and rotate the "
        "wallets where old shares may be in other hands."
    ),
)
