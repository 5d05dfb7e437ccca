"""What the request says against what its PSBT does, and against this wallet's chain of requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from strongroom.core.bundle.model import RequestManifest, VerifiedRequest
from strongroom.core.descriptor.checksum import check_checksum
from strongroom.core.descriptor.model import Descriptor
from strongroom.core.errors import Violation
from strongroom.core.network import Network
from strongroom.core.review.model import Change, Finding, Recipient, Severity
from strongroom.core.vault.history import (
    find_request,
    highest_tip,
    last_request_digest,
    last_sequence,
)
from strongroom.core.vault.model import History, RegisteredWallet

PURPOSES = frozenset((44, 45, 48, 49, 84, 86))
HARDENED = 0x8000_0000


def find_wallet(
    manifest: RequestManifest, wallets: tuple[RegisteredWallet, ...]
) -> RegisteredWallet:
    """The registered wallet that the request names by name and descriptor checksum.

    Raises WALLET-UNKNOWN or INPUT-NETWORK.
    """
    for wallet in wallets:
        checksum = wallet.descriptor.rpartition("#")[2]
        if wallet.name != manifest.wallet or checksum != manifest.descriptor_checksum:
            continue
        check_network(manifest, wallet.network)
        check_checksum(wallet.descriptor)
        return wallet
    known = ", ".join(f"{w.name}#{w.descriptor.rpartition('#')[2]}" for w in wallets) or "none"
    raise Violation(
        "WALLET-UNKNOWN",
        f"the request is for wallet {manifest.wallet}#{manifest.descriptor_checksum}; "
        f"registered here: {known}",
        hint="open the vault of that wallet, or register it first",
    )


def check_network(manifest: RequestManifest, network: Network) -> None:
    """INPUT-NETWORK: the request's network and genesis block are the wallet's."""
    anchor = manifest.anchor
    if anchor.network is not network or anchor.genesis_hash != network.constants.genesis_hash:
        raise Violation(
            "INPUT-NETWORK",
            f"the request is for {anchor.network.value} with genesis block {anchor.genesis_hash}, "
            f"the wallet for {network.value}",
        )


def check_coin_type(descriptor: Descriptor) -> None:
    """INPUT-NETWORK: a standard origin path names the network's coin type (BIP-44)."""
    wanted = descriptor.network.constants.coin_type
    for key in descriptor.keys:
        path = key.origin_path
        if len(path) > 1 and path[0] ^ HARDENED in PURPOSES and path[1] != wanted | HARDENED:
            raise Violation(
                "INPUT-NETWORK",
                f"key [{key.fingerprint.hex()}] is of coin type {path[1] & ~HARDENED}, "
                f"{descriptor.network.value} has {wanted}",
            )


def check_equal(
    manifest: RequestManifest,
    recipients: tuple[Recipient, ...],
    change: tuple[Change, ...],
    fee: int,
) -> None:
    """BUNDLE-EQUAL: payments, change and fee of the request are those of the PSBT."""
    _check_sets(
        "payments",
        ((p.address, p.amount) for p in manifest.payments),
        ((r.address, r.amount) for r in recipients if r.address is not None),
    )
    _check_sets(
        "change",
        ((c.address, c.amount) for c in manifest.change),
        ((c.address, c.amount) for c in change),
    )
    if manifest.fee != fee:
        raise _unequal(f"the request says a fee of {manifest.fee} sat, the PSBT pays {fee} sat")


def check_continues(request: VerifiedRequest, history: History) -> tuple[Finding, ...]:
    """The request is the next in its wallet's chain, or byte for byte one that was signed before.

    Raises BUNDLE-SEQUENCE, or BUNDLE-EXPIRED when the chain is past the request's height. A gap in the
    numbers (requests that other stations signed) is a warning.
    """
    manifest, wallet = request.manifest, request.manifest.wallet
    tip = max(manifest.anchor.tip_height, highest_tip(history, wallet))
    if tip > manifest.expires_height:
        raise Violation(
            "BUNDLE-EXPIRED",
            f"the request expired at block {manifest.expires_height}, the chain is at {tip} at least",
            hint="build the request anew",
        )
    if find_request(history, request.digest.hex()) is not None:
        return ()
    last = last_sequence(history, wallet)
    if manifest.sequence <= last:
        raise Violation(
            "BUNDLE-SEQUENCE",
            f"the request has number {manifest.sequence}, and number {last} was signed already",
            hint="an old request is shown again: build a new one",
        )
    if manifest.sequence == last + 1:
        expected = last_request_digest(history, wallet)
        if last and manifest.previous_digest != expected:
            raise Violation(
                "BUNDLE-SEQUENCE",
                f"the request follows {manifest.previous_digest}, the last one signed here is {expected}",
                hint="the coordinator's record and this vault's have parted: find out why",
            )
        return ()
    return (
        Finding(
            rule="BUNDLE-SEQUENCE",
            severity=Severity.WARN,
            message=f"requests {last + 1} to {manifest.sequence - 1} of this wallet were not signed "
            "with this vault",
        ),
    )


def _check_sets(
    what: str, claimed: Iterable[tuple[str, int]], found: Iterable[tuple[str, int]]
) -> None:
    ours, theirs = Counter(found), Counter(claimed)
    if ours == theirs:
        return
    parts = (
        *_listed("only in the request", theirs - ours),
        *_listed("only in the PSBT", ours - theirs),
    )
    raise _unequal(f"{what} differ: {'; '.join(parts)}")


def _listed(where: str, counts: Counter[tuple[str, int]]) -> Iterable[str]:
    entries = sorted(f"{amount} sat to {address}" for address, amount in counts.elements())
    if entries:
        yield f"{where}: {', '.join(entries)}"


def _unequal(message: str) -> Violation:
    return Violation(
        "BUNDLE-EQUAL",
        message,
        hint="request and PSBT tell two stories: treat the request as forged",
    )
