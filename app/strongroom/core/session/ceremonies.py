"""The ceremonies beyond signing, as one list to choose from while a vault is open."""

from __future__ import annotations

from collections.abc import Callable

from strongroom.core.session.addresses import explore_addresses
from strongroom.core.session.backup import back_up, inventory_lines
from strongroom.core.session.children import derive_children
from strongroom.core.session.custodians import change_lock
from strongroom.core.session.desk import Desk
from strongroom.core.session.drill import drill
from strongroom.core.session.exports import export_descriptor, export_keys
from strongroom.core.session.lifecycle import retire_wallet, rotate_wallet
from strongroom.core.session.pages import Choose, Tell
from strongroom.core.session.prove import prove_keys
from strongroom.core.session.requests import Steps, ask
from strongroom.core.session.trust import change_trust
from strongroom.core.session.wallets import add_account

_Ceremony = Callable[[Desk], Steps[None]]


def show_inventory(desk: Desk) -> Steps[None]:
    """Every backup of the vault, with its holders and bags."""
    backups = desk.opened().contents.backups
    lines = [line for backup in backups for line in (*inventory_lines(backup), "")]
    yield from ask(Tell("Inventory of backups", tuple(lines) or ("No backup was made yet.",)))


CEREMONIES: tuple[tuple[str, str, _Ceremony], ...] = (
    ("Back up a seed", "words, or shares for several custodians", back_up),
    ("Drill a backup", "prove after a restart that the sheets work", drill),
    ("Inventory", "which sheets there are, and who holds them", show_inventory),
    ("Prove keys", "sign an auditor's message or funds (BIP-322)", prove_keys),
    ("Addresses", "list them, check the gap, find one", explore_addresses),
    ("Add an account", "another wallet of one of our seeds", add_account),
    ("Export keys", "public keys for other software, with words", export_keys),
    ("Export a wallet", "descriptor, BSMS, Coldcard, Caravan, Specter", export_descriptor),
    ("Rotate a wallet", "to new keys: it may pay its successor only", rotate_wallet),
    ("Retire a wallet", "destroy its copies, never sign for it again", retire_wallet),
    ("Change the lock", "passphrase, or custodians who open the vault", change_lock),
    ("Change of trust", "approvers and limits, signed by old and new list", change_trust),
    ("Derive a child", "words, keys, passwords from the seed (BIP-85)", derive_children),
)


def choose_ceremony(desk: Desk) -> Steps[None]:
    """Have one chosen, and hold it."""
    options = tuple((label, note) for label, note, _ in CEREMONIES)
    place = yield from ask(Choose("Ceremonies", ("The vault stays open.",), options))
    yield from CEREMONIES[place][2](desk)
