"""The drill of a backup, after a restart: every sheet is used, fewer than needed are refused.

The quorums are chosen so that each share is in one; each must give the fingerprint that the vault knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from strongroom.core.backup.codex32 import Codex32, parse_codex32
from strongroom.core.backup.slip39_share import Share, parse_share
from strongroom.core.errors import Violation
from strongroom.core.secret import Secret
from strongroom.core.session.backup import DRILLED, MADE, inventory_lines, note_of
from strongroom.core.session.desk import Desk, Done, save_contents
from strongroom.core.session.notes import NoteKeys
from strongroom.core.session.pages import Choose, HandOver, PaperForm, Tell
from strongroom.core.session.paper import combined, read_mnemonic, read_sheet
from strongroom.core.session.requests import Steps, Work, ask
from strongroom.core.vault.model import PaperBackup, VaultSeed, seed_kind
from strongroom.core.vault.seeds import make_seed

_NOTHING = Secret(b"")


def drill(desk: Desk) -> Steps[None]:
    """Prove one backup of the inventory with all of its sheets; raises DRILL when it does not hold."""
    contents = desk.opened().contents
    ours = tuple(b for b in contents.backups if any(b.form == f.value for f in PaperForm))
    if not ours:
        raise Violation("DRILL", "the vault's inventory has no backup yet", hint="make one first")
    backup = yield from _choose(ours)
    note = note_of(backup.name)
    noted = dict((yield from ask(NoteKeys(((note, DRILLED),)))))
    if noted.get(note) == MADE:
        raise Violation(
            "DRILL",
            f"{backup.name} was made since this machine was started",
            hint="switch off and start again: a drill must not find anything left in memory",
        )
    seed = next((s for s in contents.seeds if s.fingerprint == backup.fingerprint), None)
    if seed is None:
        raise Violation("DRILL", f"the vault has no seed {backup.fingerprint.hex()} any more")
    if backup.form == PaperForm.WORDS.value:
        yield from ask(HandOver("Call the holder of the seed words", _CALL))
        entropy = yield from read_mnemonic("The seed words")
        check_seed(entropy, seed, backup)
        proven: tuple[str, ...] = ("The words give the fingerprint that the vault knows.",)
    else:
        proven = yield from _drill_shares(backup, seed)
    backups = tuple(
        replace(each, drilled=desk.declared) if each == backup else each
        for each in contents.backups
    )
    body = {"set": backup.name, "seed": seed.fingerprint.hex()}
    done = Done(step="drill", kind="backup-drilled", body=body)
    drilled = replace(contents, backups=backups)
    yield from save_contents(desk, drilled, "the vault, with the drill", done)
    yield from ask(Tell("The drill is passed", (backup.name, "", *proven)))


def quorums(total: int, threshold: int) -> tuple[tuple[int, ...], ...]:
    """Groups of `threshold` places below `total` that use each place at least once."""
    starts = range(0, total, threshold)
    return tuple(
        tuple(range(min(start, total - threshold), min(start, total - threshold) + threshold))
        for start in starts
    )


def check_seed(entropy: Secret, seed: VaultSeed, backup: PaperBackup) -> None:
    """DRILL: what the sheets gave back is the seed that the vault has."""
    is_master = backup.form == PaperForm.CODEX32.value or seed.kind.is_master
    kind = seed_kind(master=is_master, rehearsal=seed.kind.is_rehearsal)
    found = make_seed(entropy, _NOTHING if is_master else seed.passphrase, kind)
    if found.fingerprint != seed.fingerprint:
        raise Violation(
            "DRILL",
            f"the sheets give {found.fingerprint.hex()}, the vault knows {seed.fingerprint.hex()}",
            hint="the backup is worthless as it is; make another one now",
        )


def _choose(backups: tuple[PaperBackup, ...]) -> Steps[PaperBackup]:
    if len(backups) == 1:
        return backups[0]
    options = tuple((b.name, f"seed {b.fingerprint.hex()}") for b in backups)
    return backups[(yield from ask(Choose("Which backup", ("The inventory:",), options)))]


def _drill_shares(backup: PaperBackup, seed: VaultSeed) -> Steps[tuple[str, ...]]:
    yield from ask(Tell("The drill", (*inventory_lines(backup), "", *_INTRODUCTION)))
    shares: list[Share | Codex32] = []
    for sheet in backup.shares:
        call = f"Call {sheet.holder} with sheet {sheet.number}"
        yield from ask(HandOver(call, (f"Bag {sheet.bag or 'none'}: is its seal whole?", *_CALL)))
        shares.append((yield from _read(backup.form, f"Sheet {sheet.number}")))
    groups = quorums(len(shares), backup.threshold)

    def prove() -> None:
        for group in groups:
            check_seed(combined(_chosen(shares, group)), seed, backup)
        refused(shares[: backup.threshold - 1])

    yield from ask(Work("Combining the shares", lambda _progress: prove()))
    shown = (" and ".join(str(place + 1) for place in group) for group in groups)
    return (
        *(f"Sheets {group}: the fingerprint matches." for group in shown),
        f"{backup.threshold - 1} of them: refused, as it must be.",
    )


def refused(shares: Sequence[Share | Codex32]) -> None:
    """DRILL: fewer shares than are needed give nothing back."""
    try:
        combined(_chosen(shares, tuple(range(len(shares)))))
    except Violation:
        return
    raise Violation("DRILL", f"{len(shares)} shares gave a seed back, which is too few")


def _chosen(
    shares: Sequence[Share | Codex32], group: tuple[int, ...]
) -> tuple[Share, ...] | tuple[Codex32, ...]:
    picked = [shares[place] for place in group]
    words = tuple(share for share in picked if isinstance(share, Share))
    return words or tuple(share for share in picked if isinstance(share, Codex32))


def _read(form: str, title: str) -> Steps[Share | Codex32]:
    if form == PaperForm.SLIP39.value:
        return (yield from read_sheet(PaperForm.SLIP39, title=title, parse=parse_share))
    return (yield from read_sheet(PaperForm.CODEX32, title=title, parse=parse_codex32))


_INTRODUCTION = (
    (
        "Each holder types the own sheet, once. Then the machine combines quorums "
        "that use every sheet, compares the fingerprint, and tries one sheet fewer."
    ),
)
_CALL = ("Everybody else leaves the view of the screen.",)
