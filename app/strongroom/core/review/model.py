"""What people are shown of a request: every fact recomputed, none copied from the manifest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from strongroom.core.bitcoin.model import OutPoint, ScriptKind
from strongroom.core.bundle.model import VerifiedRequest
from strongroom.core.descriptor.model import DerivedScripts, Descriptor
from strongroom.core.money import Sats
from strongroom.core.psbt.model import Psbt


class Severity(Enum):
    """What a rule does when it fires."""

    BLOCK = "block"
    WARN = "warn"
    SHOW = "show"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that the review noticed and did not block."""

    rule: str
    severity: Severity
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedInput:
    """An input proven to belong to the registered wallet at `branch`/`position`.

    `sighash` is what is signed, on taproot's key path or in the one script; `leaf_sighashes` in each leaf.
    `signed_by` are the master fingerprints (hex) of signers whose signatures are there and verify: the key
    path's, or one for every place that the signer has in scripts.
    """

    index: int
    outpoint: OutPoint
    amount: Sats
    sequence: int
    branch: int
    position: int
    scripts: DerivedScripts
    sighash_type: int
    sighash: bytes
    signed_by: tuple[str, ...]
    leaf_sighashes: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """An output that leaves, or a payment to our own wallet outside its change branch (`is_self`).

    `payee` and `reference` come from the request and are claims; `book_name` is the vault's own name for the
    address. `other_wallet` names another wallet of this vault that is proven to own the output: it leaves
    the wallet all the same. `address` is None for data only, and `data` is the whole script then.
    """

    index: int
    address: str | None
    amount: Sats
    payee: str
    reference: str
    is_self: bool
    is_known: bool
    data: bytes | None = None
    book_name: str = ""
    other_wallet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An output proven to come back to the registered wallet's change branch."""

    index: int
    address: str
    amount: Sats
    branch: int
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What signing would do. `digest` binds all of it; `fee_rate_millisats` is per vbyte.

    `conditions` are who can spend the wallet's coins and when, in words, with the names that this side knows.
    """

    request: VerifiedRequest
    wallet_name: str
    conditions: str
    descriptor: Descriptor
    kind: ScriptKind
    psbt: Psbt
    inputs: tuple[ReviewedInput, ...]
    recipients: tuple[Recipient, ...]
    change: tuple[Change, ...]
    total_in: Sats
    total_out: Sats
    fee: Sats
    virtual_size: int
    fee_rate_millisats: int
    fee_share_permille: int
    findings: tuple[Finding, ...]
    txid: str
    digest: bytes

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that must be acknowledged one by one."""
        return tuple(f for f in self.findings if f.severity is Severity.WARN)

    def shown(self) -> Review:
        """The same without the file's bytes and raw maps, which no screen reads and may be 100 MB."""
        psbt = replace(
            self.psbt, inputs=(), outputs=(), raw_global=(), raw_inputs=(), raw_outputs=()
        )
        return replace(self, request=replace(self.request, psbt=b""), psbt=psbt)
