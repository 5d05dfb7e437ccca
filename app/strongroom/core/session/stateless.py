"""C5 for one session: a seed from words or shares, used without a vault, and nothing of it is kept.

Who may ask, the thresholds and the limits come from a list that a station wrote; people compare its digest with
paper by typed words. What was signed before is not known here, and what is signed here is remembered nowhere:
the rules about history and sequence see this session only, and people are told so.
"""

from __future__ import annotations

import hashlib

from strongroom.core.errors import Violation
from strongroom.core.secret import Secret
from strongroom.core.session.boot import note_keys
from strongroom.core.session.create import owner_of
from strongroom.core.session.desk import Desk, OpenVault, begin_transcript, record
from strongroom.core.session.new_seed import obtain_seed
from strongroom.core.session.pages import Choose, Tell
from strongroom.core.session.paper_words import type_words
from strongroom.core.session.requests import ChooseFile, MakeSigningKey, Steps, ask
from strongroom.core.session.values import FileKind, SeedSource
from strongroom.core.vault.contents_policy import policy_digest
from strongroom.core.vault.model import VaultContents
from strongroom.core.vault.trust_file import parse_list

_SOURCES = (SeedSource.WORDS, SeedSource.SLIP39, SeedSource.CODEX32)


def work_without_vault(desk: Desk) -> Steps[None]:
    """Have a seed and a trust list for this session; raises RECOVER, TRUST-FORMAT or TRUST-WORDS."""
    yield from ask(Tell("Without a vault", _TOLD))
    place = yield from ask(Choose("Where the seed comes from", _WHERE, _OPTIONS))
    seed = yield from obtain_seed(_SOURCES[place], rehearsal=desk.release.rehearsal)
    file = yield from ask(ChooseFile(FileKind.TRUST_LIST))
    listed = parse_list(file.data)
    if not listed.terms.trust.approvers:
        raise Violation("TRUST-FORMAT", "nobody is in the list, so that nobody could ask")
    digest = hashlib.sha256(file.data).digest()
    yield from type_words("The trust list", _COMPARE, digest, rule="TRUST-WORDS")
    key, certificate = yield from ask(MakeSigningKey(owner_of(desk, seed.fingerprint.hex())))
    contents = VaultContents(
        generation=0,
        seeds=(seed,),
        trust=listed.terms.trust,
        policy=listed.terms.policy,
        trust_sequence=listed.sequence,
        signing_key=key,
        certificate=certificate,
    )
    yield from note_keys(contents)
    desk.close()
    yield from begin_transcript(desk, "a session without a vault", contents)
    yield from record(
        desk,
        "stateless",
        "seed-entered",
        {"source": _SOURCES[place].value, "fingerprints": (seed.fingerprint.hex(),)},
        inputs={"list": digest.hex(), "policy": policy_digest(contents.policy).hex()},
    )
    desk.vault = OpenVault(contents=contents, passphrase=Secret(b""), is_kept=False)


_TOLD = (
    (
        "A seed from words or shares is used for this session, and nothing of it is kept: no "
        "vault is written, and nothing that is signed now is remembered."
    ),
    "",
    (
        "So this session does not know what was signed before. Whether a payment was made "
        "already, or a limit for several days is used up, nobody checks but you."
    ),
    "",
    (
        "Who may ask, and the limits, come from a file ending in .trust-list.json, which a "
        "station wrote (Ceremonies, Change of trust). Have the paper with its 32 words at hand."
    ),
)
_WHERE = ("For keys that exist already; new ones are made in a vault.",)
_OPTIONS = (
    ("Seed words", "12 to 24 words (BIP-39)"),
    ("Shares of words", "some of many give the seed back (SLIP-39)"),
    ("Shares of letters", "codex32 strings that start with MS1"),
)
_COMPARE = (
    "Type these words of the list from the paper that was written when the station made it.",
)
