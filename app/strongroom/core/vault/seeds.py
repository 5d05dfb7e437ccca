"""From a vault's seed to the master key that signs, with the fingerprint that people know it by."""

from __future__ import annotations

from strongroom.core.bitcoin.keys import MasterKey
from strongroom.core.bitcoin.mnemonic import mnemonic_from_entropy, seed_from_mnemonic
from strongroom.core.errors import Violation
from strongroom.core.secret import Secret
from strongroom.core.vault.model import VaultSeed


def derive_master(entropy: Secret, passphrase: Secret) -> MasterKey:
    """The BIP-32 master key of BIP-39 entropy and its passphrase (empty for none)."""
    words = mnemonic_from_entropy(entropy)
    return MasterKey.from_seed(seed_from_mnemonic(words, passphrase))


def check_fingerprint(seed: VaultSeed) -> None:
    """Raises VAULT-FORMAT unless the seed's fingerprint is the one that its entropy gives."""
    derived = derive_master(seed.entropy, seed.passphrase).fingerprint
    if derived != seed.fingerprint:
        raise Violation(
            "VAULT-FORMAT",
            f"the vault names a seed {seed.fingerprint.hex()} that is really {derived.hex()}",
            hint="nothing can be signed with it; open another copy of the vault",
        )
