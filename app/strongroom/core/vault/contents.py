"""What lies inside a vault file: one strict JSON object, and the values that it stands for.

Everything is written, also what has a default, so that a later default changes no vault; only the names of a
wallet's signers are left out where there are none, so that earlier releases read such a vault too. Bytes are
lower-case hex digits. What is written reads back equal, or it is not written at all. No error quotes a secret.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from strongroom.core.errors import Fault, Violation
from strongroom.core.fields import Fields
from strongroom.core.moment import render_moment
from strongroom.core.network import Network
from strongroom.core.secret import Secret
from strongroom.core.text import JsonObject, JsonValue, canonical_json, parse_strict_json
from strongroom.core.vault.contents_backups import parse_backup, render_backup
from strongroom.core.vault.contents_history import (
    TEXT_CAP,
    WHOLE_CAP,
    parse_history,
    render_history,
)
from strongroom.core.vault.contents_policy import (
    parse_policy,
    parse_trust,
    render_policy,
    render_trust,
)
from strongroom.core.vault.model import (
    SIGNER_NAME_CAP,
    RegisteredWallet,
    SeedKind,
    VaultContents,
    VaultSeed,
)
from strongroom.core.vault.seeds import check_fingerprint

RULE = "VAULT-FORMAT"
FORMAT = "strongroom-vault"
VERSION = 1
SIZE_CAP = 16 * 1024 * 1024
_ITEMS_CAP = 1000
_DESCRIPTOR_CAP = 16 * 1024
_WORD_SIZES, _MASTER_SIZES = (16, 20, 24, 28, 32), range(16, 65)
_SEED_KIND = re.compile("|".join(kind.value for kind in SeedKind))
_LONG = frozenset({"certificate", "signing_key"})


def parse_vault(plaintext: bytes) -> VaultContents:
    """The vault in `plaintext`, each seed proven to have the fingerprint that it is kept under.

    Raises VAULT-FORMAT, or SEED-WORDS for a seed passphrase that is not UTF-8.
    """
    value = parse_strict_json(plaintext, rule=RULE, text_rule=RULE, cap=SIZE_CAP, blocks=_LONG)
    fields = Fields(value, where="vault", rule=RULE, text_rule=RULE)
    fields.take_constant("format", FORMAT)
    fields.take_constant("version", VERSION)
    contents = VaultContents(
        generation=fields.take_int("generation", low=1, high=WHOLE_CAP),
        seeds=tuple(map(_parse_seed, fields.take_objects("seeds", cap=_ITEMS_CAP))),
        wallets=tuple(map(_parse_wallet, fields.take_objects("wallets", cap=_ITEMS_CAP))),
        backups=tuple(map(parse_backup, fields.take_objects("backups", cap=_ITEMS_CAP))),
        trust=parse_trust(fields.take_object("trust")),
        policy=parse_policy(fields.take_object("policy")),
        trust_sequence=_parse_trust_sequence(fields),
        history=parse_history(fields.take_object("history")),
        signing_key=Secret(fields.take_hex("signing_key")),
        certificate=fields.take_hex("certificate"),
    )
    fields.check_end()
    _check_unique("seed", (seed.fingerprint.hex() for seed in contents.seeds))
    if len({seed.kind.is_rehearsal for seed in contents.seeds}) > 1:
        raise Violation(RULE, "the vault has seeds of a rehearsal and others")
    _check_unique("wallet", (wallet.name for wallet in contents.wallets))
    _check_unique("approver", (person.fingerprint for person in contents.trust.approvers))
    return contents


def render_vault(contents: VaultContents) -> bytes:
    """The bytes that `parse_vault` reads back as `contents`.

    Raises VAULT-FORMAT for contents that no vault may have, PROGRAM if others would be read back.
    """
    plaintext = canonical_json(
        {
            "format": FORMAT,
            "version": VERSION,
            "generation": contents.generation,
            "seeds": [_render_seed(seed) for seed in contents.seeds],
            "wallets": [_render_wallet(wallet) for wallet in contents.wallets],
            "backups": [render_backup(backup) for backup in contents.backups],
            "trust": render_trust(contents.trust),
            "policy": render_policy(contents.policy),
            "trust_sequence": contents.trust_sequence,
            "history": render_history(contents.history),
            "signing_key": contents.signing_key.reveal().hex(),
            "certificate": contents.certificate.hex(),
        }
    )
    if parse_vault(plaintext) != contents:
        raise Fault("PROGRAM", "the vault would not read back as it was; it was not written")
    return plaintext


def _parse_trust_sequence(fields: Fields) -> int:
    """How often the trust was changed: never, in a vault from before it could be."""
    name = "trust_sequence"
    return fields.take_int(name, low=0, high=WHOLE_CAP) if fields.has(name) else 0


def _parse_seed(fields: Fields) -> VaultSeed:
    seed = VaultSeed(
        label=fields.take_text("label", cap=TEXT_CAP, empty=True),
        fingerprint=fields.take_hex("fingerprint", size=4),
        entropy=Secret(fields.take_hex("entropy")),
        passphrase=Secret(fields.take_hex("passphrase")),
        kind=SeedKind(fields.take_match("kind", _SEED_KIND, form="a kind of seed")),
    )
    fields.check_end()
    if len(seed.entropy) not in (_MASTER_SIZES if seed.kind.is_master else _WORD_SIZES):
        raise Violation(RULE, f"a seed of the vault has {len(seed.entropy)} bytes of entropy")
    if seed.kind.is_master and seed.passphrase.reveal():
        raise Violation(RULE, "a master seed of the vault has a passphrase, which none can have")
    check_fingerprint(seed)
    return seed


def _render_seed(seed: VaultSeed) -> JsonObject:
    return {
        "label": seed.label,
        "fingerprint": seed.fingerprint.hex(),
        "entropy": seed.entropy.reveal().hex(),
        "passphrase": seed.passphrase.reveal().hex(),
        "kind": seed.kind.value,
    }


def _parse_wallet(fields: Fields) -> RegisteredWallet:
    wallet = RegisteredWallet(
        name=fields.take_text("name", cap=TEXT_CAP),
        network=_parse_network(fields.take_text("network", cap=TEXT_CAP)),
        descriptor=fields.take_text("descriptor", cap=_DESCRIPTOR_CAP),
        successor=fields.take_text("successor", cap=_DESCRIPTOR_CAP, empty=True) or None,
        retired=fields.take_moment_or_none("retired"),
        signers=_parse_signers(fields),
    )
    fields.check_end()
    return wallet


def _parse_signers(fields: Fields) -> tuple[tuple[bytes, str], ...]:
    """Nobody in a vault from before wallets had names for their signers."""
    if not fields.has("signers"):
        return ()
    signers = []
    for item in fields.take_objects("signers", cap=_ITEMS_CAP):
        name = item.take_text("name", cap=SIGNER_NAME_CAP)
        signers.append((item.take_hex("fingerprint", size=4), name))
        item.check_end()
    return tuple(signers)


def _render_wallet(wallet: RegisteredWallet) -> JsonObject:
    signers: list[JsonValue] = [
        {"fingerprint": fingerprint.hex(), "name": name} for fingerprint, name in wallet.signers
    ]
    return {
        "name": wallet.name,
        "network": wallet.network.value,
        "descriptor": wallet.descriptor,
        "successor": wallet.successor or "",
        "retired": None if wallet.retired is None else render_moment(wallet.retired),
        **({"signers": signers} if signers else {}),
    }


def _parse_network(name: str) -> Network:
    try:
        return Network(name)
    except ValueError:
        raise Violation(RULE, f"the vault has a wallet on the unknown network {name!r}") from None


def _check_unique(what: str, names: Iterable[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise Violation(RULE, f"the vault has the {what} {twice[0]} twice")
