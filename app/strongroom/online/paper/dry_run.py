"""A ceremony held on paper: the station's own generator, answered out of a made-up world.

Nothing is told twice: which steps there are, in which order and in which words, is what the station's session
asks. The one driver in here answers it as people and machine would, and keeps each step that people see.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.bundle.model import BundleFile, OpenpgpReport
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.machine import answers
from strongroom.core.machine.model import Hardware, Medium, MediumState
from strongroom.core.machine.selftest import CHANGED
from strongroom.core.secret import Secret
from strongroom.core.session import dice, notes
from strongroom.core.session import hardware as listed
from strongroom.core.session import pages as paged
from strongroom.core.session import requests as asked
from strongroom.core.session.closing import AGREES
from strongroom.core.session.sitting import sitting
from strongroom.core.session.values import (
    CertificateAcceptance,
    Confirmation,
    FileKind,
    Receipt,
    Release,
    SeedSource,
    Task,
    WalletChoice,
)
from strongroom.core.session.wallets import OWNER_COMPARES, key_digest, key_text
from strongroom.core.session.wording import SEED_SOURCES, TASKS, WRITTEN, role_of, wording_of
from strongroom.core.vault.age import encrypt_with_passphrase
from strongroom.core.vault.contents import render_vault
from strongroom.core.wallet_file import WalletFile, render_wallet_file
from strongroom.core.words import pgp_words
from strongroom.online.paper.world import FOREIGN, NEW, World

_CREATED = 1795636595
_LISTING = (
    f"pub:-:255:22:{answers.OPENPGP_FINGERPRINT[24:]}:{_CREATED}:::-:::scSC:::::ed25519:::0:\n"
    f"fpr:::::::::{answers.OPENPGP_FINGERPRINT}:\n"
    f"uid:-::::{_CREATED}::{'0' * 40}::Strongroom self-test::::::::::0:\n"
).encode()
ROLES = ("operator", "administrator", "witness", "witness", "custodian")
_CHOICES: dict[Any, tuple[str, str]] = {**TASKS, **SEED_SOURCES}
_SECRET = (
    *(dice.EnterDice, asked.ShowWords, asked.EnterWords, asked.EnterSeedPassphrase),
    *(paged.HandOver, paged.ShowPaper, paged.EnterPaper),
)
"""What one custodian does alone."""
_PASSPHRASE = Secret(b"made up for paper alone")
_LOW_WORK_FACTOR = 2
_MEMORY = 1 << 31
_STEPS_CAP = 2000
_HARDWARE = Hardware(
    computer="-",
    firmware="-",
    processor="-",
    threads=1,
    memory=1 << 30,
    hypervisor="",
    medium=Medium.STICK,
    interfaces=("lo",),
    families=("unix", "netlink"),
    disks=(),
    keyboards=(),
    usb=(),
    lockdown="confidentiality",
    has_modules=False,
    has_swap=False,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is done in a session: tasks of the menu, and what is chosen where there is a choice."""

    tasks: tuple[Task, ...]
    choices: tuple[str, ...] = ()
    source: SeedSource = SeedSource.DICE
    file: FileKind | None = None
    wallet: int = NEW


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step as people see it: title and lines, what is chosen, filled in, typed, or read aloud in words.

    `by` says who acts; empty where one person does everything.
    """

    title: str
    lines: tuple[str, ...]
    chosen: str = ""
    fields: tuple[str, ...] = ()
    word: str = ""
    has_digest: bool = False
    by: str = ""


@dataclass
class Player:
    """Answers one session; what is still to be answered in order is in iterators."""

    world: World
    plan: Plan
    people: int
    steps: list[Step] = field(default_factory=list)
    drawn: int = 0
    shown: Secret = field(default_factory=lambda: Secret(b""))

    def __post_init__(self) -> None:
        self.tasks = iter((*self.plan.tasks, Task.POWER_OFF))
        self._sheets = iter(self.world.sheets)
        self._digests = self._paper_digests()
        self._called = iter(range(self.people))

    def run(self) -> tuple[Step, ...]:
        """The steps of the whole session; raises the `Stop` that it meets, which would be a fault of ours."""
        release = Release(
            version=self.world.name,
            commit=self.world.draw("commit", 20).hex(),
            built=datetime(2026, 1, 1, tzinfo=UTC),
            image_digest=self.world.draw("image", 32).hex(),
        )
        session = sitting(release)
        request: Any = next(session)
        while len(self.steps) < _STEPS_CAP:
            try:
                request = session.send(self._reply(request))
            except StopIteration:
                return tuple(self.steps)
        raise RuntimeError(f"no end after {_STEPS_CAP} steps")

    def _reply(self, request: Any) -> Any:  # noqa: ANN401 - each request has its own reply
        quiet = _quiet(self).get(type(request))
        if quiet:
            return quiet(request)
        if isinstance(request, asked.ShowStop):
            raise request.stop
        answer = _room(self).get(type(request))
        reply: Any = answer(request) if answer else None
        said = wording_of(request)
        chosen = ""
        if isinstance(request, paged.Choose):
            chosen = request.options[reply][0]
        elif isinstance(request, asked.ChooseTask | asked.ChooseSeedSource):
            chosen = _CHOICES[reply][0]
        written = (WRITTEN,) if isinstance(request, asked.WriteFiles) else ()
        self.steps.append(
            Step(
                title=said.title,
                lines=(*said.lines, *written),
                chosen=chosen,
                fields=said.fields,
                word=said.word,
                has_digest=said.digest is not None,
                by=_actor(request) if self.people > 1 else "",
            )
        )
        return reply

    def draw(self, size: int) -> Secret:
        """Bytes in place of the kernel's."""
        self.drawn += 1
        return Secret(self.world.draw(f"draw {self.drawn}", size))

    def choose(self, request: paged.Choose) -> int:
        """The planned one of the options; where there is no plan for it, the only one."""
        room = "One person" if self.people == 1 else "Several people"
        wanted = (*self.plan.choices, room, "Write the record", AGREES, "Destroyed")
        wanted += (f"{self.world.threshold} of {self.world.count}",)
        for place, (label, _) in enumerate(request.options):
            if label in wanted:
                return place
        raise LookupError(f"{request.title}: none of {request.options} is planned")

    def fill(self, request: paged.Fill) -> tuple[str, ...]:
        """What people would type into these lines."""
        if request.labels[0].startswith("Word "):
            words = pgp_words(next(self._digests))
            return tuple(words[int(label.split()[1]) - 1] for label in request.labels)
        if request.title.startswith("Roll call"):
            number = next(self._called, None)
            if number is None:
                return "", ""
            return f"{self.world.names[0]}{number}", ROLES[min(number, len(ROLES) - 1)]
        if request.title == "Compare with the register":
            return (self.world.seed(0).fingerprint.hex(),)
        names = dict.fromkeys(request.labels, self.world.names[1])
        if request.title.startswith("Who holds each"):
            names = dict(zip(request.labels, self.world.names, strict=False))
        return tuple(names.values())

    def file(self, request: asked.ChooseFile) -> BundleFile:
        """What is on the stick."""
        kind = request.kind
        data: dict[FileKind, Callable[[], bytes]] = {
            FileKind.VAULT: self._vault,
            FileKind.REQUEST: lambda: self.world.request,
            FileKind.WALLET: self._wallet_file,
            FileKind.PROOF: lambda: self.world.proof,
            FileKind.TRUST_LIST: lambda: self.world.trust_list,
            FileKind.TRUST: lambda: self.world.trust_file,
        }
        name = kind.suffix if kind is FileKind.VAULT else f"{self.world.name}{kind.suffix}"
        return BundleFile(name=name, data=data[kind]())

    def dice(self, request: dice.EnterDice) -> Secret:
        """As many rolls as are asked for."""
        return Secret(bytes(49 + byte % 6 for byte in self.world.draw("dice", request.minimum)))

    def keep(self, secret: Secret) -> None:
        """A sheet is on paper now."""
        self.shown = Secret(secret.reveal())

    def sheet(self, request: paged.EnterPaper) -> Secret:
        """The sheet that was shown last, or the next of those that people bring."""
        return (
            self.shown if self.shown.reveal() and "again" in request.title else next(self._sheets)
        )

    def confirmed(self, request: asked.Confirm) -> Confirmation:
        """Somebody's name, and the words of the request."""
        words = pgp_words(request.review.request.digest)
        return Confirmation(
            name=self.world.names[request.number - 1],
            role=role_of(request.number),
            typed=tuple(words[position - 1] for position in request.positions),
        )

    def _vault(self) -> bytes:
        return encrypt_with_passphrase(
            render_vault(self.world.contents),
            _PASSPHRASE,
            work_factor=_LOW_WORK_FACTOR,
            random=lambda size: self.world.draw("vault", size),
        )

    def _wallet_file(self) -> bytes:
        wallet = self.world.wallet(self.plan.wallet)
        return render_wallet_file(
            WalletFile(
                name=wallet.name,
                network=wallet.network,
                descriptor=wallet.descriptor,
                certificate="",
            )
        )

    def _paper_digests(self) -> Iterator[bytes]:
        """Whose 32 words are typed, one after the other."""
        if self.plan.file is FileKind.TRUST:
            yield hashlib.sha256(self.world.trust_manifest).digest()
            return
        if Task.STATELESS in self.plan.tasks:
            yield hashlib.sha256(self.world.trust_list).digest()
        wallet = self.world.wallet(self.plan.wallet)
        keys = parse_descriptor(wallet.descriptor, wallet.network).keys
        for key in keys if self.plan.wallet == FOREIGN else keys[1:]:
            yield key_digest(key_text(key, wallet.network))


def _quiet(player: Player) -> dict[type, Callable[[Any], Any]]:
    """What machines answer; people do not see it."""
    return {
        asked.DrawRandom: lambda r: player.draw(r.size),
        asked.ReadMonotonic: lambda _: 0,
        asked.ReadFreeMemory: lambda _: _MEMORY,
        asked.Work: _work,
        asked.CheckSignatures: lambda r: tuple(_report(r, player.world.now) for _ in r.signatures),
        asked.ListCertificate: lambda _: _LISTING,
        asked.MakeSigningKey: lambda _: (Secret(b"none"), answers.OPENPGP_CERTIFICATE),
        asked.SignManifest: lambda _: answers.OPENPGP_SIGNATURE,
        notes.NoteKeys: lambda _: (),
        notes.TakeNotes: lambda _: (),
        notes.KeepRecord: lambda _: True,
        listed.ReadHardware: lambda _: _HARDWARE,
        listed.TakeDeviceEvents: lambda _: (),
    }


def _room(player: Player) -> dict[type, Callable[[Any], Any]]:
    """What people answer."""
    world = player.world
    wallet = WalletChoice(name=world.name, network=world.network, kind=ScriptKind.WSH_MULTI)
    return {
        listed.PullMedium: lambda _: MediumState.OUT,
        asked.DeclareTime: lambda _: world.now,
        asked.ChooseTask: lambda _: next(player.tasks),
        asked.ChooseSeedSource: lambda _: player.plan.source,
        asked.EnterWords: lambda r: player.shown if r.again else world.sheets[0],
        asked.EnterSeedPassphrase: lambda _: Secret(b""),
        dice.EnterDice: player.dice,
        asked.ShowWords: lambda r: player.keep(r.words),
        asked.ChooseWallet: lambda _: wallet,
        asked.NewPassphrase: lambda _: Secret(_PASSPHRASE.reveal()),
        asked.EnterPassphrase: lambda _: Secret(_PASSPHRASE.reveal()),
        asked.ChooseFile: player.file,
        asked.ShowReview: lambda r: tuple(finding.rule for finding in r.review.warnings),
        asked.Confirm: player.confirmed,
        asked.ConfirmPolicy: lambda r: Confirmation(
            name=world.names[r.number - 1], role=role_of(r.number), typed=(r.word,)
        ),
        asked.AcceptCertificate: lambda _: CertificateAcceptance(name=world.names[0], typed=()),
        asked.WriteFiles: lambda r: Receipt(stick="-", names=tuple(file.name for file in r.files)),
        paged.Choose: player.choose,
        paged.Fill: player.fill,
        paged.ShowPaper: lambda r: player.keep(r.secret),
        paged.EnterPaper: player.sheet,
    }


def _actor(request: object) -> str:
    """Who acts: custodians at what is secret, owners and witnesses at their words, else the operator."""
    if isinstance(request, _SECRET):
        return "the custodian"
    match request:
        case asked.Confirm(number=number) | asked.ConfirmPolicy(number=number):
            return f"the {role_of(number)}"
        case asked.DeclareTime(person=2):
            return "the second person"
        case paged.Fill(title=title) if title.endswith(OWNER_COMPARES):
            return "the owner of the key"
        case paged.Choose(options=((label, _), *_)) if label == AGREES:
            return "the person named"
    return "the operator"


def _work(request: asked.Work[Any]) -> Any:  # noqa: ANN401 - whatever the work gives
    """The result; a vault that nobody opens is not encrypted for seconds."""
    if request.title == "Encrypting the vault":
        return b""
    return request.run(lambda _done, _total: None)


def _report(request: asked.CheckSignatures, now: datetime) -> OpenpgpReport:
    """What GnuPG would say; all that is brought counts as signed by the one certificate of the self-tests."""
    moment = now - timedelta(minutes=30)
    dates = f"{moment:%Y-%m-%d} {int(moment.timestamp())} 0 4 0 22 8 00"
    number = answers.OPENPGP_FINGERPRINT
    good = f"GOODSIG {number[24:]} -\n[GNUPG:] VALIDSIG {number} {dates} {number}"
    bad = f"BADSIG {number[24:]} -"
    status = f"[GNUPG:] NEWSIG\n[GNUPG:] {bad if request.manifest == CHANGED else good}\n"
    return OpenpgpReport(status=status.encode(), listing=_LISTING)
