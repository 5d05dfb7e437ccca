"""Every screen at 80x24 with the longest legal values, as a text file that a person can review."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from strongroom.core.errors import Fault, Violation
from strongroom.core.machine.model import Medium, SelfTests
from strongroom.core.network import Network
from strongroom.core.review.model import Finding, Recipient
from strongroom.core.secret import Secret
from strongroom.core.session import dice, values
from strongroom.core.session import hardware as listed
from strongroom.core.session import pages as paged
from strongroom.core.session import requests as asked
from strongroom.core.session.ceremonies import CEREMONIES
from strongroom.core.session.signers import SIGNERS, SIGNERS_AT_ONCE, name_problem
from strongroom.core.session.wallets import COSIGNER
from strongroom.station.media.protocol import FileEntry, Listing, Stick
from strongroom.station.tui.frame import StationFrame
from strongroom.station.tui.screens import (
    confirm,
    files,
    keyboard,
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
from tests.unit.station import samples
from tests.unit.station.screens import (
    BOOT,
    GOLDEN,
    INBOX,
    NTFS,
    check_golden,
    frame,
    press,
    told,
    words_of,
)

KNOWN = ("abandon", "ability", "able", "about", "above", "absent", "absorb", "zone", "zoo")
PROBLEM = "APPROVAL-WORDS: word 12 is not word 12 of this request"
LISTING = Listing(
    files=(
        FileEntry(name="strongroom.vault", size=14_321),
        FileEntry(name="q" * 112 + ".request", size=35_000_000),
    ),
    skipped=2,
    free=61_000_000,
)
SHELVES = (files.Shelf(INBOX, LISTING), files.Shelf(NTFS, None, NTFS.problem))


def ignore(*_: object) -> None:
    """A reply that nobody waits for."""


def looks(shelves: tuple[files.Shelf, ...]) -> files.Look:
    """Every look finds these shelves at once."""
    return lambda _suffix, found: found(shelves)


def _review(
    *recipients: Recipient,
    pressed: str = "",
    findings: tuple[Finding, ...] = (*samples.WARNINGS, samples.NOTE),
) -> StationFrame:
    request = asked.ShowReview(samples.review(*recipients, findings=findings))
    return press(frame(review.ReviewScreen(request, ignore)), pressed)


def _words(pressed: str, *, again: bool = False, problem: str = "") -> StationFrame:
    request = asked.EnterWords(again=again, problem=problem)
    return press(frame(word_entry.EnterWordsScreen(request, ignore, KNOWN)), pressed)


def _progress() -> StationFrame:
    screen = results.ProgressScreen("Signing")
    screen.advance(3_999, 10_000)
    for _ in range(10):
        screen.tick()
    return frame(screen)


def _medium(medium: Medium, *sticks: Stick) -> StationFrame:
    screen = machine.MediumScreen(listed.PullMedium(medium), ignore, lambda: sticks)
    return frame(screen, sticks=sticks)


def _file(kind: values.FileKind, shelves: tuple[files.Shelf, ...]) -> StationFrame:
    return frame(files.ChooseFileScreen(asked.ChooseFile(kind), ignore, looks(shelves)))


def _write() -> StationFrame:
    request = asked.WriteFiles(
        tuple(
            values.OutFile(name=f"20270331-0001-quarterly-dividends{end}", data=b"x" * 1_234_567)
            for end in (".response", ".signed.psbt", ".transcript.jsonl", ".transcript.txt")
        ),
        "the response, for the online computer",
        keep_previous=True,
    )
    return frame(files.WriteScreen(request, ignore, looks(SHELVES)))


DATA = samples.recipient(address=None, data=bytes(range(256)), amount=0)
MANY = tuple(
    samples.recipient(
        index=i, amount=10**i, address=f"{samples.LONGEST_ADDRESS[:-1]}{'qpzry9x8gf2t'[i]}"
    )
    for i in range(12)
)
_OTHERS = (
    samples.recipient(index=12, is_self=True),
    samples.recipient(index=13, other_wallet="Savings"),
    samples.recipient(index=14, address=None, data=b"\x6a\x01a", amount=0),
)
MIXED = (*(replace(r, is_known=r.index > 1) for r in MANY), *_OTHERS)
STOP = Violation(
    "CHANGE-FALSE",
    f"output 4294967295 claims to be change and pays {samples.LONGEST_ADDRESS}, which the "
    "registered wallet does not give",
    hint="do not sign; ask the people who approved the request where it came from",
)
POSITIONS = (7, 32)
CODEX = "ms12testa" + "qpzry9x8gf2tvdw0s3jn54khce6mua7l" * 3 + "qpzry9x8gf2tvdw0s3jn54"
SHARE_PROBLEM = (
    "SHARE-WORDS: the checksum is wrong, and word 7 alone would explain it. read that word "
)


def _sheet(form: paged.PaperForm, typed: str, pressed: str = "") -> StationFrame:
    request = paged.EnterPaper(
        "Sheet 2 of 3: type it again",
        (),
        form,
        SHARE_PROBLEM + "again from paper",
        Secret(typed.encode()),
    )
    if form is paged.PaperForm.CODEX32:
        return press(frame(pages.LetterEntry(request, ignore)), pressed)
    lengths = word_entry.SHARE_LENGTHS
    return press(frame(word_entry.EnterSheetScreen(request, ignore, KNOWN, lengths)), pressed)


def _shown(form: paged.PaperForm, text: str) -> StationFrame:
    lines = ("SLIP-39 set 12345, any 2 of 3 sheets give the seed back", "Write it on your card.")
    request = paged.ShowPaper("Sheet 2 of 3", lines, Secret(text.encode()), form)
    return frame(pages.ShowPaperScreen(request, ignore))


POLICY = asked.EditPolicy(
    samples.LIMITS,
    "12 345 entries",
    "12; a request needs 2 approver, 1 treasurer",
    3,
    "POLICY-VALUE: Fee share, at most: 101 % is not from 0 % to 100 %",
)

SCREENS: dict[str, Callable[[], StationFrame]] = {
    "start": lambda: frame(start.StartScreen("tty1", lambda: "", ignore), sticks=()),
    "start-elsewhere": lambda: frame(start.StartScreen("tty1", lambda: "ttyS0", ignore)),
    "start-help": lambda: press(frame(start.StartScreen("tty1", lambda: "", ignore)), "<f1>"),
    "rehearsal": lambda: frame(
        start.StartScreen("this terminal", lambda: "", ignore), mark="REHEARSAL"
    ),
    "identity": lambda: frame(start.IdentityScreen(asked.ShowIdentity(samples.RELEASE), ignore)),
    "hardware": lambda: frame(
        machine.HardwareScreen(listed.ShowHardware(samples.HARDWARE, SelfTests(total=45)), ignore)
    ),
    "medium-stick": lambda: press(_medium(Medium.STICK, BOOT, INBOX), "leaf"),
    "medium-out": lambda: _medium(Medium.STICK, INBOX),
    "medium-file": lambda: _medium(Medium.FILE, INBOX, NTFS),
    "medium-disc": lambda: _medium(Medium.DISC),
    "keyboard": lambda: press(
        frame(keyboard.KeyboardScreen(samples.HARDWARE.usb[1], "bcdfgh", ignore)), "bcd<enter>b"
    ),
    "power-off": lambda: frame(start.PowerOffScreen(asked.PowerOff(), ignore)),
    "time": lambda: press(
        frame(
            moment.DeclareTimeScreen(
                asked.DeclareTime(samples.TIME, "release 0.1.0 was built then"),
                ignore,
                samples.TIME,
            )
        ),
        "2027-03-31 14:04<enter>",
    ),
    "menu-closed": lambda: frame(menu.MenuScreen(asked.ChooseTask(None), ignore)),
    "menu-open": lambda: frame(menu.MenuScreen(asked.ChooseTask(samples.VAULT), ignore)),
    "menu-vault": lambda: press(
        frame(menu.MenuScreen(asked.ChooseTask(samples.VAULT), ignore)), "v"
    ),
    "seed-source": lambda: frame(menu.SeedSourceScreen(asked.ChooseSeedSource(), ignore)),
    "file-request": lambda: _file(values.FileKind.REQUEST, SHELVES),
    "file-none": lambda: _file(values.FileKind.REQUEST, ()),
    "file-vault-none": lambda: _file(values.FileKind.VAULT, ()),
    "file-unreadable": lambda: _file(values.FileKind.CERTIFICATE, SHELVES[1:]),
    "write": _write,
    "written": lambda: frame(
        files.WrittenScreen(values.Receipt(stick="INBOX", names=("strongroom.vault",)), ignore)
    ),
    "passphrase-new": lambda: press(
        frame(
            passphrases.NewPassphraseScreen(
                asked.NewPassphrase("VAULT-WEAK: 7 characters, at least 12 are needed"),
                ignore,
                samples.KEYBOARD,
            )
        ),
        "abcdef<enter>abc",
    ),
    "passphrase-seed": lambda: frame(
        passphrases.SeedPassphraseScreen(asked.EnterSeedPassphrase(), ignore, samples.KEYBOARD)
    ),
    "passphrase": lambda: press(
        frame(
            passphrases.PassphraseScreen(
                asked.EnterPassphrase("strongroom.vault", "VAULT-PASSPHRASE: it does not open"),
                ignore,
                samples.KEYBOARD,
            )
        ),
        "secret",
    ),
    "words": lambda: _words("abou ability zoo ab"),
    "words-unknown": lambda: _words("zoo xq", again=True),
    "words-full": lambda: _words("absorb " * 24, problem="SEED-WORDS: the checksum is wrong"),
    "words-shown": lambda: frame(
        words.ShowWordsScreen(
            asked.ShowWords(Secret(b" ".join([b"absorbed"] * 24)), "aabbccdd"), ignore
        )
    ),
    "sheet-share": lambda: _shown(paged.PaperForm.SLIP39, " ".join(["academic"] * 33)),
    "sheet-codex32": lambda: _shown(paged.PaperForm.CODEX32, CODEX),
    "sheet-entry": lambda: _sheet(
        paged.PaperForm.SLIP39, " ".join(["absorb"] * 33), "<left><left><left>"
    ),
    "sheet-letters": lambda: _sheet(paged.PaperForm.CODEX32, CODEX, "<left>"),
    "page": lambda: frame(
        pages.TellScreen(
            paged.Tell("The keys are written", ("[aabbccdd/48h]tpub",), "", samples.DIGEST),
            ignore,
        )
    ),
    "page-typed": lambda: frame(
        pages.TellTypedScreen(
            paged.Tell(
                "Sign this message?",
                (f"Wallet    {samples.NAME}", "", f"  {samples.LONGEST_ADDRESS}"),
                "sign",
            ),
            ignore,
        )
    ),
    "hand-over": lambda: frame(
        pages.HandOverScreen(
            paged.HandOver(
                "Sheet 2 of 3: call its custodian",
                ("The custodian sits down alone.", "Everybody else looks away."),
            ),
            ignore,
        )
    ),
    "ceremonies": lambda: frame(
        pages.ChooseScreen(
            paged.Choose(
                "Ceremonies",
                ("The vault stays open.",),
                tuple((label, note) for label, note, _ in CEREMONIES),
            ),
            ignore,
        )
    ),
    "fill": lambda: press(
        frame(
            pages.FillScreen(
                paged.Fill(
                    "Who holds sheet 2 of 3",
                    ("Read the bag's number aloud.",),
                    ("Holder", "Bag number"),
                    "BUNDLE-TEXT: the holder is empty",
                ),
                ignore,
            )
        ),
        f"{samples.PERSON}<enter>B-7",
    ),
    "fill-cosigner": lambda: frame(
        pages.FillScreen(
            paged.Fill(
                "Key 2 of 3: its owner compares",
                ("One of the signers, with the key aabbccdd", "", *COSIGNER),
                ("Word 7", "Word 31"),
                "WALLET-COSIGNER: words 4 and 16 differ",
            ),
            ignore,
        )
    ),
    "fill-signers": lambda: frame(
        pages.FillScreen(
            paged.Fill(
                "Who holds each key?",
                SIGNERS,
                tuple(f"Key {n} (aabbccdd)" for n in range(1, SIGNERS_AT_ONCE + 1)),
                name_problem(["Ana and Ben"]),
                ("Ana and Ben", samples.PERSON[:24], "", "Chi", "", ""),
            ),
            ignore,
        )
    ),
    "exception": lambda: press(
        frame(start.PowerOffScreen(asked.PowerOff(), ignore)),
        "<f9>one stick<enter><enter>Ada<enter>",
    ),
    "exception-missing": lambda: press(
        frame(start.PowerOffScreen(asked.PowerOff(), ignore)), "<f9><enter><enter><enter><enter>"
    ),
    "pause": lambda: press(_shown(paged.PaperForm.SLIP39, "academic acid"), "<f10>x<enter>"),
    "commitment": lambda: frame(
        words.CommitmentScreen(dice.ShowCommitment(samples.WIDEST_DIGEST), ignore)
    ),
    "dice": lambda: press(
        frame(words.EnterDiceScreen(dice.EnterDice(99, "SEED-DICE: a pattern"), ignore)),
        "123456<enter>",
    ),
    "wallet-choose": lambda: press(
        frame(
            wallets.ChooseWalletScreen(
                asked.ChooseWallet("aabbccdd", "WALLET-FORMAT: the name ends in a space"), ignore
            )
        ),
        f"{samples.NAME}<enter><right><enter><right>",
    ),
    "wallet-accept": lambda: frame(
        wallets.AcceptWalletScreen(
            asked.AcceptWallet(
                samples.NAME,
                Network.REGTEST,
                "2 of Ana, [11223344]",
                tuple((f"[aabbccdd]m/48h/1h/0h/2h {samples.XPUB}", n) for n in ("Ana", "")),
                (samples.LONGEST_ADDRESS,) * 3,
            ),
            ignore,
        )
    ),
    "certificate": lambda: frame(
        wallets.AcceptCertificateScreen(
            asked.AcceptCertificate(samples.CERTIFICATE, POSITIONS, PROBLEM), ignore
        )
    ),
    "review-warning": _review,
    "review-warning-2": lambda: _review(pressed="seen<enter>"),
    "review-summary": lambda: _review(pressed="seen<enter>seen<enter>"),
    "review-recipient": lambda: _review(findings=(), pressed="<enter>"),
    "review-data": lambda: _review(DATA, findings=(), pressed="<enter>"),
    "review-end": lambda: _review(findings=(), pressed="<enter><enter>"),
    "review-change": lambda: _review(findings=(), pressed="c"),
    "review-details": lambda: _review(findings=(samples.NOTE,), pressed="d"),
    "review-totals": lambda: _review(*MANY, findings=(), pressed="<enter>"),
    "review-exceptions": lambda: _review(*MIXED, findings=(), pressed="<enter><enter>"),
    "review-list-mixed": lambda: _review(*MIXED, findings=(), pressed="<enter>" * 3),
    "review-list": lambda: _review(*MANY, findings=(), pressed="<enter>" * 3),
    "review-search": lambda: _review(*MANY, findings=(), pressed="<enter>" * 3 + "/0.0001<enter>"),
    "review-self": lambda: _review(samples.recipient(is_self=True), findings=(), pressed="<enter>"),
    "review-other-wallet": lambda: _review(
        samples.recipient(other_wallet=samples.NAME), findings=(), pressed="<enter>"
    ),
    "review-in-the-book": lambda: _review(
        samples.recipient(is_known=True, book_name=samples.PERSON), findings=(), pressed="<enter>"
    ),
    "review-no-warnings": lambda: _review(findings=()),
    "review-raw": lambda: _review(findings=(), pressed="r"),
    "confirm": lambda: frame(
        confirm.ConfirmScreen(asked.Confirm(samples.review(), 1, 2, POSITIONS, PROBLEM), ignore)
    ),
    "policy": lambda: frame(policy.EditPolicyScreen(POLICY, ignore)),
    "policy-limit": lambda: press(
        frame(policy.EditPolicyScreen(POLICY, ignore)), "<home>" + "<down>" * 5 + "<enter>0.5 btc"
    ),
    "policy-book": lambda: frame(policy.EditBookScreen(asked.EditBook(samples.BOOK), ignore)),
    "policy-book-add": lambda: press(
        frame(policy.EditBookScreen(asked.EditBook(samples.BOOK), ignore)),
        f"1{samples.LONGEST_ADDRESS}",
    ),
    "policy-roles": lambda: frame(
        policy.EditRolesScreen(asked.EditRoles(samples.ROLES, samples.THRESHOLDS), ignore)
    ),
    "policy-confirm": lambda: press(
        frame(
            policy.ConfirmPolicyScreen(
                asked.ConfirmPolicy(samples.CHANGES, 2, 2, "lower", 'Type "lower" to agree.'),
                ignore,
            )
        ),
        "Olga<enter>lower",
    ),
    "choose-wallet": lambda: frame(
        pages.ChooseScreen(
            paged.Choose(
                "Which wallet is replaced?",
                ("Registered wallets:",),
                (
                    ("W" * 32, f"regtest; 2 of 3 keys: {', '.join(('W' * 24,) * 3)}"),
                    ("cold", "regtest; single key [aabbccdd]"),
                ),
            ),
            ignore,
        )
    ),
    "policy-trust": lambda: frame(
        policy.ConfirmPolicyScreen(
            asked.ConfirmPolicy(samples.TRUST_CHANGES, 1, 2, "lower"), ignore
        )
    ),
    "code-address": lambda: told(*samples.ADDRESS_CODES, pressed="q<down>"),
    "code-series": lambda: told(samples.ANSWER_CODE),
    "progress": _progress,
    "result": lambda: frame(
        results.ResultScreen(
            asked.ShowResult(
                title="The request is signed",
                lines=("4 signatures", f"txid {'f' * 64}"),
                digest=samples.WIDEST_DIGEST,
            ),
            ignore,
        )
    ),
    "stop": lambda: frame(results.StopScreen(asked.ShowStop(STOP), ignore)),
    "stop-fault": lambda: frame(
        results.StopScreen(
            asked.ShowStop(
                Fault("MEDIA-FULL", "no room left while writing", hint="use another stick")
            ),
            ignore,
        )
    ),
}

WHOLE = {
    "identity": (samples.RELEASE.commit, samples.DIGEST.hex()),
    "review-recipient": (samples.LONGEST_ADDRESS, "21000000.00000000BTC", samples.PAYEE),
    "review-warning-2": (samples.LONGEST_ADDRESS,),
    "review-summary": (samples.NAME, samples.PERSON, "2 100 000 000 000 000 sat"),
    "review-change": (samples.LONGEST_ADDRESS, "2 100 000 000 000 000 sat"),
    "review-totals": (str(MANY[11].address),),
    "review-list": (str(MANY[11].address),),
    "review-exceptions": (str(MANY[0].address), str(MANY[1].address)),
    "review-other-wallet": (samples.NAME, samples.LONGEST_ADDRESS),
    "review-in-the-book": (samples.PERSON, samples.LONGEST_ADDRESS),
    "confirm": (samples.NAME, "2 100 000 000 000 000 sat"),
    "certificate": (samples.FINGERPRINT, samples.PERSON),
    "policy": ("21000000.00000000BTC", samples.LIMITS[5].label),
    "policy-book": (samples.LONGEST_ADDRESS, samples.PERSON),
    "policy-book-add": (samples.LONGEST_ADDRESS,),
    "policy-roles": (samples.PERSON,),
    "policy-confirm": (samples.LONGEST_ADDRESS, samples.PERSON),
    "menu-open": (samples.NAME,),
    "menu-vault": (samples.DESCRIPTOR,),
    "wallet-choose": (samples.NAME,),
    "sheet-codex32": (CODEX.upper()[:32],),
    "page-typed": (samples.LONGEST_ADDRESS,),
    "fill": (samples.PERSON,),
    "file-request": ("q" * 112 + ".request",),
    "stop": (STOP.message, STOP.hint),
}


@pytest.mark.parametrize("name", SCREENS)
def test_screen_is_as_its_golden_file(name: str) -> None:
    seen = check_golden(name, SCREENS[name]())
    assert seen.encode("cp437")
    assert max(map(len, seen.splitlines())) <= 80
    for value in WHOLE.get(name, ()):
        assert words_of(value) in words_of(seen)


@pytest.mark.parametrize("name", SCREENS)
def test_footer_and_title_fit(name: str) -> None:
    screen = SCREENS[name]().screen
    assert len(f"  {screen.keys}   {screen.leave}   F1 help") <= 80
    assert len(screen.title) <= 40


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(SCREENS)
