"""From a vault's seed to the master key that signs, with the fingerprint that people know it by.

A rehearsal has a key domain of its own: with the seed that BIP-39 or a backup gives,

    master seed = HMAC-SHA-512(key = "strongroom/rehearsal/v1", message = seed)

so that words, shares and dice of a rehearsal never give a key that production would use, nor the reverse.
"""

from __future__ import annotations

import hmac

from strongroom.core.bitcoin.keys import MasterKey
from strongroom.core.bitcoin.mnemonic import mnemonic_from_entropy, seed_from_mnemonic
from strongroom.core.errors import Violation
from strongroom.core.secret import Secret
from strongroom.core.vault.model import SeedKind, VaultSeed

_REHEARSAL = b"strongroom/rehearsal/v1"


def make_seed(
    entropy: Secret, passphrase: Secret, kind: SeedKind = SeedKind.BIP39, label: str = "seed"
) -> VaultSeed:
    """A seed with the fingerprint that its secret gives; raises SEED-WORDS for a secret that gives none."""
    fingerprint = MasterKey.from_seed(_master_seed(entropy, passphrase, kind)).fingerprint
    return VaultSeed(
        label=label, fingerprint=fingerprint, entropy=entropy, passphrase=passphrase, kind=kind
    )


def seed_on_paper(seed: VaultSeed) -> Secret:
    """What a backup of the seed itself has: 64 bytes after BIP-39, or the bytes that the vault holds.

    Outside rehearsals it is BIP-32's master seed.
    """
    return _seed_on_paper(seed.entropy, seed.passphrase, seed.kind)


def master_of(seed: VaultSeed) -> MasterKey:
    """The master key of a seed (BIP-39, BIP-32)."""
    return MasterKey.from_seed(_master_seed(seed.entropy, seed.passphrase, seed.kind))


def check_fingerprint(seed: VaultSeed) -> None:
    """Raises VAULT-FORMAT unless the seed's fingerprint is the one that its entropy gives."""
    derived = master_of(seed).fingerprint
    if derived != seed.fingerprint:
        raise Violation(
            "VAULT-FORMAT",
            f"the vault names a seed {seed.fingerprint.hex()} that is really {derived.hex()}",
            hint="nothing can be signed with it; open another copy of the vault",
        )


def _master_seed(entropy: Secret, passphrase: Secret, kind: SeedKind) -> Secret:
    found = _seed_on_paper(entropy, passphrase, kind)
    if not kind.is_rehearsal:
        return found
    return Secret(hmac.digest(_REHEARSAL, found.reveal(), "sha512"))


def _seed_on_paper(entropy: Secret, passphrase: Secret, kind: SeedKind) -> Secret:
    if kind.is_master:
        return Secret(entropy.reveal())
    return seed_from_mnemonic(mnemonic_from_entropy(entropy), passphrase)
