"""Performs the requests that a sitting makes of the room, one sitting at a time; decides nothing.

The sitting runs behind the `Signer` port: an answer is handed over off the screen's thread, and what comes
back is the next request. Whatever else runs long runs there too; what it raises that is no `Stop` becomes the
fault PROGRAM, with the exception's type and nothing of its text.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar, assert_never

from strongroom.core.bundle.model import BundleFile
from strongroom.core.errors import Stop
from strongroom.core.session import dice, notes, values
from strongroom.core.session import hardware as listed
from strongroom.core.session import pages as paged
from strongroom.core.session import requests as asked
from strongroom.station.faults import program_fault
from strongroom.station.tui.screens import (
    confirm,
    files,
    machine,
    menu,
    moment,
    pages,
    passphrases,
    policy,
    results,
    review,
    start,
    wallets,
    word_entry,
    words,
)
from strongroom.station.tui.screens.files import Shelf
from strongroom.station.tui.screens.results import ProgressScreen, StopScreen

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from strongroom.core.network import Network
    from strongroom.station.media.protocol import Stick
    from strongroom.station.ports import Signer, Station
    from strongroom.station.tui.kit import Screen

T = TypeVar("T")
Step: TypeAlias = "Callable[[Signer], asked.RoomRequest | None]"


class Stage(Protocol):
    """Where screens are shown and long work is run; the application is one, tests have another."""

    def show(self, screen: Screen, network: Network | None, leave: Callable[[], None]) -> None:
        """Put `screen` on the stage; Esc, where the screen can be left, calls `leave`."""
        ...

    def background(self, run: Callable[[], T], done: Callable[[Future[T]], None]) -> None:
        """Run off the screen's thread, then call `done` on it."""
        ...

    def post(self, action: Callable[[], None]) -> None:
        """Have `action` called on the screen's thread; may be called from any."""
        ...

    def finish(self) -> None:
        """The session is over, or the machine is being switched off: nothing of this program stays."""
        ...


class Driver:
    """One console's run: the start screen, the claim, one sitting, and the end."""

    def __init__(self, station: Station, stage: Stage) -> None:
        self._station = station
        self._signer = station.signer()
        self._stage = stage
        self._turn = 0
        self._notes: list[notes.Note] = []
        self._network: Network | None = None
        self._home: Stick | None = None  # where the vault's file is
        self._progress: ProgressScreen | None = None

    def begin(self) -> None:
        """Show the start screen."""
        media, console = self._station.media, self._station.console
        self._show(start.StartScreen(console, media.holder, self.claim))

    def note(self, note: notes.Note) -> None:
        """Keep what people noted at a screen for the session's record."""
        self._notes.append(note)

    def prepare(self) -> None:
        """Load what is heavy behind the start screen; what fails there fails again after the claim."""
        self._stage.background(self._signer.prepare, lambda _: None)

    def restart(self, error: Exception) -> None:
        """End the sitting and show the fault PROGRAM for `error`; what comes after is a new start."""
        self._turn += 1  # an answer that is still on its way answers nothing any more
        self._signer.close()
        self._end(program_fault(error))

    def claim(self) -> None:
        """Hold the session, and begin a sitting."""
        station = self._station
        self._run(
            "Getting ready",
            lambda: station.media.claim(station.console),
            lambda holder: self._sit() if holder == station.console else self.begin(),
            self._refuse,
        )

    def _sit(self) -> None:
        self._home = None
        self._advance(lambda signer: signer.begin(self._tell), self._refuse)

    def _refuse(self, stop: Stop) -> None:
        """What fails before the first request leaves nothing to do but to switch off."""
        end = asked.ShowStop(stop)
        self._show(StopScreen(end, lambda _: self._power_off(self._stage.finish)))

    def _end(self, stop: Stop) -> None:
        """The sitting was ended by `stop`."""
        self._show(StopScreen(asked.ShowStop(stop), lambda _: self._stage.finish()))

    def _advance(self, step: Step, failed: Callable[[Stop], None]) -> None:
        turn = self._turn

        def arrived(future: Future[asked.RoomRequest | None]) -> None:
            error = future.exception()
            self._progress = None
            if turn != self._turn:
                return
            if isinstance(error, Stop):
                failed(error)
            elif error is not None:
                raise error
            elif (request := future.result()) is None:
                self._stage.finish()
            else:
                self._perform(request)

        self._stage.background(lambda: step(self._signer), arrived)

    def _tell(self, title: str, done: int, total: int) -> None:
        self._stage.post(lambda: self._draw_progress(title, done, total))

    def _draw_progress(self, title: str, done: int, total: int) -> None:
        if self._progress is None or self._progress.title != title:
            self._progress = ProgressScreen(title)
            self._show(self._progress)
        self._progress.advance(done, total)

    def _answers(self) -> tuple[Callable[[Any], None], Callable[[Stop], None]]:
        """A reply and a throw for this turn: the first that is called counts, later ones do nothing."""
        turn = self._turn

        def once(step: Step) -> None:
            if turn == self._turn:
                self._turn += 1
                self._advance(step, self._end)

        return (
            lambda value: once(lambda signer: signer.reply(value)),
            lambda stop: once(lambda signer: signer.throw(stop)),
        )

    def _show(self, screen: Screen) -> None:
        _, throw = self._answers()
        self._stage.show(screen, self._network, lambda: throw(asked.Cancelled()))

    def _run(
        self,
        title: str,
        work: Callable[[], T],
        done: Callable[[T], None],
        stopped: Callable[[Stop], None],
    ) -> None:
        """Do `work` behind a progress screen, then call one of the two."""

        def ended(future: Future[T]) -> None:
            error = future.exception()
            if error is None:
                done(future.result())
            elif isinstance(error, Stop):
                stopped(error)
            else:
                stopped(program_fault(error))

        self._show(ProgressScreen(title))
        self._stage.background(work, ended)

    def _look(self, suffix: str, found: Callable[[tuple[Shelf, ...]], None]) -> None:
        media = self._station.media

        def shelve(stick: Stick) -> Shelf:
            if stick.problem:
                return Shelf(stick, None, stick.problem)
            try:
                return Shelf(stick, media.look(stick, suffix))
            except Stop as stop:
                return Shelf(stick, None, stop.message)

        def ended(future: Future[tuple[Shelf, ...]]) -> None:
            error = future.exception()
            if error is not None:
                raise error
            found(future.result())

        self._stage.background(lambda: tuple(map(shelve, media.sticks())), ended)

    def _read(self, kind: values.FileKind, picked: tuple[Stick, str]) -> None:
        reply, throw = self._answers()
        stick, name = picked
        if kind is values.FileKind.VAULT:
            self._home = stick
        self._run(
            f"Reading {name}",
            lambda: self._station.media.read(stick, name, kind.cap),
            lambda data: reply(BundleFile(name=name, data=data)),
            throw,
        )

    def _write(self, request: asked.WriteFiles, stick: Stick) -> None:
        reply, throw = self._answers()
        if any(file.name.endswith(values.FileKind.VAULT.suffix) for file in request.files):
            self._home = stick
        self._run(
            f"Writing to {stick.name}, and reading back",
            lambda: self._station.media.write(
                stick, request.files, keep_previous=request.keep_previous
            ),
            lambda receipt: self._show(files.WrittenScreen(receipt, lambda: reply(receipt))),
            throw,
        )

    def _keep(self, file: values.OutFile) -> None:
        reply, _ = self._answers()
        home, media = self._home, self._station.media
        if home is None or home not in media.sticks():
            reply(False)  # noqa: FBT003 - it is the reply
            return
        self._run(
            f"Keeping the record on {home.name}",
            lambda: media.write(home, (file,), keep_previous=False),
            lambda _: reply(True),  # noqa: FBT003 - it is the reply
            lambda _: reply(False),  # noqa: FBT003 - it is the reply
        )

    def _power_off(self, done: Callable[[], None], _reply: None = None) -> None:
        self._run(
            "Switching off", self._station.media.power_off, lambda _: done(), lambda _: done()
        )

    def _perform(self, request: asked.RoomRequest) -> None:  # noqa: C901, PLR0912, PLR0915 - one case a request
        reply, throw = self._answers()
        show, keyboard = self._show, self._station.keyboard
        match request:
            case notes.TakeNotes():
                taken, self._notes = tuple(self._notes), []
                reply(taken)
            case notes.KeepRecord(file=file):
                self._keep(file)
            case asked.ChooseFile(kind=kind):
                read = partial(self._read, kind)
                show(files.ChooseFileScreen(request, read, self._look))
            case asked.WriteFiles():
                show(files.WriteScreen(request, partial(self._write, request), self._look))
            case asked.ShowIdentity():
                show(start.IdentityScreen(request, reply))
            case listed.ReadHardware():
                self._run("Looking at this machine", self._station.hardware, reply, throw)
            case listed.TakeDeviceEvents():
                reply(self._station.usb.take_events())
            case listed.ShowHardware():
                show(machine.HardwareScreen(request, reply))
            case listed.PullMedium():
                show(machine.MediumScreen(request, reply, self._station.media.sticks))
            case asked.DeclareTime():
                show(moment.DeclareTimeScreen(request, reply, self._station.machine_clock()))
            case asked.ChooseTask():
                self._network = menu.network_of(request.vault)
                show(menu.MenuScreen(request, reply))
            case asked.ChooseSeedSource():
                show(menu.SeedSourceScreen(request, reply))
            case asked.EnterWords():
                show(word_entry.EnterWordsScreen(request, reply, _seed_words()))
            case asked.EnterSeedPassphrase():
                show(passphrases.SeedPassphraseScreen(request, reply, keyboard))
            case asked.NewPassphrase():
                show(passphrases.NewPassphraseScreen(request, reply, keyboard))
            case asked.EnterPassphrase():
                show(passphrases.PassphraseScreen(request, reply, keyboard))
            case dice.ShowCommitment():
                show(words.CommitmentScreen(request, reply))
            case dice.EnterDice():
                show(words.EnterDiceScreen(request, reply))
            case asked.ShowWords():
                show(words.ShowWordsScreen(request, reply))
            case asked.ChooseWallet():
                show(wallets.ChooseWalletScreen(request, reply))
            case asked.AcceptWallet():
                show(wallets.AcceptWalletScreen(request, reply))
            case asked.AcceptCertificate():
                show(wallets.AcceptCertificateScreen(request, reply))
            case paged.Tell(word=word):
                told = pages.TellTypedScreen if word else pages.TellScreen
                show(told(request, reply))
            case paged.HandOver():
                show(pages.HandOverScreen(request, reply))
            case paged.Choose():
                show(pages.ChooseScreen(request, reply))
            case paged.Fill():
                show(pages.FillScreen(request, reply))
            case paged.ShowPaper():
                show(pages.ShowPaperScreen(request, reply))
            case paged.EnterPaper():
                show(_sheet_entry(request, reply))
            case asked.ShowReview():
                show(review.ReviewScreen(request, reply))
            case asked.Confirm():
                show(confirm.ConfirmScreen(request, reply))
            case asked.EditPolicy():
                show(policy.EditPolicyScreen(request, reply))
            case asked.EditBook():
                show(policy.EditBookScreen(request, reply))
            case asked.EditRoles():
                show(policy.EditRolesScreen(request, reply))
            case asked.ConfirmPolicy():
                show(policy.ConfirmPolicyScreen(request, reply))
            case asked.ShowResult():
                show(results.ResultScreen(request, reply))
            case asked.ShowStop():
                show(results.StopScreen(request, reply))
            case asked.PowerOff():
                power_off = partial(self._power_off, partial(reply, None))
                show(start.PowerOffScreen(request, power_off))
            case _:
                assert_never(request)


def _sheet_entry(request: paged.EnterPaper, reply: Callable[[Any], None]) -> Screen:
    if request.form is paged.PaperForm.WORDS:
        known, lengths = _seed_words(), word_entry.SEED_LENGTHS
    elif request.form is paged.PaperForm.SLIP39:
        known, lengths = _share_words(), word_entry.SHARE_LENGTHS
    else:
        return pages.LetterEntry(request, reply)
    return word_entry.EnterSheetScreen(request, reply, known, lengths)


def _share_words() -> tuple[str, ...]:
    from strongroom.core.backup.slip39_share import WORDS  # noqa: PLC0415 - as below

    return WORDS


def _seed_words() -> tuple[str, ...]:
    from strongroom.core.bitcoin.mnemonic import WORDS  # noqa: PLC0415 - heavy, and loaded by now

    return WORDS
