"""Custodians open a vault with their shares, its lock is changed both ways, and one boot has one key."""

from __future__ import annotations

import pytest
from tests.unit.core.descriptor.wallets import key
from tests.unit.core.session.test_backups import (
    Room,
    cheap_vaults,
    contents_of,
    holders,
    room,
    words_of,
)
from tests.unit.core.session.test_vaults import PASSPHRASE, WORDS, vault_file
from tests.vectors.factory import NETWORK

from strongroom.core.backup.slip39 import combine_shares
from strongroom.core.backup.slip39_share import parse_share
from strongroom.core.bitcoin.mnemonic import entropy_from_mnemonic
from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.bundle.model import BundleFile
from strongroom.core.descriptor.account import cosigner_key
from strongroom.core.descriptor.checksum import descriptor_checksum
from strongroom.core.secret import Secret
from strongroom.core.session import requests as asked
from strongroom.core.session.values import SeedSource, Task
from strongroom.core.vault.age_identity import decrypt_with_identity, is_for_custodians
from strongroom.core.vault.contents import parse_vault
from strongroom.core.vault.seeds import make_seed, master_of
from strongroom.core.wallet_file import WalletFile, render_wallet_file

__all__ = ["cheap_vaults"]
LOCK = {"How the vault opens": "Custodians"}


def locked(drawn: int = 0) -> Room:
    made = room("Change the lock", choices=LOCK, fills=holders(3), drawn=drawn)
    made.run(Task.CREATE_VAULT, Task.CEREMONY)
    assert made.stops() == []
    return made


def opened_by(typed: list[Secret], data: bytes, *ceremonies: str) -> Room:
    made = room(*ceremonies, typed=typed, fills=holders(1))
    made.script[asked.ChooseFile] = [vault_file(data)]
    made.run(Task.OPEN_VAULT, *(Task.CEREMONY for _ in ceremonies))
    return made


def is_open(made: Room) -> bool:
    menus = [r for r in made.asked if isinstance(r, asked.ChooseTask)]
    return menus[-1].vault is not None


def test_custodians_open_it_and_write_it_again_without_their_shares() -> None:
    made = locked()
    data = made.written["strongroom.vault"]
    assert is_for_custodians(data)
    identity = combine_shares([parse_share(sheet) for sheet in made.sheets[1:]])
    contents = parse_vault(decrypt_with_identity(data, identity))
    assert [b.form for b in contents.backups] == ["vault"]
    again = opened_by([made.sheets[2], made.sheets[0]], data, "Back up a seed")
    assert again.stops() == []
    written = again.written["strongroom.vault"]
    contents = parse_vault(decrypt_with_identity(written, identity))
    assert [b.form for b in contents.backups] == ["vault", "bip39"]


def test_the_lock_is_changed_back_to_a_passphrase() -> None:
    made = locked()
    data = made.written["strongroom.vault"]
    again = opened_by([made.sheets[2], made.sheets[0]], data, "Change the lock")
    assert again.stops() == []
    assert contents_of(again).generation == 3
    assert not is_for_custodians(again.written["strongroom.vault"])


def test_shares_of_another_key_do_not_open_it() -> None:
    made, other = locked(), locked(drawn=100)
    again = opened_by(other.sheets[:2], made.written["strongroom.vault"])
    assert again.stops() == ["VAULT-SHARES"]
    assert not is_open(again)


def test_a_share_twice_is_refused_and_one_alone_opens_nothing() -> None:
    made = locked()
    again = opened_by(
        [made.sheets[0], made.sheets[0], made.sheets[1]], made.written["strongroom.vault"]
    )
    assert is_open(again)
    calls = [r.title for r in again.asked if type(r).__name__ == "HandOver"]
    assert "This share does not fit" in calls


def test_a_failed_write_leaves_the_old_lock() -> None:
    made = room("Change the lock", choices=LOCK, fills=holders(3))
    made.script[asked.WriteFiles] = [None, None, asked.Cancelled()]
    made.run(Task.CREATE_VAULT, Task.CEREMONY)
    assert contents_of(made).generation == 1


def wallet_of_two(own: str) -> BundleFile:
    body = f"wsh(sortedmulti(2,{own},{key(1)}))"
    file = WalletFile(
        name="Both",
        network=NETWORK,
        descriptor=f"{body}#{descriptor_checksum(body)}",
        certificate="",
    )
    return BundleFile(name="b.wallet.json", data=render_wallet_file(file))


@pytest.mark.parametrize("other", ["31" * 8, ""])
def test_two_keys_of_one_wallet_are_refused_in_one_boot(other: str) -> None:
    own = "[b8688df1/48h/1h/0h/2h]" + cosigner_of(WORDS) + "/<0;1>/*"
    other_key = key(1).removesuffix("/<0;1>/*")
    made = room(fills={"Key 2 of 2: its owner compares": words_of(other_key)})
    made.script[asked.ChooseFile] = [wallet_of_two(own)]
    made.run(Task.CREATE_VAULT, Task.REGISTER_WALLET)
    assert made.stops() == []
    data = made.written["strongroom.vault"]
    again = room()
    (wallet,) = made.noted
    again.noted = {wallet: other} if other else {}
    again.script[asked.ChooseFile] = [vault_file(data)]
    again.script[asked.EnterPassphrase] = [Secret(PASSPHRASE.reveal())]
    again.run(Task.OPEN_VAULT)
    assert again.stops() == (["ONE-KEY"] if other else [])
    assert is_open(again) == (not other)


def cosigner_of(words: Secret) -> str:
    entropy = entropy_from_mnemonic(tuple(words.reveal().decode().split()))
    master = master_of(make_seed(entropy, Secret(b"")))
    return cosigner_key(ScriptKind.WSH_MULTI, master, NETWORK).partition("]")[2]


def test_a_seed_source_of_shares_is_not_a_vaults_key() -> None:
    made = locked()
    again = room(typed=made.sheets[:2], fills={"Compare with the register": ("b8688df1",)})
    again.script[asked.ChooseSeedSource] = [SeedSource.SLIP39]
    again.run(Task.CREATE_VAULT)
    assert again.stops() == ["RECOVER"]
