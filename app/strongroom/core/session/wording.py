"""What people read at each request: title, sentences, lines to fill in. Screens and paper take it here.

What a request carries beyond its sentences (a listing, a review, a secret) is the screen's to lay out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch

from strongroom.core.session import dice
from strongroom.core.session import hardware as listed
from strongroom.core.session import pages as paged
from strongroom.core.session import requests as asked
from strongroom.core.session.values import FileKind, SeedSource, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A title, what is said under it, the lines to fill in, the word to type, and the digest to read aloud."""

    title: str
    lines: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    word: str = ""
    digest: bytes | None = None


TASKS = {
    Task.OPEN_VAULT: ("Open a vault", "from a stick, with its passphrase"),
    Task.CREATE_VAULT: ("Create a vault", "from seed words, or from dice"),
    Task.STATELESS: ("Without a vault", "words or shares for one session, nothing is kept"),
    Task.SIGN: ("Sign a request", "check it, read it, confirm it, sign it"),
    Task.REGISTER_WALLET: ("Register a wallet", "that this vault's keys belong to"),
    Task.ADD_APPROVER: ("Add an approver", "who may ask for signatures"),
    Task.CHANGE_POLICY: ("Change the policy", "limits, address book, who must approve"),
    Task.EXPORT_WALLET: ("Write wallet files", "public, for the online computer"),
    Task.CEREMONY: ("Ceremonies", "back up, drill, prove, export, addresses"),
    Task.END_SESSION: ("End the session", "write its record, wipe the memory, start anew"),
    Task.MACHINE: ("This machine", "its parts, USB devices, self-tests"),
    Task.POWER_OFF: ("Switch off", "end the session first"),
}
"""The lines of the menu: what each does, and a note."""

SEED_SOURCES = {
    SeedSource.WORDS: ("Type seed words", "12 to 24 words that exist already (BIP-39)"),
    SeedSource.DICE: ("Roll dice", "a new seed, from dice mixed with this machine's"),
    SeedSource.SLIP39: ("Type shares of words", "some of many give the seed back (SLIP-39)"),
    SeedSource.CODEX32: ("Type codex32 strings", "that start with MS1 (BIP-93)"),
}

FILES = {
    FileKind.VAULT: ("a vault", "strongroom.vault"),
    FileKind.REQUEST: ("a request", "a file ending in .request"),
    FileKind.WALLET: ("a public wallet file", "ending in .wallet.json"),
    FileKind.CERTIFICATE: ("an OpenPGP certificate", "a file ending in .asc"),
    FileKind.ADDRESS_BOOK: ("an address book", "a file ending in .addresses.csv"),
    FileKind.JSON: ("another program's wallet", "a file ending in .json"),
    FileKind.TRUST_LIST: ("a trust list", "a file ending in .trust-list.json"),
    FileKind.TEXT: ("another program's wallet", "a file ending in .txt"),
    FileKind.BSMS: ("a BSMS wallet", "a file ending in .bsms"),
    FileKind.PROOF: ("a message to sign", "a file ending in .proof.json"),
    FileKind.TRUST: ("a change of trust", "a file ending in .trust"),
}
"""What each kind of file is, and how its name ends."""

WRITTEN = (
    "Written, unmounted, mounted again and read back: the same bytes. The stick can be pulled out."
)
REVIEW = (
    (
        "Warnings come first, each by itself: read it aloud, then type the word seen. Then what "
        "leaves the wallet, then each recipient on a page of its own. From 12 recipients on there "
        "are totals, the comparison with the payment list, the exceptions, and a list to search "
        "instead."
    ),
    (
        "Everything here is computed from the transaction and the registered wallet. What only the "
        "request says, such as the payee's name, is marked as claimed."
    ),
)
COMPARE_KEYS = (
    "Each holder reads the own key aloud from paper; the first addresses are compared with "
    "other software that knows the wallet. A key that was exchanged on the way shows here."
)
READ_BACK = (
    "Read every line aloud. What protects less than before stands first, and is agreed to by "
    "typing lower; anything else by typing save."
)
REVIEW_END = (
    "That is all of it.",
    (
        "Look again at anything with b, c, d or r. Enter goes on to the names and words of "
        "the people who confirm; nothing is signed before that."
    ),
)
_CLOCKS = (
    "Read the time from two clocks of your own and enter it.",
    "The first person reads the time from an own clock and enters it.",
    "The second person reads the time from another clock, without the first one's entry.",
)


@singledispatch
def wording_of(request: object) -> Wording:
    """What people read at this request; nothing of a secret is in it."""
    raise TypeError(f"{type(request).__name__} is no request that people read")


@wording_of.register
def _tell(request: paged.Tell) -> Wording:
    return Wording(
        title=request.title, lines=request.lines, word=request.word, digest=request.digest
    )


@wording_of.register
def _fill(request: paged.Fill) -> Wording:
    return Wording(title=request.title, lines=request.lines, fields=request.labels)


@wording_of.register
def _show_paper(request: paged.ShowPaper) -> Wording:
    return Wording(title=request.title, lines=request.lines, word="written")


@wording_of.register(paged.HandOver)
@wording_of.register(paged.Choose)
@wording_of.register(paged.EnterPaper)
def _page(request: paged.HandOver | paged.Choose | paged.EnterPaper) -> Wording:
    return Wording(title=request.title, lines=request.lines)


@wording_of.register
def _identity(_: asked.ShowIdentity) -> Wording:
    return Wording(
        title="What was booted",
        lines=(
            (
                "This screen can not prove that the image is genuine: a forged one could show the same. "
                "The witnesses' own check of the boot stick can."
            ),
            "Pull the boot stick out now. It is not needed again.",
        ),
    )


@wording_of.register
def _hardware(request: listed.ShowHardware) -> Wording:
    return Wording(title="This machine", lines=(f"Self-tests: {request.tests.summary}",))


@wording_of.register
def _medium(_: listed.PullMedium) -> Wording:
    return Wording(
        title="Take the boot medium out",
        lines=("The whole system is in memory. The boot medium is not needed again.",),
    )


@wording_of.register
def _time(request: asked.DeclareTime) -> Wording:
    person = f": person {request.person} of 2" if request.person else ""
    return Wording(
        title=f"Declare the time{person}",
        lines=(_CLOCKS[request.person],),
        fields=("Time now, in UTC",),
    )


@wording_of.register
def _task(_: asked.ChooseTask) -> Wording:
    return Wording(title="Main menu")


@wording_of.register
def _seed_source(_: asked.ChooseSeedSource) -> Wording:
    return Wording(title="Where the seed comes from", lines=("A vault is made around one seed.",))


@wording_of.register
def _enter_words(request: asked.EnterWords) -> Wording:
    again = request.again
    return Wording(title="Type the words again, from paper" if again else "Type the seed words")


@wording_of.register
def _seed_passphrase(_: asked.EnterSeedPassphrase) -> Wording:
    return Wording(
        title="Passphrase of the seed words",
        lines=(
            "If these seed words have a passphrase of their own (BIP-39), type it.",
            "Most seeds have none: leave both fields empty then.",
        ),
    )


@wording_of.register
def _commitment(request: dice.ShowCommitment) -> Wording:
    return Wording(
        title="The machine's commitment",
        lines=(
            "This machine drew its random bits, and commits to them before any die is rolled:",
            "Write the words down. Then roll.",
        ),
        digest=request.digest,
    )


@wording_of.register
def _enter_dice(request: dice.EnterDice) -> Wording:
    return Wording(
        title="Roll the dice",
        lines=(f"At least {request.minimum} rolls of six-sided dice, each typed as it falls.",),
    )


@wording_of.register
def _show_words(request: asked.ShowWords) -> Wording:
    return Wording(
        title="Write these words on paper",
        lines=(
            "These words are the seed. They are shown once, here, and nowhere else.",
            f"Master fingerprint   {request.fingerprint}",
        ),
        word="written",
    )


@wording_of.register
def _choose_wallet(request: asked.ChooseWallet) -> Wording:
    return Wording(
        title="The first wallet",
        lines=(
            f"Master fingerprint      {request.fingerprint}",
            "Compare it with the one on paper, if these words were used before.",
        ),
        fields=("Name", "Network", "Kind"),
    )


@wording_of.register
def _new_passphrase(_: asked.NewPassphrase) -> Wording:
    return Wording(
        title="A passphrase for the vault",
        lines=("The vault is encrypted with this passphrase. Nobody can reset it.",),
    )


@wording_of.register
def _passphrase(request: asked.EnterPassphrase) -> Wording:
    return Wording(title="Open the vault", lines=(f"The passphrase of {request.name}.",))


@wording_of.register
def _file(request: asked.ChooseFile) -> Wording:
    what, ending = FILES[request.kind]
    return Wording(title=f"Choose {what}", lines=(f"Looking for {what}, {ending}.",))


@wording_of.register
def _certificate(request: asked.AcceptCertificate) -> Wording:
    return Wording(
        title="Add this approver?",
        lines=("Type these words of the fingerprint, from its owner's own paper.",),
        fields=("Name in the vault", *_words(request.positions)),
    )


@wording_of.register
def _wallet(_: asked.AcceptWallet) -> Wording:
    return Wording(
        title="Register this wallet?",
        lines=(COMPARE_KEYS,),
        word="register",
    )


@wording_of.register
def _review(_: asked.ShowReview) -> Wording:
    return Wording(
        title="Review: what would be signed",
        lines=REVIEW,
    )


@wording_of.register
def _confirm(request: asked.Confirm) -> Wording:
    return Wording(
        title=f"Confirm: person {request.number} of {request.total}",
        lines=(
            (
                f"The {role_of(request.number)} confirms by name, with these words of the request's "
                "digest. They stand on the request sheet."
            ),
        ),
        fields=("Name", *_words(request.positions)),
    )


@wording_of.register
def _write(request: asked.WriteFiles) -> Wording:
    kept = ("An older file of the same name is kept as <name>.1",) if request.keep_previous else ()
    return Wording(title="Write to a stick", lines=(f"To be written: {request.purpose}", *kept))


@wording_of.register
def _edit_policy(_: asked.EditPolicy) -> Wording:
    return Wording(title="Change the policy")


@wording_of.register
def _edit_book(_: asked.EditBook) -> Wording:
    return Wording(title="The address book")


@wording_of.register
def _edit_roles(_: asked.EditRoles) -> Wording:
    return Wording(title="Approvers and thresholds")


@wording_of.register
def _confirm_policy(request: asked.ConfirmPolicy) -> Wording:
    return Wording(
        title=f"Read back: person {request.number} of {request.total}",
        lines=(READ_BACK,),
        fields=("Name",),
        word=request.word,
    )


@wording_of.register
def _result(request: asked.ShowResult) -> Wording:
    return Wording(title="Done", lines=(request.title, *request.lines), digest=request.digest)


@wording_of.register
def _stop(request: asked.ShowStop) -> Wording:
    return Wording(title="Stopped", lines=(f"{request.stop.rule}: {request.stop.message}",))


@wording_of.register
def _power_off(_: asked.PowerOff) -> Wording:
    return Wording(
        title="Switch off",
        lines=(
            "The vault is closed and its secrets are overwritten.",
            "Take every stick with you. Press Enter to switch the machine off.",
        ),
    )


def role_of(number: int) -> str:
    """Whose consent it is: the operator's first, then the witnesses'."""
    return "operator" if number == 1 else "witness"


def _words(positions: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(f"Word {position}" for position in positions)
