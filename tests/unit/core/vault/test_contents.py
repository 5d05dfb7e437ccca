"""The vault's contents: an exact round trip, and nothing that is not of its one form."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from strongroom.core.errors import Fault, Violation
from strongroom.core.network import Network
from strongroom.core.secret import Secret
from strongroom.core.vault.contents import parse_vault, render_vault
from strongroom.core.vault.model import Policy, RegisteredWallet, VaultContents
from tests.unit.core.vault.example import ABANDON, contents, policy

PLAIN = render_vault(contents())


def changed(*path: str | int, value: Any) -> bytes:  # noqa: ANN401 - any JSON
    whole = json.loads(PLAIN)
    place = whole
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return json.dumps(whole).encode()


def refusal(plaintext: bytes) -> str:
    with pytest.raises(Violation) as stop:
        parse_vault(plaintext)
    assert stop.value.rule == "VAULT-FORMAT"
    return stop.value.message


def test_a_full_vault_reads_back_equal() -> None:
    assert parse_vault(PLAIN) == contents()
    assert render_vault(parse_vault(PLAIN)) == PLAIN


def test_a_vault_from_before_signers_had_names_is_read() -> None:
    old = json.loads(PLAIN)
    del old["wallets"][1]["signers"]
    read = parse_vault(json.dumps(old).encode())
    nameless = tuple(replace(wallet, signers=()) for wallet in contents().wallets)
    assert read == replace(contents(), wallets=nameless)


def test_an_empty_vault_reads_back_equal() -> None:
    empty = VaultContents(generation=1, seeds=())
    assert parse_vault(render_vault(empty)) == empty


def test_every_limit_of_a_policy_is_kept() -> None:
    default = Policy()
    for limit in fields(Policy):
        assert getattr(policy(), limit.name) != getattr(default, limit.name), limit.name
    kept = parse_vault(PLAIN).policy
    assert kept == policy()


def test_what_no_vault_may_hold_is_not_written() -> None:
    wallet = RegisteredWallet(name="a\nb", network=Network.REGTEST, descriptor="wpkh(k)")
    with pytest.raises(Violation) as stop:
        render_vault(replace(contents(), wallets=(wallet,)))
    assert stop.value.rule == "VAULT-FORMAT"
    history = replace(
        contents().history,
        last_declared=contents().history.entries[0].declared + timedelta(0, 0, 1),
    )
    with pytest.raises(Fault, match="read back"):
        render_vault(replace(contents(), history=history))


def test_a_seed_is_what_its_fingerprint_says() -> None:
    message = refusal(changed("seeds", 0, "fingerprint", value="00112233"))
    assert "00112233" in message
    assert ABANDON.hex() in message
    refusal(changed("seeds", 0, "entropy", value="01" * 16))
    refusal(changed("seeds", 0, "passphrase", value="01"))


@pytest.mark.parametrize("size", [0, 4, 15, 17, 33, 64])
def test_entropy_has_a_size_of_bip39(size: int) -> None:
    refusal(changed("seeds", 0, "entropy", value="00" * size))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("format",), "strongroom"),
        (("version",), 2),
        (("version",), True),
        (("generation",), 0),
        (("extra",), 1),
        (("seeds", 0, "extra"), 1),
        (("seeds", 0, "kind"), "bip38"),
        (("seeds", 2, "passphrase"), "01"),
        (("backups", 0, "extra"), 1),
        (("backups", 0, "form"), "photo"),
        (("backups", 0, "threshold"), 4),
        (("backups", 0, "shares", 0, "extra"), 1),
        (("wallets", 0, "extra"), 1),
        (("wallets", 0, "network"), "testnet3"),
        (("trust", "extra"), 1),
        (("trust", "approvers", 0, "extra"), 1),
        (("trust", "approvers", 0, "fingerprint"), "a1" * 20),
        (("trust", "approvers", 0, "roles"), ["treasurer", "approver"]),
        (("trust", "approvers", 0, "roles"), ["approver", "approver"]),
        (("trust", "quorum", 0, "extra"), 1),
        (("trust", "quorum", 0, "count"), -1),
        (("policy", "extra"), 1),
        (("policy", "fee_rate"), "12"),
        (("policy", "witnesses"), 0),
        (("policy", "fee_absolute"), 21_000_000 * 100_000_000 + 1),
        (("policy", "block_unknown_fields"), 1),
        (("policy", "address_book", 0, "extra"), 1),
        (("history", "extra"), 1),
        (("history", "transcript_head"), "ab"),
        (("history", "last_declared"), "2026-11-24"),
        (("history", "entries", 0, "extra"), 1),
        (("history", "entries", 0, "txid"), "AB" * 32),
        (("history", "entries", 0, "spent", 0, "vout"), 2**32),
        (("history", "entries", 0, "spent", 0, "extra"), 1),
        (("history", "entries", 0, "payments", 0, "extra"), 1),
        (("signing_key",), "AB"),
        (("certificate",), None),
    ],
)
def test_another_form_is_refused(path: tuple[str | int, ...], value: object) -> None:
    refusal(changed(*path, value=value))


def test_every_field_must_be_there() -> None:
    def walk(value: object, path: tuple[str | int, ...]) -> None:
        if isinstance(value, dict):
            for key in value.keys() - {"trust_sequence"}:  # vaults from before have none
                whole = json.loads(PLAIN)
                place = whole
                for step in path:
                    place = place[step]
                del place[key]
                refusal(json.dumps(whole).encode())
                walk(value[key], (*path, key))
        elif isinstance(value, list):
            for index, item in enumerate(value[:1]):
                walk(item, (*path, index))

    walk(json.loads(PLAIN), ())


def test_nothing_stands_twice() -> None:
    for path in (("seeds",), ("wallets",), ("trust", "approvers")):
        place = json.loads(PLAIN)
        for step in path:
            place = place[step]
        assert "twice" in refusal(changed(*path, value=[*place, place[0]]))


def test_every_truncation_is_refused_without_a_word_of_the_secrets() -> None:
    for size in range(0, len(PLAIN), 7):
        message = refusal(PLAIN[:size])
        assert Secret(b"TREZOR").reveal().hex() not in message


def test_a_vault_from_before_the_trust_could_change_opens_with_none() -> None:
    plain = render_vault(contents())
    old = plain.replace(b'"trust_sequence":0,', b"")
    assert old != plain
    assert parse_vault(old).trust_sequence == 0
    changed = plain.replace(b'"trust_sequence":0', b'"trust_sequence":7')
    assert parse_vault(changed).trust_sequence == 7
