"""What a vault holds, as frozen values: seeds, wallets, trust list, policy and history."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from strongroom.core.bitcoin.model import OutPoint
from strongroom.core.bundle.model import CertificateFingerprint
from strongroom.core.money import COIN, Sats
from strongroom.core.network import Network
from strongroom.core.secret import Secret

FEE_CAP = Sats(COIN // 100)


class SeedKind(Enum):
    """What a seed's secret bytes are: entropy with words and a passphrase, or BIP-32's master seed itself.

    In a rehearsal the same bytes give other keys: what was rehearsed with is never a key of production.
    """

    BIP39 = "bip39"
    BIP32 = "bip32"
    REHEARSED_BIP39 = "rehearsal-bip39"
    REHEARSED_BIP32 = "rehearsal-bip32"

    @property
    def is_master(self) -> bool:
        """Whether there are no words."""
        return self in {SeedKind.BIP32, SeedKind.REHEARSED_BIP32}

    @property
    def is_rehearsal(self) -> bool:
        """Whether its keys are of the domain of rehearsals."""
        return self in {SeedKind.REHEARSED_BIP39, SeedKind.REHEARSED_BIP32}


def seed_kind(*, master: bool, rehearsal: bool) -> SeedKind:
    """The kind of a seed in its domain."""
    if rehearsal:
        return SeedKind.REHEARSED_BIP32 if master else SeedKind.REHEARSED_BIP39
    return SeedKind.BIP32 if master else SeedKind.BIP39


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class VaultSeed:
    """A seed: entropy and passphrase are secret; `fingerprint` is 4 bytes.

    One that is a master seed has no words and no passphrase; its entropy is the master seed of 16 to 64 bytes.
    """

    label: str
    fingerprint: bytes
    entropy: Secret
    passphrase: Secret
    kind: SeedKind = SeedKind.BIP39


SIGNER_NAME_CAP = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredWallet:
    """A wallet that this vault signs for; the descriptor carries its checksum.

    `successor` is the descriptor of the wallet that takes its place: once there is one, only it is paid. From
    `retired` on nothing is signed for it any more. `signers` are people's names by the master fingerprint of
    their keys; who has none is called by it.
    """

    name: str
    network: Network
    descriptor: str
    successor: str | None = None
    retired: datetime | None = None
    signers: tuple[tuple[bytes, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperShare:
    """One sheet of a backup: its number from 1, who holds it, and the bag that it is sealed in."""

    number: int
    holder: str
    bag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperBackup:
    """A backup of a seed on paper, and when a drill last proved it (None: never).

    `form` is `bip39`, `slip39` or `codex32`, or `vault` for shares of the vault's own key, which are of no seed
    (fingerprint 00000000). `name` is what the shares have in common and tells nothing of what is shared.
    `threshold` shares of `shares` give it back.
    """

    fingerprint: bytes
    form: str
    name: str
    threshold: int
    shares: tuple[PaperShare, ...]
    made: datetime
    drilled: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approver:
    """A person who may sign requests, with an OpenPGP certificate and its validity here."""

    name: str
    fingerprint: CertificateFingerprint
    certificate: bytes
    roles: frozenset[str]
    valid_from: datetime
    valid_until: datetime | None
    revoked_from: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustList:
    """Who may ask, and how many of which role it takes: `quorum` is (role, count) pairs."""

    approvers: tuple[Approver, ...] = ()
    quorum: tuple[tuple[str, int], ...] = (("approver", 1),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Limits that the review applies; the defaults suit someone who never opens this.

    Amounts are in satoshis, shares in per cent, feerates in sat/vB, lengths in blocks. `None` means
    that there is no such limit.
    """

    fee_absolute: Sats = FEE_CAP
    fee_rate: int = 500
    fee_share_block: int = 10
    fee_share_warn: int = 5
    fee_relay_millisats: int = 1000
    change_gap: int = 200
    locktime_horizon: int = 2016
    block_unknown_fields: bool = True
    amount_per_transaction: Sats | None = None
    amount_per_window: Sats | None = None
    window_blocks: int = 144
    address_book: tuple[tuple[str, str], ...] = ()
    address_book_only: bool = False
    witnesses: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedPayment:
    """A payment that was signed, kept to notice paying twice."""

    address: str
    amount: Sats
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One signed request. Digests and ids are hex digits; spent outpoints carry their amounts.

    `txid` is the id of the unsigned transaction, which a legacy signature does not change.
    """

    wallet: str
    request_id: str
    request_digest: str
    sequence: int
    txid: str
    spent: tuple[tuple[OutPoint, Sats], ...]
    payments: tuple[SignedPayment, ...]
    fee: Sats
    tip_height: int
    tip_time: datetime
    declared: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything that this vault has signed, oldest first, and the last transcript's head."""

    entries: tuple[HistoryEntry, ...] = ()
    transcript_head: str | None = None
    last_declared: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class VaultContents:
    """An open vault. `signing_key` is the vault's own OpenPGP secret key, `certificate` its public part.

    `trust_sequence` counts the changes of trust that were signed by both lists.
    """

    generation: int
    seeds: tuple[VaultSeed, ...]
    wallets: tuple[RegisteredWallet, ...] = ()
    backups: tuple[PaperBackup, ...] = ()
    trust: TrustList = field(default_factory=TrustList)
    policy: Policy = field(default_factory=Policy)
    trust_sequence: int = 0
    history: History = field(default_factory=History)
    signing_key: Secret = field(default_factory=lambda: Secret(b""))
    certificate: bytes = b""

    @property
    def is_rehearsal(self) -> bool:
        """Whether its keys are of a rehearsal, all of them or none."""
        return any(seed.kind.is_rehearsal for seed in self.seeds)
