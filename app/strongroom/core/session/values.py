"""What sessions are asked for and answered with: the plain values that requests carry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.network import Network


class Task(Enum):
    """What the operator can start."""

    CREATE_VAULT = "create"
    OPEN_VAULT = "open"
    STATELESS = "stateless"
    SIGN = "sign"
    REGISTER_WALLET = "register"
    ADD_APPROVER = "approver"
    CHANGE_POLICY = "policy"
    EXPORT_WALLET = "export"
    CEREMONY = "ceremony"
    END_SESSION = "end"
    MACHINE = "machine"
    POWER_OFF = "poweroff"


class SeedSource(Enum):
    """Where a new vault's seed comes from."""

    WORDS = "words"
    DICE = "dice"
    SLIP39 = "slip39"
    CODEX32 = "codex32"


class FileKind(Enum):
    """A kind of file on a stick: its name's ending and its cap in bytes."""

    VAULT = ("strongroom.vault", 16 * 1024 * 1024)
    REQUEST = (".request", 34 * 1024 * 1024)
    WALLET = (".wallet.json", 256 * 1024)
    CERTIFICATE = (".asc", 256 * 1024)
    ADDRESS_BOOK = (".addresses.csv", 2 * 1024 * 1024)
    JSON = (".json", 256 * 1024)
    TEXT = (".txt", 256 * 1024)
    BSMS = (".bsms", 256 * 1024)
    PROOF = (".proof.json", 4 * 1024 * 1024)
    TRUST_LIST = (".trust-list.json", 2 * 1024 * 1024)
    TRUST = (".trust", 4 * 1024 * 1024)

    @property
    def suffix(self) -> str:
        """The ending of the file's name."""
        return self.value[0]

    @property
    def cap(self) -> int:
        """The largest size in bytes that is read."""
        return self.value[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What the booted image says of itself, and whether it was booted for a rehearsal."""

    version: str
    commit: str
    built: datetime
    image_digest: str | None
    rehearsal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultSummary:
    """What may be shown of an open vault: names, fingerprints and counts."""

    fingerprints: tuple[str, ...]
    wallets: tuple[tuple[str, Network, str], ...]
    approvers: tuple[tuple[str, str], ...]
    quorum: tuple[tuple[str, int], ...]
    signed: int
    generation: int
    limits: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletChoice:
    """The first wallet of a new vault."""

    name: str
    network: Network
    kind: ScriptKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """One person's consent: the words typed at the positions that were asked for."""

    name: str
    role: str
    typed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutFile:
    """A file to be written to a stick under its final name."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Proof that files were written, unmounted, mounted again and read back equal."""

    stick: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateAcceptance:
    """The name to keep a certificate under, and the words typed at the positions asked for."""

    name: str
    typed: tuple[str, ...]


class TermsStep(Enum):
    """What people do next on a screen that changes the policy."""

    SET_LIMIT = "limit"
    OPEN_BOOK = "book"
    OPEN_APPROVERS = "approvers"
    ADD_ENTRY = "add"
    IMPORT_BOOK = "import"
    TOGGLE_ENTRY = "toggle"
    SET_ROLES = "roles"
    SET_THRESHOLD = "threshold"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsEdit:
    """One step: `key` names the limit, address, role or fingerprint that it is about, `typed` what for."""

    step: TermsStep
    key: str = ""
    typed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRow:
    """A limit as it is and as it would be (empty: unchanged), what it means and how it is typed."""

    field: str
    label: str
    meaning: str
    form: str
    now: str
    new: str
    lowers: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BookRow:
    """An entry of the address book; `mark` says whether it would be new or removed."""

    address: str
    name: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRow:
    """An approver with the roles that they would have."""

    fingerprint: str
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdRow:
    """How many of a role are needed, and would be, and how many have it."""

    role: str
    now: int
    new: int
    there: int
