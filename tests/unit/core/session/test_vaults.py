"""Making, opening and changing a vault: in which order, what is asked again, and what is written when."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from tests.unit.core.machine.example import HARDWARE
from tests.unit.core.session.operator import Operator
from tests.vectors.factory import NETWORK, wallet

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.bundle.model import BundleFile
from strongroom.core.errors import Fault
from strongroom.core.network import Network
from strongroom.core.secret import Secret
from strongroom.core.session import requests as asked
from strongroom.core.session.hardware import ReadHardware
from strongroom.core.session.values import SeedSource, Task, WalletChoice
from strongroom.core.vault.age import decrypt_with_passphrase
from strongroom.core.vault.contents import parse_vault
from strongroom.core.vault.model import VaultContents
from strongroom.core.wallet_file import WalletFile, parse_wallet_file, render_wallet_file

PASSPHRASE = Secret(b"correct horse battery staple")
WORDS = Secret(b"legal winner thank year wave sausage worth useful legal winner thank yellow")
CHOICE = WalletChoice(name="treasury", network=Network.REGTEST, kind=ScriptKind.WPKH)
DICE = Secret(
    "".join(str(1 + byte % 6) for byte in hashlib.shake_256(b"rolled").digest(99)).encode()
)


@pytest.fixture(autouse=True)
def cheap_vaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """A low work factor: these tests are about order, not about guessing passphrases."""
    monkeypatch.setattr("strongroom.core.session.desk.WORK_FACTOR", 4)


def from_words(**changes: list[Any]) -> Operator:
    script: dict[type, list[Any]] = {
        asked.ChooseSeedSource: [SeedSource.WORDS],
        asked.EnterWords: [WORDS],
        asked.EnterSeedPassphrase: [Secret(b"")],
        asked.ChooseWallet: [CHOICE],
        asked.NewPassphrase: [PASSPHRASE],
    }
    return Operator(script | {getattr(asked, name): replies for name, replies in changes.items()})


def opened(data: bytes) -> VaultContents:
    return parse_vault(decrypt_with_passphrase(data, PASSPHRASE))


def vault_file(data: bytes) -> BundleFile:
    return BundleFile(name="strongroom.vault", data=data)


def test_a_vault_from_words_holds_their_seed_and_a_wallet() -> None:
    operator = from_words()
    operator.run(Task.CREATE_VAULT)
    contents = opened(operator.written["strongroom.vault"])
    assert [seed.fingerprint.hex() for seed in contents.seeds] == ["b8688df1"]
    public = parse_wallet_file(operator.written["treasury.wallet.json"])
    assert public.descriptor == contents.wallets[0].descriptor
    assert b"tprv" not in operator.written["treasury.wallet.json"]


def test_wrong_words_weak_passphrases_and_bad_names_are_asked_for_again() -> None:
    operator = from_words(
        EnterWords=[Secret(b"legal winner thank yellow"), Secret(b"zoo " * 12), WORDS],
        ChooseWallet=[WalletChoice(name="a/b", network=CHOICE.network, kind=CHOICE.kind), CHOICE],
        NewPassphrase=[Secret(b"short"), Secret(b"aaaaaaaaaaaaaaaa"), PASSPHRASE],
    )
    operator.run(Task.CREATE_VAULT)
    problems = [r.problem for r in operator.asked if getattr(r, "problem", "")]
    rules = [problem.partition(":")[0] for problem in problems]
    assert rules == ["SEED-WORDS"] * 2 + ["WALLET-FORMAT"] + ["VAULT-WEAK"] * 2
    assert "treasury.wallet.json" in operator.written


def shown_words(operator: Operator) -> Secret:
    shown = next(r for r in reversed(operator.asked) if isinstance(r, asked.ShowWords))
    return Secret(shown.words.reveal())


def test_the_machine_commits_before_the_first_die_and_the_backup_is_proven() -> None:
    operator = from_words(ChooseSeedSource=[SeedSource.DICE], EnterDice=[Secret(b"123"), DICE])
    operator.script[asked.EnterWords] = [WORDS, lambda _request: shown_words(operator)]
    operator.run(Task.CREATE_VAULT)
    kinds = operator.kinds()
    assert kinds.index("ShowCommitment") < kinds.index("EnterDice")
    steps = [kind for kind in kinds if kind in {"EnterDice", "ShowWords", "EnterWords"}]
    assert steps == ["EnterDice", "EnterDice", "ShowWords", "EnterWords", "ShowWords", "EnterWords"]
    again = next(r.problem for r in operator.asked if getattr(r, "again", False) and r.problem)
    assert again.startswith("SEED-BACKUP: ")
    assert len(shown_words(operator).reveal().split()) == 24
    assert opened(operator.written["strongroom.vault"]).generation == 1


def test_other_dice_give_another_seed() -> None:
    seeds = set()
    for rolls in (DICE, Secret(DICE.reveal()[::-1])):
        operator = from_words(ChooseSeedSource=[SeedSource.DICE], EnterDice=[rolls])
        operator.script[asked.EnterWords] = [lambda _request, o=operator: shown_words(o)]
        operator.run(Task.CREATE_VAULT)
        seeds.add(opened(operator.written["strongroom.vault"]).seeds[0].fingerprint)
    assert len(seeds) == 2


@pytest.mark.parametrize(
    "step", ["ChooseSeedSource", "EnterWords", "ChooseWallet", "NewPassphrase", "WriteFiles"]
)
def test_leaving_at_any_step_writes_nothing(step: str) -> None:
    left = asked.Cancelled()
    assert left.rule == "SESSION-CANCELLED"
    operator = from_words(**{step: [left]})
    operator.run(Task.CREATE_VAULT)
    assert operator.written == {}
    assert operator.stops() == []
    menus = [r for r in operator.asked if isinstance(r, asked.ChooseTask)]
    assert [menu.vault for menu in menus] == [None, None]


def test_a_stick_that_fails_is_named_and_another_one_taken() -> None:
    full = Fault("MEDIA-FULL", "the stick has 512 bytes free and 3 000 are needed")
    operator = from_words(WriteFiles=[full])
    operator.run(Task.CREATE_VAULT)
    assert operator.stops() == ["MEDIA-FULL"]
    assert "strongroom.vault" in operator.written


def test_a_vault_opens_after_a_wrong_passphrase_and_is_wiped_at_the_end() -> None:
    made = from_words()
    made.run(Task.CREATE_VAULT)
    wrong, right = Secret(b"correct horse battery stable"), Secret(PASSPHRASE.reveal())
    operator = Operator(
        {
            asked.ChooseFile: [vault_file(made.written["strongroom.vault"])],
            asked.EnterPassphrase: [wrong, right],
        }
    )
    operator.run(Task.OPEN_VAULT)
    problems = [r.problem for r in operator.asked if isinstance(r, asked.EnterPassphrase)]
    assert problems[0] == ""
    assert problems[1].startswith("VAULT-PASSPHRASE")
    menus = [r for r in operator.asked if isinstance(r, asked.ChooseTask)]
    assert menus[-1].vault.fingerprints == ("b8688df1",)


def test_a_damaged_vault_is_refused_and_the_menu_comes_back() -> None:
    operator = Operator(
        {asked.ChooseFile: [vault_file(b"age-encryption.org/v1\n")], asked.EnterPassphrase: [WORDS]}
    )
    operator.run(Task.OPEN_VAULT)
    assert operator.stops() == ["VAULT-FORMAT"]


def register(text: bytes) -> Operator:
    operator = from_words(ChooseFile=[BundleFile(name="w.wallet.json", data=text)])
    operator.run(Task.CREATE_VAULT, Task.REGISTER_WALLET)
    return operator


def test_a_wallet_of_other_people_is_not_registered() -> None:
    theirs = wallet(ScriptKind.WSH_MULTI)
    file = WalletFile(name="theirs", network=NETWORK, descriptor=theirs.descriptor, certificate="")
    operator = register(render_wallet_file(file))
    assert operator.stops() == ["WALLET-KEY"]
    assert opened(operator.written["strongroom.vault"]).generation == 1


def test_a_wallet_is_registered_once() -> None:
    made = from_words()
    made.run(Task.CREATE_VAULT)
    assert register(made.written["treasury.wallet.json"]).stops() == ["WALLET-DUPLICATE"]


def test_a_wallet_file_of_another_form_is_refused() -> None:
    assert register(b'{"format": "other"}').stops() == ["WALLET-FORMAT"]


@pytest.mark.parametrize("hypervisor", ["QEMU", ""])
def test_no_keys_of_real_money_are_made_in_a_virtual_machine(hypervisor: str) -> None:
    real = WalletChoice(name="treasury", network=Network.MAINNET, kind=CHOICE.kind)
    operator = from_words(ChooseWallet=[real, CHOICE])
    operator.script[ReadHardware] = [replace(HARDWARE, hypervisor=hypervisor)]
    operator.run(Task.CREATE_VAULT)
    problems = [r.problem for r in operator.asked if isinstance(r, asked.ChooseWallet)]
    assert [p.partition(":")[0] for p in problems] == (
        ["", "VIRTUAL-MACHINE"] if hypervisor else [""]
    )
    public = parse_wallet_file(operator.written["treasury.wallet.json"])
    assert public.network is (Network.REGTEST if hypervisor else Network.MAINNET)
