"""Everything that a session asks of the world, as typed requests.

A session yields these and receives their replies; the station's screens, the rehearsal and the tests
are drivers of the same generator. A driver answers each request with the reply type that the request names,
throws a `Stop` when the machine or a person stops the step, and decides nothing else. The signer answers a
`MachineRequest`; a `RoomRequest` and its reply travel as bytes, so that they name frozen plain values.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from strongroom.core.bundle.model import BundleFile, Certificate, DetachedSignature, OpenpgpReport
from strongroom.core.errors import Stop, Violation
from strongroom.core.network import Network
from strongroom.core.optical.codes import Code
from strongroom.core.progress import Progress
from strongroom.core.review.model import Review
from strongroom.core.secret import Secret
from strongroom.core.session.asks import Asks
from strongroom.core.session.dice import EnterDice, ShowCommitment
from strongroom.core.session.hardware import (
    PullMedium,
    ReadHardware,
    ShowHardware,
    TakeDeviceEvents,
)
from strongroom.core.session.notes import KeepRecord, NoteKeys, TakeNotes
from strongroom.core.session.pages import Choose, EnterPaper, Fill, HandOver, ShowPaper, Tell
from strongroom.core.session.values import (
    BookRow,
    CertificateAcceptance,
    Confirmation,
    FileKind,
    LimitRow,
    OutFile,
    Receipt,
    Release,
    RoleRow,
    SeedSource,
    Task,
    TermsEdit,
    ThresholdRow,
    VaultSummary,
    WalletChoice,
)
from strongroom.core.vault.changes import TermsChange

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Cancelled(Violation):
    """A person left the step; nothing was done."""

    def __init__(self) -> None:
        super().__init__("SESSION-CANCELLED", "the step was cancelled", hint="nothing was changed")


@dataclass(frozen=True, slots=True)
class ShowIdentity(Asks[None]):
    """Show the release, and what this screen can not prove."""

    release: Release


@dataclass(frozen=True, slots=True)
class DeclareTime(Asks[datetime]):
    """Have a person enter the time in UTC; it may not lie before `not_before`, for `reason`.

    `person` is 1 or 2 where two people enter it, each without the other's, and 0 for one alone.
    """

    not_before: datetime
    reason: str
    person: int = 0


@dataclass(frozen=True, slots=True)
class ChooseTask(Asks[Task]):
    """The main menu; `vault` is None while none is open."""

    vault: VaultSummary | None


@dataclass(frozen=True, slots=True)
class ChooseSeedSource(Asks[SeedSource]):
    """Typed BIP-39 words, or dice mixed with the kernel's random numbers."""


@dataclass(frozen=True, slots=True)
class EnterWords(Asks[Secret]):
    """Have BIP-39 words typed (UTF-8, one space between); `problem` says what was wrong last time.

    With `again` the words are typed a second time from paper, to prove the backup. `typed` is what was typed
    last time, to be looked at again.
    """

    again: bool = False
    problem: str = ""
    typed: Secret = field(default_factory=lambda: Secret(b""))


@dataclass(frozen=True, slots=True)
class EnterSeedPassphrase(Asks[Secret]):
    """The optional BIP-39 passphrase, typed twice; empty for none."""


@dataclass(frozen=True, slots=True, repr=False)
class ShowWords(Asks[None]):
    """Show new words once, to be written on paper (UTF-8, one space between)."""

    words: Secret
    fingerprint: str


@dataclass(frozen=True, slots=True)
class ChooseWallet(Asks[WalletChoice]):
    """Name, network and script kind of the first wallet."""

    fingerprint: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class NewPassphrase(Asks[Secret]):
    """A new vault passphrase, typed twice and equal (the driver compares)."""

    problem: str = ""


@dataclass(frozen=True, slots=True)
class EnterPassphrase(Asks[Secret]):
    """The passphrase of the vault in the file `name`."""

    name: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ChooseFile(Asks[BundleFile]):
    """Have a file of this kind chosen among the sticks that are plugged in, and read it once."""

    kind: FileKind


@dataclass(frozen=True, slots=True)
class DrawRandom(Asks[Secret]):
    """That many bytes from the kernel's random number generator."""

    size: int


@dataclass(frozen=True, slots=True)
class ReadMonotonic(Asks[int]):
    """Milliseconds since the machine started; orders events, tells no time of day."""


@dataclass(frozen=True, slots=True)
class ReadFreeMemory(Asks[int]):
    """Bytes of memory that a computation may take now."""


@dataclass(frozen=True, slots=True, repr=False)
class Work(Asks[R_co]):
    """Run a long pure computation off the screen's thread, with progress under `title`."""

    title: str
    run: Callable[[Progress], R_co]


@dataclass(frozen=True, slots=True)
class CheckSignatures(Asks[tuple[OpenpgpReport, ...]]):
    """Run gpgv over each signature with the certificate at its place; reply with what GnuPG says."""

    manifest: bytes
    signatures: tuple[DetachedSignature, ...]
    certificates: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class ListCertificate(Asks[bytes]):
    """Run gpg over a certificate; reply with its colon listing."""

    certificate: bytes


@dataclass(frozen=True, slots=True)
class MakeSigningKey(Asks[tuple[Secret, bytes]]):
    """Make the vault's own OpenPGP key; reply with the secret key and the armored certificate."""

    user_id: str


@dataclass(frozen=True, slots=True, repr=False)
class SignManifest(Asks[bytes]):
    """Sign `manifest` with the vault's own OpenPGP key; reply with the armored signature."""

    manifest: bytes
    signing_key: Secret


@dataclass(frozen=True, slots=True)
class AcceptCertificate(Asks[CertificateAcceptance]):
    """Show a certificate's fingerprint and names; have a name and the words at `positions` typed.

    Positions count from 1 in the 32 words of SHA-256 of the fingerprint, which its owner reads from
    paper; the words themselves are not shown.
    """

    certificate: Certificate
    positions: tuple[int, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class AcceptWallet(Asks[None]):
    """Show a wallet to be registered: policy in words, keys each with its holder's name or "", addresses."""

    name: str
    network: Network
    summary: str
    keys: tuple[tuple[str, str], ...]
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShowReview(Asks[tuple[str, ...]]):
    """Walk through the review; reply with the rule ids of the warnings acknowledged, in order."""

    review: Review


@dataclass(frozen=True, slots=True)
class Confirm(Asks[Confirmation]):
    """Person number `number` of `total` consents by typing the request's words at `positions`.

    Positions count from 1 in the 32 words of the request's digest; the words are on the request sheet.
    """

    review: Review
    number: int
    total: int
    positions: tuple[int, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class WriteFiles(Asks[Receipt]):
    """Write files to a stick (each: write, sync, rename) and read them back; `purpose` says why.

    With `keep_previous` an existing file of the same name is kept beside the new one.
    """

    files: tuple[OutFile, ...]
    purpose: str
    keep_previous: bool = False


@dataclass(frozen=True, slots=True)
class EditPolicy(Asks[TermsEdit]):
    """Show every limit, as it is and as it would be; have one changed, or another list opened, or done.

    `book` and `approvers` say in a line how many entries and people there would be; `at` names the limit that
    was changed last.
    """

    limits: tuple[LimitRow, ...]
    book: str
    approvers: str
    changes: int
    problem: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class EditBook(Asks[TermsEdit]):
    """Show the address book; have an entry added or removed, or a file imported. Leaving keeps the changes."""

    entries: tuple[BookRow, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class EditRoles(Asks[TermsEdit]):
    """Show who has which role and how many of each are needed. Leaving keeps the changes."""

    approvers: tuple[RoleRow, ...]
    thresholds: tuple[ThresholdRow, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmPolicy(Asks[Confirmation]):
    """Read every change back; person `number` of `total` agrees by name, and by typing `word`."""

    changes: tuple[TermsChange, ...]
    number: int
    total: int
    word: str
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowResult(Asks[None]):
    """Say what was done: a title, lines of text, a digest to be read aloud in words, codes to be scanned."""

    title: str
    lines: tuple[str, ...]
    digest: bytes | None = None
    codes: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True)
class ShowStop(Asks[None]):
    """Show a rule that stopped the step; the session goes on afterwards."""

    stop: Stop


@dataclass(frozen=True, slots=True)
class PowerOff(Asks[None]):
    """Wipe and switch the machine off."""


MachineRequest: TypeAlias = (  # answered beside the keys
    DrawRandom
    | ReadMonotonic
    | ReadFreeMemory
    | NoteKeys
    | Work[Any]
    | CheckSignatures
    | ListCertificate
    | MakeSigningKey
    | SignManifest
)

RoomRequest: TypeAlias = (  # answered by people and sticks; a key in one is words for paper
    ShowIdentity
    | ReadHardware
    | TakeDeviceEvents
    | ShowHardware
    | PullMedium
    | DeclareTime
    | ChooseTask
    | ChooseSeedSource
    | EnterWords
    | EnterSeedPassphrase
    | ShowCommitment
    | EnterDice
    | ShowWords
    | ChooseWallet
    | NewPassphrase
    | EnterPassphrase
    | ChooseFile
    | TakeNotes
    | KeepRecord
    | AcceptCertificate
    | AcceptWallet
    | Tell
    | HandOver
    | Choose
    | Fill
    | ShowPaper
    | EnterPaper
    | ShowReview
    | Confirm
    | WriteFiles
    | EditPolicy
    | EditBook
    | EditRoles
    | ConfirmPolicy
    | ShowResult
    | ShowStop
    | PowerOff
)

Request: TypeAlias = MachineRequest | RoomRequest

Steps: TypeAlias = Generator[Request, Any, R]


def ask(request: Asks[R]) -> Generator[Request, Any, R]:
    """Yield `request` and return its reply with the type that the request names."""
    reply: R = yield request  # type: ignore[misc]  # every Asks is one of Request
    return reply
