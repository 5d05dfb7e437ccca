"""What there is to sign in each input: which secret, over which hash, for which field.

Secrets are derived before the first signature is made, and the work that is then left is that of the two
libraries alone, one task at a time and on any thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from strongroom.core.bitcoin.curve import PUBLIC_KEY_SIZE, public_key_of
from strongroom.core.bitcoin.keys import MasterKey, PrivateNode
from strongroom.core.bitcoin.signatures import (
    sign_ecdsa,
    sign_schnorr,
    taproot_tweak_secret,
    verify_ecdsa,
    verify_schnorr,
)
from strongroom.core.bundle.model import InputSignatureRecord
from strongroom.core.descriptor.model import Descriptor
from strongroom.core.descriptor.ownership import find_own_key, places_of
from strongroom.core.errors import Violation
from strongroom.core.review.model import ReviewedInput

PARTIAL_SIG = b"\x02"
TAP_KEY_SIG = b"\x13"
TAP_SCRIPT_SIG = b"\x14"
SIGHASH_DEFAULT = 0


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class SigningTask:
    """One signature to be made: of `sighash` by `secret`, for `field`, with the hash type as `suffix`.

    `key` is the one in the script that must verify it: compressed for ECDSA, x-only for Schnorr.
    """

    secret: bytes
    key: bytes
    sighash: bytes
    field: bytes
    suffix: bytes
    record: InputSignatureRecord

    def perform(self) -> bytes:
        """The field's value, made twice and verified.

        Raises SIGN-NONCE, SIGN-VERIFY, or INPUT-KEY where that fails because the secret is of another key.
        """
        try:
            if len(self.key) == PUBLIC_KEY_SIZE:
                signature = sign_ecdsa(self.secret, self.sighash)
                verify_ecdsa(self.key, self.sighash, signature, rule="SIGN-VERIFY")
            else:
                signature = sign_schnorr(self.secret, self.sighash)
                verify_schnorr(self.key, self.sighash, signature, rule="SIGN-VERIFY")
        except Violation:
            if public_key_of(self.secret).endswith(self.key):
                raise
            raise Violation(
                "INPUT-KEY",
                f"input {self.record.index}: the key that we derive is not in the script",
            ) from None
        return signature + self.suffix


@dataclass(frozen=True, slots=True, repr=False)
class _Key:
    """One of our keys at its place in the wallet, with its two branch nodes derived once."""

    place: int
    nodes: tuple[PrivateNode, PrivateNode]


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """One of our master keys with each of its keys in the wallet."""

    name: str
    descriptor: Descriptor
    keys: tuple[_Key, ...]

    @classmethod
    def prepare(cls, descriptor: Descriptor, master: MasterKey) -> Signer:
        """The signer that `master` is in the wallet; raises WALLET-KEY unless it is one."""
        first = find_own_key(descriptor, master)
        account = master.derive_private(descriptor.keys[first].origin_path)
        keys = []
        for place in places_of(descriptor, first):
            receive, change = (account.derive(b) for b in descriptor.keys[place].branches)
            keys.append(_Key(place, (receive, change)))
        return cls(master.fingerprint.hex(), descriptor, tuple(keys))

    def tasks(self, item: ReviewedInput) -> Iterator[SigningTask]:
        """A task for every place that our keys have in the input's scripts."""
        for key in self.keys:
            secret = key.nodes[item.branch].child_secret(item.position)
            public_key = item.scripts.public_keys[key.place]
            if not self.descriptor.kind.is_taproot:
                yield self._task(item, secret, public_key, item.sighash, PARTIAL_SIG + public_key)
                continue
            x_only = public_key[1:]
            if key.place == 0 and self.descriptor.has_key_path:
                tweaked = taproot_tweak_secret(secret, public_key, item.scripts.merkle_root)
                output_key = item.scripts.script_pubkey[2:]
                yield self._task(item, tweaked, output_key, item.sighash, TAP_KEY_SIG, named=x_only)
            for leaf, sighash in zip(item.scripts.leaves, item.leaf_sighashes, strict=True):
                if key.place in leaf.places:
                    field = TAP_SCRIPT_SIG + x_only + leaf.leaf_hash
                    yield self._task(item, secret, x_only, sighash, field)

    def _task(
        self,
        item: ReviewedInput,
        secret: bytes,
        key: bytes,
        sighash: bytes,
        field: bytes,
        *,
        named: bytes | None = None,
    ) -> SigningTask:
        """`named` is the key for the answer's manifest, where it is not the one that verifies."""
        record = InputSignatureRecord(
            index=item.index, fingerprint=self.name, public_key=(named or key).hex()
        )
        suffix = b"" if item.sighash_type == SIGHASH_DEFAULT else bytes((item.sighash_type,))
        return SigningTask(
            secret=secret, key=key, sighash=sighash, field=field, suffix=suffix, record=record
        )
