"""When the transaction can be mined, and whether it can be replaced (BIP-65, BIP-68, BIP-125)."""

from __future__ import annotations

from collections.abc import Iterable

from strongroom.core.bitcoin.model import Transaction
from strongroom.core.bundle.model import RequestManifest
from strongroom.core.descriptor.model import Descriptor
from strongroom.core.errors import Violation
from strongroom.core.moment import parse_unix, render_moment
from strongroom.core.review.model import Finding, Severity
from strongroom.core.vault.model import Policy

TIME_LOCK = 500_000_000
FINAL = 0xFFFF_FFFF
RELATIVE_DISABLED = 1 << 31
RELATIVE_TIME = 1 << 22
BLOCK_SECONDS = 600
REPLACEABLE_BELOW = 0xFFFF_FFFE


def review_timing(
    transaction: Transaction, descriptor: Descriptor, manifest: RequestManifest, policy: Policy
) -> tuple[Finding, ...]:
    """Locks and replaceability, shown; raises LOCKTIME for a lock beyond the policy's horizon.

    A relative lock that the wallet's own script asks for was accepted with the wallet, and has no horizon.
    """
    return (
        *_absolute(transaction, manifest, policy),
        *_relative(transaction, descriptor.relative_locks, policy),
        *_replaceable(transaction),
    )


def _too_far(message: str, policy: Policy) -> Violation:
    return Violation(
        "LOCKTIME",
        f"{message}, more than {policy.locktime_horizon} blocks ahead",
        hint="a signed transaction that nobody can send yet is a hostage; build it later",
    )


def _absolute(tx: Transaction, manifest: RequestManifest, policy: Policy) -> Iterable[Finding]:
    if tx.locktime == 0:
        return
    anchor = manifest.anchor
    if tx.locktime < TIME_LOCK:
        text = f"it can be mined from block {tx.locktime + 1} on"
        ahead = tx.locktime - anchor.tip_height
    else:
        text = f"it can be mined from {render_moment(parse_unix(tx.locktime))} on"
        ahead = (tx.locktime - int(anchor.tip_time.timestamp())) // BLOCK_SECONDS
    if all(given.sequence == FINAL for given in tx.inputs):
        yield Finding(
            rule="LOCKTIME",
            severity=Severity.WARN,
            message=f"lock time {tx.locktime} has no effect, since every input is final",
        )
        return
    if ahead > policy.locktime_horizon:
        raise _too_far(text, policy)
    yield Finding(rule="LOCKTIME", severity=Severity.SHOW, message=text)


def _relative(tx: Transaction, own: frozenset[int], policy: Policy) -> Iterable[Finding]:
    if tx.version < 2:  # noqa: PLR2004 - BIP-68 starts at version 2
        locks = [
            i for i, g in enumerate(tx.inputs) if g.sequence < RELATIVE_DISABLED and g.sequence
        ]
        if locks:
            yield Finding(
                rule="LOCKTIME",
                severity=Severity.WARN,
                message=f"the relative lock of {len(locks)} inputs (the first is input {locks[0]}) has "
                f"no effect in a transaction of version {tx.version}",
            )
        return
    for index, given in enumerate(tx.inputs):
        value = given.sequence & 0xFFFF
        if given.sequence & RELATIVE_DISABLED or not value:
            continue
        if given.sequence & RELATIVE_TIME:
            text = f"input {index} needs its coin to be {value * 512} seconds old"
            blocks = value * 512 // BLOCK_SECONDS
        else:
            text = f"input {index} needs its coin to be {value} blocks old"
            blocks = value
        if blocks > policy.locktime_horizon and given.sequence not in own:
            raise _too_far(text, policy)
        yield Finding(rule="LOCKTIME", severity=Severity.SHOW, message=text)


def _replaceable(tx: Transaction) -> Iterable[Finding]:
    signals = any(given.sequence < REPLACEABLE_BELOW for given in tx.inputs)
    message = "it signals that it may be replaced by one with a higher fee"
    if not signals:
        message = "it does not signal that it may be replaced, so that raising its fee may not work"
    yield Finding(rule="RBF", severity=Severity.SHOW, message=message)
