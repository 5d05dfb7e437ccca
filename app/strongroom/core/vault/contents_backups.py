"""The vault's inventory of paper backups as JSON, and back."""

from __future__ import annotations

import re

from strongroom.core.errors import Violation
from strongroom.core.fields import Fields
from strongroom.core.moment import render_moment
from strongroom.core.text import JsonObject
from strongroom.core.vault.contents_history import TEXT_CAP
from strongroom.core.vault.model import PaperBackup, PaperShare

FORMS = ("bip39", "slip39", "codex32", "vault")
SHARES_CAP = 31
_FORM = re.compile("|".join(FORMS))


def parse_backup(fields: Fields) -> PaperBackup:
    """The backup in `fields`; raises the rule of `fields`, VAULT-FORMAT for a quorum that is none."""
    backup = PaperBackup(
        fingerprint=fields.take_hex("fingerprint", size=4),
        form=fields.take_match("form", _FORM, form="a form of backup"),
        name=fields.take_text("name", cap=TEXT_CAP),
        threshold=fields.take_int("threshold", low=1, high=SHARES_CAP),
        shares=tuple(map(_parse_share, fields.take_objects("shares", cap=SHARES_CAP, least=1))),
        made=fields.take_moment("made"),
        drilled=fields.take_moment_or_none("drilled"),
    )
    fields.check_end()
    if backup.threshold > len(backup.shares):
        raise Violation(
            "VAULT-FORMAT", f"a backup needs {backup.threshold} of {len(backup.shares)} shares"
        )
    return backup


def render_backup(backup: PaperBackup) -> JsonObject:
    """`backup` as `parse_backup` reads it."""
    return {
        "fingerprint": backup.fingerprint.hex(),
        "form": backup.form,
        "name": backup.name,
        "threshold": backup.threshold,
        "shares": [
            {"number": share.number, "holder": share.holder, "bag": share.bag}
            for share in backup.shares
        ],
        "made": render_moment(backup.made),
        "drilled": None if backup.drilled is None else render_moment(backup.drilled),
    }


def _parse_share(fields: Fields) -> PaperShare:
    share = PaperShare(
        number=fields.take_int("number", low=1, high=SHARES_CAP),
        holder=fields.take_text("holder", cap=TEXT_CAP),
        bag=fields.take_text("bag", cap=TEXT_CAP, empty=True),
    )
    fields.check_end()
    return share
