"""C2, back up: seed words, SLIP-39 shares or codex32, one custodian at a time, each sheet typed again in full.

The vault's inventory says who holds which sheet in which bag. It never holds anything of a sheet, nor a digest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from strongroom.core.backup.codex32 import ALPHABET, split_seed
from strongroom.core.backup.slip39 import check_quorum, split_secret
from strongroom.core.backup.slip39_share import render_share
from strongroom.core.bitcoin.mnemonic import mnemonic_from_entropy
from strongroom.core.errors import Violation
from strongroom.core.secret import Secret
from strongroom.core.session.choices import choose_seed
from strongroom.core.session.desk import Desk, Done, problem_of, save_contents
from strongroom.core.session.notes import NoteKeys
from strongroom.core.session.pages import Choose, Fill, HandOver, PaperForm, Tell
from strongroom.core.session.paper import write_sheet
from strongroom.core.session.requests import DrawRandom, Steps, Work, ask
from strongroom.core.text import check_text
from strongroom.core.vault.model import PaperBackup, PaperShare, VaultSeed
from strongroom.core.vault.seeds import seed_on_paper

_NAME_CAP = 64
MADE, DRILLED = "made", "drilled"
POOL = 4096
"""Random bytes that the shares of any backup need at most."""
_QUORUMS = ((2, 3), (3, 5), (2, 2))
_SLIP39_SIZES = (16, 20, 24, 28, 32)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Sheets:
    """The sheets of one backup, and what they have in common."""

    form: PaperForm
    name: str
    threshold: int
    secrets: tuple[Secret, ...]


def back_up(desk: Desk) -> Steps[None]:
    """Make one backup of one seed; nothing is kept of it until every sheet was typed again."""
    seed = yield from choose_seed(desk, "Back up which seed?")
    sheets = yield from _choose_form(seed)
    shares = []
    total = len(sheets.secrets)
    for number, secret in enumerate(sheets.secrets, 1):
        line = f"{sheets.name}, {_quorum(sheets.threshold, total)}"
        yield from write_share(secret, sheets.form, number, total, line)
        shares.append((yield from holder_of(number, total)))
        secret.wipe()
    backup = PaperBackup(
        fingerprint=seed.fingerprint,
        form=sheets.form.value,
        name=sheets.name,
        threshold=sheets.threshold,
        shares=tuple(shares),
        made=desk.declared,
    )
    yield from ask(NoteKeys(((note_of(backup.name), MADE),)))
    vault = desk.opened()
    contents = replace(vault.contents, backups=(*vault.contents.backups, backup))
    done = Done(
        step="backup",
        kind="backup-made",
        body={
            "form": backup.form,
            "set": backup.name,
            "seed": seed.fingerprint.hex(),
            "threshold": backup.threshold,
            "holders": tuple(f"{s.number}: {s.holder}, bag {s.bag}" for s in backup.shares),
        },
    )
    yield from save_contents(desk, contents, "the vault with the new inventory", done)
    yield from ask(Tell("The backup is made", (*inventory_lines(backup), "", *_NEXT)))


def note_of(name: str) -> str:
    """Under what a backup that was made is noted, until the machine is switched off."""
    return f"backup {name}"


def write_share(secret: Secret, form: PaperForm, number: int, total: int, line: str) -> Steps[None]:
    """Call a custodian, have a sheet written and typed again, and blank the screen."""
    title = f"Sheet {number} of {total}"
    yield from ask(HandOver(f"{title}: call its custodian", _CALL))
    yield from write_sheet(secret, form, title=title, lines=(line, _WRITE))
    yield from ask(HandOver(f"{title} is written", _SEAL))


def take_from(pool: Secret) -> Callable[[int], bytes]:
    """A function that hands out the bytes of `pool`, each once."""
    left = iter(pool.reveal())
    return lambda size: bytes(next(left) for _ in range(size))


def inventory_lines(backup: PaperBackup) -> tuple[str, ...]:
    """A backup as people read it aloud."""
    total = len(backup.shares)
    of = f" of seed {backup.fingerprint.hex()}" if backup.form in _SEED_FORMS else ""
    drilled = "never drilled" if backup.drilled is None else f"drilled {backup.drilled:%Y-%m-%d}"
    return (
        f"{backup.name}{of}, {_quorum(backup.threshold, total)}",
        f"made {backup.made:%Y-%m-%d}, {drilled}",
        *(f"  sheet {s.number}   {s.holder}   bag {s.bag or 'none'}" for s in backup.shares),
    )


def _choose_form(seed: VaultSeed) -> Steps[_Sheets]:
    forms = [form for form in _FORMS if _is_possible(seed, form)]
    place = yield from ask(Choose("How to back up", _HOW, tuple(_FORMS[form] for form in forms)))
    form = forms[place]
    if seed.passphrase.reveal() and form is not PaperForm.CODEX32:
        yield from ask(Tell("The passphrase is not on the sheets", _PASSPHRASE, word="apart"))
    if form is PaperForm.WORDS:
        words = Secret(" ".join(mnemonic_from_entropy(seed.entropy)).encode())
        return _Sheets(form=form, name="seed words", threshold=1, secrets=(words,))
    threshold, count = yield from choose_quorum(form)
    random = take_from((yield from ask(DrawRandom(POOL))))
    make = _slip39 if form is PaperForm.SLIP39 else _codex32
    return (
        yield from ask(
            Work("Making the shares", lambda _progress: make(seed, threshold, count, random))
        )
    )


def _is_possible(seed: VaultSeed, form: PaperForm) -> bool:
    if form is PaperForm.WORDS:
        return not seed.kind.is_master
    return form is PaperForm.CODEX32 or len(seed.entropy) in _SLIP39_SIZES


def choose_quorum(form: PaperForm) -> Steps[tuple[int, int]]:
    """How many sheets are needed of how many, a quorum of `form`."""
    options = [(f"{m} of {n}", f"{n} sheets, any {m} give the seed back") for m, n in _QUORUMS]
    other = ("another quorum", "you say how many")
    place = yield from ask(Choose("How many sheets", _QUORUM, (*options, other)))
    if place < len(_QUORUMS):
        return _QUORUMS[place]
    problem = ""
    while True:
        needed, made = yield from ask(
            Fill("How many sheets", _QUORUM, ("Sheets needed", "Sheets made"), problem)
        )
        try:
            return _parse_quorum(needed, made, form)
        except Violation as stop:
            problem = problem_of(stop)


def _parse_quorum(needed: str, made: str, form: PaperForm) -> tuple[int, int]:
    if not (needed.isdecimal() and made.isdecimal()):
        raise Violation("SHARE-QUORUM", "both are whole numbers")
    threshold, count = int(needed[:4]), int(made[:4])
    check_quorum(threshold, count)
    if form is PaperForm.CODEX32 and threshold > _CODEX32_CAP:
        raise Violation("SHARE-QUORUM", f"codex32 can ask for {_CODEX32_CAP} shares at most")
    return threshold, count


def _slip39(seed: VaultSeed, threshold: int, count: int, random: Callable[[int], bytes]) -> _Sheets:
    shares = split_secret(seed.entropy, threshold=threshold, count=count, random=random)
    return _Sheets(
        form=PaperForm.SLIP39,
        name=f"SLIP-39 set {shares[0].set.identifier}",
        threshold=threshold,
        secrets=tuple(map(render_share, shares)),
    )


def _codex32(
    seed: VaultSeed, threshold: int, count: int, random: Callable[[int], bytes]
) -> _Sheets:
    identifier = "".join(ALPHABET[byte & 31] for byte in random(4))
    shares = split_seed(
        seed_on_paper(seed), threshold=threshold, count=count, identifier=identifier, random=random
    )
    return _Sheets(
        form=PaperForm.CODEX32,
        name=f"codex32 set {identifier.upper()}",
        threshold=threshold,
        secrets=tuple(share.letters for share in shares),
    )


def holder_of(number: int, total: int) -> Steps[PaperShare]:
    """Who holds a sheet, and in which bag."""
    problem = ""
    title = f"Who holds sheet {number} of {total}"
    while True:
        holder, bag = yield from ask(Fill(title, _INVENTORY, ("Holder", "Bag number"), problem))
        try:
            check_text(holder, where="the holder", cap=_NAME_CAP)
            check_text(bag, where="the bag number", cap=_NAME_CAP, empty=True)
        except Violation as stop:
            problem = problem_of(stop)
            continue
        return PaperShare(number=number, holder=holder, bag=bag)


def _quorum(threshold: int, total: int) -> str:
    return "one sheet" if total == 1 else f"any {threshold} of {total} sheets give the seed back"


_CODEX32_CAP = 9
_FORMS = {
    PaperForm.WORDS: ("Seed words", "one sheet of 12 to 24 words (BIP-39)"),
    PaperForm.SLIP39: ("Shares of words", "some of many give the seed back (SLIP-39)"),
    PaperForm.CODEX32: ("Shares of letters", "checked with pen and paper (codex32)"),
}
_SEED_FORMS = frozenset(form.value for form in _FORMS)
_HOW = (
    "Each sheet is shown once to its custodian, and typed in again in full from paper.",
    "A share alone tells nothing. New shares do not revoke old ones.",
)
_PASSPHRASE = (
    "This seed has a passphrase. The sheets do not carry it.",
    "Without the passphrase the sheets give other keys. Keep it on paper, apart from them.",
)
_QUORUM = (
    "How many sheets are made, and how many of them give the seed back?",
    "Fewer tell nothing; so many may be lost as are not needed.",
)
_CALL = (
    "Everybody else leaves the view of the screen.",
    "The custodian sits down alone, with a blank card and a pen.",
)
_WRITE = "Write it on your card, with its number and the name of its set."
_SEAL = (
    "The custodian puts the card into its bag and seals it, before the witnesses.",
    "Nothing of the sheet is left on the screen.",
)
_INVENTORY = ("Read the bag's number aloud; the witnesses write it down.",)
_NEXT = (
    (
        "Switch off, start again, and hold the drill: it proves that the sheets "
        "give the seed back, and that fewer do not."
    ),
)
