"""Opening a vault with its passphrase or by its custodians."""

from __future__ import annotations

import hashlib

from strongroom.core.bundle.model import BundleFile
from strongroom.core.errors import Violation
from strongroom.core.progress import Progress
from strongroom.core.secret import Secret
from strongroom.core.session.boot import note_keys
from strongroom.core.session.custodians import open_by_custodians
from strongroom.core.session.desk import (
    Desk,
    OpenVault,
    begin_transcript,
    check_time,
    problem_of,
    record,
)
from strongroom.core.session.pages import Tell
from strongroom.core.session.rehearsal import check_domain
from strongroom.core.session.requests import (
    ChooseFile,
    EnterPassphrase,
    ReadFreeMemory,
    Steps,
    Work,
    ask,
)
from strongroom.core.session.values import FileKind
from strongroom.core.vault.age import decrypt_with_passphrase
from strongroom.core.vault.age_identity import is_for_custodians
from strongroom.core.vault.contents import parse_vault
from strongroom.core.vault.contents_policy import policy_digest
from strongroom.core.vault.model import VaultContents
from strongroom.core.vault.passphrase import parse_passphrase


def open_vault(desk: Desk) -> Steps[None]:
    """Open a vault from a stick; a wrong passphrase can be corrected, anything else stops."""
    file = yield from ask(ChooseFile(FileKind.VAULT))
    refused = 0
    if is_for_custodians(file.data):
        contents, recipient = yield from open_by_custodians(file.data)
        vault = OpenVault(contents=contents, passphrase=Secret(b""), recipient=recipient)
    else:
        vault, refused = yield from _open_by_passphrase(file)
        contents = vault.contents
    check_domain(contents, rehearsal=desk.release.rehearsal)
    yield from note_keys(contents)
    last = contents.history.last_declared
    if last is not None:
        check_time(desk.declared, last, "this vault was last used")
    desk.close()
    yield from begin_transcript(desk, "open a vault", contents)
    yield from record(
        desk,
        "open",
        "vault-opened",
        {
            "file": file.name,
            "generation": contents.generation,
            "fingerprints": tuple(seed.fingerprint.hex() for seed in contents.seeds),
            "wrong_passphrases": refused,
        },
        inputs={
            "vault": hashlib.sha256(file.data).hexdigest(),
            "policy": policy_digest(contents.policy).hex(),
        },
    )
    desk.vault = vault
    desk.mirrored = len(desk.transcript.events)  # opening alone is no news
    head = contents.history.transcript_head
    if head is not None:
        yield from ask(Tell("The head of the last session", _HEAD, digest=bytes.fromhex(head)))


def _open_by_passphrase(file: BundleFile) -> Steps[tuple[OpenVault, int]]:
    """The vault, and how many passphrases did not open it."""
    problem, refused = "", 0
    while True:
        typed = yield from ask(EnterPassphrase(file.name, problem))
        try:
            passphrase = parse_passphrase(typed)
            contents = yield from _decrypt(file.data, passphrase)
        except Violation as stop:
            if stop.rule != "VAULT-PASSPHRASE":
                raise
            problem = problem_of(stop)
            refused += 1
            continue
        return OpenVault(contents=contents, passphrase=passphrase), refused


def _decrypt(data: bytes, passphrase: Secret) -> Steps[VaultContents]:
    available = yield from ask(ReadFreeMemory())

    def work(_progress: Progress) -> VaultContents:
        return parse_vault(decrypt_with_passphrase(data, passphrase, available=available))

    return (yield from ask(Work("Opening the vault", work)))


_HEAD = (
    (
        "These words were written on paper when this vault was last used. They are read "
        "aloud: all must match, or this is another, older vault."
    ),
)
