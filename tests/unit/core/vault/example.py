"""A vault in which every field has a value of its own."""

from __future__ import annotations

from datetime import UTC, datetime

from strongroom.core.bitcoin.model import OutPoint
from strongroom.core.bundle.model import CertificateFingerprint
from strongroom.core.money import Sats
from strongroom.core.network import Network
from strongroom.core.secret import Secret
from strongroom.core.vault.model import (
    Approver,
    History,
    HistoryEntry,
    PaperBackup,
    PaperShare,
    Policy,
    RegisteredWallet,
    SeedKind,
    SignedPayment,
    TrustList,
    VaultContents,
    VaultSeed,
)

NOON = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)
HEAD = "ab" * 32
# BIP-39's first test vectors; fingerprints after BIP-32, computed with another implementation.
ABANDON = bytes.fromhex("73c5da0a")
ABANDON_TREZOR = bytes.fromhex("b4e3f5ed")
MASTER_SEED = bytes.fromhex("dc2ca4b2")


def entry(sequence: int, *, wallet: str = "main", tip_height: int = 1000) -> HistoryEntry:
    return HistoryEntry(
        wallet=wallet,
        request_id=f"{wallet}-{sequence}",
        request_digest=f"{sequence:064x}",
        sequence=sequence,
        txid=f"{sequence + 1:064x}",
        spent=((OutPoint(bytes(range(32)), sequence), Sats(5000)),),
        payments=(
            SignedPayment(address="bcrt1qexample", amount=Sats(4000), reference="invoice 7"),
            SignedPayment(address="bcrt1qother", amount=Sats(500), reference=""),
        ),
        fee=Sats(500),
        tip_height=tip_height,
        tip_time=NOON,
        declared=NOON,
    )


def contents() -> VaultContents:
    return VaultContents(
        generation=41,
        seeds=(
            VaultSeed(
                label="main seed",
                fingerprint=ABANDON,
                entropy=Secret(bytes(16)),
                passphrase=Secret(b""),
            ),
            VaultSeed(
                label="",
                fingerprint=ABANDON_TREZOR,
                entropy=Secret(bytes(16)),
                passphrase=Secret(b"TREZOR"),
            ),
            VaultSeed(
                label="a master seed",
                fingerprint=MASTER_SEED,
                entropy=Secret(bytes(range(64))),
                passphrase=Secret(b""),
                kind=SeedKind.BIP32,
            ),
        ),
        wallets=(
            RegisteredWallet(
                name="main",
                network=Network.REGTEST,
                descriptor="wpkh(k)#checksum",
                successor="wpkh(n)#checksum",
                retired=NOON,
            ),
            RegisteredWallet(
                name="next",
                network=Network.REGTEST,
                descriptor="wpkh(n)#checksum",
                signers=((ABANDON, "Ana"), (ABANDON_TREZOR, "Zoë O'Neil")),
            ),
        ),
        backups=(
            PaperBackup(
                fingerprint=ABANDON,
                form="slip39",
                name="SLIP-39 set 7",
                threshold=2,
                shares=tuple(PaperShare(number=n, holder=f"H{n}", bag="") for n in (1, 2, 3)),
                made=NOON,
                drilled=NOON,
            ),
            PaperBackup(
                fingerprint=ABANDON,
                form="bip39",
                name="seed words",
                threshold=1,
                shares=(PaperShare(number=1, holder="Ada", bag="B-1"),),
                made=NOON,
            ),
        ),
        trust=trust(),
        policy=policy(),
        history=History(entries=(entry(1), entry(2)), transcript_head=HEAD, last_declared=NOON),
        signing_key=Secret(b"an OpenPGP secret key"),
        certificate=b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\x00\xff",
    )


def trust() -> TrustList:
    return TrustList(
        approvers=(
            Approver(
                name="Ada Böll",
                fingerprint=CertificateFingerprint("A1" * 20),
                certificate=b"certificate of Ada",
                roles=frozenset({"treasurer", "approver"}),
                valid_from=NOON,
                valid_until=NOON.replace(year=2030),
                revoked_from=NOON.replace(year=2028),
            ),
            Approver(
                name="Bo",
                fingerprint=CertificateFingerprint("B2" * 20),
                certificate=b"certificate of Bo",
                roles=frozenset({"approver"}),
                valid_from=NOON,
                valid_until=None,
                revoked_from=None,
            ),
        ),
        quorum=(("approver", 2), ("treasurer", 1)),
    )


def policy() -> Policy:
    return Policy(
        fee_absolute=Sats(11),
        fee_rate=12,
        fee_share_block=13,
        fee_share_warn=14,
        fee_relay_millisats=15,
        change_gap=16,
        locktime_horizon=17,
        block_unknown_fields=False,
        amount_per_transaction=Sats(18),
        amount_per_window=Sats(19),
        window_blocks=20,
        address_book=(("bcrt1qexample", "Example AG"), ("bcrt1qother", "")),
        address_book_only=True,
        witnesses=3,
    )
