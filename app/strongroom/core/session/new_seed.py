"""C1 and C5: where a vault's seed comes from. New from dice, or recovered from words, shares or codex32.

New: the machine draws its bits and commits to them before the first roll, so that neither the machine nor the
dice alone decide the seed; the words are shown once and typed again in full from paper. Recovered: the
fingerprint must be the one in the register, where people know it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from strongroom.core.bitcoin.mnemonic import (
    entropy_from_mnemonic,
    mnemonic_from_entropy,
    parse_mnemonic,
)
from strongroom.core.errors import Violation
from strongroom.core.secret import Secret
from strongroom.core.session.desk import problem_of
from strongroom.core.session.dice import EnterDice, ShowCommitment
from strongroom.core.session.pages import Choose, Fill
from strongroom.core.session.paper import combined, read_codex32, read_slip39
from strongroom.core.session.requests import (
    DrawRandom,
    EnterSeedPassphrase,
    EnterWords,
    ShowWords,
    Steps,
    ask,
)
from strongroom.core.session.values import SeedSource
from strongroom.core.vault.dice import (
    MACHINE_SIZE,
    MINIMUM_ROLLS,
    check_dice,
    commitment,
    mix_entropy,
)
from strongroom.core.vault.model import SeedKind, VaultSeed, seed_kind
from strongroom.core.vault.seeds import make_seed

_LENGTHS = ((256, "24 words", "at least 99 rolls"), (128, "12 words", "at least 50 rolls"))
_FINGERPRINT = re.compile(r"[0-9a-f]{8}")
_NOTHING = Secret(b"")


def obtain_seed(source: SeedSource, *, rehearsal: bool) -> Steps[VaultSeed]:
    """A seed from `source`; raises RECOVER when it is not the one that the register names.

    In a `rehearsal` its keys are of the domain of rehearsals.
    """
    makers: dict[SeedSource, Callable[[Kinds], Steps[VaultSeed]]] = {
        SeedSource.WORDS: _from_words,
        SeedSource.DICE: _from_dice,
        SeedSource.SLIP39: _from_slip39,
        SeedSource.CODEX32: _from_codex32,
    }
    words = seed_kind(master=False, rehearsal=rehearsal)
    master = seed_kind(master=True, rehearsal=rehearsal)
    return (yield from makers[source](Kinds(words, master)))


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kinds of seeds of one domain."""

    words: SeedKind
    master: SeedKind


def pick_seed(candidates: tuple[VaultSeed, ...], expected: str) -> VaultSeed:
    """The candidate with the expected fingerprint; raises RECOVER, naming those that were found."""
    for seed in candidates:
        if seed.fingerprint.hex() == expected:
            return seed
    found = " or ".join(seed.fingerprint.hex() for seed in candidates)
    raise Violation(
        "RECOVER",
        f"the register says {expected}, and what was typed gives {found}",
        hint="check the passphrase of the seed, or whether it is the right backup",
    )


def _from_words(kinds: Kinds) -> Steps[VaultSeed]:
    problem, typed = "", _NOTHING
    while True:
        typed = yield from ask(EnterWords(problem=problem, typed=typed))
        try:
            entropy = entropy_from_mnemonic(parse_mnemonic(typed.reveal().decode()))
            break
        except Violation as stop:
            problem = problem_of(stop)
    passphrase = yield from ask(EnterSeedPassphrase())
    return (yield from _compare((make_seed(entropy, passphrase, kinds.words),)))


def _from_dice(kinds: Kinds) -> Steps[VaultSeed]:
    options = tuple((label, note) for _, label, note in _LENGTHS)
    place = yield from ask(Choose("How long a seed", _HOW_LONG, options))
    bits = _LENGTHS[place][0]
    machine = yield from ask(DrawRandom(MACHINE_SIZE))
    salt = yield from ask(DrawRandom(MACHINE_SIZE))
    yield from ask(ShowCommitment(commitment(machine, salt)))
    problem = ""
    while True:
        rolls = yield from ask(EnterDice(MINIMUM_ROLLS[bits], problem))
        try:
            dice = check_dice(rolls.reveal().decode(), bits)
            break
        except Violation as stop:
            problem = problem_of(stop)
    seed = make_seed(mix_entropy(machine, dice, bits=bits), _NOTHING, kinds.words)
    yield from _prove_backup(seed)
    return seed


def _from_slip39(kinds: Kinds) -> Steps[VaultSeed]:
    shares = yield from read_slip39()
    secret = combined(shares)
    passphrase = yield from ask(EnterSeedPassphrase())
    words = make_seed(secret, passphrase, kinds.words)
    master = make_seed(secret, _NOTHING, kinds.master)
    return (yield from _compare((words, master)))


def _from_codex32(kinds: Kinds) -> Steps[VaultSeed]:
    strings = yield from read_codex32()
    seed = make_seed(combined(strings), _NOTHING, kinds.master)
    return (yield from _compare((seed,)))


def _compare(candidates: tuple[VaultSeed, ...]) -> Steps[VaultSeed]:
    """The register's fingerprint decides; where people know none, they choose what the shares are of."""
    problem = ""
    while True:
        (typed,) = yield from ask(Fill("Compare with the register", _COMPARE, (_LABEL,), problem))
        expected = typed.strip().lower()
        if not expected or _FINGERPRINT.fullmatch(expected):
            break
        problem = "RECOVER: a fingerprint is eight digits from 0 to 9 and a to f"
    if expected:
        return pick_seed(candidates, expected)
    if len(candidates) == 1:
        return candidates[0]
    options = tuple((seed.fingerprint.hex(), _OF[seed.kind.is_master]) for seed in candidates)
    return candidates[(yield from ask(Choose("What the shares are of", _OF_WHAT, options)))]


def _prove_backup(seed: VaultSeed) -> Steps[None]:
    words = Secret(" ".join(mnemonic_from_entropy(seed.entropy)).encode())
    problem = ""
    while True:
        yield from ask(ShowWords(words, seed.fingerprint.hex()))
        typed = yield from ask(EnterWords(again=True, problem=problem))
        if Secret(b" ".join(typed.reveal().split())) == words:
            return
        problem = "SEED-BACKUP: the words typed last time are not those that were shown"


_HOW_LONG = ("Both are beyond guessing. 24 words are usual where keys are held for years.",)
_LABEL = "Fingerprint in the register"
_COMPARE = (
    (
        "Type the master fingerprint from the register, eight digits, or leave it empty "
        "where none is known. Another seed or another passphrase gives another one."
    ),
)
_OF_WHAT = (
    (
        "Shares do not say what they are of. Strongroom makes them of what words stand for; "
        "some other programs make them of the master seed itself."
    ),
)
_OF = {
    False: "of what seed words stand for (Strongroom)",
    True: "of the master seed itself (Trezor and others)",
}
