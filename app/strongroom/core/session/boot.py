"""One boot, one key of a wallet: two signers of a multisig wallet never share a machine's memory.

Who has two keys of a wallet in one boot has two of its signatures from one machine, which is what the wallet
was made against. What was used is noted outside of the session, for as long as the machine runs.
"""

from __future__ import annotations

from strongroom.core.descriptor.checksum import checksum_of
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.errors import Violation
from strongroom.core.session.notes import NoteKeys
from strongroom.core.session.requests import Steps, ask
from strongroom.core.vault.model import VaultContents


def note_keys(contents: VaultContents) -> Steps[None]:
    """Raises ONE-KEY when another key of one of these wallets was used since the machine was started."""
    own = keys_of(contents)
    noted = dict((yield from ask(NoteKeys(own))))
    for wallet, fingerprint in own:
        if noted.get(wallet, fingerprint) != fingerprint:
            raise Violation(
                "ONE-KEY",
                f"key {noted[wallet]} of wallet #{wallet} was used on this machine before, and this "
                f"vault holds key {fingerprint}",
                hint="switch off and start again, or use another machine for this key",
            )


def keys_of(contents: VaultContents) -> tuple[tuple[str, str], ...]:
    """The wallets of several keys, by checksum, with the fingerprint of our key."""
    own = {seed.fingerprint for seed in contents.seeds}
    found: list[tuple[str, str]] = []
    for wallet in contents.wallets:
        descriptor = parse_descriptor(wallet.descriptor, wallet.network)
        signers = {key.fingerprint for key in descriptor.keys}
        if len(signers) > 1:
            found += [(checksum_of(descriptor), f.hex()) for f in sorted(signers & own)]
    return tuple(found)
