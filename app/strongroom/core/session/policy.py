"""Changing what a vault signs under: limits, address book, roles and how many of each are needed.

Nothing is changed before every difference was read back and as many people as the old policy asks for have
agreed, by name and by a word that says whether the change protects less. The transcript keeps the digests of
the old and the new terms; a new generation of the vault is written, which remembers that transcript, and then
the transcript itself.
"""

from __future__ import annotations

from dataclasses import replace

from strongroom.core.network import Network
from strongroom.core.session.desk import Desk, OpenVault, record, save_vault, write_until_done
from strongroom.core.session.policy_edit import TermsDraft, edit_terms
from strongroom.core.session.requests import (
    Cancelled,
    ConfirmPolicy,
    ShowResult,
    Steps,
    WriteFiles,
    ask,
)
from strongroom.core.session.values import OutFile
from strongroom.core.transcript.chain import render_events
from strongroom.core.transcript.text import render_text
from strongroom.core.vault.changes import Terms, TermsChange, changes_of
from strongroom.core.vault.contents_policy import policy_digest, trust_digest
from strongroom.core.vault.history import record_session
from strongroom.core.vault.model import VaultContents

LOWER, SAVE = "lower", "save"
LISTED, TEXT_CAP = 100, 1000


def change_policy(desk: Desk) -> Steps[None]:
    """Edit, read back, agree, save; leaving before that changes nothing."""
    vault = desk.opened()
    terms = Terms(policy=vault.contents.policy, trust=vault.contents.trust)
    draft = TermsDraft(old=terms, new=terms, networks=_networks(vault.contents))
    while True:
        yield from edit_terms(draft)
        changes = changes_of(draft.old, draft.new)
        try:
            people = yield from agree(changes, draft.old.policy.witnesses)
            break
        except Cancelled:
            continue
    yield from record(
        desk,
        "policy",
        "policy-changed",
        {
            "generation": vault.contents.generation + 1,
            "changes": sentences(changes),
            "change_count": len(changes),
        },
        actors=people,
        inputs={**digests_of(draft.old), **draft.imported},
        outputs=digests_of(draft.new),
    )
    contents = record_session(
        replace(vault.contents, policy=draft.new.policy, trust=draft.new.trust),
        transcript_head=desk.transcript.head.hex(),
        declared=desk.declared,
    )
    yield from save_terms(desk, replace(vault, contents=contents), "policy")
    yield from ask(
        ShowResult(
            title="The policy is changed",
            lines=(
                f"changes      {len(changes)}",
                f"generation   {contents.generation} of the vault",
                "Digest of the new policy, to be written on paper:",
            ),
            digest=policy_digest(contents.policy),
        )
    )


def save_terms(desk: Desk, vault: OpenVault, what: str) -> Steps[None]:
    """The vault first; then the record of the change, for those who were not in the room."""
    yield from save_vault(desk, vault, f"the vault with the new {what}")
    stem = f"{what}-{vault.contents.generation}"
    files = (
        OutFile(name=f"{stem}.transcript.jsonl", data=render_events(desk.transcript)),
        OutFile(name=f"{stem}.transcript.txt", data=render_text(desk.transcript).encode()),
    )
    yield from write_until_done(WriteFiles(files, "the record of this change"))
    desk.mirrored = len(desk.transcript.events)


def _networks(contents: VaultContents) -> frozenset[Network]:
    """Those of the vault's wallets; every network while there is none."""
    return frozenset(wallet.network for wallet in contents.wallets) or frozenset(Network)


def digests_of(terms: Terms) -> dict[str, str]:
    """Policy and trust list, as the transcript names them."""
    return {"policy": policy_digest(terms.policy).hex(), "trust": trust_digest(terms.trust).hex()}


def sentences(changes: tuple[TermsChange, ...]) -> tuple[str, ...]:
    """The first hundred changes as the transcript keeps them."""
    return tuple(map(_sentence, changes[:LISTED]))


def _sentence(change: TermsChange) -> str:
    less = " (protects less)" if change.lowers else ""
    return f"{change.label}: {change.old} -> {change.new}{less}"[:TEXT_CAP]


def agree(changes: tuple[TermsChange, ...], total: int) -> Steps[tuple[str, ...]]:
    """The names of as many distinct people as the old policy asks for, who read the changes and agree."""
    word = LOWER if any(change.lowers for change in changes) else SAVE
    people: list[str] = []
    problem = ""
    while len(people) < total:
        reply = yield from ask(ConfirmPolicy(changes, len(people) + 1, total, word, problem))
        name = reply.name.strip()
        problem = ""
        if reply.typed != (word,):
            problem = f'Type "{word}" to agree.'
        elif not name or name.casefold() in {known.casefold() for known in people}:
            problem = f"POLICY-WITNESSES: {name or 'nobody'} can not confirm again."
        else:
            people.append(name)
    return tuple(people)
