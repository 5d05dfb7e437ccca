"""What travels on the stick, as frozen values: files, manifests, signatures and what they proved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from strongroom.core.money import Sats
from strongroom.core.network import Network

CertificateFingerprint = NewType("CertificateFingerprint", str)
"""40 upper-case hex digits of an OpenPGP primary key (version 4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleFile:
    """A file as it was read from a stick, once, into memory."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DetachedSignature:
    """One member of `signatures/`: the fingerprint in its name is a claim until it is checked."""

    fingerprint: CertificateFingerprint
    armored: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleArchive:
    """The members of a bundle, none of them looked into."""

    manifest: bytes
    psbt: bytes
    signatures: tuple[DetachedSignature, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """What the coordinator says is paid; payee and reference are claims, shown as such."""

    address: str
    amount: Sats
    payee: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOutput:
    """What the coordinator says comes back."""

    address: str
    amount: Sats


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainAnchor:
    """The chain as the coordinator saw it; hashes in the order that people see (64 hex digits)."""

    network: Network
    genesis_hash: str
    tip_height: int
    tip_hash: str
    tip_time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberDigest:
    """Size in bytes and SHA-256 (64 hex digits) of a member that the manifest names."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestManifest:
    """What is asked for, by whom and until when. Digests are 64 hex digits.

    `payment_list` is the SHA-256 of the file that the payments came from, if they came from one.
    """

    request_id: str
    sequence: int
    previous_digest: str | None
    created: datetime
    expires: datetime
    expires_height: int
    anchor: ChainAnchor
    wallet: str
    descriptor_checksum: str
    payments: tuple[Payment, ...]
    change: tuple[ChangeOutput, ...]
    fee: Sats
    purpose: str
    requester: str
    replaces: str | None
    psbt: MemberDigest
    payment_list: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomApproval:
    """Who agreed in the room, by name and role."""

    name: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InputSignatureRecord:
    """Which key signed an input: fingerprint 8, public key 66 (or 64, taproot) hex digits."""

    index: int
    fingerprint: str
    public_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseManifest:
    """What came of a request. `declared` is the time that people declared at the station."""

    request_digest: str
    request_id: str
    declared: datetime
    approvals: tuple[RoomApproval, ...]
    signatures: tuple[InputSignatureRecord, ...]
    release: str
    image_digest: str | None
    transcript_head: str
    psbt: MemberDigest


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleSignature:
    """One OpenPGP signature that gpgv found good; expiry and trust are decided elsewhere."""

    primary: CertificateFingerprint
    signing_key: CertificateFingerprint
    created: datetime
    expires: datetime | None
    hash_algorithm: int
    signature_class: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenpgpReport:
    """What GnuPG says of one signature: gpgv's status lines, and the listing of its signer's certificate."""

    status: bytes
    listing: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateKey:
    """A primary key or subkey, with the dates between which it counts; `expires` is None for never."""

    fingerprint: CertificateFingerprint
    created: datetime
    expires: datetime | None
    may_sign: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What an OpenPGP certificate says of itself; `keys` are those that are bound to it and not revoked."""

    fingerprint: CertificateFingerprint
    user_ids: tuple[str, ...]
    created: datetime
    expires: datetime | None
    revoked: bool
    keys: tuple[CertificateKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedRequest:
    """A request whose signatures, quorum, digests and dates hold.

    `digest` is the SHA-256 of the manifest, the value that people compare in words; `signers` are the
    names in the trust list. The PSBT has not been parsed yet.
    """

    manifest: RequestManifest
    digest: bytes
    psbt: bytes
    signers: tuple[str, ...]
    declared: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedResponse:
    """A response that belongs to a request and whose digests hold; its PSBT is not parsed yet."""

    manifest: ResponseManifest
    digest: bytes
    psbt: bytes
