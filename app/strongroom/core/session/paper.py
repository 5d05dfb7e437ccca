"""Sheets of paper: shown to one custodian, typed in again in full, and read back in a drill or a recovery."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from strongroom.core.backup.codex32 import Codex32, combine_codex32, parse_codex32
from strongroom.core.backup.slip39 import combine_shares
from strongroom.core.backup.slip39_share import Share, parse_share
from strongroom.core.bitcoin.mnemonic import entropy_from_mnemonic, parse_mnemonic
from strongroom.core.errors import Violation
from strongroom.core.secret import Secret
from strongroom.core.session.desk import problem_of
from strongroom.core.session.pages import EnterPaper, HandOver, PaperForm, ShowPaper
from strongroom.core.session.requests import Steps, ask

T = TypeVar("T")
_UNITS = {PaperForm.WORDS: "word", PaperForm.SLIP39: "word", PaperForm.CODEX32: "letter"}
_SHOWN = 6


def write_sheet(
    secret: Secret, form: PaperForm, *, title: str, lines: tuple[str, ...]
) -> Steps[None]:
    """Show a sheet and have it typed from paper, again and again until it is the same."""
    problem, typed = "", Secret(b"")
    yield from ask(ShowPaper(title, lines, secret, form))
    while True:
        typed = yield from ask(
            EnterPaper(f"{title}: type it again", _AGAIN, form, problem=problem, typed=typed)
        )
        wrong = differences(secret, typed, form)
        if not wrong:
            return
        problem = f"SEED-BACKUP: {wrong}"
        if "missing" in wrong:
            yield from ask(ShowPaper(title, lines, secret, form))


def differences(secret: Secret, typed: Secret, form: PaperForm) -> str:
    """Which places of `typed` are not those of `secret`, in words; empty when all are."""
    unit = _UNITS[form]
    wanted, found = units(secret, form), units(typed, form)
    if len(wanted) != len(found):
        return f"{len(found)} {unit}s were typed, {len(wanted)} are on the sheet"
    places = [str(n) for n, (a, b) in enumerate(zip(wanted, found, strict=True), 1) if a != b]
    if not places:
        return ""
    more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    return f"not as it was shown: {unit} {', '.join(places[:_SHOWN])}{more}"


def units(secret: Secret, form: PaperForm) -> list[str]:
    """What a sheet is made of: words, or letters."""
    text = secret.reveal().decode(errors="replace").lower()
    return list("".join(text.split())) if form is PaperForm.CODEX32 else text.split()


def read_sheet(form: PaperForm, *, title: str, parse: Callable[[Secret], T]) -> Steps[T]:
    """Have a sheet typed until `parse` takes it; what was typed stays on the screen to be looked at."""
    problem, typed = "", Secret(b"")
    while True:
        typed = yield from ask(EnterPaper(title, _READ[form], form, problem=problem, typed=typed))
        try:
            return parse(typed)
        except Violation as stop:
            problem = f"{problem_of(stop)}. {stop.hint}" if stop.hint else problem_of(stop)


def read_slip39(known: tuple[Share, ...] = ()) -> Steps[tuple[Share, ...]]:
    """As many shares of one secret as it takes, one custodian after the other."""
    shares = known
    while not shares or len(shares) < shares[0].threshold:
        yield from call_custodian(len(shares), shares[0].threshold if shares else 0)
        title = f"Share {len(shares) + 1}"
        share = yield from read_sheet(PaperForm.SLIP39, title=title, parse=parse_share)
        try:
            _check_fits(shares, share)
        except Violation as stop:
            yield from ask(HandOver("This share does not fit", (problem_of(stop), *_AGAIN_CALL)))
            continue
        shares = (*shares, share)
    return shares


def read_codex32() -> Steps[tuple[Codex32, ...]]:
    """As many codex32 strings as the seed takes: one, or a quorum of shares."""
    shares: tuple[Codex32, ...] = ()
    while not shares or len(shares) < shares[0].threshold:
        yield from call_custodian(len(shares), shares[0].threshold if shares else 0)
        title = f"codex32 string {len(shares) + 1}"
        share = yield from read_sheet(PaperForm.CODEX32, title=title, parse=parse_codex32)
        if share.threshold and share.index != "s":
            shares = (*shares, share)
            continue
        return (share,)
    return shares


def read_mnemonic(title: str) -> Steps[Secret]:
    """The entropy of seed words that are typed."""
    return (
        yield from read_sheet(
            PaperForm.WORDS,
            title=title,
            parse=lambda typed: entropy_from_mnemonic(parse_mnemonic(typed.reveal().decode())),
        )
    )


def call_custodian(done: int, needed: int) -> Steps[None]:
    """Blank the screen and call the next custodian."""
    count = (
        f"{done} of {needed} shares are in."
        if needed
        else "The first share says how many it takes."
    )
    yield from ask(HandOver("Next custodian", (count, *_CALL)))


def _check_fits(shares: tuple[Share, ...], share: Share) -> None:
    """SHARE-SET: `share` is of the set of `shares` and not one of them; a whole set is left to combining."""
    if not shares:
        return
    first = shares[0]
    if share.set != first.set or share.threshold != first.threshold:
        raise Violation("SHARE-SET", "this share is of another set than the first one")
    if any(share.member == other.member and share.group == other.group for other in shares):
        raise Violation("SHARE-SET", f"share {share.member + 1} is in already")


def combined(shares: tuple[Share, ...] | tuple[Codex32, ...]) -> Secret:
    """The secret that shares of either form give back; raises SHARE-SET."""
    words = tuple(share for share in shares if isinstance(share, Share))
    letters = tuple(share for share in shares if isinstance(share, Codex32))
    return combine_shares(words) if words else combine_codex32(letters)


_AGAIN = ("Type everything from the paper, not from memory. It is compared in full.",)
_READ = {
    PaperForm.WORDS: ("Type the seed words from paper. Nothing is ever corrected for you.",),
    PaperForm.SLIP39: ("Type your share from paper. Nothing is ever corrected for you.",),
    PaperForm.CODEX32: ("Type the string from paper, with MS1. Nothing is ever corrected.",),
}
_CALL = (
    "The custodian sits down alone at the screen, behind the privacy screen.",
    "Everybody else looks away. Nothing of the last custodian is left on the screen.",
)
_AGAIN_CALL = ("Look at the card again: is it the right set, and not one that is in already?",)
